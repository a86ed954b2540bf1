/// The state of a breaker as people see it.
public enum BreakerPhase: String, Sendable, Comparable, CaseIterable {
    case closed = "Closed"
    case halfOpen = "HalfOpen"
    case open = "Open"

    /// From well to bad: the worst of several is their maximum.
    public static func < (a: BreakerPhase, b: BreakerPhase) -> Bool { a.severity < b.severity }

    /// 0 closed, 1 half open, 2 open: the value of the metric.
    public var severity: Int {
        switch self {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }
}

/// A breaker went from one state to another, or into the same one afresh (`force`).
public struct BreakerTransition: Sendable, Equatable {
    public let from: BreakerPhase
    public let to: BreakerPhase
    /// For a person: `6 of 10 calls failed`.
    public let reason: String

    public init(from: BreakerPhase, to: BreakerPhase, reason: String) {
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// Leave to make one call, to be handed back with its outcome.
public struct CallPermit: Sendable, Equatable {
    let epoch: UInt64
}
