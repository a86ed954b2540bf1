import HTTPMessages

/// A connection after a successful upgrade. One reader at a time; letting go of it closes it. Its errors are `HTTPClientError`.
public final class UpgradedConnection: ByteChannel {
    private let client: HTTPClient
    private let connection: RawConnection

    init(client: HTTPClient, connection: RawConnection) {
        self.client = client
        self.connection = connection
    }

    deinit {
        let connection = connection
        connection.loop.execute { connection.assumeIsolated { $0.close() } }
    }

    public func read() async throws -> [UInt8]? { try await connection.read().get() }

    public func write(_ bytes: [UInt8]) async throws {
        if let failure = await connection.write(bytes) { throw failure }
    }

    public func closeWriting() async { await connection.endWriting() }
    public func close() async { await connection.close() }
}
