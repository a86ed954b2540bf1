/// An exact decimal number: a coefficient of up to 35 digits and how many of them stand behind the point.
///
/// `1.50` and `1.5` are equal and keep their own number of digits when written. No operation rounds unless it says so; what
/// doesn't fit is nil. Sixteen bytes: the coefficient in the upper 120 bits, the scale in the lower eight.
@frozen public struct Decimal: Sendable, BitwiseCopyable {
    public let bits: Int128

    @inlinable init(unchecked coefficient: Int128, scale: Int) { bits = coefficient << 8 | Int128(truncatingIfNeeded: scale & 0xFF) }

    /// nil when the coefficient has more than 35 digits or the scale isn't in 0 ... 35.
    @inlinable public init?(coefficient: Int128, scale: Int) {
        guard coefficient.magnitude <= Self.largestCoefficient, scale >= 0, scale <= Self.maximumScale else { return nil }
        self.init(unchecked: coefficient, scale: scale)
    }

    @inlinable public init(_ whole: Int64) { self.init(unchecked: Int128(whole), scale: 0) }

    @inlinable public static var zero: Decimal { Decimal(0) }
    public static let maximumScale = 35
    /// 10^35 - 1.
    public static let largestCoefficient: UInt128 = 99_999_999_999_999_999_999_999_999_999_999_999

    /// All digits, the point left out.
    @inlinable public var coefficient: Int128 { bits >> 8 }
    /// Digits behind the point.
    @inlinable public var scale: Int { Int(truncatingIfNeeded: bits & 0xFF) }

    /// 10^n for n in 0 ... 38; outside, the nearest of those.
    @inlinable static func powerOfTen(_ n: Int) -> Int128 {
        var power: Int128 = 1
        for _ in 0..<min(max(n, 0), 38) { power &*= 10 }
        return power
    }

    /// The same number with so many digits behind the point: exactly, or rounded half away from zero. nil when it doesn't fit.
    public func rescaled(to scale: Int) -> Decimal? {
        guard scale >= 0, scale <= Self.maximumScale else { return nil }
        if scale == self.scale { return self }
        if scale > self.scale {
            let (product, overflow) = coefficient.multipliedReportingOverflow(by: Self.powerOfTen(scale - self.scale))
            return overflow ? nil : Decimal(coefficient: product, scale: scale)
        }
        let divisor = Self.powerOfTen(self.scale - scale)
        let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: divisor)
        let away: Int128 = remainder.magnitude * 2 >= divisor.magnitude ? (coefficient < 0 ? -1 : 1) : 0
        return Decimal(coefficient: quotient + away, scale: scale)
    }

    /// Without zeros at the end: 1.50 is 1.5, 100 stays 100.
    public var trimmed: Decimal {
        var (coefficient, scale) = (coefficient, scale)
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        return Decimal(unchecked: coefficient, scale: scale)
    }

    /// nil when it has a fraction or doesn't fit.
    public var wholeInt64: Int64? {
        let trimmed = trimmed
        return trimmed.scale == 0 ? Int64(exactly: trimmed.coefficient) : nil
    }

    /// The nearest binary number, for those who ask for one.
    public var double: Double { Double(description) ?? .nan }
}

extension Decimal: Comparable, Hashable {
    public static func == (a: Decimal, b: Decimal) -> Bool { compare(a, b) == 0 }
    public static func < (a: Decimal, b: Decimal) -> Bool { compare(a, b) < 0 }

    public func hash(into hasher: inout Hasher) { hasher.combine(trimmed.bits) }

    /// -1, 0, 1.
    static func compare(_ a: Decimal, _ b: Decimal) -> Int {
        if a.scale == b.scale { return a.coefficient < b.coefficient ? -1 : a.coefficient > b.coefficient ? 1 : 0 }
        if a.scale > b.scale { return -compare(b, a) }
        // The one with fewer digits behind the point is scaled up; when that overflows its magnitude is the larger one.
        let (scaled, overflow) = a.coefficient.multipliedReportingOverflow(by: powerOfTen(b.scale - a.scale))
        if overflow { return a.coefficient < 0 ? -1 : 1 }
        return scaled < b.coefficient ? -1 : scaled > b.coefficient ? 1 : 0
    }
}

