import Kernel

/// Why a patch isn't applied.
public enum PatchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The patch is malformed: 400.
    case malformed(String)
    /// The patch is well formed but doesn't fit the object, as a failed `test`: 422.
    case inapplicable(String)
    /// More operations than are taken: 413.
    case tooLarge(String)

    public var description: String {
        switch self {
        case .malformed(let message), .inapplicable(let message), .tooLarge(let message): message
        }
    }

    /// The reply. For a patch that doesn't fit, Kubernetes' message says nothing of why; the cause does.
    public var status: APIStatus {
        switch self {
        case .malformed(let message): return .badRequest(message)
        case .tooLarge(let message): return .requestEntityTooLarge(message)
        case .inapplicable(let message):
            var status = APIStatus(code: 422, reason: .invalid, message: "the server rejected our request due to an error in our request")
            status.details = APIStatus.Details(causes: [StatusCause(reason: .unspecified, message: message)])
            return status
        }
    }
}
