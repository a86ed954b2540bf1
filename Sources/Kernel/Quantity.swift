/// A Kubernetes quantity, `500m`, `2`, `1.5Gi`, `1e3`, held exactly in thousandths.
///
/// Source: the grammar of k8s.io/apimachinery `resource.Quantity`. Finer fractions round up, as there; what doesn't fit is refused.
public struct Quantity: Sendable, Hashable, Comparable {
    public let thousandths: Int64

    public init(thousandths: Int64) { self.thousandths = thousandths }

    public init?(_ text: String) {
        var rest = Substring(text)
        var negative = false
        if let sign = rest.first, sign == "+" || sign == "-" {
            negative = sign == "-"
            rest = rest.dropFirst()
        }
        let isDigit: (Character) -> Bool = { $0 >= "0" && $0 <= "9" }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = Substring()
        if rest.first == "." {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !(whole.isEmpty && fraction.isEmpty), whole.count + fraction.count <= 30 else { return nil }
        guard let (binaryShift, decimalExponent) = Self.scale(of: rest) else { return nil }

        // value * 1000 * 2^shift * 10^exponent, in 128 bits, rounded up where it isn't whole.
        guard var digits = UInt128(String(whole + fraction)) else { return nil }
        var tens = decimalExponent - fraction.count + 3
        let shifted = digits.multipliedReportingOverflow(by: UInt128(1) << UInt128(binaryShift))
        guard !shifted.overflow else { return nil }
        digits = shifted.partialValue
        while tens > 0, digits > 0 {
            let scaled = digits.multipliedReportingOverflow(by: 10)
            guard !scaled.overflow else { return nil }
            digits = scaled.partialValue
            tens -= 1
        }
        while tens < 0, digits > 0 {
            digits = (digits + 9) / 10
            tens += 1
        }
        guard let value = Int64(exactly: digits) else { return nil }
        thousandths = negative ? -value : value
    }

    private static func scale(of suffix: Substring) -> (binaryShift: Int, decimalExponent: Int)? {
        switch suffix {
        case "": return (0, 0)
        case "n": return (0, -9)
        case "u": return (0, -6)
        case "m": return (0, -3)
        case "k": return (0, 3)
        case "M": return (0, 6)
        case "G": return (0, 9)
        case "T": return (0, 12)
        case "P": return (0, 15)
        case "E": return (0, 18)
        case "Ki": return (10, 0)
        case "Mi": return (20, 0)
        case "Gi": return (30, 0)
        case "Ti": return (40, 0)
        case "Pi": return (50, 0)
        case "Ei": return (60, 0)
        default:
            guard suffix.first == "e" || suffix.first == "E", let exponent = Int(suffix.dropFirst()), abs(exponent) <= 18 else { return nil }
            return (0, exponent)
        }
    }

    public static func < (a: Quantity, b: Quantity) -> Bool { a.thousandths < b.thousandths }

    /// Rounded up: half a byte needs a byte.
    public var wholeUnits: Int64 {
        let (quotient, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
        return rest > 0 ? quotient + 1 : quotient
    }

    /// In units of 1e-9, as Docker's `NanoCpus`; saturates.
    public var billionths: Int64 {
        let scaled = thousandths.multipliedReportingOverflow(by: 1_000_000)
        return scaled.overflow ? (thousandths > 0 ? .max : .min) : scaled.partialValue
    }
}

/// A number of bytes.
public struct Bytes: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let count: Int64

    public init(_ count: Int64) { self.count = count }

    /// From a quantity, `512Mi`.
    public init?(manifest text: String) {
        guard let quantity = Quantity(text), quantity.thousandths >= 0 else { return nil }
        count = quantity.wholeUnits
    }

    public static func kibi(_ count: Int64) -> Bytes { Bytes(count << 10) }
    public static func mebi(_ count: Int64) -> Bytes { Bytes(count << 20) }
    public static func < (a: Bytes, b: Bytes) -> Bool { a.count < b.count }

    /// For people: `1.5 GiB`, `512 B`.
    public var description: String {
        for (unit, shift) in [("TiB", Int64(40)), ("GiB", 30), ("MiB", 20), ("KiB", 10)] where count >= 1 << shift {
            let tenths = ((count >> (shift - 10)) * 10) >> 10  // `>>` binds tighter than `*`
            return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(count) B"
    }
}
