import DataPipelinePlan
import Kernel
import Resources
import Testing

/// The whole small world of one run: every order of what may happen leads to one of the ends, and nothing is done twice.
@Suite struct RunPlannerTests {
    static let now = Timestamp(seconds: 1_000_000)

    static func run(_ spec: JSON = ["pipelineRef": ["name": "p"]], status: JSON? = nil, deleting: Bool = false, inputs: String? = nil) throws -> DesiredRun {
        var object: JSON = ["metadata": ["name": "r", "namespace": "n", "uid": "u", "creationTimestamp": .string(Timestamp(seconds: 999_000).rfc3339)], "spec": spec]
        object["status"] = status
        if deleting { object[path: ["metadata", "deletionTimestamp"]] = .string(now.rfc3339) }
        if let inputs { object[path: ["metadata", "annotations"]] = [DesiredRun.inputsAnnotation: .string(inputs)] }
        return try DesiredRun(object)
    }

    static func pipeline(_ concurrency: DataPipelineSpec.Concurrency = .forbid, suspend: Bool = false, successors: Int = 0, issue: PipelineIssue? = nil) -> ObservedRun.Pipeline {
        .init(uid: "pu", spec: [:], revision: "1", suspend: suspend, concurrency: concurrency, successors: successors, issue: issue)
    }

    static func plan(_ desired: DesiredRun, _ observed: ObservedRun) -> Plan<RunAction> { RunPlanner.plan(desired: desired, observed: observed, now: now) }

    static func record(_ phase: RunRecord.Phase, attempts: Int = 1, unproductive: Int = 0) -> RunRecord {
        var record = RunRecord(phase: phase, revision: "1", started: Timestamp(seconds: 999_500))
        record.attempts = attempts
        record.unproductive = unproductive
        if phase.isEnded { record.ended = now }
        return record
    }

    @Test func aRunBeginsAndItsWorkerIsStarted() throws {
        let run = try Self.run()
        #expect(Self.plan(run, .init(record: nil, worker: nil, pipeline: Self.pipeline(), others: [])).actions.map(\.kind) == [.record])
        #expect(Self.plan(run, .init(record: Self.record(.running, attempts: 0), worker: nil, pipeline: Self.pipeline(), others: [])).actions.map(\.kind) == [.startWorker(attempt: 1)])
        let working = Self.plan(run, .init(record: Self.record(.running), worker: .init(), pipeline: Self.pipeline(), others: []))
        #expect(working.actions.isEmpty && working.wake == .after(.seconds(5)))
    }

    @Test func itWaitsForWhatIsMissing() throws {
        let run = try Self.run()
        let suspended = try Self.run(["pipelineRef": ["name": "p"], "suspend": true])
        for (desired, pipeline, words) in [
            (run, nil, "pipeline p"), (run, Self.pipeline(suspend: true), "resumed"), (run, Self.pipeline(issue: .init(.invalidSpec, "x")), "put right"),
            (suspended, Self.pipeline(), "spec.suspend"),
        ] {
            let plan = Self.plan(desired, .init(record: nil, worker: nil, pipeline: pipeline, others: []))
            #expect(plan.actions.isEmpty && plan.waitingFor?.contains(words) == true, "\(plan)")
        }
    }

    @Test func runsThatMeetFollowThePolicy() throws {
        let run = try Self.run()
        let earlier = ObservedRun.Other(name: "a", creation: Timestamp(seconds: 998_000), hasStarted: true, isCancelling: false)
        let later = ObservedRun.Other(name: "z", creation: Timestamp(seconds: 999_900), hasStarted: false, isCancelling: false)
        func plan(_ policy: DataPipelineSpec.Concurrency, _ others: [ObservedRun.Other]) -> Plan<RunAction> {
            Self.plan(run, .init(record: nil, worker: nil, pipeline: Self.pipeline(policy), others: others))
        }
        #expect(plan(.forbid, [earlier]).waitingFor?.contains("run a") == true)
        #expect(plan(.forbid, [later]).actions.map(\.kind) == [.record])
        #expect(plan(.allow, [earlier]).actions.map(\.kind) == [.record])
        #expect(plan(.replace, [earlier]).actions.map(\.kind) == [.cancelOther("a")])
        var cancelling = earlier
        cancelling.isCancelling = true
        #expect(plan(.replace, [cancelling]).waitingFor?.contains("run a") == true)
    }

