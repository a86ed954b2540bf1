/// Reads what stands between the quotes of a text or bytes literal.
enum QuotedText {
    /// What is wrong with an escape.
    struct Wrong: Error { let message: String }

    /// The bytes that a literal's token stands for; for texts they are valid UTF-8.
    ///
    /// - Parameter token: with prefix letters and quotes.
    static func bytes(of token: ArraySlice<UInt8>, isBytes: Bool) throws(Wrong) -> [UInt8] {
        var body = token
        var isRaw = false
        while let letter = body.first, Lexer.isLetter(letter) {
            if letter | 0x20 == UInt8(ascii: "r") { isRaw = true }
            body = body.dropFirst()
        }
        guard let quote = body.first else { throw Wrong(message: "unable to unescape string") }
        let isTriple = body.count >= 6 && body.starts(with: [quote, quote, quote])
        body = body.dropFirst(isTriple ? 3 : 1).dropLast(isTriple ? 3 : 1)
        if isRaw || !body.contains(0x5C) { return body.contains(0x0D) ? lineBreaksNormalized(body) : Array(body) }
        return try unescape(lineBreaksNormalized(body), isBytes: isBytes)
    }

    /// CR LF and CR alone become LF.
    private static func lineBreaksNormalized(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0D {
                out.append(0x0A)
            } else if byte != 0x0A || previous != 0x0D {
                out.append(byte)
            }
            previous = byte
        }
        return out
    }

    private static func unescape(_ bytes: [UInt8], isBytes: Bool) throws(Wrong) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            guard bytes[at] == 0x5C else {
                out.append(bytes[at])
                at += 1
                continue
            }
            guard at + 1 < bytes.count else { throw Wrong(message: "unable to unescape string, found '\\' as last character") }
            let escape = bytes[at + 1]
            at += 2
            if let simple = simple(escape) {
                out.append(simple)
                continue
            }
            var value: UInt32 = 0
            switch escape {
            case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "u"), UInt8(ascii: "U"):
                let digits = escape | 0x20 == UInt8(ascii: "x") ? 2 : escape == UInt8(ascii: "u") ? 4 : 8
                guard !isBytes || digits == 2, at + digits <= bytes.count else { throw Wrong(message: "unable to unescape string") }
                for digit in bytes[at..<(at + digits)] {
                    guard let worth = hexadecimal(digit) else { throw Wrong(message: "unable to unescape string") }
                    value = value << 4 | worth
                }
                at += digits
            case 0x30...0x33:
                guard at + 2 <= bytes.count, (0x30...0x37).contains(bytes[at]), (0x30...0x37).contains(bytes[at + 1]) else {
                    throw Wrong(message: "unable to unescape octal sequence in string")
                }
                value = UInt32(escape - 0x30) << 6 | UInt32(bytes[at] - 0x30) << 3 | UInt32(bytes[at + 1] - 0x30)
                at += 2
            default: throw Wrong(message: "unable to unescape string")
            }
            if isBytes {
                out.append(UInt8(truncatingIfNeeded: value))
            } else {
                guard let scalar = Unicode.Scalar(value) else { throw Wrong(message: "invalid unicode code point") }
                out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return out
    }

    private static func simple(_ escape: UInt8) -> UInt8? {
        switch escape {
        case UInt8(ascii: "a"): 0x07
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "v"): 0x0B
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "?"): escape
        default: nil
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt32? {
        switch digit {
        case 0x30...0x39: UInt32(digit - 0x30)
        case 0x41...0x46: UInt32(digit - 0x37)
        case 0x61...0x66: UInt32(digit - 0x57)
        default: nil
        }
    }
}
