import Rows

/// A decimal written in the expression, with as many digits behind the point as the column it meets, where that is exact: values of
/// the same scale compare by their bits.
final class DecimalConstantNode: VectorNode<Decimal> {
    private let value: Decimal
    private var filled = -1

    init(_ value: Decimal) { self.value = value }

    override func evaluate(_ batch: RowBatch) -> Vector<Decimal> { evaluate(batch, scale: value.scale) }

    func evaluate(_ batch: RowBatch, scale: Int) -> Vector<Decimal> {
        let isNew = room.reserve(batch.rowCount)
        if isNew || filled != scale {
            // Only upwards: fewer digits could round.
            let shown = scale > value.scale ? value.rescaled(to: scale) ?? value : value
            room.values.initialize(repeating: shown, count: room.capacity)
            filled = scale
        }
        return room.certain
    }
}

/// Exact decimals; what doesn't fit 35 digits is left to the general evaluator.
final class DecimalArithmeticNode: VectorNode<Decimal> {
    private let operation: RowSyntax.Arithmetic
    private let left: VectorNode<Decimal>
    private let right: VectorNode<Decimal>

    /// - Parameter operation: add, subtract or multiply.
    init(_ operation: RowSyntax.Arithmetic, _ left: VectorNode<Decimal>, _ right: VectorNode<Decimal>) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Decimal> {
        let rows = batch.rowCount
        let (a, b) = (left.evaluate(batch), right.evaluate(batch))
        room.reserve(rows)
        switch operation {
        case .add: compute(a, b, rows) { $0.adding($1) }
        case .subtract: compute(a, b, rows) { $0.subtracting($1) }
        case .multiply: multiply(a, b, rows)
        case .divide, .modulo: compute(a, b, rows) { _, _ in nil }
        }
        return room.vector
    }

    @inline(__always)
    private func compute(_ a: Vector<Decimal>, _ b: Vector<Decimal>, _ rows: Int, _ body: (Decimal, Decimal) -> Decimal?) {
        let (values, sure) = (room.values, room.sure)
        for row in 0..<rows {
            // What isn't sure isn't looked at: it may be anything.
            guard (a.sure?[row] ?? 1) & (b.sure?[row] ?? 1) == 1, let value = body(a.values[row], b.values[row]) else {
                values[row] = .zero
                sure[row] = 0
                continue
            }
            values[row] = value
            sure[row] = 1
        }
    }

    private func multiply(_ a: Vector<Decimal>, _ b: Vector<Decimal>, _ rows: Int) {
        let (values, sure) = (room.values, room.sure)
        for row in 0..<rows {
            guard (a.sure?[row] ?? 1) & (b.sure?[row] ?? 1) == 1 else {
                values[row] = .zero
                sure[row] = 0
                continue
            }
            let (x, y) = (a.values[row], b.values[row])
            let (p, q) = (Int64(truncatingIfNeeded: x.coefficient), Int64(truncatingIfNeeded: y.coefficient))
            let product = Int128(p) &* Int128(q)
            // Two 64-bit factors: one machine multiplication.
            if Int128(p) == x.coefficient, Int128(q) == y.coefficient, let value = Decimal(coefficient: product, scale: x.scale &+ y.scale) {
                values[row] = value
                sure[row] = 1
            } else if let value = x.multiplied(by: y) {
                values[row] = value
                sure[row] = 1
            } else {
                values[row] = .zero
                sure[row] = 0
            }
        }
    }
}

/// Compares decimals: by their bits where both have the same number of digits behind the point.
final class DecimalComparisonNode: VectorNode<Bool> {
    private let operation: RowSyntax.Comparison
    private let left: VectorNode<Decimal>
    private let right: VectorNode<Decimal>

    init(_ operation: RowSyntax.Comparison, _ left: VectorNode<Decimal>, _ right: VectorNode<Decimal>) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        let rows = batch.rowCount
        let a = left.evaluate(batch)
        let b: Vector<Decimal>
        if let constant = right as? DecimalConstantNode, let scale = Self.firstScale(a, rows) { b = constant.evaluate(batch, scale: scale) } else { b = right.evaluate(batch) }
        room.reserve(rows)
        switch operation {
        case .equal: compute(a, b, rows, { $0 == $1 }, { $0 == $1 })
        case .notEqual: compute(a, b, rows, { $0 != $1 }, { $0 != $1 })
        case .less: compute(a, b, rows, { $0 < $1 }, { $0 < $1 })
        case .lessOrEqual: compute(a, b, rows, { $0 <= $1 }, { $0 <= $1 })
        case .greater: compute(a, b, rows, { $0 > $1 }, { $0 > $1 })
        case .greaterOrEqual: compute(a, b, rows, { $0 >= $1 }, { $0 >= $1 })
        }
        return Vector(values: UnsafePointer(room.values), sure: combine(a.sure, b.sure, rows))
    }

    private static func firstScale(_ a: Vector<Decimal>, _ rows: Int) -> Int? {
        for row in 0..<rows where a.sure?[row] ?? 1 == 1 { return a.values[row].scale }
        return nil
    }

    @inline(__always)
    private func compute(
        _ a: Vector<Decimal>, _ b: Vector<Decimal>, _ rows: Int, _ bits: (Int128, Int128) -> Bool, _ values: (Decimal, Decimal) -> Bool
    ) {
        let result = room.values
        for row in 0..<rows {
            guard (a.sure?[row] ?? 1) & (b.sure?[row] ?? 1) == 1 else {
                result[row] = false
                continue
            }
            let (x, y) = (a.values[row], b.values[row])
            // With equal lower bits (the scales) the bits are in the order of the coefficients.
            result[row] = UInt8(truncatingIfNeeded: x.bits) == UInt8(truncatingIfNeeded: y.bits) ? bits(x.bits, y.bits) : values(x, y)
        }
    }
}
