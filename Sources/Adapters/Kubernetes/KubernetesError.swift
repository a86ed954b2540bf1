import Guards
import Kernel
import Resilience

/// Why a call to a Kubernetes API server did not give what was asked for. Closed: callers switch over it exhaustively.
///
/// The texts are the server's own where it gave one, else they say what happened and what to do next.
public enum KubernetesError: Error, Sendable, Equatable {
    /// 404: no such object, or no such resource on this server.
    case notFound(String)
    /// 409 `AlreadyExists`, or a generated name that was taken.
    case alreadyExists(String)
    /// 409: the resourceVersion, the uid, or fields that another manager owns. Read again, then decide again.
    case conflict(String, causes: [FieldError])
    /// 422: the object breaks its schema or a rule; one cause per field.
    case invalid(String, causes: [FieldError])
    /// 400, 405, 406, 415 and every other refusal that repeating can't cure.
    case rejected(status: Int, String)
    /// 413.
    case tooLarge(String)
    /// 403.
    case forbidden(String)
    /// 401.
    case unauthorized(String)
    /// 410: the resourceVersion or the page token is gone. The token, where given, goes on with an inconsistent list.
    case expired(String, continueToken: String?)
    /// 429, or a 503 that says when to come back.
    case tooManyRequests(String, retryAfter: Duration)
    /// No answer within the deadline to a call that changes nothing, or the server's own 504. May be repeated.
    case timeout(String)
    /// The server could not be reached, or said that it can't serve now. Nothing was changed; may be repeated.
    case unavailable(String)
    /// A write was sent and no answer came: it may have happened or not. Read before deciding.
    case outcomeUnknown(String)
    /// Not sent: our own guard (breaker, bulkhead, budget, rate) refused the call.
    case refused(String, retryAfter: Duration)
    /// The answer is not what a Kubernetes API server sends.
    case malformedReply(String)
    /// The configuration (kubeconfig, certificate, token file) can't be used.
    case configuration(String)
    /// The calling task was cancelled.
    case cancelled
}

extension KubernetesError: CustomStringConvertible {
    /// For a person: what happened and, where the server didn't say, what to do.
    public var description: String {
        switch self {
        case .notFound(let text), .alreadyExists(let text), .rejected(_, let text), .tooLarge(let text), .forbidden(let text),
            .unauthorized(let text), .expired(let text, _), .tooManyRequests(let text, _), .timeout(let text), .unavailable(let text),
            .outcomeUnknown(let text), .refused(let text, _), .malformedReply(let text), .configuration(let text):
            text
        case .conflict(let text, _), .invalid(let text, _): text
        case .cancelled: "the call was cancelled"
        }
    }

    /// Whether the same call may succeed later without anything else being changed.
    public var isTransient: Bool {
        switch self {
        case .tooManyRequests, .timeout, .unavailable, .outcomeUnknown, .refused, .malformedReply, .conflict, .expired: true
        case .notFound, .alreadyExists, .invalid, .rejected, .tooLarge, .forbidden, .unauthorized, .configuration, .cancelled: false
        }
    }

    public var isNotFound: Bool { if case .notFound = self { true } else { false } }
    public var isConflict: Bool { if case .conflict = self { true } else { false } }
    public var isAlreadyExists: Bool { if case .alreadyExists = self { true } else { false } }
}

extension KubernetesError: GuardClassified {
    /// A refusal that is an answer shows a server that works; being told to come back later says nothing either way.
    public var guardOutcome: CallOutcome {
        switch self {
        case .notFound, .alreadyExists, .conflict, .invalid, .rejected, .tooLarge, .forbidden, .unauthorized, .expired: .success
        case .timeout, .unavailable, .outcomeUnknown, .malformedReply: .failure
        case .tooManyRequests, .refused, .configuration, .cancelled: .ignored
        }
    }
}
