import Kernel

/// Bounds a rate: so many a second, and so many at once after a rest.
public struct TokenBucket: Sendable, Equatable {
    public enum Taking: Sendable, Equatable {
        case taken
        /// None left; the next one is there after this time.
        case empty(retryAfter: Duration)
    }

    private let nanosecondsPerToken: Int64
    private let burst: Int64
    /// The moment at which the bucket would have been empty, had all tokens been taken: the balance is the time since then.
    private var emptyAt: Int64?

    /// - Parameters:
    ///   - perSecond: tokens that come in a second, above 0.
    ///   - burst: how many the bucket holds, at least 1; it starts full.
    public init(perSecond: Double, burst: Int) {
        let rate = perSecond.isFinite ? min(max(perSecond, 1e-6), 1e9) : 1e9
        nanosecondsPerToken = max(Int64(1e9 / rate), 1)
        self.burst = Int64(min(max(burst, 1), 1_000_000))
    }

    public mutating func take(now: MonotonicInstant) -> Taking {
        let (capacity, tooLarge) = nanosecondsPerToken.multipliedReportingOverflow(by: burst)
        let fullSince = tooLarge ? Int64.min : now.nanoseconds.subtractingReportingOverflow(capacity).partialValue
        let start = max(emptyAt ?? fullSince, fullSince)
        let next = start.addingReportingOverflow(nanosecondsPerToken)
        guard !next.overflow, next.partialValue <= now.nanoseconds else {
            emptyAt = start
            return .empty(retryAfter: next.overflow ? .seconds(86_400) : .nanoseconds(next.partialValue - now.nanoseconds))
        }
        emptyAt = next.partialValue
        return .taken
    }
}
