import HTTPMessages

/// A reply that comes in pieces. The server is slowed down while nobody asks for the next piece. One reader at a time.
///
/// Letting go of it gives the connection up.
public final class HTTPStream: Sendable {
    public let status: Int
    public let headers: HTTPHeaders
    private let client: HTTPClient
    private let multi: CurlMulti
    private let transfer: Transfer

    init(client: HTTPClient, multi: CurlMulti, open: OpenTransfer) {
        self.client = client
        self.multi = multi
        transfer = open.transfer
        status = open.status
        headers = open.headers
    }

    deinit { multi.abandon(transfer) }

    /// The next bytes, or nil when the reply is whole. Cancelling the waiting task cancels the stream.
    public func next() async throws(HTTPClientError) -> [UInt8]? { try await multi.next(of: transfer).get() }

    /// Everything that is left, for replies that turn out to be errors.
    public func collect(limit: Int = 1 << 20) async throws(HTTPClientError) -> [UInt8] {
        var body: [UInt8] = []
        while let bytes = try await next() {
            guard body.count + bytes.count <= limit else {
                cancel()
                throw .replyTooLarge(limit: limit)
            }
            body += bytes
        }
        return body
    }

    /// Gives the connection up; a waiting `next` throws `.cancelled`.
    public func cancel() { multi.abandon(transfer) }
}
