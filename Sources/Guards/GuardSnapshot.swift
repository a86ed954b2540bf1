import Kernel
import Resilience

/// What a guard looks like at one moment: for status, metrics and the command line.
public struct GuardSnapshot: Sendable, Equatable {
    public let key: GuardKey
    public let phase: BreakerPhase
    public let settings: BreakerSettings
    /// The calls the rates are taken over at present.
    public let tally: CallTally
    public let running: Int
    public let waiting: Int
    /// Refused since the start.
    public let rejected: Int
    /// Wall clock; nil while it is not open.
    public let openedAt: Timestamp?
    /// How long a call would be refused now; nil when it would be let through.
    public let retryAfter: Duration?
    /// What the last failed call said; empty when none did.
    public let lastError: String
    /// Why it is in this state, as `6 of 10 calls failed`; empty before the first transition.
    public let reason: String
}

/// A guard's breaker changed its state.
public struct GuardChange: Sendable, Equatable {
    public let key: GuardKey
    public let transition: BreakerTransition
    public let lastError: String
}
