import Rows

/// Numbers of JavaScript as text.
enum NumberText {
    /// Bytes that either function may need.
    static let maximum = 352

    /// As JavaScript's own String(number): the shortest digits that read back as the same number.
    ///
    /// Target has room for `maximum` bytes; the number is finite.
    static func write(_ value: Double, to target: UnsafeMutablePointer<UInt8>) -> Int {
        // What most numbers in tables are: few decimals. A decimal of at most 15 digits that reads back as the number is the only one so
        // short, so it is the shortest once its zeros are gone.
        if value.magnitude < 1e15 {
            let whole = Int64(value)  // below 2^63 by the test before; -0 is 0, as in JavaScript
            if Double(whole) == value { return ValueFormat.write(whole, to: target) }
        }
        if value.magnitude < 1e11 {
            let hundredfold = nearest(value * 100)
            if Double(hundredfold) / 100 == value { return decimal(hundredfold, 2, to: target) }
            let larger = nearest(value * 10000)
            if Double(larger) / 10000 == value { return decimal(larger, 4, to: target) }
        }
        return long(value, to: target)
    }

    /// The whole number next to a value below 2^53; half way and a hair before it, the one away from zero. (The processor's own rounding
    /// is a call of the C library's on machines that Swift builds for.)
    @inline(__always)
    private static func nearest(_ value: Double) -> Int64 { Int64(value + (value < 0 ? -0.5 : 0.5)) }

    /// coefficient / 10^scale without zeros at the end.
    private static func decimal(_ coefficient: Int64, _ scale: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var (coefficient, scale) = (coefficient, scale)
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        return fixed(coefficient, scale, to: target)
    }

    /// coefficient / 10^scale with all its digits. Scale: below 19.
    private static func fixed(_ coefficient: Int64, _ scale: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var power: UInt64 = 1
        for _ in 0..<scale { power &*= 10 }
        let (whole, part) = coefficient.magnitude.quotientAndRemainder(dividingBy: power)
        var count = 0
        if coefficient < 0 {
            target[0] = UInt8(ascii: "-")
            count = 1
        }
        count += ValueFormat.write(Int64(truncatingIfNeeded: whole), to: target + count)
        guard scale > 0 else { return count }
        target[count] = UInt8(ascii: ".")
        var rest = part
        var at = count + scale
        while at > count {
            target[at] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            rest /= 10
            at -= 1
        }
        return count + scale + 1
    }

    /// The shortest digits of a number and where its point is: value = 0.digits × 10^exponent.
    static func digits(_ value: Double) -> (digits: [UInt8], exponent: Int) {
        // Swift's description has the same shortest digits, in another layout.
        var digits: [UInt8] = []
        var exponent = 0
        var point: Int?
        let text = Array(value.magnitude.description.utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        exponent += point ?? digits.count
        let zeros = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(min(zeros, max(digits.count - 1, 0)))
        exponent -= min(zeros, max(zeros + digits.count - 1, 0))
        while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
        return (digits, exponent)
    }

    private static func long(_ value: Double, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let (digits, exponent) = digits(value)
        var text: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
        let zero = UInt8(ascii: "0"), point = UInt8(ascii: ".")
        if exponent > 0, exponent <= 21 {
            text += digits.prefix(exponent)
            text += Array(repeating: zero, count: max(0, exponent - digits.count))
            if digits.count > exponent { text += [point] + digits[exponent...] }
        } else if exponent <= 0, exponent > -6 {
            text += [zero, point] + Array(repeating: zero, count: -exponent) + digits
        } else {
            text.append(digits[0])
            if digits.count > 1 { text += [point] + digits[1...] }
            text += Array("e\(exponent > 0 ? "+" : "-")\((exponent - 1).magnitude)".utf8)
        }
        for (index, byte) in text.prefix(maximum).enumerated() { target[index] = byte }
        return min(text.count, maximum)
    }

    /// The number as a decimal with so many digits behind the point, rounded half away from zero by the digits people see (1.005 has
    /// two decimals as 1.01). nil when it is too large for a decimal.
    static func decimal(_ value: Double, scale: Int?) -> Decimal? {
        if let scale, scale <= 6, value.magnitude < 1e9 {
            var power = 1.0
            for _ in 0..<scale { power *= 10 }
            let scaled = value * power
            let rounded = nearest(scaled)
            // Far from half way the product's own rounding (one in 2^53) can't matter.
            if (scaled - Double(rounded)).magnitude < 0.499 { return Decimal(coefficient: Int128(rounded), scale: scale) }
        }
        let (digits, exponent) = digits(value)
        guard exponent <= Decimal.maximumScale, digits.count - exponent <= 60 else { return value == 0 ? .zero : scale != nil && exponent < 0 ? Decimal(0).rescaled(to: scale ?? 0) : nil }
        var coefficient: Int128 = 0
        var behind = digits.count - exponent
        // Digits far behind the point can't matter to 35 of them.
        let kept = behind > Decimal.maximumScale ? max(0, digits.count - (behind - Decimal.maximumScale)) : digits.count
        for digit in digits.prefix(kept) { coefficient = coefficient * 10 + Int128(digit - 0x30) }
        behind -= digits.count - kept
        while behind < 0 {
            coefficient *= 10
            behind += 1
        }
        let exact = Decimal(coefficient: value < 0 ? -coefficient : coefficient, scale: behind)
        guard let scale else { return exact }
        return exact?.rescaled(to: scale)
    }
}
