import Kernel
import Kubernetes
import Telemetry

/// What a pass over one object is given besides the object.
public struct PassContext: Sendable {
    public let key: NamespacedName
    /// The same in every log line, event, audit row and span of this pass; also in `Correlation.id` while it runs.
    public let correlation: String
    /// When the pass began.
    public let now: Timestamp
    /// When the pass is cancelled at the latest.
    public let deadline: MonotonicInstant
    /// 0 for the first pass, and how many have failed in a row since otherwise.
    public let failures: Int
    /// What made the pass due.
    public let cause: PassCause
    public let clocks: any Clocks
    public let logger: Logger

    public init(
        key: NamespacedName, correlation: String, now: Timestamp, deadline: MonotonicInstant, failures: Int = 0, cause: PassCause = .object,
        clocks: any Clocks, logger: Logger
    ) {
        self.key = key
        self.correlation = correlation
        self.now = now
        self.deadline = deadline
        self.failures = failures
        self.cause = cause
        self.clocks = clocks
        self.logger = logger
    }

    /// What is left until the deadline, never negative, and at most `bound`: the deadline of a call made now.
    public func remaining(atMost bound: Duration) -> Duration { min(max(deadline - clocks.monotonic, .zero), bound) }
}

/// What made a pass due, from the least urgent to the most.
public enum PassCause: Int, Sendable, Comparable, CaseIterable {
    /// A round over all objects: start, resync, a relist.
    case resync
    /// A wake that an earlier pass asked for, or its backoff.
    case timer
    /// Something that the object depends on or owns changed.
    case world
    /// The object itself changed.
    case object

    public static func < (a: PassCause, b: PassCause) -> Bool { a.rawValue < b.rawValue }
    public var name: String { ["resync", "timer", "world", "object"][rawValue] }

    /// Something is known or suspected to have changed, so that a key in backoff is worth another look before its time.
    var bringsForward: Bool { self != .timer }
}
