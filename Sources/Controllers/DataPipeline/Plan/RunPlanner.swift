import Kernel

/// Decides what to do for a run: begin it when its turn comes, keep its worker running until it ends, pause, resume, cancel, forget.
public enum RunPlanner: Planner {
    /// Starts in a row without a checkpoint in between after which a run is given up whose worker crashes.
    public static let mostUnproductive = 5
    /// The same while what stops it may pass by itself: about half an hour, with the pauses between the starts and those that a worker makes itself.
    public static let mostPassing = 25
    /// While another process has the run, or a run waits for its turn, and for progress to be shown.
    static let look = Duration.seconds(10)
    /// While another process has the run, which lets go of it soon.
    static let handover = Duration.seconds(1)

    public static func plan(desired: DesiredRun, observed: ObservedRun, now: Timestamp) -> Plan<RunAction> {
        guard let record = observed.record else { return beforeTheBeginning(desired, observed) }
        if record.phase.isEnded { return afterTheEnd(desired, observed, record, now) }
        return underWay(desired, observed, record, now)
    }

    private static func one(_ kind: RunAction.Kind, _ desired: DesiredRun, _ reason: String) -> Plan<RunAction> {
        Plan(actions: [RunAction(kind, name: desired.key.name, reason: reason)])
    }

    private static func wait(_ reason: String) -> Plan<RunAction> { Plan(waitingFor: reason, wake: .after(look)) }

    // MARK: Not begun

    private static func beforeTheBeginning(_ desired: DesiredRun, _ observed: ObservedRun) -> Plan<RunAction> {
        if desired.isDeleting { return Plan() }
        // Never started again: what it did is not known any more. Said by the status.
        if desired.hasStartedBefore { return Plan() }
        if desired.spec.cancel { return one(.recordEnded(PipelineIssue(.cancelled, "cancelled before it began")), desired, "spec.cancel is true") }
        guard let pipeline = observed.pipeline else { return wait("pipeline \(desired.spec.pipeline)") }
        if pipeline.issue != nil { return wait("pipeline \(desired.spec.pipeline) to be put right") }
        if pipeline.suspend { return wait("pipeline \(desired.spec.pipeline) to be resumed") }
        if desired.spec.suspend { return wait("spec.suspend to become false") }
        if let issue = observed.parameterIssue { return one(.recordEnded(PipelineIssue(.invalidParameters, issue)), desired, "its parameters don't fit") }
        if let issue = observed.replayIssue { return one(.recordEnded(PipelineIssue(.inputMissing, issue)), desired, "there is nothing to replay") }
        let me = (desired.creation, desired.key.name)
        switch pipeline.concurrency {
        case .allow: break
        case .forbid:
            // Those that run, and those that wait for longer.
            if let other = observed.others.first(where: { $0.hasStarted || ($0.creation, $0.name) < me }) { return wait("run \(other.name) to end (concurrencyPolicy Forbid)") }
        case .replace:
            let earlier = observed.others.filter { $0.hasStarted || ($0.creation, $0.name) < me }
            let toCancel = earlier.filter { !$0.isCancelling }
            if !toCancel.isEmpty {
                return Plan(actions: toCancel.map { RunAction(.cancelOther($0.name), name: desired.key.name, reason: "run \(desired.key.name) takes its place (concurrencyPolicy Replace)") })
            }
            if let other = earlier.first { return wait("run \(other.name) to end (concurrencyPolicy Replace)") }
        }
        return one(.record, desired, "its turn has come")
    }

    // MARK: Under way

    private static func underWay(_ desired: DesiredRun, _ observed: ObservedRun, _ record: RunRecord, _ now: Timestamp) -> Plan<RunAction> {
        if let worker = observed.worker {
            if desired.wantsCancel {
                return worker.request == .cancel
                    ? wait("its worker to end") : one(.cancelWorker, desired, desired.isDeleting ? "it is being deleted" : "spec.cancel is true")
            }
            if desired.spec.suspend, worker.request == .goOn { return one(.pauseWorker, desired, "spec.suspend is true") }
            return Plan(waitingFor: worker.request == .pause ? "the rows under way" : "its worker", wake: .after(.seconds(5)))
        }
        if record.isHeldElsewhere {
            // Only who leads plans at all: the other one doesn't any more.
            if !record.isClaimed { return one(.claim, desired, "another process of Millwright has it, and this one leads now") }
            return Plan(waitingFor: "the process of Millwright that had this run to let it go, or for its lease to end", wake: .after(handover))
        }
        if record.phase == .running, desired.spec.suspend, !desired.wantsCancel { return one(.markPaused, desired, "spec.suspend is true") }
        if record.phase == .paused, desired.spec.suspend, !desired.wantsCancel { return Plan(waitingFor: "spec.suspend to become false") }
        if record.unproductive >= (record.endedPassingly ? mostPassing : mostUnproductive) {
            let reason = desired.wantsCancel ? .cancelled : record.endedPassingly ? PipelineReason(failure: record.report?["failure"]) : .workerFailed
            return one(.end(PipelineIssue(reason, lastWords(record))), desired, "its worker ended \(record.unproductive) times in a row")
        }
        if let last = record.lastEnd, record.unproductive > 0, !desired.wantsCancel {
            let due = last + backoff(record.unproductive)
            if due > now { return Plan(waitingFor: "\(due.rfc3339) to start its worker again (start \(record.attempts + 1)); the last one ended: \(words(record))", wake: .after(due - now)) }
        }
        // A cancelled run is started to clear away what it wrote.
        let reason = desired.wantsCancel ? "to clear away what it wrote" : record.attempts == 0 ? "it has begun" : record.phase == .paused ? "spec.suspend is false again" : "its worker ended before the run did"
        return one(.startWorker(attempt: record.attempts + 1), desired, reason)
    }

    /// 1, 2, 4, 8 … seconds, at most a minute.
    static func backoff(_ failures: Int) -> Duration { .seconds(min(60, 1 << min(max(failures - 1, 0), 6))) }

    private static func words(_ record: RunRecord) -> String { record.message.isEmpty ? "its worker ended without a word" : record.message }

    private static func lastWords(_ record: RunRecord) -> String {
        "\(words(record)); it was started \(record.attempts) times, \(record.unproductive) of them in a row without coming further: "
            + (record.endedPassingly ? "put right what is said there" : "look at Millwright's log") + ", then make another run with replay.rows Failed"
    }

    // MARK: Ended

    private static func afterTheEnd(_ desired: DesiredRun, _ observed: ObservedRun, _ record: RunRecord, _ now: Timestamp) -> Plan<RunAction> {
        if record.leavesSomething, !record.hasCheckpoint { return one(.clear, desired, "it has ended, and left no checkpoint to go on from") }
        if desired.isDeleting { return record.leavesSomething ? one(.reopen, desired, "it is being deleted, and nobody can go on from there any more") : Plan() }
        if record.phase == .succeeded, !record.isFollowed, observed.pipeline.map({ $0.successors > 0 }) ?? false { return one(.follow, desired, "it succeeded") }
        guard let ttl = desired.spec.ttlAfterFinished, let ended = record.ended else { return Plan() }
        let due = ended + ttl
        return due <= now ? one(.deleteSelf, desired, "it ended \(ttl.manifest) ago (ttlSecondsAfterFinished)") : Plan(wake: .after(due - now))
    }
}
