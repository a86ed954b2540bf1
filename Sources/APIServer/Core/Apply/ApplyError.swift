import Kernel

/// Why a server-side apply isn't done.
public enum ApplyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The configuration can't be applied to anything: 400.
    case badRequest(String)
    /// Others own fields that it would change: 409, with a cause a field.
    case conflict(message: String, causes: [StatusCause])

    public var description: String {
        switch self {
        case .badRequest(let message): message
        case .conflict(let message, _): message
        }
    }

    /// The reply.
    public var status: APIStatus {
        switch self {
        case .badRequest(let message): .badRequest(message)
        case .conflict(let message, let causes): .applyConflict(causes, message: message)
        }
    }
}
