import DataPipelinePlan
import Reconciliation

/// A pass's failure in the words of a status; nil for what the next pass tells.
enum PipelineTrouble {
    static func of(_ failure: ActionFailure) -> (reason: PipelineReason, message: String, isFinal: Bool)? {
        switch failure {
        case .terminal(let reason, let message): (PipelineReason(rawValue: reason) ?? .workerFailed, message, true)
        case .refused(PipelineReader.missingDependency, let message, _): (.configMissing, message, true)
        case .transient(let message), .refused(_, let message, _): (.waiting, message, false)
        case .stale, .cancelled: nil
        }
    }
}
