import Kernel

/// A hash of a document's bytes, for ETags and for the URLs of OpenAPI documents.
///
/// Two 64-bit FNV-1a runs with different beginnings: enough to tell versions of one's own documents apart; no defence against forgery.
public enum ContentHash {
    /// 32 hexadecimal digits, upper case.
    public static func hex(_ bytes: [UInt8]) -> String {
        var a: UInt64 = 0xCBF2_9CE4_8422_2325
        var b: UInt64 = 0x9E37_79B9_7F4A_7C15
        for byte in bytes {
            a = (a ^ UInt64(byte)) &* 0x100_0000_01B3
            b = (b ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return digits(a) + digits(b ^ UInt64(truncatingIfNeeded: bytes.count))
    }

    private static func digits(_ value: UInt64) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
