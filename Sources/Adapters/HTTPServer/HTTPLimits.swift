import HTTPMessages

/// The bounds that keep one client from harming the others.
public struct HTTPLimits: Sendable {
    /// Request line and headers, in bytes; more is answered 431.
    public var maximumHeadBytes = 64 << 10
    /// A request's body, in bytes; more is answered with `oversizeReply`.
    public var maximumBodyBytes = 3 << 20
    /// The bound of one request's body by its head, for servers whose routes differ; it never exceeds `maximumBodyBytes`.
    public var bodyLimit: (@Sendable (HTTPRequest) -> Int)?
    /// The answer to a body that is too large; the connection closes after it.
    /// Its body must be `.bytes`.
    public var oversizeReply = HTTPReply(
        status: 413, contentType: "text/plain; charset=utf-8", Array("The request's body is too large; send a smaller one\n".utf8))
    /// Connections at once, never over three quarters of the process's open files. At the bound an idle one makes room; when none is idle the new one is closed.
    public var maximumConnections = 10_000
    /// A TLS handshake must be done within this time.
    public var handshakeTimeout = Duration.seconds(10)
    /// From a request's first byte to the end of its head, however the bytes are spread.
    public var headTimeout = Duration.seconds(10)
    /// From the end of the head to the end of the body.
    public var bodyTimeout = Duration.seconds(60)
    /// How long a connection may wait for the next request; longer than clients keep theirs, so that they close first.
    public var keepAliveTimeout = Duration.seconds(180)
    /// How long a client may take nothing of what waits for it before it is dropped.
    public var writeTimeout = Duration.seconds(30)
    /// Output that waits for the client, in bytes, beyond which a writer waits.
    public var outputHighWater = 256 << 10
    /// Replies from this size are compressed when the client accepts gzip; nil turns it off.
    public var compressFrom: Int? = 128 << 10

    public init() {}
}
