import Kernel

/// Whether and when a call that failed is made again.
public struct RetryPolicy: Sendable, Equatable {
    /// What is known about a failure.
    public enum Failure: Sendable, Equatable {
        /// Trying again can't help: the request itself is wrong, or it was refused for good.
        case terminal
        /// It surely did nothing; trying again may help.
        case transient
        /// It may have been done; only a call that does no harm twice may be made again.
        case outcomeUnknown
    }

    public enum Decision: Sendable, Equatable {
        case retry(after: Duration)
        case giveUp(Reason)
    }

    public enum Reason: Sendable, Equatable {
        case terminal, outcomeUnknown, attemptsUsed, budgetUsed, deadline
    }

    /// The first one included; 1 means never again.
    public var maxAttempts: Int
    public var backoff: Backoff

    public init(maxAttempts: Int = 3, backoff: Backoff = Backoff(initial: .milliseconds(200), factor: 2, cap: .seconds(5))) {
        self.maxAttempts = max(maxAttempts, 1)
        self.backoff = backoff
    }

    /// - Parameters:
    ///   - attempts: made so far, at least 1.
    ///   - isIdempotent: making the call twice does what making it once does.
    ///   - remaining: time until the caller's deadline, nil when there is none.
    ///   - budget: charged only when the decision is to retry.
    public func decide(
        after failure: Failure, attempts: Int, isIdempotent: Bool, remaining: Duration?, now: MonotonicInstant,
        budget: inout RetryBudget, using generator: inout some RandomNumberGenerator
    ) -> Decision {
        switch failure {
        case .terminal: return .giveUp(.terminal)
        case .outcomeUnknown where !isIdempotent: return .giveUp(.outcomeUnknown)
        case .outcomeUnknown, .transient: break
        }
        guard attempts < maxAttempts else { return .giveUp(.attemptsUsed) }
        let delay = backoff.delay(failures: attempts, using: &generator)
        if let remaining, delay >= remaining { return .giveUp(.deadline) }
        guard budget.takeRetry(now: now) else { return .giveUp(.budgetUsed) }
        return .retry(after: delay)
    }
}
