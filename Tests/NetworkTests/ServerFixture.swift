import EventLoop
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Platform
import Telemetry
import Testing

/// A server on a port of its own, serving while the body runs.
struct ServerFixture: Sendable {
    static let loop: EventLoop = {
        do {
            let loop = try EventLoop()
            try loop.start(name: "test-loop")
            return loop
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    let server: HTTPServer
    let port: Int
    let metrics: Metrics
    var loop: EventLoop { Self.loop }

    func client(tls: ClientTLS? = nil, maximumReplyBytes: Int = 64 << 20, connectTimeout: Duration = .seconds(10)) -> HTTPClient {
        HTTPClient(
            loop: Self.loop, endpoint: .tcp(host: "127.0.0.1", port: port, tls: tls), connectTimeout: connectTimeout,
            maximumReplyBytes: maximumReplyBytes)
    }

    static func serve<Result: Sendable>(
        address: String = "127.0.0.1", tls: ServerTLS? = nil, limits: HTTPLimits = HTTPLimits(), placement: HandlerPlacement = .pool,
        _ handler: @escaping HTTPHandler, while body: @Sendable (ServerFixture) async throws -> Result
    ) async throws -> Result {
        let metrics = Metrics()
        let server = HTTPServer(
            loop: loop, address: address, tls: tls, limits: limits, placement: placement, metrics: metrics, handler: handler)
        let port = try await server.start()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            defer { group.cancelAll() }
            let result = try await body(ServerFixture(server: server, port: port, metrics: metrics))
            await server.stop()
            return result
        }
    }
}

extension HTTPReply {
    static func text(_ text: String, status: Int = 200) -> HTTPReply { HTTPReply(status: status, contentType: "text/plain", Array(text.utf8)) }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
