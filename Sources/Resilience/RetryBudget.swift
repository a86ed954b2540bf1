import Kernel

/// Bounds retries to a share of the calls, so that retrying never multiplies the load on a dependency that is already in trouble.
///
/// Over the last ten seconds: retries may be `percent` of the calls, and always `minPerSecond` a second.
public struct RetryBudget: Sendable, Equatable {
    static let seconds: Int64 = 10

    private struct Second: Sendable, Equatable {
        var number: Int64
        var calls = 0
        var retries = 0
    }

    public var settings: BreakerSettings.Retries
    /// At most `seconds` of them, the newest last.
    private var recent: [Second] = []

    public init(_ settings: BreakerSettings.Retries) { self.settings = settings }

    /// Counts a first attempt.
    public mutating func recordCall(now: MonotonicInstant) {
        let at = current(now)
        recent[at].calls += 1
    }

    /// Takes one retry out of the budget; false when there is none left.
    public mutating func takeRetry(now: MonotonicInstant) -> Bool {
        let at = current(now)
        let calls = recent.reduce(0) { $0 + $1.calls }
        let retries = recent.reduce(0) { $0 + $1.retries }
        guard retries < calls * settings.percent / 100 + settings.minPerSecond * Int(Self.seconds) else { return false }
        recent[at].retries += 1
        return true
    }

    private mutating func current(_ now: MonotonicInstant) -> Int {
        let number = max(now.nanoseconds / 1_000_000_000, recent.last?.number ?? .min)
        recent.removeAll { number - $0.number >= Self.seconds }
        if recent.last?.number != number { recent.append(Second(number: number)) }
        return recent.count - 1
    }
}
