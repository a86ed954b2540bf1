/// Writing: UTF-8 into memory of the caller, who gives at least `maximumBytes`.
extension ValueFormat {
    /// More than any value of this format needs.
    public var maximumBytes: Int { 64 + (pattern?.maximumBytes ?? 0) + max(truth.count, falsehood.count) }

    /// - Returns: the bytes written.
    @inline(__always)
    public static func write(_ value: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var magnitude = value.magnitude
        var count = 0
        if value < 0 {
            target[0] = UInt8(ascii: "-")
            count = 1
        }
        var digits = 1
        var power: UInt64 = 10
        while digits < 20, magnitude >= power {
            digits += 1
            let (next, overflow) = power.multipliedReportingOverflow(by: 10)
            if overflow { break }
            power = next
        }
        var at = count + digits
        count = at
        for _ in 0..<digits {
            at -= 1
            target[at] = UInt8(truncatingIfNeeded: magnitude % 10) &+ 0x30
            magnitude /= 10
        }
        return count
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
