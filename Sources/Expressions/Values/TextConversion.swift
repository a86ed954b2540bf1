import Kernel

extension Value {
    /// What `string(…)` makes of a value, as Go writes it: the shortest digits of a double with an exponent from a million on.
    ///
    /// - Throws: `noSuchOverload` for what has no text; `invalidArgument` for bytes that are no text.
    func convertedToText() throws(EvaluationError) -> String {
        switch self {
        case .string(let text): return text
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return String(number)
        case .uint(let number): return String(number)
        case .double(let number): return number.goText
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw EvaluationError(.invalidArgument, "invalid UTF-8 in bytes, cannot convert to string")
            }
            return text
        case .timestamp(let time, let offset): return time.canonicalText(offset: offset)
        case .duration(let nanoseconds): return GoDuration.seconds(nanoseconds)
        case .type(let type): return type.runtimeName
        case .null, .list, .map, .optional, .opaque: throw .noSuchOverload
        }
    }
}

extension Double {
    /// As Go's `strconv.FormatFloat(x, 'g', -1, 64)`.
    var goText: String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Inf" : "+Inf" }
        if self == 0 { return sign == .minus ? "-0" : "0" }
        // Swift's own text has the same digits, the shortest that say this number.
        var text = Substring(magnitude.description)
        var exponent = 0
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...].drop { $0 == "+" }) ?? 0
            text = text[..<mark]
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var digits = parts.joined()
        // Where the point stands, counted from the first digit.
        var point = (parts.first?.count ?? 0) + exponent
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            point -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        let prefix = self < 0 ? "-" : ""
        let power = point - 1
        if power < -4 || power >= 6 {
            let tail = digits.dropFirst()
            let size = abs(power)
            return prefix + digits.prefix(1) + (tail.isEmpty ? "" : "." + tail) + "e" + (power < 0 ? "-" : "+") + (size < 10 ? "0" : "") + String(size)
        }
        if point <= 0 { return prefix + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return prefix + digits + String(repeating: "0", count: point - digits.count) }
        return prefix + digits.prefix(point) + "." + digits.dropFirst(point)
    }
}
