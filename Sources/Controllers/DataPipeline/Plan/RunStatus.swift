import Kernel

/// What a run's `status` says, as a function of what a pass found.
public struct RunStatus {
    /// How far the pass came.
    public enum Stage: Sendable {
        case undecided
        case seen(DesiredRun, ObservedRun, waitingFor: String?)
    }

    private static let longestMessage = 2000

    private let object: JSON
    private let generation: Int64
    private let now: Timestamp
    private var conditions: [Condition]

    /// - Parameters:
    ///   - object: the run with its present status.
    ///   - trouble: what failed in this pass; nil when nothing did. `isFinal`: only a change helps.
    public static func status(of object: JSON, _ stage: Stage, trouble: (reason: PipelineReason, message: String, isFinal: Bool)?, isPaused: Bool, now: Timestamp) -> JSON {
        var status = RunStatus(object, now)
        return status.build(stage, trouble, isPaused)
    }

    private init(_ object: JSON, _ now: Timestamp) {
        self.object = object
        self.now = now
        generation = object["metadata"]?["generation"]?.int ?? 0
        conditions = (object["status"]?["conditions"]?.array ?? []).compactMap(Condition.init)
    }

    private mutating func build(_ stage: Stage, _ trouble: (reason: PipelineReason, message: String, isFinal: Bool)?, _ isPaused: Bool) -> JSON {
        var members = object["status"]?.object ?? JSONObject()
        members["observedGeneration"] = .int(generation)
        switch stage {
        case .undecided:
            if members["phase"] == nil { members["phase"] = "Pending" }
            if let trouble { settle(.unknownOr(trouble.isFinal), trouble.reason, trouble.message, isWorking: !trouble.isFinal, stalled: trouble.isFinal ? PipelineIssue(trouble.reason, trouble.message) : nil) }
        case .seen(let desired, let observed, let waitingFor):
            if let record = observed.record {
                fill(&members, record, observed)
                assess(&members, desired, observed, record, waitingFor, trouble)
            } else {
                notBegun(&members, desired, observed, waitingFor, trouble)
            }
        }
        if conditions["SpecIgnored"] == nil { set("SpecIgnored", .false, .asStarted, "") }
        members["conditions"] = .array(conditions.map(\.json))
        return .object(members)
    }

    private mutating func notBegun(
        _ members: inout JSONObject, _ desired: DesiredRun, _ observed: ObservedRun, _ waitingFor: String?, _ trouble: (reason: PipelineReason, message: String, isFinal: Bool)?
    ) {
        if desired.hasStartedBefore {
            settle(
                .false, .recordMissing,
                "the database has no record of this run, though it was started once: the database is new, or was restored from before. It is not started again; look at its outputs, then delete it and make another",
                isWorking: false, stalled: PipelineIssue(.recordMissing, "the database has no record of this run, though it was started once"))
            return
        }
        members["phase"] = "Pending"
        if let trouble {
            settle(.false, trouble.isFinal ? trouble.reason : .pending, trouble.message, isWorking: !trouble.isFinal, stalled: trouble.isFinal ? PipelineIssue(trouble.reason, trouble.message) : nil)
        } else if observed.pipeline == nil, !desired.isDeleting {
            let issue = PipelineIssue(.pipelineMissing, "there is no DataPipeline \(desired.spec.pipeline) in namespace \(desired.key.namespace); apply it, and this run begins")
            settle(.false, issue.reason, issue.message, isWorking: false, stalled: issue)
        } else if let issue = observed.pipeline?.issue {
            settle(.false, issue.reason, "pipeline \(desired.spec.pipeline): \(issue.message)", isWorking: false, stalled: issue)
        } else {
            settle(.false, waitingFor == nil ? .pending : .waiting, waitingFor.map { "waits for \($0)" } ?? "about to begin", isWorking: true, stalled: nil)
        }
    }

