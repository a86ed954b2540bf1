import Kernel
import Resilience

/// A guard let no call through: nothing was sent, and nothing is lost, for who asked asks again.
public struct GuardRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// The breaker is open, or all its probes are out; `forced` by a person.
        case open(forced: Bool)
        /// As many calls are under way as may be, and as many wait.
        case full
        /// Too many retries beside first attempts.
        case budget
        /// Too many calls in too short a time.
        case rate
    }

    public let guardName: String
    public let reason: Reason
    /// Asking sooner is of no use.
    public let retryAfter: Duration
    /// What the last failed call said; empty when none did.
    public let lastError: String

    public init(guardName: String, reason: Reason, retryAfter: Duration, lastError: String = "") {
        self.guardName = guardName
        self.reason = reason
        self.retryAfter = retryAfter
        self.lastError = lastError
    }

    public var description: String {
        let wait = retryAfter.roundedUpToSeconds.manifest
        switch reason {
        case .open(forced: true):
            return "circuit breaker \(guardName) is forced open; remove spec.force from its CircuitBreaker to let calls through again"
        case .open(forced: false):
            let cause = lastError.isEmpty ? "" : ": " + lastError
            return "circuit breaker \(guardName) is open, tried again in \(wait)\(cause)"
        case .full: return "\(guardName): as many calls are under way as maxConcurrent of its CircuitBreaker allows; tried again in \(wait)"
        case .budget: return "\(guardName): the retry budget is used up; tried again in \(wait)"
        case .rate: return "\(guardName): too many calls in too short a time; tried again in \(wait)"
        }
    }
}

/// An error that knows what it says about the health of what was called.
public protocol GuardClassified: Error {
    var guardOutcome: CallOutcome { get }
    /// What everyone may read who is refused because of it: nothing of the one object that the call was about.
    var guardText: String { get }
}

extension GuardClassified {
    public var guardText: String { "\(self)" }
}

extension GuardRefusal: GuardClassified {
    public var guardOutcome: CallOutcome { .ignored }
}

extension Duration {
    /// For messages: never "0s" for a wait that is not over.
    var roundedUpToSeconds: Duration {
        let nanoseconds = max(wholeNanoseconds, 0)
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return .seconds(rest > 0 ? seconds + 1 : seconds)
    }
}
