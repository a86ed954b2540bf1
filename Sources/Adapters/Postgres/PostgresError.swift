import Guards
import Kernel
import Resilience

/// What the server said about a statement that failed. Without its detail and context, which may repeat data.
public struct PostgresServerError: Sendable, Equatable {
    /// `ERROR`, `FATAL`, `PANIC`.
    public let severity: String
    /// Five characters, as in PostgreSQL's Appendix A.
    public let sqlState: String
    public let message: String
}

/// Why a call to PostgreSQL gave no result. Never holds a password or a parameter's value.
public enum PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The server answered that the statement failed: nothing of its transaction was done.
    case server(PostgresServerError)
    /// No connection could be made: nothing was sent.
    case unreachable(String)
    /// The connection broke. `wasSent`: whether the statement may have reached the server; if so its outcome is unknown.
    case connectionLost(String, wasSent: Bool)
    /// No answer in this time; the connection was dropped, the outcome is unknown.
    case timeout(Duration)
    /// The task was cancelled; when the statement had been sent, the connection was dropped and its outcome is unknown.
    case cancelled(wasSent: Bool)
    /// The guard let nothing through: nothing was sent.
    case refused(GuardRefusal)
    /// All connections of the pool are in use, and as many callers wait as may: nothing was sent.
    case exhausted
    /// What was asked makes no sense; the text says why.
    case invalid(String)
    /// The answer is not of the shape that was expected.
    case malformed(String)

    public var description: String {
        switch self {
        case .server(let error): "PostgreSQL says \(error.severity) \(error.sqlState): \(error.message)"
        case .unreachable(let message): "PostgreSQL can't be reached: \(message)"
        case .connectionLost(let message, let wasSent):
            "the connection to PostgreSQL broke\(wasSent ? " while an answer was awaited" : ""): \(message)"
        case .timeout(let limit): "PostgreSQL gave no answer within \(limit.manifest)"
        case .cancelled: "the call to PostgreSQL was cancelled"
        case .refused(let refusal): "\(refusal)"
        case .exhausted: "all connections to PostgreSQL are in use; try again later, or raise the size of the pool"
        case .invalid(let message), .malformed(let message): message
        }
    }

    /// Whether the statement may have been carried out although no answer says so.
    public var isOutcomeUnknown: Bool {
        switch self {
        case .connectionLost(_, let wasSent), .cancelled(let wasSent): wasSent
        case .timeout, .malformed: true
        case .server(let error):
            // The server ended the session; said while a commit is under way it doesn't tell whether that went through.
            error.severity != "ERROR"
        case .unreachable, .refused, .exhausted, .invalid: false
        }
    }

    /// How long the guard will refuse further calls, where it was the guard.
    public var retryAfter: Duration? { if case .refused(let refusal) = self { refusal.retryAfter } else { nil } }

    /// The SQLSTATE `disk_full`.
    public static let diskFull = "53100"

    /// The SQLSTATE of the server's answer, if it gave one.
    public var sqlState: String? { if case .server(let error) = self { error.sqlState } else { nil } }
}

extension PostgresError: GuardClassified {
    /// A server that answers is well, whatever it answers, unless it says that it can't work.
    public var guardOutcome: CallOutcome {
        switch self {
        case .server(let error):
            // 08 connection, 53 resources, 57 operator intervention, 58 system, XX internal; 55P03 lock not to be had in time.
            ["08", "53", "57", "58", "XX"].contains(String(error.sqlState.prefix(2))) || error.sqlState == "55P03" ? .failure : .success
        case .unreachable, .connectionLost, .timeout, .malformed: .failure
        case .cancelled, .refused, .exhausted, .invalid: .ignored
        }
    }
}
