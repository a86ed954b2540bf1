import Kernel
import Resources

/// Decides what to do for a schedule, as CronJob does: of the times that went by the latest gets a run, unless it is too late or another is under way.
public enum SchedulePlanner: Planner {
    /// How often it is looked whether a service account that lacks rights has got them.
    public static let rightsLook = Duration.seconds(15)

    /// So many runs of a schedule may wait for their beginning: where nothing begins (there is no such pipeline) more of them help nobody.
    public static let mostWaiting = 10

    /// Those that have not begun.
    static func waiting(_ runs: [RunOutline]) -> [RunOutline] { runs.filter { ["", "Pending"].contains($0.phase) } }

    public static func plan(desired: DesiredSchedule, observed: ObservedSchedule, now: Timestamp) -> Plan<ScheduleAction> {
        if desired.isDeleting { return Plan() }
        var actions = RunOutline.beyond(succeeded: desired.spec.successfulRunsHistoryLimit, failed: desired.spec.failedRunsHistoryLimit, of: observed.runs).map { ScheduleAction(.deleteRun(name: $0.name, uid: $0.uid), reason: "older ones than the history limits keep") }
        // From the later of what the status and what this process knows; before the first run from the object's beginning.
        let since = [desired.lastTime, observed.lastTime].compactMap { $0 }.max() ?? desired.creation
        let next = desired.cron.next(after: max(now, since), in: desired.zone)
        var wake: Wake = next.map { .after(max(.milliseconds(1), $0 - now)) } ?? .onChange
        if observed.rightsIssue != nil, !desired.spec.suspend { wake = .after(min(rightsLook, next.map { max(.milliseconds(1), $0 - now) } ?? rightsLook)) }
        guard let missed = desired.cron.missed(after: since, upTo: now, in: desired.zone) else { return Plan(actions: actions, wake: wake) }
        if desired.spec.suspend {
            // Times that go by while it is suspended are not made up for.
            actions.append(ScheduleAction(.passOver(until: missed.last, count: 0), reason: "spec.suspend is true"))
            return Plan(actions: actions, wake: wake)
        }
        if let deadline = desired.spec.startingDeadline, now - missed.last > deadline {
            actions.append(ScheduleAction(.passOver(until: missed.last, count: Int64(missed.count)), reason: "it is later than startingDeadlineSeconds allows"))
            return Plan(actions: actions, wake: wake)
        }
        let active = observed.runs.filter { !$0.isEnded }
        let create = ScheduleAction(.createRun(name: desired.runName(missed.last), time: missed.last), reason: "its time has come")
        switch desired.spec.concurrency {
        case .allow:
            let waiting = waiting(observed.runs)
            if waiting.count >= mostWaiting {
                actions.append(ScheduleAction(.passOver(until: missed.last, count: Int64(missed.count)), reason: "\(waiting.count) runs of it have not begun"))
                return Plan(actions: actions, wake: wake)
            }
        case .forbid:
            if let other = active.first {
                actions.append(ScheduleAction(.passOver(until: missed.last, count: Int64(missed.count)), reason: "run \(other.name) is under way (concurrencyPolicy Forbid)"))
                return Plan(actions: actions, wake: wake)
            }
        case .replace:
            for other in active where !other.isCancelling { actions.append(ScheduleAction(.cancelRun(name: other.name), reason: "another run's time has come (concurrencyPolicy Replace)")) }
        }
        if missed.count > 1, let before = desired.cron.next(after: since, in: desired.zone), before < missed.last {
            actions.append(ScheduleAction(.passOver(until: Timestamp(seconds: missed.last.seconds - 1), count: Int64(missed.count - 1)), reason: "only the latest of the times that went by gets a run"))
        }
        actions.append(create)
        return Plan(actions: actions, wake: wake)
    }
}
