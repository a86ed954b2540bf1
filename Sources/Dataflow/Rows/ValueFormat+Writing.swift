/// Writing: UTF-8 into memory of the caller, who gives at least `maximumBytes`.
extension ValueFormat {
    /// More than any value of this format needs.
    public var maximumBytes: Int { 64 + (pattern?.maximumBytes ?? 0) + max(truth.count, falsehood.count) }

    /// - Returns: the bytes written.
    @inline(__always)
    public static func write(_ value: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var at = 0
        if value < 0 {
            target[0] = UInt8(ascii: "-")
            at = 1
        }
        let digits = DigitPairs.count(value.magnitude)
        _ = DigitPairs.write(value.magnitude, last: digits, before: target + at + digits)
        return at + digits
    }

    /// Whether decimals are written as `Decimal.write` does it.
    public var isPlainDecimal: Bool { type == .decimal && scale == nil && point == UInt8(ascii: ".") && group == nil }

    /// Whether a value of this format may be written with that byte in it; true when in doubt.
    public func mayWrite(_ byte: UInt8) -> Bool {
        func isAmong(_ text: String) -> Bool { text.utf8.contains(byte) }
        switch type {
        case .string, .timestamp: return true
        case .integer: return isAmong("-0123456789")
        case .float: return isAmong("+-0123456789") || byte == point || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
        case .decimal: return isAmong("-0123456789") || byte == point || byte == group
        case .boolean: return truth.isEmpty ? isAmong("truefalse") : truth.contains(byte) || falsehood.contains(byte)
        // Of other forms anything: months have names.
        case .date: return isAmong("0123456789") || layout?.mayWrite(byte) ?? true
        }
    }

    /// Rounded to the format's digits; a value that the rounding makes too large is written as it is.
    public func write(_ value: Decimal, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let shown = scale.flatMap { value.rescaled(to: $0) } ?? value
        let count = shown.write(to: target)
        if point == UInt8(ascii: "."), group == nil { return count }
        return restyle(target, count)
    }

    /// Another point, and groups of three before it.
    private func restyle(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        var whole = 0
        while whole < count, target[whole] != UInt8(ascii: ".") { whole += 1 }
        if whole < count { target[whole] = point }
        let sign = count > 0 && target[0] == UInt8(ascii: "-") ? 1 : 0
        guard let group, whole - sign > 3 else { return count }
        let marks = (whole - sign - 1) / 3
        // From the end, so that nothing is overwritten before it was moved.
        var (from, to) = (count - 1, count - 1 + marks)
        while from >= whole {
            target[to] = target[from]
            from -= 1
            to -= 1
        }
        var digits = 0
        while from >= sign {
            if digits == 3 {
                target[to] = group
                to -= 1
                digits = 0
            }
            target[to] = target[from]
            digits += 1
            from -= 1
            to -= 1
        }
        return count + marks
    }

    /// The shortest text that reads back as the same value; `1.0`, `1e-07`.
    public static func write(_ value: Double, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var text = value.description
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            target.update(from: start, count: min(bytes.count, 64))
            return min(bytes.count, 64)
        }
    }

    /// The same, with the format's point.
    public func write(_ value: Double, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let count = Self.write(value, to: target)
        if hasDecimalComma { for at in 0..<count where target[at] == UInt8(ascii: ".") { target[at] = point } }
        return count
    }

    public func write(_ value: Bool, to target: UnsafeMutablePointer<UInt8>) -> Int {
        if !truth.isEmpty {
            let word = value ? truth : falsehood
            for (at, byte) in word.enumerated() { target[at] = byte }
            return word.count
        }
        let word: StaticString = value ? "true" : "false"
        target.update(from: word.utf8Start, count: word.utf8CodeUnitCount)
        return word.utf8CodeUnitCount
    }

    public func write(days: Int32, to target: UnsafeMutablePointer<UInt8>) -> Int {
        if let layout, CalendarDate.dayRange.contains(days) { return layout.write(days: days, to: target) }
        if let pattern { return pattern.write(Int64(days) * 86_400_000_000, to: target) }
        return Self.writeISODate(days, to: target)
    }

    private static func writeISODate(_ days: Int32, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let (year, month, day) = CalendarDate.components(days: days)
        DatePattern.digits(year, 4, target)
        target[4] = UInt8(ascii: "-")
        DatePattern.digits(month, 2, target + 5)
        target[7] = UInt8(ascii: "-")
        DatePattern.digits(day, 2, target + 8)
        return 10
    }

    /// Without a format: `2026-11-20T13:05:00Z`, with three or six digits behind the second when there are any.
    public func write(microseconds: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        if let pattern { return pattern.write(microseconds, to: target) }
        let time = DatePattern.split(microseconds)
        var at = Self.writeISODate(time.days, to: target)
        target[at] = UInt8(ascii: "T")
        DatePattern.digits(time.hour, 2, target + at + 1)
        target[at + 3] = UInt8(ascii: ":")
        DatePattern.digits(time.minute, 2, target + at + 4)
        target[at + 6] = UInt8(ascii: ":")
        DatePattern.digits(time.second, 2, target + at + 7)
        at += 9
        if time.microsecond != 0 {
            target[at] = UInt8(ascii: ".")
            let isMilli = time.microsecond % 1000 == 0
            DatePattern.digits(isMilli ? time.microsecond / 1000 : time.microsecond, isMilli ? 3 : 6, target + at + 1)
            at += isMilli ? 4 : 7
        }
        target[at] = UInt8(ascii: "Z")
        return at + 1
    }
}
