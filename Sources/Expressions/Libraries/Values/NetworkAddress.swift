import Kernel

/// An IPv4 or IPv6 address, type `net.IP` of Kubernetes' library.
///
/// No zones, no IPv4 address dressed as IPv6, no leading zeros. Messages are those of the library's own parser.
public final class NetworkAddress: OpaqueValue {
    public static let valueType = ValueType.opaque("net.IP")

    /// 4 or 16.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    public var type: ValueType { Self.valueType }
    public var size: UInt64 { UInt64(bytes.count) }
    var isIPv4: Bool { bytes.count == 4 }

    public func equals(_ other: any OpaqueValue) -> Bool { (other as? NetworkAddress)?.bytes == bytes }

    /// - Throws: what is wrong with the text.
    static func parse(_ text: String) throws(EvaluationError) -> NetworkAddress {
        let parsed: NetworkAddressParser.Result
        do throws(NetworkAddressParser.Failure) {
            parsed = try NetworkAddressParser.parse(text)
        } catch {
            throw EvaluationError(.invalidArgument, "IP Address \(GoQuote.quote(text)) parse error during conversion from string: \(error.message)")
        }
        if parsed.hasZone { throw EvaluationError(.invalidArgument, "IP address \(GoQuote.quote(text)) with zone value is not allowed") }
        let address = NetworkAddress(bytes: parsed.bytes)
        if address.isMappedIPv4 { throw EvaluationError(.invalidArgument, "IPv4-mapped IPv6 address \(GoQuote.quote(text)) is not allowed") }
        return address
    }

    var isMappedIPv4: Bool { bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF }

    // MARK: What kind of address it is

    var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }
    var isLoopback: Bool { isIPv4 ? bytes[0] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1 }
    var isLinkLocalMulticast: Bool { isIPv4 ? bytes[..<3] == [224, 0, 0] : bytes[0] == 0xFF && bytes[1] & 0x0F == 2 }
    var isLinkLocalUnicast: Bool { isIPv4 ? bytes[..<2] == [169, 254] : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 }
    private var isMulticast: Bool { isIPv4 ? bytes[0] & 0xF0 == 0xE0 : bytes[0] == 0xFF }
    private var isBroadcast: Bool { isIPv4 && bytes.allSatisfy { $0 == 255 } }
    /// Also private addresses are global unicast, by this definition.
    var isGlobalUnicast: Bool { !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast && !isBroadcast }

    /// The canonical form: RFC 5952 for IPv6.
    public var description: String {
        if isIPv4 { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        // The first of the longest runs of two zeros or more is left out.
        var gap = 0..<0
        var at = 0
        while at < 8 {
            let end = groups[at...].firstIndex { $0 != 0 } ?? 8
            if end - at > max(gap.count, 1) { gap = at..<end }
            at = end + 1
        }
        func text(_ range: Range<Int>) -> String { groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        return gap.isEmpty ? text(0..<8) : text(0..<gap.lowerBound) + "::" + text(gap.upperBound..<8)
    }

    /// With all but the leading bits zero.
    func masked(to bits: Int) -> NetworkAddress {
        NetworkAddress(
            bytes: bytes.enumerated().map { position, byte in
                let kept = min(max(bits - position * 8, 0), 8)
                return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
            })
    }
}