    @Test func pauseResumeAndCancelReachTheWorkerOnce() throws {
        let suspended = try Self.run(["pipelineRef": ["name": "p"], "suspend": true])
        let cancelled = try Self.run(["pipelineRef": ["name": "p"], "cancel": true])
        let run = try Self.run()
        func plan(_ desired: DesiredRun, _ phase: RunRecord.Phase, _ worker: ObservedRun.Worker?) -> [RunAction.Kind] {
            Self.plan(desired, .init(record: Self.record(phase), worker: worker, pipeline: Self.pipeline(), others: [])).actions.map(\.kind)
        }
        #expect(plan(suspended, .running, .init()) == [.pauseWorker])
        #expect(plan(suspended, .running, .init(request: .pause)) == [])
        #expect(plan(suspended, .running, nil) == [.markPaused])
        #expect(plan(suspended, .paused, nil) == [])
        #expect(plan(run, .paused, nil) == [.startWorker(attempt: 2)])
        #expect(plan(cancelled, .running, .init()) == [.cancelWorker])
        #expect(plan(cancelled, .running, .init(request: .cancel)) == [])
        // Without a worker one is started, to clear away what was written.
        #expect(plan(cancelled, .paused, nil) == [.startWorker(attempt: 2)])
        #expect(plan(try Self.run(deleting: true), .running, .init()) == [.cancelWorker])
        #expect(plan(try Self.run(deleting: true), .succeeded, nil) == [])
    }

    @Test func aWorkerThatKeepsDyingIsGivenUpAfterGrowingPauses() throws {
        let run = try Self.run()
        var record = Self.record(.running, attempts: 3, unproductive: 2)
        record.lastEnd = Timestamp(seconds: Self.now.seconds - 1)
        var plan = Self.plan(run, .init(record: record, worker: nil, pipeline: Self.pipeline(), others: []))
        #expect(plan.actions.isEmpty && plan.wake == .after(.seconds(1)))
        record.lastEnd = Timestamp(seconds: Self.now.seconds - 2)
        #expect(Self.plan(run, .init(record: record, worker: nil, pipeline: Self.pipeline(), others: [])).actions.map(\.kind) == [.startWorker(attempt: 4)])
        record.unproductive = RunPlanner.mostUnproductive
        plan = Self.plan(run, .init(record: record, worker: nil, pipeline: Self.pipeline(), others: []))
        guard case .end(let issue)? = plan.actions.first?.kind else { Issue.record("\(plan)"); return }
        #expect(issue.reason == .workerFailed && issue.message.contains("replay.rows Failed"))
    }

    /// Who plans leads: a process that doesn't lead any more is asked for its runs, once.
    @Test func whatIsHeldElsewhereIsAskedForOnce() throws {
        var record = Self.record(.running)
        record.isHeldElsewhere = true
        #expect(Self.plan(try Self.run(), .init(record: record, worker: nil, pipeline: Self.pipeline(), others: [])).actions.map(\.kind) == [.claim])
        record.isClaimed = true
        let plan = Self.plan(try Self.run(), .init(record: record, worker: nil, pipeline: Self.pipeline(), others: []))
        #expect(plan.actions.isEmpty && plan.wake == .after(.seconds(1)))
    }

    @Test func whatMayPassIsTriedForLongAndThenSaysItself() throws {
        var record = Self.record(.running, attempts: 12, unproductive: RunPlanner.mostUnproductive + 5)
        record.endedPassingly = true
        record.message = "output t can't be written: the server is away"
        record.report = ["failure": ["category": "output"]]
        record.lastEnd = Self.now
        let waiting = Self.plan(try Self.run(), .init(record: record, worker: nil, pipeline: Self.pipeline(), others: []))
        #expect(waiting.actions.isEmpty && waiting.waitingFor?.contains("start 13") == true && waiting.waitingFor?.contains("the server is away") == true, "\(waiting)")
        record.unproductive = RunPlanner.mostPassing
        guard case .end(let issue)? = Self.plan(try Self.run(), .init(record: record, worker: nil, pipeline: Self.pipeline(), others: [])).actions.first?.kind else {
            Issue.record("it is tried for ever")
            return
        }
        #expect(issue.reason == .outputFailed && issue.message.hasPrefix("output t can't be written") && issue.message.contains("replay.rows Failed"), "\(issue)")
    }

