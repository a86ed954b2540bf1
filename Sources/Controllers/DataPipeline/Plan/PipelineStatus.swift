import Kernel

/// What a pipeline's `status` says, as a function of what a pass found.
public struct PipelineStatus {
    public enum Stage: Sendable {
        case undecided
        case seen(DesiredPipeline, ObservedPipeline)
    }

    public static func status(of object: JSON, _ stage: Stage, trouble: (reason: PipelineReason, message: String, isFinal: Bool)?, isPaused: Bool, now: Timestamp) -> JSON {
        var members = object["status"]?.object ?? JSONObject()
        let generation = object["metadata"]?["generation"]?.int ?? 0
        members["observedGeneration"] = .int(generation)
        var conditions = (object["status"]?["conditions"]?.array ?? []).compactMap(Condition.init)
        func set(_ type: String, _ status: Condition.Status, _ reason: PipelineReason, _ message: String) {
            conditions.set(
                Condition(type: type, status: status, reason: reason.rawValue, message: String(message.prefix(2000)), observedGeneration: generation, lastTransition: now))
        }
        var issue = trouble.flatMap { $0.isFinal ? PipelineIssue($0.reason, $0.message) : nil }
        var active = 0
        var isSuspended = false
        var warnings = 0
        if case .seen(let desired, let observed) = stage {
            members["revision"] = .string(desired.revision)
            active = observed.runs.filter { !$0.isEnded }.count
            isSuspended = desired.spec.suspend
            members["runs"] = ["active": JSON(active), "succeeded": .int(observed.succeeded), "failed": .int(observed.failed)]
            if let last = observed.runs.last {
                members["lastRun"] = .string(last.name)
                members["lastScheduleTime"] = .string(last.creation.rfc3339)
            }
            if let success = observed.lastSuccess { members["lastSuccessfulTime"] = .string(success.rfc3339) }
            switch observed.check {
            case .bad(let found)?: issue = issue ?? found
            case .good?: set("Valid", .true, .accepted, "")
            case .remarkable(let found)?:
                warnings = found.count
                set("Valid", .true, .acceptedWithWarnings, found.joined(separator: "\n"))
            case nil: break
            }
        }
        if let issue {
            set("Valid", .false, issue.reason, issue.message)
            set("Ready", .false, issue.reason, issue.message)
            set("Stalled", .true, issue.reason, issue.message)
        } else {
            set("Stalled", .false, .notStalled, "")
            if let trouble { set("Ready", .unknown, .idle, trouble.message) }
            else if isPaused { set("Ready", .false, .paused, "annotation \(MillwrightName.pausedAnnotation) is set: nothing is started") }
            else if isSuspended { set("Ready", .true, .suspended, "suspended: no run begins; set spec.suspend to false to go on") }
            else if active > 0 { set("Ready", .true, .running, active == 1 ? "a run is under way" : "\(active) runs are under way") }
            else { set("Ready", .true, .idle, warnings == 0 ? "ready to run" : "ready to run, with \(Counted.text(Int64(warnings), "warning")): see condition Valid") }
        }
        set("Reconciling", active > 0 && issue == nil ? .true : .false, active > 0 && issue == nil ? .running : .atGoal, "")
        members["conditions"] = .array(conditions.map(\.json))
        return .object(members)
    }
}
