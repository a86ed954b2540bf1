import HTTPMessages

/// Writes a stream's pieces, each as a chunk of its own; raw to HTTP/1.0 clients.
struct ChunkWriter: HTTPBodyWriter {
    static let end = Array("0\r\n\r\n".utf8)

    let connection: HTTPConnection
    let isChunked: Bool

    func write(_ bytes: [UInt8]) async throws {
        // An empty chunk would end the stream.
        guard !bytes.isEmpty else { return }
        guard isChunked else { return try await connection.write(bytes) }
        var chunk: [UInt8] = []
        chunk.reserveCapacity(bytes.count + 20)
        chunk.append(contentsOf: String(bytes.count, radix: 16).utf8)
        chunk.append(0x0D)
        chunk.append(0x0A)
        chunk.append(contentsOf: bytes)
        chunk.append(0x0D)
        chunk.append(0x0A)
        try await connection.write(chunk)
    }
}
