import Kernel

/// A network in CIDR notation, type `net.CIDR` of Kubernetes' library. Bits beyond the prefix are kept until `masked()`.
public final class NetworkPrefix: OpaqueValue {
    public static let valueType = ValueType.opaque("net.CIDR")

    let address: NetworkAddress
    /// 0 to 32, or to 128.
    let bits: Int

    init(address: NetworkAddress, bits: Int) {
        self.address = address
        self.bits = bits
    }

    public var type: ValueType { Self.valueType }
    /// As many bytes as the prefix takes.
    public var size: UInt64 { UInt64((bits + 7) / 8) }
    public var description: String { "\(address.description)/\(bits)" }

    public func equals(_ other: any OpaqueValue) -> Bool {
        guard let other = other as? NetworkPrefix else { return false }
        return other.bits == bits && other.address.bytes == address.bytes
    }

    /// - Throws: what is wrong with the text.
    static func parse(_ text: String) throws(EvaluationError) -> NetworkPrefix {
        func failure(_ problem: String) -> EvaluationError {
            // Kubernetes says it twice.
            let said = "network address parse error during conversion from string: "
            return EvaluationError(.invalidArgument, "\(said)\(said)netip.ParsePrefix(\(GoQuote.quote(text))): \(problem)")
        }
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { throw failure("no '/'") }
        let parsed: NetworkAddressParser.Result
        do throws(NetworkAddressParser.Failure) {
            parsed = try NetworkAddressParser.parse(String(text[..<slash]))
        } catch {
            throw failure(error.message)
        }
        if parsed.hasZone { throw failure("IPv6 zones cannot be present in a prefix") }
        let digits = text[text.index(after: slash)...]
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } && (digits.utf8.count == 1 || digits.utf8.first != 0x30)
        guard isNumber, digits.utf8.count < 19, let bits = Int(digits) else { throw failure("bad bits after slash: \(GoQuote.quote(String(digits)))") }
        guard bits <= parsed.bytes.count * 8 else { throw failure("prefix length out of range") }
        let address = NetworkAddress(bytes: parsed.bytes)
        if address.isMappedIPv4 {
            throw EvaluationError(
                .invalidArgument,
                "network address parse error during conversion from string: IPv4-mapped IPv6 address \(GoQuote.quote(text)) is not allowed")
        }
        return NetworkPrefix(address: address, bits: bits)
    }

    var masked: NetworkPrefix { NetworkPrefix(address: address.masked(to: bits), bits: bits) }

    func contains(_ other: NetworkAddress) -> Bool {
        other.bytes.count == address.bytes.count && other.masked(to: bits).bytes == address.masked(to: bits).bytes
    }

    /// Whether every address of the other is one of this.
    func contains(_ other: NetworkPrefix) -> Bool { bits <= other.bits && contains(other.address) }
}
