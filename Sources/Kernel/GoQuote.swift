/// Quotes a string as Go's `%q` does, since Kubernetes' messages carry values in that form.
public enum GoQuote {
    public static func quote(_ text: String) -> String {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        result.reserveCapacity(text.utf8.count + 2)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\"".utf8
            case "\\": result += "\\\\".utf8
            // Most of most texts: the table of all characters is asked about the others only.
            case " "..."~": result.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\n": result += "\\n".utf8
            case "\t": result += "\\t".utf8
            case "\r": result += "\\r".utf8
            case "\u{07}": result += "\\a".utf8
            case "\u{08}": result += "\\b".utf8
            case "\u{0C}": result += "\\f".utf8
            case "\u{0B}": result += "\\v".utf8
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += ("\\x" + padded(scalar.value, 2)).utf8
            case _ where isPrintable(scalar): result += String(scalar).utf8
            case _ where scalar.value > 0xFFFF: result += ("\\U" + padded(scalar.value, 8)).utf8
            default: result += ("\\u" + padded(scalar.value, 4)).utf8
            }
        }
        result.append(UInt8(ascii: "\""))
        return String(decoding: result, as: UTF8.self)
    }

    private static func padded(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}
