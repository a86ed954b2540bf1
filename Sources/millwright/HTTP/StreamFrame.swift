/// Docker's framed stream, as `exec` over HTTP speaks it in both directions: one byte of kind, three zeros, the length as four bytes
/// big-endian, then that many bytes.
struct StreamFrame: Sendable, Equatable {
    enum Kind: UInt8, Sendable {
        /// To the command; an empty one closes its input.
        case input = 0
        case output = 1
        case error = 2
        /// The last frame: JSON, `{"exitCode": 0}` or `{"error": "…"}`.
        case end = 3
        /// To the command's terminal: JSON, `{"columns": 80, "rows": 24}`.
        case resize = 4
    }

    /// A longer frame is refused; senders cut.
    static let maximumLength = 1 << 20

    let kind: Kind
    let payload: [UInt8]

    var bytes: [UInt8] {
        let length = UInt32(clamping: payload.count)
        return [kind.rawValue, 0, 0, 0, UInt8(length >> 24), UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)] + payload
    }
}

/// Puts frames together from bytes as they come.
struct StreamFrameReader: Sendable {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    private var buffer: [UInt8] = []

    mutating func take(_ bytes: [UInt8]) throws(Malformed) -> [StreamFrame] {
        buffer += bytes
        var frames: [StreamFrame] = []
        var at = 0
        while buffer.count - at >= 8 {
            let length = buffer[(at + 4)..<(at + 8)].reduce(0) { $0 << 8 | Int($1) }
            guard length <= StreamFrame.maximumLength, let kind = StreamFrame.Kind(rawValue: buffer[at]) else {
                throw Malformed(description: "the stream holds something that is no frame; are both sides of the same version?")
            }
            guard buffer.count - at - 8 >= length else { break }
            frames.append(StreamFrame(kind: kind, payload: Array(buffer[(at + 8)..<(at + 8 + length)])))
            at += 8 + length
        }
        buffer.removeFirst(at)
        return frames
    }
}
