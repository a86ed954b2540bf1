/// Why a request can't be read; the connection that carried it is of no more use.
public enum HTTPParseFailure: Error, Sendable, Equatable {
    case malformed(String)
    case headersTooLarge(limit: Int)
    case unsupportedVersion
    case unsupportedTransferCoding

    /// The status code of the answer.
    public var status: Int {
        switch self {
        case .malformed: 400
        case .headersTooLarge: 431
        case .unsupportedVersion: 505
        case .unsupportedTransferCoding: 501
        }
    }

    /// What the answer says.
    public var message: String {
        switch self {
        case .malformed(let what): "The request is not valid HTTP/1.1: \(what)"
        case .headersTooLarge(let limit): "The request's headers are larger than the limit of \(limit) bytes; send fewer or shorter ones"
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are served here"
        case .unsupportedTransferCoding: "The only transfer coding served here is chunked"
        }
    }
}

/// Reads HTTP/1.1 requests (RFC 9112) out of bytes that come in pieces: a value without I/O.
///
/// Strict where laxness lets two parties see two different requests: a bare line feed, space before a colon, folded lines,
/// `Content-Length` beside `Transfer-Encoding`, differing lengths, a missing or doubled `Host` are refused.
/// Bounds: the head by `maximumHeadBytes`, its fields by `maximumFields`, chunk lines by 1 KiB, trailers (dropped) by the head's bound.
/// The body is given piece by piece; its bound is the caller's.
public struct HTTPRequestParser: Sendable {
    public enum Event: Sendable {
        /// The request without its body, and what is known of the body before it comes.
        case head(HTTPRequest, HTTPRequestFraming)
        case body(ArraySlice<UInt8>)
        case end
    }

    private enum State {
        case head
        case fixed(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers(size: Int)
        case end
        case failed(HTTPParseFailure)
    }

    public static let maximumFields = 200
    private static let maximumChunkLine = 1024

    private let maximumHeadBytes: Int
    private var state = State.head
    private var buffer: [UInt8] = []
    /// What is before it was consumed.
    private var position = 0
    /// Where the search for the head's or line's end goes on.
    private var scanned = 0

    public init(maximumHeadBytes: Int = 64 << 10) { self.maximumHeadBytes = maximumHeadBytes }

    /// Reads a chunked body alone, of whatever message: `.body` events, then `.end`.
    public init(chunkedBodyWithTrailers maximumTrailerBytes: Int) {
        maximumHeadBytes = maximumTrailerBytes
        state = .chunkSize
    }

    /// Bytes that were appended and not yet consumed.
    public var pendingBytes: Int { buffer.count - position }

