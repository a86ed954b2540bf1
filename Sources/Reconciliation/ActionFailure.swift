import Kernel
import Kubernetes

/// Why a pass could not look at the world, or an action could not be done. Closed: what follows from each is decided in one place.
public enum ActionFailure: Error, Sendable, Equatable {
    /// The world is no longer what the plan was made from: look and plan again, at once.
    case stale(String)
    /// May succeed later: again with backoff.
    case transient(String)
    /// Only a change of the document or of the world helps. `reason` is one of the kind's condition reasons.
    case terminal(reason: String, String)
    /// Our own guard refused; `dependency` names the breaker (`docker.local.Write`). Again when it may let a call through.
    case refused(dependency: String, String, retryAfter: Duration)
    /// The pass was told to stop: shutdown, or the lease was lost.
    case cancelled

    /// For a person.
    public var message: String {
        switch self {
        case .stale(let text), .transient(let text), .terminal(_, let text), .refused(_, let text, _): text
        case .cancelled: "stopped before it was done"
        }
    }

    /// For metrics and audit: one word.
    public var kind: String {
        switch self {
        case .stale: "stale"
        case .transient: "transient"
        case .terminal: "terminal"
        case .refused: "refused"
        case .cancelled: "cancelled"
        }
    }
}

extension ActionFailure {
    /// What an error of the API server means for a pass.
    ///
    /// - Parameter breaker: the guard the call went through, `kubernetes.local.Read`.
    public init(_ error: KubernetesError, breaker: String) {
        switch error {
        case .conflict(let text, _), .alreadyExists(let text), .expired(let text, _): self = .stale(text)
        case .notFound(let text): self = .stale(text)
        case .timeout(let text), .unavailable(let text), .malformedReply(let text): self = .transient(text)
        // It may have been done: only looking again tells.
        case .outcomeUnknown(let text): self = .transient(text)
        case .tooManyRequests(let text, let after): self = .refused(dependency: breaker, text, retryAfter: after)
        case .refused(let text, let after): self = .refused(dependency: breaker, text, retryAfter: after)
        case .invalid(let text, _), .rejected(_, let text), .tooLarge(let text): self = .terminal(reason: "Rejected", text)
        // Rights and credentials are mended from outside, without any event that we would see.
        case .forbidden(let text), .unauthorized(let text), .configuration(let text): self = .transient(text)
        case .cancelled: self = .cancelled
        }
    }
}
