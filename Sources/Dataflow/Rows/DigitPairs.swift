/// Numbers as decimal digits, two at a time: half the divisions.
enum DigitPairs {
    /// Two digits of a number below 100.
    @inline(__always)
    static func write(_ value: UInt64, to target: UnsafeMutablePointer<UInt8>) {
        // 103 / 1024 is close enough to a tenth for them.
        let tens = (value &* 103) >> 10
        let digits = UInt16(truncatingIfNeeded: tens | (value &- tens &* 10) << 8) | 0x3030
        UnsafeMutableRawPointer(target).storeBytes(of: digits.littleEndian, as: UInt16.self)
    }

    /// The last `count` digits of a number, ending before `end`. Returns the digits before them.
    @inline(__always)
    static func write(_ value: UInt64, last count: Int, before end: UnsafeMutablePointer<UInt8>) -> UInt64 {
        var rest = value
        var at = end
        var left = count
        while left >= 2 {
            let quotient = rest / 100
            at -= 2
            write(rest &- quotient &* 100, to: at)
            rest = quotient
            left &-= 2
        }
        guard left == 1 else { return rest }
        let quotient = rest / 10
        (at - 1).pointee = UInt8(truncatingIfNeeded: rest &- quotient &* 10) &+ 0x30
        return quotient
    }

    /// 1 for 0.
    @inline(__always)
    static func count(_ value: UInt64) -> Int {
        if value < 10_000 { return value < 100 ? (value < 10 ? 1 : 2) : (value < 1000 ? 3 : 4) }
        if value < 100_000_000 { return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : (value < 10_000_000 ? 7 : 8) }
        return longCount(value)
    }

    @inline(never)
    private static func longCount(_ value: UInt64) -> Int {
        var (rest, digits) = (value / 100_000_000, 8)
        while rest > 0 {
            rest /= 10
            digits += 1
        }
        return digits
    }
}
