/// The exact decimal digits of a double, and their rounding: what `%f` and `%e` write.
struct DecimalDigits {
    /// Without leading zeros; none for zero.
    private(set) var digits: [UInt8]
    /// How many of them stand before the point; negative when zeros follow it first.
    private(set) var point: Int

    /// - Parameter value: finite; its sign doesn't count.
    init(_ value: Double) {
        let bits = value.magnitude.bitPattern
        let field = Int(bits >> 52)
        // The value is mantissa times two to the exponent.
        let mantissa = bits & 0xF_FFFF_FFFF_FFFF | (field == 0 ? 0 : 1 << 52)
        let exponent = max(field, 1) - 1075
        // Nine digits a place, the lowest first. A negative power of two is as many fives, moved behind the point.
        var places: [UInt64] = [mantissa % 1_000_000_000, mantissa / 1_000_000_000]
        let factor: UInt64 = exponent < 0 ? 5 : 2
        for _ in 0..<abs(exponent) {
            var carry: UInt64 = 0
            for at in places.indices {
                let product = places[at] * factor + carry
                places[at] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            if carry > 0 { places.append(carry) }
        }
        var all: [UInt8] = []
        for place in places {
            var rest = place
            for _ in 0..<9 {
                all.append(UInt8(rest % 10))
                rest /= 10
            }
        }
        while all.last == 0 { all.removeLast() }
        digits = all.reversed()
        point = digits.count + min(exponent, 0)
        if digits.isEmpty { point = 0 }
    }

    /// Keeps so many digits; a half goes to the even neighbour.
    mutating func round(keeping count: Int) {
        guard count >= 0, count < digits.count else {
            if count < 0 { digits = [] }
            return
        }
        let rest = digits[count...]
        let isHalf = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
        let roundsUp = isHalf ? count > 0 && digits[count - 1] % 2 == 1 : (rest.first ?? 0) >= 5
        digits.removeSubrange(count...)
        guard roundsUp else { return }
        var at = count - 1
        while at >= 0, digits[at] == 9 {
            digits[at] = 0
            at -= 1
        }
        if at >= 0 {
            digits[at] += 1
        } else {
            digits.insert(1, at: 0)
            point += 1
        }
    }

    /// `1234.50`, without a sign.
    ///
    /// - Parameter grouped: commas between thousands.
    static func fixed(_ value: Double, places: Int, grouped: Bool) -> String {
        var number = DecimalDigits(value)
        number.round(keeping: number.point + places)
        func digit(_ at: Int) -> Character { at >= 0 && at < number.digits.count ? Character(Unicode.Scalar(0x30 + number.digits[at])) : "0" }
        var text = ""
        let whole = max(number.point, 1)
        for at in 0..<whole {
            if grouped, at > 0, (whole - at) % 3 == 0 { text.append(",") }
            text.append(number.point < 1 ? "0" : digit(at))
        }
        guard places > 0 else { return text }
        text.append(".")
        for at in 0..<places { text.append(digit(number.point + at)) }
        return text
    }

    /// The digits before and after the point, and the power of ten.
    static func scientific(_ value: Double, places: Int) -> (mantissa: String, exponent: Int) {
        var number = DecimalDigits(value)
        number.round(keeping: places + 1)
        func digit(_ at: Int) -> Character { at < number.digits.count ? Character(Unicode.Scalar(0x30 + number.digits[at])) : "0" }
        var text = String(digit(0))
        if places > 0 {
            text.append(".")
            for at in 1...places { text.append(digit(at)) }
        }
        return (text, number.digits.isEmpty ? 0 : number.point - 1)
    }
}