    /// Whether a request has begun: something of it came and it isn't whole.
    public var isInsideRequest: Bool {
        if case .head = state { return pendingBytes > 0 }
        return true
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if position == buffer.count {
            // Small buffers are kept for the next request; an idle connection holds no large one.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 4096)
            position = 0
            scanned = 0
        } else if position > 64 << 10 {
            buffer.removeSubrange(..<position)
            scanned -= min(scanned, position)
            position = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// What wasn't consumed, when the connection turns to another protocol.
    public mutating func takePending() -> [UInt8] {
        defer { (buffer, position, scanned) = ([], 0, 0) }
        return Array(buffer[position...])
    }

    /// Gives the buffer back while nothing is in it.
    public mutating func releaseMemory() {
        if position == buffer.count { (buffer, position, scanned) = ([], 0, 0) }
    }

    /// The next event, or nil when more bytes are needed. After a failure every call fails the same.
    public mutating func next() throws(HTTPParseFailure) -> Event? {
        do {
            return try step()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func step() throws(HTTPParseFailure) -> Event? {
        while true {
            switch state {
            case .failed(let failure): throw failure
            case .head:
                guard let head = try takeHead() else { return nil }
                let (request, framing) = try HTTPHeadReader.request(head)
                switch framing.body {
                case .none, .length(0): state = .end
                case .length(let length): state = .fixed(remaining: length)
                case .chunked: state = .chunkSize
                }
                return .head(request, framing)
            case .fixed(let remaining):
                guard pendingBytes > 0 else { return nil }
                let count = min(remaining, pendingBytes)
                state = count == remaining ? .end : .fixed(remaining: remaining - count)
                return .body(take(count))
            case .chunkSize:
                guard let line = try takeLine(limit: Self.maximumChunkLine) else { return nil }
                let size = try Self.chunkSize(line)
                state = size == 0 ? .trailers(size: 0) : .chunk(remaining: size)
            case .chunk(let remaining):
                guard pendingBytes > 0 else { return nil }
                let count = min(remaining, pendingBytes)
                state = count == remaining ? .chunkEnd : .chunk(remaining: remaining - count)
                return .body(take(count))
            case .chunkEnd:
                guard pendingBytes >= 2 else { return nil }
                guard take(2).elementsEqual([0x0D, 0x0A]) else { throw .malformed("a chunk is longer than its size says") }
                state = .chunkSize
            case .trailers(let size):
                guard let line = try takeLine(limit: maximumHeadBytes) else { return nil }
                let total = size + line.count
                guard total <= maximumHeadBytes else { throw .headersTooLarge(limit: maximumHeadBytes) }
                state = line.isEmpty ? .end : .trailers(size: total)
            case .end:
                state = .head
                return .end
            }
        }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let end = position + count
        defer { position = end; scanned = end }
        return buffer[position..<end]
    }

    /// The head without the empty line that ends it.
    private mutating func takeHead() throws(HTTPParseFailure) -> ArraySlice<UInt8>? {
        // A client may send an empty line after a body (RFC 9112, 2.2).
        while pendingBytes >= 2, buffer[position] == 0x0D, buffer[position + 1] == 0x0A { position += 2 }
        var index = max(position, scanned - 3)
        let found = buffer.withUnsafeBufferPointer { bytes -> Int? in
            while index + 3 < bytes.count {
                // Every fourth byte decides most of the search: only CR or LF there can belong to the end.
                let last = bytes[index + 3]
                if last != 0x0A && last != 0x0D {
                    index += 4
                } else if last == 0x0A, bytes[index + 2] == 0x0D, bytes[index + 1] == 0x0A, bytes[index] == 0x0D {
                    return index
                } else {
                    index += 1
                }
            }
            return nil
        }
        // Up to three of the last bytes may be the beginning of what ends the head.
        let size = (found ?? max(position, buffer.count - 3)) - position
        guard size <= maximumHeadBytes else { throw .headersTooLarge(limit: maximumHeadBytes) }
        guard let found else {
            scanned = buffer.count
            return nil
        }
        defer { position = found + 4; scanned = position }
        return buffer[position..<found]
    }

    private mutating func takeLine(limit: Int) throws(HTTPParseFailure) -> ArraySlice<UInt8>? {
        guard let end = buffer[max(position, scanned)...].firstIndex(of: 0x0A) else {
            scanned = buffer.count
            guard pendingBytes <= limit else { throw .malformed("a chunk line or trailer is too long") }
            return nil
        }
        guard end - position <= limit else { throw .malformed("a chunk line or trailer is too long") }
        guard end > position, buffer[end - 1] == 0x0D else { throw .malformed("a line ends without a carriage return") }
        defer { position = end + 1; scanned = position }
        return buffer[position..<(end - 1)]
    }

    /// Hexadecimal digits, then nothing or an extension (ignored).
    private static func chunkSize(_ line: ArraySlice<UInt8>) throws(HTTPParseFailure) -> Int {
        var size = 0
        var digits = 0
        for byte in line {
            let value: UInt8
            switch byte {
            case 0x30...0x39: value = byte - 0x30
            case 0x41...0x46: value = byte - 0x37
            case 0x61...0x66: value = byte - 0x57
            case UInt8(ascii: ";") where digits > 0, UInt8(ascii: " ") where digits > 0, 0x09 where digits > 0: return size
            default: throw .malformed("a chunk's size is not a hexadecimal number")
            }
            digits += 1
            guard digits <= 15 else { throw .malformed("a chunk's size is too large") }
            size = size << 4 | Int(value)
        }
        guard digits > 0 else { throw .malformed("a chunk's size is missing") }
        return size
    }
}
