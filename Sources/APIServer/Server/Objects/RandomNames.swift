/// Names and ids that nobody chose.
enum RandomNames {
    /// Without vowels and look-alikes, as Kubernetes' own suffixes.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    /// The longest prefix that leaves room for the suffix in a name of 63 characters.
    static let maximumPrefix = 58

    /// `generateName` with five random characters.
    static func name(prefix: String) -> String {
        var name = String(prefix.prefix(maximumPrefix))
        for _ in 0..<5 { name.unicodeScalars.append(UnicodeScalar(alphabet[Int.random(in: alphabet.indices)])) }
        return name
    }

    /// A random UUID (version 4).
    static func uid() -> String {
        let halves = [UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)]
        var bytes = halves.flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> ($0 * 8)) } }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (position, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(position) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
