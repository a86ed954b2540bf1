import Kernel
import Resources

/// Decides what to do for a pipeline: look at it once a revision, make runs for files that came, forget old runs.
public enum PipelinePlanner: Planner {
    /// How often a watched path is looked at.
    public static let watchInterval = Duration.seconds(2)
    /// How often a pipeline that was found wrong is looked at again: what is wrong may be outside of it.
    public static let recheck = Duration.seconds(60)
    /// How often one that is good but for a warning is.
    public static let recheckOfWarnings = Duration.seconds(600)
    /// Files of one run, at most; the others belong to the next.
    public static let mostFiles = 200

    public static func plan(desired: DesiredPipeline, observed: ObservedPipeline, now: Timestamp) -> Plan<PipelineAction> {
        if desired.isDeleting { return Plan() }
        func action(_ kind: PipelineAction.Kind, _ reason: String) -> PipelineAction { PipelineAction(kind, name: desired.key.name, reason: reason) }
        guard let check = observed.check else { return Plan(actions: [action(.check, "revision \(desired.revision) has not been looked at")]) }
        if observed.isCheckOld { return Plan(actions: [action(.check, "what was wrong may have been put right")]) }
        var actions = RunOutline.beyond(
            succeeded: desired.spec.successfulRunsHistoryLimit, failed: desired.spec.failedRunsHistoryLimit, of: observed.runs.filter { observed.ours.contains($0.uid) }
        ).map { action(.deleteRun(name: $0.name, uid: $0.uid), "older ones than the history limits keep") }
        var wake = Wake.onChange
        let isGood = if case .bad = check { false } else { true }
        switch check {
        case .bad: wake = .after(recheck)
        case .remarkable: wake = .after(recheckOfWarnings)
        case .good: break
        }
        if isGood, !desired.spec.suspend, let settle = desired.spec.watchSettle, let files = observed.newFiles {
            let settled = files.filter { now - $0.modified >= settle }
            let unsettled = files.filter { now - $0.modified < settle }
            let isBusy = desired.spec.concurrency == .forbid && observed.runs.contains { !$0.isEnded }
            if !settled.isEmpty, !isBusy {
                let taken = Array(settled.prefix(mostFiles))
                let name = DesiredPipeline.runName(pipeline: desired.key.name, cause: desired.uid + taken.map(\.identity).joined(separator: "\n"))
                actions.append(action(.createRun(name: name, files: taken), taken.count == 1 ? "file \(taken[0].path) has come" : "\(taken.count) files have come"))
            }
            let soonest = unsettled.map { settle - (now - $0.modified) }.min() ?? watchInterval
            wake = .after(max(.milliseconds(100), min(soonest, watchInterval)))
        }
        return Plan(actions: actions, wake: wake)
    }
}
