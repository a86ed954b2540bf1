import Kernel
import Telemetry

/// One action as it was decided and what became of it: the audit trail says what, why, on whose behalf and with what outcome.
public struct AuditEntry: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        case done
        case failed(kind: String, message: String)
    }

    public let correlation: String
    public let object: ObjectRef
    public let action: String
    public let reason: String
    public let risk: RiskClass
    public let breaker: String
    public let blastRadius: Int
    public let outcome: Outcome
    public let time: Timestamp
    public let took: Duration

    public init(
        correlation: String, object: ObjectRef, action: String, reason: String, risk: RiskClass, breaker: String, blastRadius: Int,
        outcome: Outcome, time: Timestamp, took: Duration
    ) {
        self.correlation = correlation
        self.object = object
        self.action = action
        self.reason = reason
        self.risk = risk
        self.breaker = breaker
        self.blastRadius = blastRadius
        self.outcome = outcome
        self.time = time
        self.took = took
    }
}

/// Where audit entries go. Written behind: must not block, and its trouble is its own.
public protocol AuditSink: Sendable {
    func record(_ entry: AuditEntry)
}

/// The audit trail as log lines.
public struct LogAuditSink: AuditSink {
    private let logger: Logger

    public init(_ logger: Logger) { self.logger = logger }

    public func record(_ entry: AuditEntry) {
        switch entry.outcome {
        case .done:
            logger.info(
                "\(entry.action)",
                [
                    "object": entry.object.description, "why": entry.reason, "risk": entry.risk.rawValue, "breaker": entry.breaker,
                    "took": "\(entry.took.wholeMilliseconds)ms",
                ])
        case .failed(let kind, let message):
            logger.warning(
                "could not \(entry.action): \(message)",
                [
                    "object": entry.object.description, "why": entry.reason, "risk": entry.risk.rawValue, "breaker": entry.breaker,
                    "failure": kind, "took": "\(entry.took.wholeMilliseconds)ms",
                ])
        }
    }
}
