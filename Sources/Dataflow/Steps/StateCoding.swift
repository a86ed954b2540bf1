/// Writes the state of a step or an output as bytes: little-endian fixed integers and length-prefixed texts.
public struct StateWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func put(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func put(_ value: Int) { put(Int64(value)) }

    public mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    public mutating func put(_ text: String) { put(Array(text.utf8)) }

    public mutating func put(_ data: [UInt8]) {
        put(data.count)
        bytes.append(contentsOf: data)
    }
}

/// Reads what `StateWriter` wrote; anything else is an error, never a trap.
public struct StateReader: Sendable {
    private let bytes: [UInt8]
    private var at = 0

    /// The bytes are not what this version wrote.
    public struct Malformed: Error, Sendable, Equatable {
        public init() {}
    }

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var isAtEnd: Bool { at == bytes.count }

    public mutating func int64() throws(Malformed) -> Int64 {
        guard bytes.count - at >= 8 else { throw Malformed() }
        var value: UInt64 = 0
        for byte in 0..<8 { value |= UInt64(bytes[at + byte]) << UInt64(8 * byte) }
        at += 8
        return Int64(bitPattern: value)
    }

    public mutating func int() throws(Malformed) -> Int {
        guard let value = Int(exactly: try int64()) else { throw Malformed() }
        return value
    }

    /// A number of things of which each takes at least one byte: more than there are bytes left is malformed.
    public mutating func count() throws(Malformed) -> Int {
        let value = try int()
        guard value >= 0, value <= bytes.count - at else { throw Malformed() }
        return value
    }

    public mutating func bool() throws(Malformed) -> Bool {
        guard at < bytes.count, bytes[at] <= 1 else { throw Malformed() }
        at += 1
        return bytes[at - 1] == 1
    }

    public mutating func data() throws(Malformed) -> [UInt8] {
        let length = try count()
        at += length
        return Array(bytes[(at - length)..<at])
    }

    public mutating func text() throws(Malformed) -> String { String(decoding: try data(), as: UTF8.self) }
}