    @Test func whatAFailedRunLeftIsClearedAwayWhenItIsDeleted() throws {
        var record = Self.record(.failed)
        func kinds(_ run: DesiredRun) -> [RunAction.Kind] { Self.plan(run, .init(record: record, worker: nil, pipeline: Self.pipeline(), others: [])).actions.map(\.kind) }
        #expect(kinds(try Self.run(deleting: true)) == [])
        record.leavesSomething = true
        // Nobody can go on from there: it isn't kept.
        #expect(kinds(try Self.run()) == [.clear])
        record.hasCheckpoint = true
        let (kept, deleted) = (try Self.run(), try Self.run(deleting: true))
        #expect(kinds(kept) == [] && kinds(deleted) == [.reopen])
    }

    @Test func aRunWhoseRecordIsGoneIsNeverStartedAgain() throws {
        let run = try Self.run(status: ["startTime": "2026-11-20T06:00:00Z"])
        let observed = ObservedRun(record: nil, worker: nil, pipeline: Self.pipeline(), others: [])
        #expect(Self.plan(run, observed).actions.isEmpty)
        let status = RunStatus.status(of: ["status": ["startTime": "2026-11-20T06:00:00Z"]], .seen(run, observed, waitingFor: nil), trouble: nil, isPaused: false, now: Self.now)
        #expect(status["conditions"]?.array?.compactMap(Condition.init)["Stalled"]?.reason == "RecordMissing")
    }

    @Test func afterItsEndItIsFollowedOnceAndForgottenInTime() throws {
        let run = try Self.run(["pipelineRef": ["name": "p"], "ttlSecondsAfterFinished": 60])
        var record = Self.record(.succeeded)
        #expect(Self.plan(run, .init(record: record, worker: nil, pipeline: Self.pipeline(successors: 1), others: [])).actions.map(\.kind) == [.follow])
        record.isFollowed = true
        #expect(Self.plan(run, .init(record: record, worker: nil, pipeline: Self.pipeline(successors: 1), others: [])).wake == .after(.seconds(60)))
        record.ended = Timestamp(seconds: Self.now.seconds - 61)
        #expect(Self.plan(run, .init(record: record, worker: nil, pipeline: Self.pipeline(), others: [])).actions.map(\.kind) == [.deleteSelf])
    }

    /// Whatever is asked and whenever the worker ends: from every state the run comes to an end, or rests where it was told to.
    @Test func fromEveryStateItComesToAnEnd() throws {
        for spec in [["pipelineRef": ["name": "p"]], ["pipelineRef": ["name": "p"], "suspend": true], ["pipelineRef": ["name": "p"], "cancel": true]] as [JSON] {
            for deleting in [false, true] {
                let desired = try Self.run(spec, deleting: deleting)
                var record: RunRecord?
                var worker: ObservedRun.Worker?
                var steps = 0
                while steps < 50 {
                    steps += 1
                    let plan = Self.plan(desired, .init(record: record, worker: worker, pipeline: Self.pipeline(), others: []))
                    guard let action = plan.actions.first else {
                        // Waiting: the worker does what it was asked, or finishes.
                        guard let request = worker?.request else { break }
                        worker = nil
                        record?.phase = request == .pause ? .paused : request == .cancel ? .cancelled : .succeeded
                        continue
                    }
                    switch action.kind {
                    case .record: record = Self.record(.running, attempts: 0)
                    case .recordEnded: record = Self.record(.cancelled)
                    case .startWorker: worker = .init(request: desired.wantsCancel ? .cancel : .goOn)
                    case .pauseWorker: worker?.request = .pause
                    case .cancelWorker: worker?.request = .cancel
                    case .markPaused: record?.phase = .paused
                    case .end: record?.phase = .failed
                    case .cancelOther, .follow, .claim, .reopen, .clear, .deleteSelf: Issue.record("\(action)")
                    }
                }
                #expect(steps < 50)
                let isAtRest = record == nil || record?.phase == .paused || record?.phase.isEnded == true
                #expect(isAtRest, "\(spec.text) \(deleting): \(String(describing: record))")
            }
        }
    }
}
