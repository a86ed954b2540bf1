import Kernel

/// What an untagged plain scalar means, by the rules of Kubernetes' YAML (go-yaml's second version, checked against kubectl).
enum YAMLScalar: Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    /// `.inf`, `-.inf` or `.nan`: a number to YAML, nothing to JSON.
    case notFinite
    /// `<<`.
    case merge
    case string

    init(_ text: String) {
        guard let first = text.utf8.first else {
            self = .null
            return
        }
        switch first {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), 0x30...0x39: self = Self.number(text)
        case UInt8(ascii: "."): self = Self.dotted(text)
        case UInt8(ascii: "<"): self = text == "<<" ? .merge : .string
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
            UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "~"):
            self = text.utf8.count <= 5 ? Self.word(text) : .string
        default: self = .string
        }
    }

    private static func word(_ text: String) -> YAMLScalar {
        switch text {
        case "~", "null", "Null", "NULL": .null
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        default: .string
        }
    }

    private static func dotted(_ text: String) -> YAMLScalar {
        switch text {
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF": return .notFinite
        default: return isDecimal(text.utf8) ? real(text) : .string
        }
    }

    private static func number(_ text: String) -> YAMLScalar {
        switch text {
        case "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF": return .notFinite
        default: break
        }
        let plain = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
        if let whole = integer(plain) { return whole }
        return isDecimal(plain.utf8) ? real(plain) : .string
    }

    /// A whole number in Go's base-0 notation: `0x`, `0o`, `0b` and a leading 0 (octal), signed; nil when it is none.
    private static func integer(_ text: String) -> YAMLScalar? {
        var digits = Substring(text)
        var negative = false
        if digits.first == "-" || digits.first == "+" {
            negative = digits.first == "-"
            digits = digits.dropFirst()
        }
        var radix = 10
        if digits.utf8.first == UInt8(ascii: "0"), digits.utf8.count > 1 {
            switch digits.dropFirst().first {
            case "x", "X": radix = 16
            case "o", "O": radix = 8
            case "b", "B": radix = 2
            default: radix = 8
            }
            let hasLetter = digits.dropFirst().first.map { $0.isLetter } ?? false
            digits = digits.dropFirst(hasLetter ? 2 : 1)
        }
        // `UInt64(_:radix:)` would take another sign.
        guard let first = digits.first, first != "+", first != "-", let magnitude = UInt64(digits, radix: radix) else { return nil }
        if negative {
            if magnitude <= UInt64(Int64.max) { return .int(-Int64(magnitude)) }
            return magnitude == UInt64(Int64.max) + 1 ? .int(.min) : nil
        }
        return Int64(exactly: magnitude).map { .int($0) } ?? .double(Double(magnitude))
    }

    /// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
    private static func isDecimal(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func digits() -> Int {
            let run = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            rest = rest.dropFirst(run)
            return run
        }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = digits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits()
        }
        guard whole + fraction > 0 else { return false }
        if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// A number beyond Double's range stays a string, as there; a whole one that fits is an integer, as after Go's JSON.
    private static func real(_ text: String) -> YAMLScalar {
        guard let value = Double(normalized(text)), value.isFinite else { return .string }
        if let whole = Int64(exactly: value) { return .int(whole) }
        return .double(value)
    }

    /// Swift's Double reads neither a leading nor a trailing point everywhere: give it both digits.
    private static func normalized(_ text: String) -> String {
        guard let point = text.firstIndex(of: ".") else { return text }
        var whole = String(text[..<point])
        var fraction = String(text[text.index(after: point)...])
        if whole.isEmpty || whole == "-" || whole == "+" { whole += "0" }
        if fraction.isEmpty || fraction.first.map({ $0 == "e" || $0 == "E" }) == true { fraction = "0" + fraction }
        return whole + "." + fraction
    }
}
