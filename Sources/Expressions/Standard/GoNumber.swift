/// Doubles as Go writes and reads them.
enum GoNumber {
    /// `%g` with as many digits as are needed: `1`, `0.5`, `1e+06`, `1e-07`, `NaN`, `+Inf`.
    static func text(_ value: Double) -> String {
        guard let (digits, point) = decimal(value) else { return special(value) }
        let sign = value.sign == .minus ? "-" : ""
        let exponent = point - 1
        // With the shortest digits Go decides as if the precision were 6.
        if exponent < -4 || exponent >= 6 { return sign + scientific(digits, exponent) }
        return sign + plain(digits, point)
    }

    /// Without an exponent, as Go's 'f' does.
    static func plainText(_ value: Double) -> String {
        guard let (digits, point) = decimal(value) else { return special(value) }
        return (value.sign == .minus ? "-" : "") + plain(digits, point)
    }

    private static func special(_ value: Double) -> String { value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }

    private static func scientific(_ digits: [UInt8], _ exponent: Int) -> String {
        var text = String(decoding: digits.prefix(1), as: UTF8.self)
        if digits.count > 1 { text += "." + String(decoding: digits.dropFirst(), as: UTF8.self) }
        let magnitude = abs(exponent)
        return text + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + String(magnitude)
    }

    private static func plain(_ digits: [UInt8], _ point: Int) -> String {
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + String(decoding: digits, as: UTF8.self) }
        if digits.count <= point { return String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: point - digits.count) }
        return String(decoding: digits.prefix(point), as: UTF8.self) + "." + String(decoding: digits.dropFirst(point), as: UTF8.self)
    }

    /// The shortest digits that read back as the same number, and where the point stands among them: 0.d1d2… × 10^point.
    /// nil for what isn't finite.
    private static func decimal(_ value: Double) -> (digits: [UInt8], point: Int)? {
        guard value.isFinite else { return nil }
        guard value != 0 else { return ([0x30], 1) }
        var digits: [UInt8] = []
        var point = 0
        var sawPoint = false
        var exponent = 0
        var rest = abs(value).description.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x2E: sawPoint = true
            case 0x30...0x39:
                digits.append(byte)
                if !sawPoint { point += 1 }
            default:
                // The exponent.
                exponent = Int(String(decoding: rest, as: UTF8.self)) ?? 0
                rest = rest.prefix(0)
            }
        }
        let leading = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(leading)
        point -= leading
        while digits.last == 0x30 { digits.removeLast() }
        return (digits, point + exponent)
    }

    /// As Go's ParseFloat reads a text: decimal and hexadecimal, underscores refused, `inf` and `nan` in any case; nil for anything
    /// else and for numbers beyond the largest.
    static func parse(_ text: String) -> Double? {
        // No number that a double tells apart from its neighbours needs more digits.
        guard text.utf8.count <= 2000 else { return nil }
        var body = text.utf8[...]
        var isNegative = false
        if let sign = body.first, sign == 0x2B || sign == 0x2D {
            isNegative = sign == 0x2D
            body = body.dropFirst()
        }
        guard let first = body.first else { return nil }
        let word = String(decoding: body.map { Lexer.isLetter($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        switch word {
        case "inf", "infinity": return isNegative ? -.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        guard Lexer.isDigit(first) || first == 0x2E, body.allSatisfy({ Lexer.isHexDigit($0) || [0x2E, 0x2B, 0x2D, 0x78, 0x58, 0x70, 0x50].contains($0) }),
            body.contains(where: { Lexer.isDigit($0) })
        else { return nil }
        // Go wants an exponent in hexadecimal numbers.
        if word.hasPrefix("0x"), !word.contains("p") { return nil }
        // Swift reads neither ".5" nor "5." everywhere; Go reads both.
        var normal = word
        if normal.hasPrefix(".") { normal = "0" + normal }
        if normal.hasSuffix(".") { normal += "0" }
        if let at = normal.firstRange(of: ".e") { normal.replaceSubrange(at, with: ".0e") }
        guard let magnitude = Double(normal), magnitude.isFinite else { return nil }
        return isNegative ? -magnitude : magnitude
    }
}

extension String {
    fileprivate func firstRange(of part: String) -> Range<String.Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(part) { return at..<index(at, offsetBy: part.count) }
            at = index(after: at)
        }
        return nil
    }
}
