/// Durations as Go writes them, which is what CEL takes: `1h30m`, `-1.5s`, `300ms`, `0`.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1000), ("\u{B5}s", 1000), ("\u{3BC}s", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ]

    /// In nanoseconds; nil when it is no duration or beyond 292 years.
    static func parse(_ text: String) -> Int64? {
        var rest = text.utf8[...]
        var isNegative = false
        if let sign = rest.first, sign == 0x2D || sign == 0x2B {
            isNegative = sign == 0x2D
            rest = rest.dropFirst()
        }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let whole = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(whole.count)
            var fraction = rest.prefix(0)
            if rest.first == 0x2E {
                rest = rest.dropFirst()
                fraction = rest.prefix { (0x30...0x39).contains($0) }
                rest = rest.dropFirst(fraction.count)
            }
            guard !whole.isEmpty || !fraction.isEmpty else { return nil }
            let name = rest.prefix { $0 != 0x2E && !(0x30...0x39).contains($0) }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.name.utf8.elementsEqual(name) })?.nanoseconds else { return nil }
            var value: UInt64 = 0
            for digit in whole {
                let (scaled, tooLarge) = value.multipliedReportingOverflow(by: 10)
                let (sum, overflow) = scaled.addingReportingOverflow(UInt64(digit - 0x30))
                guard !tooLarge, !overflow else { return nil }
                value = sum
            }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: unit)
            guard !tooLarge else { return nil }
            var parts: UInt64 = 0
            var scale = unit
            // Beyond a nanosecond digits add nothing; the last ones of hours and minutes are kept by the remainder.
            var numerator: UInt64 = 0
            var denominator: UInt64 = 1
            for digit in fraction where denominator < 1_000_000_000_000_000 {
                numerator = numerator * 10 + UInt64(digit - 0x30)
                denominator *= 10
            }
            if numerator > 0 {
                let wide = numerator.multipliedFullWidth(by: scale)
                parts = denominator.dividingFullWidth(wide).quotient
                scale = 0
            }
            let (withParts, overflow) = product.addingReportingOverflow(parts)
            let (sum, sumOverflow) = total.addingReportingOverflow(withParts)
            guard !overflow, !sumOverflow, sum <= UInt64(Int64.max) + 1 else { return nil }
            total = sum
        }
        if isNegative { return total == UInt64(Int64.max) + 1 ? .min : -Int64(total) }
        return Int64(exactly: total)
    }

    /// As `string()` of a duration writes it: seconds, with as many decimals as are needed, `3.5s`.
    static func seconds(_ nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        var text = (nanoseconds < 0 ? "-" : "") + String(magnitude / 1_000_000_000)
        let fraction = magnitude % 1_000_000_000
        if fraction > 0 {
            var digits = String(fraction)
            digits = "." + String(repeating: "0", count: 9 - digits.utf8.count) + digits
            while digits.utf8.last == 0x30 { digits.removeLast() }
            text += digits
        }
        return text + "s"
    }
}
