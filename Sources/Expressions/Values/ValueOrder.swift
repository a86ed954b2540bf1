import Kernel

/// How two values stand to each other.
public enum ValueOrder: Sendable {
    case less, equal, greater
    /// A number that is none is beside it.
    case unordered
}

extension Value {
    /// The order of numbers across their kinds; nil when one isn't a number.
    func numericOrder(_ other: Value) -> ValueOrder? {
        switch (self, other) {
        case (.int(let a), .int(let b)): a < b ? .less : a == b ? .equal : .greater
        case (.uint(let a), .uint(let b)): a < b ? .less : a == b ? .equal : .greater
        case (.double(let a), .double(let b)): a < b ? .less : a == b ? .equal : a > b ? .greater : .unordered
        case (.int(let a), .uint(let b)): a < 0 || UInt64(a) < b ? .less : UInt64(a) == b ? .equal : .greater
        case (.uint, .int): other.numericOrder(self)?.reversed
        case (.double(let a), .int(let b)): Self.order(a, b)
        case (.double(let a), .uint(let b)): Self.order(a, b)
        case (.int, .double), (.uint, .double): other.numericOrder(self)?.reversed
        default: nil
        }
    }

    /// An integer beside a double counts as the nearest double, and so may equal it where it isn't the same: that is the language's rule.
    private static func order<Integer: FixedWidthInteger>(_ a: Double, _ b: Integer) -> ValueOrder {
        let b = Double(b)
        return a < b ? .less : a == b ? .equal : a > b ? .greater : .unordered
    }

    /// The language's order, texts by code points; nil for what has none.
    public func order(_ other: Value) -> ValueOrder? {
        switch (self, other) {
        case (.string(let a), .string(let b)):
            sameBytes(a, b) ? .equal : a.utf8.lexicographicallyPrecedes(b.utf8) ? .less : .greater
        case (.bytes(let a), .bytes(let b)): a == b ? .equal : a.lexicographicallyPrecedes(b) ? .less : .greater
        case (.bool(let a), .bool(let b)): a == b ? .equal : a ? .greater : .less
        case (.timestamp(let a, _), .timestamp(let b, _)): a < b ? .less : a == b ? .equal : .greater
        case (.duration(let a), .duration(let b)): a < b ? .less : a == b ? .equal : .greater
        default: numericOrder(other)
        }
    }
}

extension ValueOrder {
    var reversed: ValueOrder {
        switch self {
        case .less: .greater
        case .greater: .less
        default: self
        }
    }
}
