import Docker
import Kernel
import Reconciliation

extension ActionFailure {
    /// What an error of the engine means when nothing more is known about the call.
    init(looking error: DockerError) {
        switch error {
        case .refused(let refusal): self = .refused(dependency: refusal.guardName, refusal.description, retryAfter: refusal.retryAfter)
        case .cancelled: self = .cancelled
        case .notFound(let text): self = .stale(text)
        case .conflict, .badRequest, .unauthorized, .pullFailed, .startFailed, .unreachable, .timeout, .outcomeUnknown, .server:
            self = .transient(error.description)
        }
    }
}
