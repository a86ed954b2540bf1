/// A range of IPv4 addresses, `10.213.7.0/24`.
public struct Subnet: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first address; its bits beyond the prefix are zero.
    public let address: UInt32
    /// 0 to 32.
    public let prefix: Int

    /// Bits beyond the prefix are dropped.
    public init?(address: UInt32, prefix: Int) {
        guard (0...32).contains(prefix) else { return nil }
        self.address = address & Self.mask(prefix)
        self.prefix = prefix
    }

    /// From `a.b.c.d/n`, or a lone address, which is a range of one; nil for anything else, also IPv6.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let octets = first.split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var address: UInt32 = 0
        for octet in octets {
            guard let value = Self.number(octet, at: 255) else { return nil }
            address = address << 8 | UInt32(value)
        }
        guard let prefix = parts.count > 1 ? Self.number(parts[1], at: 32) : 32 else { return nil }
        self.init(address: address, prefix: prefix)
    }

    public var description: String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)/\(prefix)"
    }

    public func overlaps(_ other: Subnet) -> Bool {
        let mask = Self.mask(min(prefix, other.prefix))
        return address & mask == other.address & mask
    }

    public func contains(_ other: Subnet) -> Bool { other.prefix >= prefix && overlaps(other) }

    public static func < (a: Subnet, b: Subnet) -> Bool { (a.address, a.prefix) < (b.address, b.prefix) }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~UInt32(0) << UInt32(32 - prefix) }

    /// A decimal number without sign or leading zeros, which some read as octal.
    private static func number(_ text: Substring, at most: Int) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text.count == 1 || text.first != "0",
            let value = Int(text), value <= most
        else { return nil }
        return value
    }
}
