import HTTPMessages

/// Why a call has no reply, told apart by what the caller may do next.
public enum HTTPClientError: Error, Sendable, CustomStringConvertible {
    /// No connection could be made in time: nothing was sent, so that a retry does no harm.
    case unreachable(String)
    /// The connection isn't trusted by one of the two sides; nothing was answered. A retry fails the same.
    case tls(String)
    /// The request was sent, the reply didn't come (whole) in time: whether it took effect is unknown.
    case timeout(String)
    /// The connection broke after the request was sent: whether it took effect is unknown.
    case connectionLost(String)
    /// The caller's task was cancelled: whether the request took effect is unknown.
    case cancelled
    /// The reply has more bytes than the client takes.
    case replyTooLarge(limit: Int)
    /// The request can't be sent as it is; nothing was sent.
    case invalidRequest(String)
    /// The server answered an upgrade with an ordinary reply.
    case notUpgraded(HTTPResponse)

    /// False when it is certain that the server never saw the request.
    public var mayHaveTakenEffect: Bool {
        switch self {
        case .unreachable, .invalidRequest: false
        case .tls, .timeout, .connectionLost, .cancelled, .replyTooLarge, .notUpgraded: true
        }
    }

    public var description: String {
        switch self {
        case .unreachable(let detail): "unreachable: \(detail)"
        case .tls(let detail): "TLS: \(detail)"
        case .timeout(let detail): "timeout: \(detail)"
        case .connectionLost(let detail): "connection lost: \(detail)"
        case .cancelled: "cancelled"
        case .replyTooLarge(let limit): "the reply has more than \(limit) bytes"
        case .invalidRequest(let detail): "the request can't be sent: \(detail)"
        case .notUpgraded(let response): "the server answered \(response.status) instead of switching protocols"
        }
    }
}
