/// Reads the fields of one protobuf message, in order, out of a slice of bytes. Every length is checked before it is used.
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    /// The next field, or nil at the end.
    mutating func next() throws(ProtobufError) -> (number: Int, value: Value)? {
        guard at < bytes.endIndex else { return nil }
        let start = at
        let key = try varint()
        let number = Int(truncatingIfNeeded: key >> 3)
        guard key >> 3 <= 536_870_911, number > 0 else { throw .overlong(offset: start) }
        switch key & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try little(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.endIndex - at) else { throw .truncated(offset: at) }
            let end = at + Int(length)
            defer { at = end }
            return (number, .bytes(bytes[at..<end]))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try little(4))))
        case let type: throw .wireType(UInt8(type), offset: start)
        }
    }

    private mutating func varint() throws(ProtobufError) -> UInt64 {
        let start = at
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard at < bytes.endIndex else { throw .truncated(offset: at) }
            let byte = bytes[at]
            at += 1
            // The tenth byte has room for one more bit.
            guard shift < 63 || shift == 63 && byte <= 1 else { throw .overlong(offset: start) }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
    }

    private mutating func little(_ count: Int) throws(ProtobufError) -> UInt64 {
        guard bytes.endIndex - at >= count else { throw .truncated(offset: at) }
        var result: UInt64 = 0
        for position in 0..<count { result |= UInt64(bytes[at + position]) << UInt64(8 * position) }
        at += count
        return result
    }
}
