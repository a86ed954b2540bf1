import Kernel

/// Percent signs: which bytes may stand as they are, and what escapes say.
extension WebAddress {
    enum Part {
        case path, query, fragment, host, userInfo

        func allows(_ byte: UInt8) -> Bool {
            if WebAddress.isUnreserved(byte) || "-_.~".utf8.contains(byte) { return true }
            switch self {
            case .path: return "$&+,/:;=@".utf8.contains(byte)
            case .fragment: return "$&+,/:;=@!()*?".utf8.contains(byte)
            case .host: return "!$&'()*+,;=:[]<>\"".utf8.contains(byte)
            case .userInfo: return "$&+,;=".utf8.contains(byte)
            case .query: return false
            }
        }
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// With escapes resolved.
    ///
    /// - Throws: an escape that is none, or what may not be in that part.
    static func checked(_ text: [UInt8], _ part: Part) throws(Failure) -> String { String(decoding: try resolved(text, part), as: UTF8.self) }

    /// nil where an escape is none.
    static func unescape(_ text: [UInt8], _ part: Part) -> String? {
        do throws(Failure) { return try checked(text, part) } catch { return nil }
    }

    private static func resolved(_ text: [UInt8], _ part: Part) throws(Failure) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var at = 0
        // A zone's name after `%25` may hold nearly anything.
        var isZone = false
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "%") {
                let escape = text[at..<min(at + 3, text.count)]
                func failure() -> Failure { Failure("invalid URL escape \(GoQuote.quote(String(decoding: escape, as: UTF8.self)))") }
                guard escape.count == 3, let high = digit(text[at + 1]), let low = digit(text[at + 2]) else { throw failure() }
                let value = high << 4 | low
                if part == .host, text.first != UInt8(ascii: "["), value != 0x25 {
                    if isZone ? value != 0x20 && !part.allows(value) : high < 8 { throw failure() }
                }
                if part == .host, value == 0x25 { isZone = true }
                out.append(value)
                at += 3
                continue
            }
            if part == .host, byte < 0x80, !part.allows(byte) {
                throw Failure("invalid character \(GoQuote.quote(String(decoding: [byte], as: UTF8.self))) in host name")
            }
            out.append(part == .query && byte == UInt8(ascii: "+") ? 0x20 : byte)
            at += 1
        }
        return out
    }

    /// As it was written where that is a valid escaping, else escaped anew.
    static func escaped(_ text: [UInt8], _ part: Part) throws(Failure) -> String {
        let plain = try resolved(text, part)
        if plain == [UInt8(ascii: "*")] { return "*" }
        if text.allSatisfy({ part.allows($0) || "!$&'()*+,;=:@[]%".utf8.contains($0) }) { return String(decoding: text, as: UTF8.self) }
        var out: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in plain {
            if part.allows(byte) { out.append(byte) } else { out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
