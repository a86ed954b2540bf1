import Kernel

/// A resource quantity with Kubernetes' own arithmetic, type `kubernetes.Quantity` of its library.
///
/// Kept as Kubernetes keeps it, a number and a power of ten or a longer decimal, because some answers depend on that: `1000m` is no
/// integer there, `1` is. What 128 bits don't hold saturates.
public final class ResourceAmount: OpaqueValue {
    public static let valueType = ValueType.opaque("kubernetes.Quantity")

    enum Form {
        /// `value` times ten to the `scale`.
        case short(Int64, scale: Int)
        /// `unscaled` divided by ten to the `places`; never an integer to `asInteger`.
        case long(Int128, places: Int)
    }
    let form: Form

    /// Made by `add` or `sub`. Kubernetes keeps such an amount in another way, in which nothing else is compared with it: as the right
    /// side of `==` it is an error there, and so it is here.
    let isReckoned: Bool

    init(_ form: Form, isReckoned: Bool = false) {
        self.form = form
        self.isReckoned = isReckoned
    }
    convenience init(_ integer: Int64) { self.init(.short(integer, scale: 0)) }

    public var type: ValueType { Self.valueType }
    public func equals(_ other: any OpaqueValue) -> Bool { (other as? ResourceAmount).map { compare($0) == 0 } ?? false }

    public var description: String {
        switch form {
        case .short(let value, let scale): scale == 0 ? "\(value)" : "\(value)e\(scale)"
        case .long(let unscaled, let places): "\(unscaled)e\(-places)"
        }
    }

    // MARK: Arithmetic

    var sign: Int64 {
        switch form {
        case .short(let value, _): value.signum()
        case .long(let unscaled, _): unscaled > 0 ? 1 : unscaled < 0 ? -1 : 0
        }
    }

    var integer: Int64? {
        guard case .short(let value, let scale) = form, scale >= 0 else { return nil }
        return value.timesPowerOfTen(scale)
    }

    var approximation: Double {
        switch form {
        case .short(let value, let scale): scale == 0 ? Double(value) : Double(value) * Self.powerOfTen(scale)
        case .long(let unscaled, let places): places == 0 ? Double(unscaled) : Double(unscaled) * Self.powerOfTen(-places)
        }
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        if exponent < -323 { return 0 }
        if exponent > 308 { return .infinity }
        return Double("1e\(exponent)") ?? 0
    }

    /// -1, 0 or 1.
    func compare(_ other: ResourceAmount) -> Int {
        let (a, b) = Self.aligned(long, other.long)
        return a < b ? -1 : a > b ? 1 : 0
    }

    func adding(_ other: ResourceAmount, negated: Bool = false) -> ResourceAmount {
        if case .short(let a, let scale) = form, case .short(var b, let otherScale) = other.form {
            if b == 0 { return self }
            if negated { b = 0 &- b }
            if a == 0 { return ResourceAmount(.short(b, scale: otherScale)) }
            let common = min(scale, otherScale)
            if let a = a.timesPowerOfTen(scale - common), let b = b.timesPowerOfTen(otherScale - common) {
                let sum = a.addingReportingOverflow(b)
                if !sum.overflow { return ResourceAmount(.short(sum.partialValue, scale: common)) }
            }
        }
        let (mine, theirs) = (long, other.long)
        let (a, b) = Self.aligned(mine, theirs)
        let sum = negated ? a.subtractingReportingOverflow(b) : a.addingReportingOverflow(b)
        return ResourceAmount(.long(sum.overflow ? (a < 0 ? .min : .max) : sum.partialValue, places: max(mine.places, theirs.places)))
    }

    private var long: (unscaled: Int128, places: Int) {
        switch form {
        case .short(let value, let scale): scale > 0 ? (Int128(value).timesPowerOfTen(scale), 0) : (Int128(value), -scale)
        case .long(let unscaled, let places): places < 0 ? (unscaled.timesPowerOfTen(-places), 0) : (unscaled, places)
        }
    }

    private static func aligned(_ a: (unscaled: Int128, places: Int), _ b: (unscaled: Int128, places: Int)) -> (Int128, Int128) {
        let places = max(a.places, b.places)
        return (a.unscaled.timesPowerOfTen(places - a.places), b.unscaled.timesPowerOfTen(places - b.places))
    }
}

extension Int64 {
    /// nil where it doesn't fit.
    fileprivate func timesPowerOfTen(_ exponent: Int) -> Int64? {
        if self == 0 { return 0 }
        guard (0...18).contains(exponent) else { return nil }
        var result = self
        for _ in 0..<exponent {
            let product = result.multipliedReportingOverflow(by: 10)
            if product.overflow { return nil }
            result = product.partialValue
        }
        return result
    }
}

extension Int128 {
    /// Saturates.
    func timesPowerOfTen(_ exponent: Int) -> Int128 {
        if self == 0 { return 0 }
        var result = self
        for _ in 0..<Swift.min(Swift.max(exponent, 0), 40) {
            let product = result.multipliedReportingOverflow(by: 10)
            if product.overflow { return self < 0 ? .min : .max }
            result = product.partialValue
        }
        return result
    }
}
