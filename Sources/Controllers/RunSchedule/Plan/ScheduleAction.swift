import Kernel

/// One thing to do for a schedule.
public struct ScheduleAction: PlannedAction {
    public enum Kind: Sendable, Equatable {
        /// Makes the run of a time.
        case createRun(name: String, time: Timestamp)
        /// Notes that the times up to this one are over without a run.
        case passOver(until: Timestamp, count: Int64)
        case cancelRun(name: String)
        case deleteRun(name: String, uid: String)
    }

    public let kind: Kind
    public let reason: String

    public init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    public var summary: String {
        switch kind {
        case .createRun(let name, let time): "create run \(name) of \(time.rfc3339)"
        case .passOver(let until, let count): "leave \(count) time\(count == 1 ? "" : "s") up to \(until.rfc3339) without a run"
        case .cancelRun(let name): "cancel run \(name)"
        case .deleteRun(let name, _): "delete run \(name)"
        }
    }

    public var risk: RiskClass {
        switch kind {
        case .createRun, .passOver: .low
        case .cancelRun, .deleteRun: .high
        }
    }

    public var breaker: String { "kubernetes.local.Write" }
    public var blastRadius: Int { 1 }
}
