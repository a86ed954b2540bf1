/// The head of a reply as a client reads it off a raw connection.
public struct HTTPResponseHead: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    /// Bytes of the head, the empty line included.
    public var size: Int

    /// nil when the head isn't whole yet.
    public static func read(_ bytes: [UInt8], maximumBytes: Int = 64 << 10) throws(HTTPParseFailure) -> HTTPResponseHead? {
        guard let end = endOfHead(bytes) else {
            guard bytes.count <= maximumBytes else { throw .headersTooLarge(limit: maximumBytes) }
            return nil
        }
        var lines = HTTPHeadReader.Lines(rest: bytes[..<end])
        guard let first = try lines.next() else { throw .malformed("the status line is missing") }
        let parts = first.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].starts(with: "HTTP/1.".utf8), parts[1].count == 3,
            let status = Int(String(decoding: parts[1], as: UTF8.self)), (100...599).contains(status)
        else { throw .malformed("the status line is not a version and a code") }
        return HTTPResponseHead(status: status, headers: try HTTPHeadReader.fields(&lines), size: end + 4)
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4) where bytes[index] == 0x0D {
            if bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 3] == 0x0A { return index }
        }
        return nil
    }
}
