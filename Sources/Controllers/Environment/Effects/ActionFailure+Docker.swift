import Docker
import Guards
import Kernel
import Reconciliation

extension ActionFailure {
    /// What an error of the engine means when nothing more is known about the call.
    init(looking error: DockerError) {
        switch error {
        case .refused(let refusal):
            self = .refused(dependency: refusal.guardName, Self.text(refusal), retryAfter: refusal.retryAfter)
        case .cancelled: self = .cancelled
        case .notFound(let text): self = .stale(text)
        case .conflict, .badRequest, .unauthorized, .pullFailed, .startFailed, .unreachable, .timeout, .outcomeUnknown, .server:
            self = .transient(error.description)
        }
    }

    /// Without the seconds that are left: status would change with each of them.
    private static func text(_ refusal: GuardRefusal) -> String {
        switch refusal.reason {
        case .open(forced: false):
            let cause = refusal.lastError.isEmpty ? "its calls failed" : refusal.lastError
            return "no call is made for a while, then a few try again by themselves; \(cause)"
        case .open(forced: true), .full, .budget, .rate: return refusal.description
        }
    }
}