    private mutating func fill(_ members: inout JSONObject, _ record: RunRecord, _ observed: ObservedRun) {
        members["startTime"] = .string(record.started.rfc3339)
        members["completionTime"] = record.ended.map { .string($0.rfc3339) }
        members["revision"] = .string(record.revision)
        members["pipelineGeneration"] = record.generation > 0 ? .int(record.generation) : nil
        if let base = record.base {
            members["resumedFrom"] = [
                "run": .string(base.run), "pipelineGeneration": .int(base.generation), "inputOffset": .int(base.offset), "rows": .string(base.rows.rawValue), "message": .string(base.words),
            ]
        }
        members["attempts"] = JSON(record.attempts)
        let retries = record.retries + (observed.worker?.retries ?? 0)
        members["retries"] = retries > 0 ? .int(retries) : nil
        members["reportRef"] = record.reportPath.map { ["path": .string($0)] }
        if let checkpoint = record.checkpoint {
            members["checkpoint"] = [
                "number": .int(checkpoint.number), "inputOffset": .int(checkpoint.bytesRead), "time": .string(checkpoint.time.rfc3339),
            ]
        }
        if let worker = observed.worker, !worker.inForce.isEmpty { members["limits"] = JSON(worker.inForce.prefix(16)) }
        guard let report = observed.worker?.progress ?? record.report else { return }
        members["progress"] = RunProgress.progress(report, isEnded: record.phase.isEnded || record.phase == .paused, worker: observed.worker)
        members["errors"] = RunProgress.errors(report)
        if record.phase.isEnded {
            members["inputs"] = RunProgress.inputs(report)
            members["outputs"] = RunProgress.outputs(report)
        }
    }

    private mutating func assess(_ members: inout JSONObject, _ desired: DesiredRun, _ observed: ObservedRun, _ record: RunRecord, _ waitingFor: String?, _ hitch: (reason: PipelineReason, message: String, isFinal: Bool)?) {
        if let pipeline = observed.pipeline, pipeline.revision != record.revision, !record.phase.isEnded {
            set("SpecIgnored", .true, .specChanged, "the pipeline has changed since this run began; it goes on with what the pipeline said then (revision \(record.revision))")
        }
        switch record.phase {
        case .running where observed.worker == nil && hitch != nil:
            guard let hitch else { return }
            members["phase"] = "Running"
            settle(.false, hitch.reason, hitch.message, isWorking: true, stalled: hitch.isFinal ? PipelineIssue(hitch.reason, hitch.message) : nil)
        case .running:
            let isDraining = observed.worker?.request == .pause || (observed.worker?.request == .cancel)
            members["phase"] = isDraining ? "Draining" : "Running"
            let message = hitch?.message ?? (observed.worker == nil ? waitingFor.map { "waits for \($0)" } ?? "its worker is being started" : observed.worker?.request == .cancel ? "is being cancelled: what it wrote goes" : isDraining ? "finishes the rows under way"
                : observed.worker?.trouble.map { "tries again by itself, with growing pauses: \($0)" } ?? record.base.map { "rows are on their way: \($0.words)" } ?? "rows are on their way")
            settle(.false, isDraining ? .draining : observed.worker == nil && waitingFor != nil ? .waiting : .running, message, isWorking: true, stalled: nil)
        case .paused:
            members["phase"] = "Paused"
            settle(.false, .paused, "paused at its last checkpoint; set spec.suspend to false to go on", isWorking: false, stalled: nil)
        case .succeeded:
            members["phase"] = "Succeeded"
            settle(.true, .succeeded, record.message.isEmpty ? record.base.map { "all rows were processed: \($0.words)" } ?? "all rows were processed" : record.message, isWorking: false, stalled: nil)
        case .failed, .cancelled:
            members["phase"] = .string(record.phase.rawValue)
            let issue = PipelineIssue(record.reason ?? (record.phase == .cancelled ? .cancelled : .workerFailed), record.message)
            settle(.false, issue.reason, issue.message, isWorking: false, stalled: issue)
        }
    }

    private mutating func settle(_ ready: Condition.Status, _ reason: PipelineReason, _ message: String, isWorking: Bool, stalled: PipelineIssue?) {
        set("Ready", ready, reason, message)
        set("Reconciling", isWorking ? .true : .false, isWorking ? reason : reason == .paused ? .paused : .ended, isWorking ? message : "")
        set("Stalled", stalled == nil ? .false : .true, stalled?.reason ?? .notStalled, stalled?.message ?? "")
    }

    private mutating func set(_ type: String, _ status: Condition.Status, _ reason: PipelineReason, _ message: String) {
        let text = message.count > Self.longestMessage ? message.prefix(Self.longestMessage) + "…" : message
        conditions.set(Condition(type: type, status: status, reason: reason.rawValue, message: text, observedGeneration: generation, lastTransition: now))
    }
}

extension Condition.Status {
    fileprivate static func unknownOr(_ isFalse: Bool) -> Condition.Status { isFalse ? .false : .unknown }
}
