import EventLoop
import HTTPMessages
import Kernel

/// An HTTP/1.1 client of one endpoint: libcurl on the event loop, with kept connections.
///
/// No redirects are followed, no proxy is taken from the environment. A request other than GET, HEAD or OPTIONS is sent at most
/// once: a kept connection that turns out dead under it is an error, not a silent second try. Cancelling the task gives the
/// connection up at once.
public final class HTTPClient: Sendable {
    public let endpoint: HTTPEndpoint
    private let multi: CurlMulti
    private let loop: EventLoop

    /// - Parameters:
    ///   - connectTimeout: for the name, the connection and the TLS handshake together.
    ///   - maximumReplyBytes: of a whole reply (`send`), after decompression; streams have no bound.
    ///   - acceptsCompression: asks for gzip and unpacks it.
    ///   - proxy: an HTTP proxy's URL; nil for a direct connection whatever the environment says.
    public init(
        loop: EventLoop, endpoint: HTTPEndpoint, connectTimeout: Duration = .seconds(10), maximumReplyBytes: Int = 64 << 20,
        idleConnections: Int = 16, acceptsCompression: Bool = false, userAgent: String = "millwright", proxy: String? = nil
    ) {
        self.loop = loop
        self.endpoint = endpoint
        multi = CurlMulti(
            loop: loop,
            settings: CurlSettings(
                endpoint: endpoint, connectTimeout: connectTimeout, maximumReplyBytes: maximumReplyBytes, idleConnections: idleConnections,
                acceptsCompression: acceptsCompression, userAgent: userAgent, proxy: proxy))
    }

    deinit {
        // Every transfer holds the client, so none is left.
        let multi = multi
        loop.execute { multi.assumeIsolated { $0.shutDown() } }
    }

    /// Sends the request and collects the reply; `timeout` is for all of it.
    public func send(_ request: HTTPRequest, timeout: Duration = .seconds(30)) async throws(HTTPClientError) -> HTTPResponse {
        defer { withExtendedLifetime(self) {} }
        return try await multi.send(request, timeout: timeout).get()
    }

    /// Sends the head, returns with the reply's head, and gives its body piece by piece.
    ///
    /// `headTimeout` is for the reply's head; `idleTimeout` for each wait for further bytes, nil for no bound (a quiet watch).
    public func stream(
        _ request: HTTPRequest, headTimeout: Duration = .seconds(30), idleTimeout: Duration? = nil
    ) async throws(HTTPClientError) -> HTTPStream {
        let open = try await multi.open(request, headTimeout: headTimeout, idleTimeout: idleTimeout).get()
        return HTTPStream(client: self, multi: multi, open: open)
    }

    /// Sends a body that comes piece by piece; nil ends it. `timeout` is for all of it, and the next piece is asked for only when
    /// the last one is on its way. Without a `Content-Length` header it goes in chunks.
    ///
    /// When the closure throws, the connection is cut and the call fails with `.invalidRequest`.
    public func send(
        _ request: HTTPRequest, timeout: Duration, bodyStream: @escaping @Sendable () async throws -> [UInt8]?
    ) async throws(HTTPClientError) -> HTTPResponse {
        let upload = UploadQueue()
        let multi = multi
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await multi.feed(upload, bodyStream) }
            let result = await multi.send(request, timeout: timeout, upload: upload)
            group.cancelAll()
            return result
        }
        return try result.get()
    }

    /// Asks for another protocol on a connection of its own; `timeout` is for the answer's head. Any other answer than 101 is
    /// thrown as `.notUpgraded`, with its body.
    public func upgrade(_ request: HTTPRequest, timeout: Duration = .seconds(30)) async throws(HTTPClientError) -> (HTTPResponse, any ByteChannel) {
        if let flaw = Transfer.flaw(request) { throw .invalidRequest(flaw) }
        let connection = try await multi.connect().get()
        // From here on its end closes the connection, also when the exchange fails.
        let channel = UpgradedConnection(client: self, connection: connection)
        let timer = loop.schedule(after: timeout) {
            connection.assumeIsolated { $0.fail(.timeout("\(connection.place): no answer to the upgrade within \(timeout.manifest)")) }
        }
        defer { timer.cancel() }
        let response = try await UpgradeExchange.perform(request, host: multi.settings.host, on: connection)
        return (response, channel)
    }
}
