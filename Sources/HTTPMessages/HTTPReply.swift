/// Where a reply that comes in pieces is written to.
public protocol HTTPBodyWriter: Sendable {
    /// Sends the bytes now; waits while the client reads too slowly. Throws once the client has left.
    func write(_ bytes: [UInt8]) async throws
}

/// A connection taken over after an HTTP upgrade: bytes in both directions.
public protocol ByteChannel: Sendable {
    /// The next bytes, or nil at the end.
    func read() async throws -> [UInt8]?
    func write(_ bytes: [UInt8]) async throws
    /// Says that nothing more will be written; reading goes on.
    func closeWriting() async
    func close() async
}

/// What a server answers.
public struct HTTPReply: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        /// Sent chunked while the closure runs; its task is cancelled when the client leaves.
        case stream(@Sendable (any HTTPBodyWriter) async throws -> Void)
        /// Answered with status 101; the connection closes when the closure returns.
        case upgrade(@Sendable (any ByteChannel) async -> Void)
    }

    public var status: Int
    public var headers: HTTPHeaders
    public var body: Body
    /// How long a stream's body will be, about, so that a large one can be compressed; nil where the pieces are waited for, as a watch's.
    public var streamBytes: Int?

    public init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([]), streamBytes: Int? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.streamBytes = streamBytes
    }

    public init(status: Int, contentType: String, _ bytes: [UInt8]) {
        self.init(status: status, headers: ["Content-Type": contentType], body: .bytes(bytes))
    }
}

/// Answers one request. Its task is cancelled when the client leaves.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPReply

/// A whole answer, as our client gets it.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: [UInt8]

    public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
