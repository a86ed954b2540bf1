import Kernel

extension Timestamp {
    /// The years that CEL's timestamps span: 1 to 9999.
    static let celSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// As `string()` writes it: RFC 3339 in UTC, with as many decimals of a second as are needed.
    var canonicalText: String {
        var text = text(fractionDigits: 9)
        text.removeLast()
        while text.utf8.last == 0x30 { text.removeLast() }
        if text.utf8.last == 0x2E { text.removeLast() }
        return text + "Z"
    }
}
