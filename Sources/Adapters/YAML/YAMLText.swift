/// How a text is written in YAML so that it is read back as that very text.
enum YAMLText {
    /// Several lines that a literal block can hold unchanged.
    static func isLiteral(_ text: String) -> Bool {
        guard text.utf8.contains(0x0A), let first = text.utf8.first, first != 0x0A, first != 0x20 else { return false }
        var previous: UnicodeScalar = "\n"
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                if previous == " " { return false }  // would look stripped to an editor, and to Kubernetes' own writer
            } else if !isPrintable(scalar) {
                return false
            }
            previous = scalar
        }
        return previous != " "
    }

    /// Plain where it is safe, else in single quotes, else (ambiguous, or not printable) in double quotes.
    static func inline(_ text: String) -> String {
        if isAmbiguous(text) { return doubleQuoted(text) }
        var hasSpecial = false
        for scalar in text.unicodeScalars where !isPrintable(scalar) { hasSpecial = true }
        if hasSpecial { return doubleQuoted(text) }
        return isPlain(text) ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// As a plain scalar it would be read as something other than a text, by this reader or by others.
    private static func isAmbiguous(_ text: String) -> Bool {
        YAMLScalar(text) != .string || isSexagesimal(text) || isTimestamp(text)
    }

    /// `190:20:30`: a number in base 60 to YAML 1.1.
    private static func isSexagesimal(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard let first = rest.first, isDigit(first), rest.contains(UInt8(ascii: ":")) else { return false }
        return rest.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
    }

    /// Begins as a date does, `2026-11-20`, and goes on with nothing or a time.
    private static func isTimestamp(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[0].allSatisfy(isDigit),
            (1...2).contains(parts[1].count), parts[1].allSatisfy(isDigit)
        else { return false }
        let day = parts[2].prefix(while: isDigit)
        guard (1...2).contains(day.count) else { return false }
        let rest = parts[2].dropFirst(day.count)
        guard let separator = rest.first else { return true }
        return separator | 0x20 == UInt8(ascii: "t") || separator == 0x20 || separator == 0x09
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// In block context, by the reader's rules.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        if text.hasPrefix("---") || text.hasPrefix("...") || first == 0x20 || last == 0x20 || last == UInt8(ascii: ":") { return false }
        if Array("#,[]{}&*!|>'\"%@`".utf8).contains(first) { return false }
        if Array("-?:".utf8).contains(first), bytes.count == 1 || bytes[1] == 0x20 { return false }
        for (at, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: ":"), at + 1 < bytes.count, bytes[at + 1] == 0x20 { return false }
            if byte == UInt8(ascii: "#"), at > 0, bytes[at - 1] == 0x20 { return false }
        }
        return true
    }

    /// Within one line: neither control characters nor the breaks of YAML 1.1, and in the basic plane, as Kubernetes' writer has it.
    private static func isPrintable(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        default: false
        }
    }

    private static func doubleQuoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\0": result += "\\0"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0B}": result += "\\v"
            case "\u{0C}": result += "\\f"
            case "\u{1B}": result += "\\e"
            case "\u{85}": result += "\\N"
            case "\u{2028}": result += "\\L"
            case "\u{2029}": result += "\\P"
            default:
                if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else if scalar.value <= 0xFF {
                    result += "\\x" + hex(scalar.value, 2)
                } else {
                    result += scalar.value <= 0xFFFF ? "\\u" + hex(scalar.value, 4) : "\\U" + hex(scalar.value, 8)
                }
            }
        }
        return result + "\""
    }

    private static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
