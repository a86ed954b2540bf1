import Kernel

/// Reads IPv4 and IPv6 addresses and says what is wrong with those that are none, in the words of Go's netip, which Kubernetes shows.
enum NetworkAddressParser {
    struct Failure: Error {
        let message: String

        /// - Parameter rest: what wasn't read, where that is told.
        init(_ problem: String, in text: String, at rest: some Sequence<UInt8> = []) {
            let rest = String(decoding: Array(rest), as: UTF8.self)
            message = "ParseAddr(\(GoQuote.quote(text))): \(problem)" + (rest.isEmpty ? "" : " (at \(GoQuote.quote(rest)))")
        }
    }

    struct Result {
        let bytes: [UInt8]
        let hasZone: Bool
    }

    private static let dot = UInt8(ascii: "."), colon = UInt8(ascii: ":"), percent = UInt8(ascii: "%")

    static func parse(_ text: String) throws(Failure) -> Result {
        let input = Array(text.utf8)
        switch input.first(where: { $0 == dot || $0 == colon || $0 == percent }) {
        case dot?: return Result(bytes: try four(input[...], of: text), hasZone: false)
        case colon?: return try six(input, of: text)
        case percent?: throw Failure("missing IPv6 address", in: text)
        default: throw Failure("unable to parse IP", in: text)
        }
    }

    /// Four decimal fields.
    private static func four(_ input: ArraySlice<UInt8>, of text: String) throws(Failure) -> [UInt8] {
        var fields: [UInt8] = []
        var value = 0
        var digits = 0
        for (at, byte) in zip(input.indices, input) {
            switch byte {
            case 0x30...0x39:
                if digits == 1, value == 0 { throw Failure("IPv4 field has octet with leading zero", in: text) }
                value = value * 10 + Int(byte - 0x30)
                digits += 1
                if value > 255 { throw Failure("IPv4 field has value >255", in: text) }
            case dot:
                if digits == 0 || at == input.endIndex - 1 { throw Failure("IPv4 field must have at least one digit", in: text, at: input[at...]) }
                if fields.count == 3 { throw Failure("IPv4 address too long", in: text) }
                fields.append(UInt8(value))
                value = 0
                digits = 0
            default: throw Failure("unexpected character", in: text, at: input[at...])
            }
        }
        if fields.count < 3 { throw Failure("IPv4 address too short", in: text) }
        return fields + [UInt8(value)]
    }

    /// Up to eight groups of hexadecimal digits, one gap, and perhaps an IPv4 address at the end.
    private static func six(_ input: [UInt8], of text: String) throws(Failure) -> Result {
        var rest = input[...]
        var hasZone = false
        if let mark = input.firstIndex(of: percent) {
            guard mark < input.count - 1 else { throw Failure("zone must be a non-empty string", in: text) }
            hasZone = true
            rest = input[..<mark]
        }
        var bytes: [UInt8] = []
        var gap: Int?
        if rest.starts(with: [colon, colon]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while bytes.count < 16, !(rest.isEmpty && gap != nil && gap == bytes.count) {
            var value: UInt32 = 0
            let digits = rest.prefix { Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }
            for (count, digit) in digits.enumerated() {
                if count > 3 { throw Failure("each group must have 4 or less digits", in: text, at: rest) }
                value = value << 4 + UInt32(Character(Unicode.Scalar(digit)).hexDigitValue ?? 0)
            }
            if digits.isEmpty { throw Failure("each colon-separated field must have at least one digit", in: text, at: rest) }
            if digits.endIndex < rest.endIndex, rest[digits.endIndex] == dot {
                if gap == nil, bytes.count != 12 { throw Failure("embedded IPv4 address must replace the final 2 fields of the address", in: text, at: rest) }
                if bytes.count > 12 { throw Failure("too many hex fields to fit an embedded IPv4 at the end of the address", in: text, at: rest) }
                bytes += try four(rest, of: text)
                rest = []
                break
            }
            bytes += [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
            rest = rest[digits.endIndex...]
            guard let next = rest.first else { break }
            if next != colon { throw Failure("unexpected character, want colon", in: text, at: rest) }
            if rest.count == 1 { throw Failure("colon must be followed by more characters", in: text, at: rest) }
            rest = rest.dropFirst()
            if rest.first == colon {
                if gap != nil { throw Failure("multiple :: in address", in: text, at: rest) }
                gap = bytes.count
                rest = rest.dropFirst()
            }
        }
        if !rest.isEmpty { throw Failure("trailing garbage after address", in: text, at: rest) }
        if bytes.count < 16 {
            guard let gap else { throw Failure("address string too short", in: text) }
            bytes.insert(contentsOf: repeatElement(0, count: 16 - bytes.count), at: gap)
        } else if gap != nil {
            throw Failure("the :: must expand to at least one field of zeros", in: text)
        }
        return Result(bytes: bytes, hasZone: hasZone)
    }
}