extension Decimal {
    /// nil when the sum doesn't fit. The larger scale is kept.
    public func adding(_ other: Decimal) -> Decimal? {
        let scale = max(scale, other.scale)
        guard let a = rescaled(to: scale), let b = other.rescaled(to: scale) else { return nil }
        return Decimal(coefficient: a.coefficient + b.coefficient, scale: scale)
    }

    public func subtracting(_ other: Decimal) -> Decimal? { adding(other.negated) }

    /// nil when the product doesn't fit. The scales add up: 1.50 times 2 is 3.00.
    public func multiplied(by other: Decimal) -> Decimal? {
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        return overflow ? nil : Decimal(coefficient: product, scale: scale + other.scale)
    }

    public var negated: Decimal { Decimal(unchecked: -coefficient, scale: scale) }
}

extension Decimal: CustomStringConvertible {
    /// `-12.50`: all digits of the scale, no thousands.
    public var description: String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumText) { room in
            guard let start = room.baseAddress else { return "" }
            return String(decoding: UnsafeBufferPointer(start: start, count: write(to: start)), as: UTF8.self)
        }
    }

    /// Bytes that `write(to:)` may need.
    public static let maximumText = 40

    /// Writes `description` as UTF-8 and says how many bytes that were: `maximumText` at most.
    @inline(__always)
    public func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
        guard let small = Int64(exactly: coefficient) else { return writeLong(to: target) }
        let scale = scale
        var at = 0
        if small < 0 {
            target[0] = UInt8(ascii: "-")
            at = 1
        }
        let magnitude = small.magnitude
        let digits = max(DigitPairs.count(magnitude), scale + 1)
        if scale == 0 {
            _ = DigitPairs.write(magnitude, last: digits, before: target + at + digits)
            return at + digits
        }
        let end = at + digits + 1
        let whole = DigitPairs.write(magnitude, last: scale, before: target + end)
        target[end - scale - 1] = UInt8(ascii: ".")
        _ = DigitPairs.write(whole, last: digits - scale, before: target + end - scale - 1)
        return end
    }

    @inline(never)
    private func writeLong(to target: UnsafeMutablePointer<UInt8>) -> Int {
        let scale = scale
        let coefficient = coefficient
        let sign = coefficient < 0 ? 1 : 0
        if sign == 1 { target[0] = UInt8(ascii: "-") }
        let magnitude = coefficient.magnitude
        let digits = max(Self.digitCount(magnitude), scale + 1)
        let end = sign + digits + (scale > 0 ? 1 : 0)
        // From the last digit to the first, at most 18 of them from one 64-bit number: 128-bit division costs ten times that.
        var (rest, more) = (UInt64(truncatingIfNeeded: magnitude), UInt64(0))
        var left = digits
        if UInt64(exactly: magnitude) == nil {
            let split = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
            (rest, more) = (UInt64(truncatingIfNeeded: split.remainder), UInt64(truncatingIfNeeded: split.quotient))
            left = 18
        }
        var at = end
        var behind = scale
        while true {
            while left > 0 {
                at &-= 1
                if behind == 0, scale > 0 {
                    target[at] = UInt8(ascii: ".")
                    at &-= 1
                }
                behind &-= 1
                let quotient = rest / 10
                target[at] = UInt8(truncatingIfNeeded: rest &- quotient &* 10) &+ 0x30
                rest = quotient
                left &-= 1
            }
            // What stands before those 18 digits has at most 17.
            guard at > sign, more > 0 || rest == 0 else { break }
            (rest, more) = (more, 0)
            left = behind >= 0 ? at - sign - 1 : at - sign
        }
        return end
    }

    static func digitCount(_ value: UInt128) -> Int {
        if let small = UInt64(exactly: value) { return DigitPairs.count(small) }
        var count = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }
}
