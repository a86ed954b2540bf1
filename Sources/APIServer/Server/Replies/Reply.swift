import APIServerCore
import HTTPMessages
import Kernel
import YAML

/// Builds the replies of the API.
enum Reply {
    /// Bodies above this are sent in pieces.
    static let chunkBytes = 256 * 1024

    static func json(_ value: JSON, status: Int = 200, as representation: Representation = .plain, pretty: Bool = false) -> HTTPReply {
        switch representation.encoding {
        case .yaml: return HTTPReply(status: status, contentType: MediaType.yaml, Array(YAML.write(value).utf8))
        case .json:
            guard pretty else { return HTTPReply(status: status, contentType: MediaType.json, value.bytes) }
            var writer = JSONWriter()
            writer.writeIndented(value)
            writer.raw("\n")
            return HTTPReply(status: status, contentType: MediaType.json, writer.bytes)
        }
    }

    static func text(_ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8") -> HTTPReply {
        var reply = HTTPReply(status: status, contentType: contentType, Array(text.utf8))
        reply.headers.add("X-Content-Type-Options", "nosniff")
        return reply
    }

    /// A refusal, as a Status in the encoding the client takes.
    static func status(_ status: APIStatus, for request: HTTPRequest) -> HTTPReply {
        let asked = Representation.negotiate(request.headers["Accept"], allowsShapes: true) ?? .plain
        let code = status.isSuccess ? (status.code == 0 ? 200 : status.code) : (status.code == 0 ? 500 : status.code)
        var reply = json(status.json, status: code, as: Representation(encoding: asked.encoding))
        if let seconds = status.retryAfterSeconds { reply.headers["Retry-After"] = String(seconds) }
        return reply
    }
}
