/// Reading: nil for text that isn't of the type. Nothing is trimmed; empty text is of no type.
///
/// Pointers, since this is done for every cell of a typed column: `count` bytes from `text` are looked at and no more.
extension ValueFormat {
    /// Digits with an optional sign, within 64 bits.
    @inline(__always)
    public static func integer(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        var at = 0
        var negative = false
        if count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            negative = text[0] == UInt8(ascii: "-")
            at = 1
        }
        guard at < count else { return nil }
        if count - at <= 18 {
            // Eighteen digits fit whatever they are.
            var value: Int64 = 0
            while at < count {
                let digit = text[at] &- 0x30
                guard digit < 10 else { return nil }
                value = value &* 10 &+ Int64(digit)
                at += 1
            }
            return negative ? 0 &- value : value
        }
        return longInteger(text + at, count - at, negative)
    }

    @inline(never)
    private static func longInteger(_ digits: UnsafePointer<UInt8>, _ count: Int, _ negative: Bool) -> Int64? {
        var value: Int64 = 0
        for at in 0..<count {
            let digit = digits[at] &- 0x30
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = negative ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            guard !overflow, !overflows else { return nil }
            value = sum
        }
        return value
    }

    @inline(__always)
    public func decimal(_ text: UnsafePointer<UInt8>, _ count: Int) -> Decimal? {
        var at = 0
        var negative = false
        if count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            negative = text[0] == UInt8(ascii: "-")
            at = 1
        }
        // Up to eighteen digits in 64 bits, all that is longer or grouped apart.
        guard count - at <= 18, at < count else { return longDecimal(text, count) }
        var value: Int64 = 0
        var behind = 0
        var pointAt = -1
        var digits = 0
        while at < count {
            let digit = text[at] &- 0x30
            if digit < 10 {
                value = value &* 10 &+ Int64(digit)
                digits &+= 1
            } else if text[at] == point, pointAt < 0 {
                pointAt = at
                behind = digits
            } else {
                return longDecimal(text, count)
            }
            at += 1
        }
        guard digits > 0 else { return nil }
        let scale = pointAt < 0 ? 0 : digits - behind
        return Decimal(unchecked: Int128(negative ? 0 &- value : value), scale: scale)
    }

    @inline(never)
    private func longDecimal(_ text: UnsafePointer<UInt8>, _ count: Int) -> Decimal? {
        var at = 0
        var negative = false
        if count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            negative = text[0] == UInt8(ascii: "-")
            at = 1
        }
        var value: Int128 = 0
        var (digits, scale, sinceGroup) = (0, 0, 0)
        var (seenPoint, seenGroup) = (false, false)
        while at < count {
            let byte = text[at]
            let digit = byte &- 0x30
            if digit < 10 {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                guard !overflow, product <= Int128.max - 10 else { return nil }
                value = product + Int128(digit)
                digits += 1
                if seenPoint { scale += 1 }
                sinceGroup += 1
                if !seenPoint, seenGroup, sinceGroup > 3 { return nil }
            } else if byte == point, !seenPoint {
                if seenGroup, sinceGroup != 3 { return nil }
                seenPoint = true
            } else if let group, byte == group, !seenPoint {
                // Up to three digits before the first mark, three between marks.
                guard sinceGroup >= 1, seenGroup ? sinceGroup == 3 : sinceGroup <= 3 else { return nil }
                seenGroup = true
                sinceGroup = 0
            } else {
                return nil
            }
            at += 1
        }
        guard digits > 0, !seenGroup || seenPoint || sinceGroup == 3 else { return nil }
        return Decimal(coefficient: negative ? -value : value, scale: scale)
    }

    /// A float by this format: with a decimal comma where it has one.
    public func float(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard hasDecimalComma else { return Self.float(text, count) }
        // Longer texts are no numbers anybody writes.
        guard count <= 512 else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(count, 1)) { room in
            guard let start = room.baseAddress else { return nil }
            for at in 0..<count {
                guard text[at] != UInt8(ascii: ".") else { return nil }
                start[at] = text[at] == point ? UInt8(ascii: ".") : text[at]
            }
            return Self.float(UnsafePointer(start), count)
        }
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Digits with an optional sign, point and exponent; finite.
    public static func float(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        var at = 0
        var negative = false
        if count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            negative = text[0] == UInt8(ascii: "-")
            at = 1
        }
        var mantissa: UInt64 = 0
        var (digits, significant, exponent) = (0, 0, 0)
        var seenPoint = false
        while at < count {
            let digit = text[at] &- 0x30
            if digit < 10 {
                digits += 1
                if significant > 0 || digit > 0 { significant += 1 }
                if significant <= 18 { mantissa = mantissa &* 10 &+ UInt64(digit) }
                if seenPoint { exponent -= 1 }
            } else if text[at] == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else {
                break
            }
            at += 1
        }
        guard digits > 0 else { return nil }
        if at < count {
            guard text[at] == UInt8(ascii: "e") || text[at] == UInt8(ascii: "E"), at + 1 < count, let written = integer(text + at + 1, count - at - 1) else { return nil }
            exponent += Int(max(-100_000, min(100_000, written)))
        }
        // Both the digits and the power of ten are exact doubles: one rounding, the right one.
        if significant <= 18, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
            let value = exponent < 0 ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
            return negative ? -value : value
        }
        guard let value = Double(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    public func boolean(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool? {
        func isSame(_ word: [UInt8]) -> Bool {
            guard word.count == count else { return false }
            for at in 0..<count where word[at] != text[at] { return false }
            return true
        }
        if !truth.isEmpty { return isSame(truth) ? true : isSame(falsehood) ? false : nil }
        func isWord(_ word: StaticString) -> Bool {
            guard word.utf8CodeUnitCount == count else { return false }
            for at in 0..<count where word.utf8Start[at] != text[at] | 0x20 { return false }
            return true
        }
        return isWord("true") ? true : isWord("false") ? false : nil
    }

    /// Days since 1970-01-01.
    public func date(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32? {
        if let layout { return layout.days(text, count) }
        guard let moment = pattern?.read(text, count) else { return nil }
        // A pattern without time gives midnight.
        return Int32(exactly: moment / 86_400_000_000 - (moment % 86_400_000_000 < 0 ? 1 : 0))
    }

    /// `yyyy-MM-dd` in ten bytes.
    @inline(__always)
    private static func isoDate(_ text: UnsafePointer<UInt8>) -> Int32? {
        func two(_ at: Int) -> Int? {
            let (a, b) = (text[at] &- 0x30, text[at + 1] &- 0x30)
            return a < 10 && b < 10 ? Int(a) * 10 + Int(b) : nil
        }
        guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), let century = two(0), let year = two(2), let month = two(5), let day = two(8) else { return nil }
        return CalendarDate.days(year: century * 100 + year, month: month, day: day)
    }

    /// Microseconds since 1970-01-01T00:00:00Z. Digits beyond the microsecond are cut.
    public func timestamp(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        if let pattern { return pattern.read(text, count) }
        guard count >= 10, let days = Self.isoDate(text) else { return nil }
        var moment = Int64(days) * 86_400_000_000
        if count == 10 { return moment }
        guard count >= 16, text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "), text[13] == UInt8(ascii: ":") else { return nil }
        func two(_ at: Int) -> Int64? {
            guard at + 1 < count else { return nil }
            let (a, b) = (text[at] &- 0x30, text[at + 1] &- 0x30)
            return a < 10 && b < 10 ? Int64(a) * 10 + Int64(b) : nil
        }
        guard let hour = two(11), let minute = two(14), hour < 24, minute < 60 else { return nil }
        moment += (hour * 60 + minute) * 60_000_000
        var at = 16
        if at < count, text[at] == UInt8(ascii: ":") {
            guard let second = two(17), second < 60 else { return nil }
            moment += second * 1_000_000
            at = 19
            if at < count, text[at] == UInt8(ascii: ".") {
                at += 1
                var unit: Int64 = 100_000
                let first = at
                while at < count, text[at] &- 0x30 < 10 {
                    moment += Int64(text[at] &- 0x30) * unit
                    unit /= 10
                    at += 1
                }
                guard at > first else { return nil }
            }
        }
        if at == count { return moment }
        guard let offset = DatePattern.offset(text + at, count - at) else { return nil }
        return moment - offset * 60_000_000
    }
}
