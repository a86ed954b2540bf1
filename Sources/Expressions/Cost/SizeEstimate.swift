/// Between how few and how many elements, characters or bytes something has.
public struct SizeEstimate: Sendable, Equatable {
    public var min: UInt64
    public var max: UInt64

    public init(min: UInt64, max: UInt64) {
        self.min = min
        self.max = max
    }

    public static func exactly(_ size: UInt64) -> SizeEstimate { SizeEstimate(min: size, max: size) }
    public static let unknown = SizeEstimate(min: 0, max: .max)

    public static func + (a: SizeEstimate, b: SizeEstimate) -> SizeEstimate {
        SizeEstimate(min: a.min.saturatingSum(b.min), max: a.max.saturatingSum(b.max))
    }

    /// An operation of that cost on each.
    public static func * (a: SizeEstimate, b: CostEstimate) -> CostEstimate {
        CostEstimate(min: a.min.saturatingProduct(b.min), max: a.max.saturatingProduct(b.max))
    }

    public static func * (a: SizeEstimate, b: SizeEstimate) -> SizeEstimate {
        SizeEstimate(min: a.min.saturatingProduct(b.min), max: a.max.saturatingProduct(b.max))
    }

    /// Walking over it once, `factor` a unit, rounded up.
    public func traversed(_ factor: Double) -> CostEstimate {
        CostEstimate(min: min.timesRoundedUp(factor), max: max.timesRoundedUp(factor))
    }

    public func union(_ other: SizeEstimate) -> SizeEstimate {
        SizeEstimate(min: Swift.min(min, other.min), max: Swift.max(max, other.max))
    }
}

/// Between how little and how much something costs.
public struct CostEstimate: Sendable, Equatable {
    public var min: UInt64
    public var max: UInt64

    public init(min: UInt64, max: UInt64) {
        self.min = min
        self.max = max
    }

    public static func exactly(_ cost: UInt64) -> CostEstimate { CostEstimate(min: cost, max: cost) }

    public static func + (a: CostEstimate, b: CostEstimate) -> CostEstimate {
        CostEstimate(min: a.min.saturatingSum(b.min), max: a.max.saturatingSum(b.max))
    }

    public static func * (a: CostEstimate, b: CostEstimate) -> CostEstimate {
        CostEstimate(min: a.min.saturatingProduct(b.min), max: a.max.saturatingProduct(b.max))
    }

    public func multiplied(_ factor: Double) -> CostEstimate {
        CostEstimate(min: min.timesRoundedUp(factor), max: max.timesRoundedUp(factor))
    }

    public func union(_ other: CostEstimate) -> CostEstimate {
        CostEstimate(min: Swift.min(min, other.min), max: Swift.max(max, other.max))
    }
}

extension UInt64 {
    func saturatingSum(_ other: UInt64) -> UInt64 {
        let sum = addingReportingOverflow(other)
        return sum.overflow ? .max : sum.partialValue
    }

    func saturatingProduct(_ other: UInt64) -> UInt64 {
        let product = multipliedReportingOverflow(by: other)
        return product.overflow ? .max : product.partialValue
    }

    /// `self * factor` rounded up; the largest number where that is more.
    public func timesRoundedUp(_ factor: Double) -> UInt64 {
        let product = (Double(self) * factor).rounded(.up)
        return product >= 0x1p64 ? .max : UInt64(product)
    }
}
