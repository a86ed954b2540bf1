import EnvironmentPlan
import Kernel
import Reconciliation

/// What a pass over an Environment tells people as Events: what was done, and what has gone wrong anew.
enum EnvironmentEvents {
    static func notes(_ report: PassReport<EnvironmentPlanner>, status: JSON?) -> [EventNote] {
        switch report.stage {
        // The end of the pass tells.
        case .acting: return []
        case .planned, .failed, .paused, .undecided, .unobserved: break
        }
        var notes = report.done.map(Self.note)
        let before = condition("Ready", report.object["status"]), after = condition("Ready", status)
        if let after, after.status != .true, after.reason != before?.reason, Self.troubles.contains(after.reason) {
            notes.append(EventNote(.warning, reason: after.reason, message: after.message))
        }
        if let after, after.status == .true, let before, before.status != .true {
            notes.append(EventNote(.normal, reason: "Ready", message: after.message))
        }
        return notes
    }

    /// Reasons worth a warning; the others are steps on the way.
    private static let troubles: Set<String> = Set(
        [
            EnvironmentReason.crashLoopBackOff, .engineUnavailable, .invalidSpec, .forbidden, .runtimeUnavailable, .configMissing,
            .imageUnavailable, .portConflict, .nameConflict, .engineRefused, .notReady, .completed,
        ].map(\.rawValue))

    private static func condition(_ type: String, _ status: JSON?) -> Condition? {
        (status?["conditions"]?.array ?? []).compactMap(Condition.init)[type]
    }

    private static func note(_ action: EnvironmentAction) -> EventNote {
        let reason =
            switch action.kind {
            case .createNetwork: "NetworkCreated"
            case .createVolume: "VolumeCreated"
            case .pullImage: "Pulled"
            case .createContainer: "Created"
            case .copyFiles: "FilesCopied"
            case .startContainer: "Started"
            case .unpauseContainer: "Unpaused"
            case .connectNetwork: "NetworkConnected"
            case .setRestartPolicy: "RestartPolicySet"
            case .restartContainer: "Restarted"
            case .stopContainer: "Stopped"
            case .removeContainer: "Removed"
            case .removeVolume: "VolumeRemoved"
            case .removeNetwork: "NetworkRemoved"
            }
        let isRepair: Bool =
            switch action.kind {
            case .restartContainer, .removeVolume: true
            default: false
            }
        return EventNote(isRepair ? .warning : .normal, reason: reason, message: "\(action.summary): \(action.reason)")
    }
}
