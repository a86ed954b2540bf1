import Kernel

/// What a schedule's `status` says, as a function of what a pass found.
public enum ScheduleStatus {
    public static func status(
        of object: JSON, _ seen: (desired: DesiredSchedule, observed: ObservedSchedule)?, trouble: (reason: ScheduleReason, message: String, isFinal: Bool)?, isPaused: Bool, now: Timestamp
    ) -> JSON {
        var members = object["status"]?.object ?? JSONObject()
        let generation = object["metadata"]?["generation"]?.int ?? 0
        members["observedGeneration"] = .int(generation)
        var conditions = (object["status"]?["conditions"]?.array ?? []).compactMap(Condition.init)
        func set(_ type: String, _ status: Condition.Status, _ reason: ScheduleReason, _ message: String) {
            conditions.set(
                Condition(type: type, status: status, reason: reason.rawValue, message: String(message.prefix(2000)), observedGeneration: generation, lastTransition: now))
        }
        var next: Timestamp?
        if let (desired, observed) = seen {
            let last = [desired.lastTime, observed.lastTime].compactMap { $0 }.max()
            members["lastScheduleTime"] = last.map { .string($0.rfc3339) }
            let success = observed.runs.filter { $0.phase == "Succeeded" }.compactMap(\.completion).max()
            if let success { members["lastSuccessfulTime"] = .string(success.rfc3339) }
            members["activeRuns"] = JSON(observed.runs.filter { !$0.isEnded }.count)
            members["missed"] = .int(max(desired.missed, observed.missed))
            next = desired.spec.suspend ? nil : desired.cron.next(after: now, in: desired.zone)
            members["nextScheduleTime"] = next.map { .string($0.rfc3339) }
        }
        if let trouble, trouble.isFinal {
            set("Ready", .false, trouble.reason, trouble.message)
            set("Stalled", .true, trouble.reason, trouble.message)
        } else {
            set("Stalled", .false, .notStalled, "")
            if let trouble { set("Ready", trouble.reason == .forbidden ? .false : .unknown, trouble.reason, trouble.message) }
            else if isPaused { set("Ready", .false, .paused, "annotation \(MillwrightName.pausedAnnotation) is set: no run is made") }
            else if let issue = seen?.observed.rightsIssue, seen?.desired.spec.suspend == false { set("Ready", .false, .forbidden, next.map { "\(issue). The next run is due at \($0.rfc3339)" } ?? issue) }
            else if seen?.desired.spec.suspend == true { set("Ready", .true, .suspended, "suspended: no run is made; set spec.suspend to false to go on") }
            else if let waiting = seen.map({ SchedulePlanner.waiting($0.observed.runs) }), waiting.count >= SchedulePlanner.mostWaiting, let first = waiting.first {
                set("Ready", .unknown, .waiting, "\(waiting.count) runs have not begun, so no more are made: see why run \(first.name) doesn't begin, and delete those that aren't wanted")
            } else { set("Ready", .true, .waiting, next.map { "the next run is due at \($0.rfc3339)" } ?? "no time of this schedule comes any more") }
        }
        set("Reconciling", .false, .atGoal, "")
        members["conditions"] = .array(conditions.map(\.json))
        return .object(members)
    }
}
