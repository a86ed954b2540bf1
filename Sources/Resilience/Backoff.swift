import Kernel

/// How long to wait before trying again: longer each time, and by chance, so that many who failed together don't come back together.
public struct Backoff: Sendable, Equatable {
    /// How the waiting time is drawn below its ceiling.
    public enum Jitter: Sendable, Equatable {
        /// Exactly the ceiling.
        case none
        /// Anything from zero to the ceiling: spreads best.
        case full
        /// From half the ceiling to all of it: never hurries.
        case equal
    }

    public var initial: Duration
    /// At least 1.
    public var factor: Double
    public var cap: Duration
    public var jitter: Jitter

    public init(initial: Duration = .seconds(1), factor: Double = 2, cap: Duration = .seconds(60), jitter: Jitter = .full) {
        self.initial = max(initial, .zero)
        self.factor = factor.isFinite ? max(factor, 1) : 2
        self.cap = max(cap, .zero)
        self.jitter = jitter
    }

    /// The longest wait after so many failures in a row; `failures` 1 is the first.
    public func ceiling(failures: Int) -> Duration {
        let limit = cap.inSeconds
        var seconds = min(initial.inSeconds, limit)
        // Stops at the cap: no power of a large exponent is ever computed.
        for _ in 1..<max(failures, 1) {
            if seconds >= limit || seconds == 0 || factor == 1 { break }
            seconds = min(seconds * factor, limit)
        }
        return seconds >= limit ? cap : .nanoseconds(Int64(seconds * 1e9))
    }

    public func delay(failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let top = max(ceiling(failures: failures).wholeNanoseconds, 0)
        switch jitter {
        case .none: return .nanoseconds(top)
        case .full: return .nanoseconds(Int64.random(in: 0...top, using: &generator))
        case .equal: return .nanoseconds(Int64.random(in: top / 2...top, using: &generator))
        }
    }
}
