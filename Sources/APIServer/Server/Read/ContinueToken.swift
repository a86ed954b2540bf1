import Kernel

/// Where the next page of a list begins, and of which moment it is.
///
/// Opaque to clients: hexadecimal, as the text goes through URLs. It gives no right: what it points at is authorised anew.
struct ContinueToken: Sendable, Equatable {
    /// The revision of the first page; nil goes on with whatever is there now, after that revision is no longer kept.
    let revision: Int64?
    /// The last object that was sent.
    let namespace: String
    let name: String

    init(revision: Int64?, namespace: String, name: String) {
        self.revision = revision
        self.namespace = namespace
        self.name = name
    }

    init?(_ text: String) {
        guard text.utf8.count % 2 == 0, text.utf8.count <= 4096 else { return nil }
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let high = iterator.next(), let low = iterator.next() {
            guard let a = Self.value(high), let b = Self.value(low) else { return nil }
            bytes.append(a << 4 | b)
        }
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3, let number = Int64(String(decoding: parts[0], as: UTF8.self)), number >= -1, number != 0 else { return nil }
        revision = number < 0 ? nil : number
        namespace = String(decoding: parts[1], as: UTF8.self)
        name = String(decoding: parts[2], as: UTF8.self)
    }

    var text: String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = Array("\(revision ?? -1)".utf8) + [0] + Array(namespace.utf8) + [0] + Array(name.utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
