/// Writes protobuf messages, field by field.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ number: Int, _ value: UInt64) {
        key(number, 0)
        raw(value)
    }

    mutating func double(_ number: Int, _ value: Double) {
        key(number, 1)
        var bits = value.bitPattern
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
        }
    }

    mutating func string(_ number: Int, _ text: String) {
        key(number, 2)
        raw(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func message(_ number: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        key(number, 2)
        raw(UInt64(inner.bytes.count))
        bytes.append(contentsOf: inner.bytes)
    }

    /// Fields that are written already.
    mutating func append(_ fields: [UInt8]) { bytes.append(contentsOf: fields) }

    private mutating func key(_ number: Int, _ type: UInt64) { raw(UInt64(number) << 3 | type) }

    private mutating func raw(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
