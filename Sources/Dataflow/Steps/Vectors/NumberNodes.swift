import Rows

/// Whole numbers: an overflow or a division by zero is left to the general evaluator.
final class IntegerArithmeticNode: VectorNode<Int64> {
    private let operation: RowSyntax.Arithmetic
    private let left: VectorNode<Int64>
    private let right: VectorNode<Int64>

    init(_ operation: RowSyntax.Arithmetic, _ left: VectorNode<Int64>, _ right: VectorNode<Int64>) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Int64> {
        let rows = batch.rowCount
        let (a, b) = (left.evaluate(batch), right.evaluate(batch))
        room.reserve(rows)
        switch operation {
        case .add: compute(a, b, rows) { $0.addingReportingOverflow($1) }
        case .subtract: compute(a, b, rows) { $0.subtractingReportingOverflow($1) }
        case .multiply: compute(a, b, rows) { $0.multipliedReportingOverflow(by: $1) }
        case .divide: compute(a, b, rows) { $0.dividedReportingOverflow(by: $1) }
        case .modulo: compute(a, b, rows) { $0.remainderReportingOverflow(dividingBy: $1) }
        }
        return room.vector
    }

    @inline(__always)
    private func compute(_ a: Vector<Int64>, _ b: Vector<Int64>, _ rows: Int, _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)) {
        let (values, sure) = (room.values, room.sure)
        for row in 0..<rows {
            let (value, overflow) = body(a.values[row], b.values[row])
            values[row] = value
            sure[row] = (overflow ? 0 : 1) & (a.sure?[row] ?? 1) & (b.sure?[row] ?? 1)
        }
    }
}

/// Binary floating point, as IEEE has it; a result that is no number is left to the general evaluator.
final class FloatArithmeticNode: VectorNode<Double> {
    private let operation: RowSyntax.Arithmetic
    private let left: VectorNode<Double>
    private let right: VectorNode<Double>

    init(_ operation: RowSyntax.Arithmetic, _ left: VectorNode<Double>, _ right: VectorNode<Double>) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Double> {
        let rows = batch.rowCount
        let (a, b) = (left.evaluate(batch), right.evaluate(batch))
        room.reserve(rows)
        switch operation {
        case .add: compute(a, b, rows) { $0 + $1 }
        case .subtract: compute(a, b, rows) { $0 - $1 }
        case .multiply: compute(a, b, rows) { $0 * $1 }
        case .divide: compute(a, b, rows) { $0 / $1 }
        case .modulo: compute(a, b, rows) { _, _ in .nan }
        }
        return room.vector
    }

    @inline(__always)
    private func compute(_ a: Vector<Double>, _ b: Vector<Double>, _ rows: Int, _ body: (Double, Double) -> Double) {
        let (values, sure) = (room.values, room.sure)
        for row in 0..<rows {
            let value = body(a.values[row], b.values[row])
            values[row] = value
            sure[row] = (value.isFinite ? 1 : 0) & (a.sure?[row] ?? 1) & (b.sure?[row] ?? 1)
        }
    }
}

/// Compares two vectors of the same kind.
final class ComparisonNode<Element: BitwiseCopyable & Comparable>: VectorNode<Bool> {
    typealias Loop = (RowSyntax.Comparison, _ x: UnsafePointer<Element>, _ y: UnsafePointer<Element>, _ rows: Int, _ values: UnsafeMutablePointer<Bool>) -> Void

    private let operation: RowSyntax.Comparison
    private let left: VectorNode<Element>
    private let right: VectorNode<Element>
    private let loop: Loop

    /// - Parameter loop: `comparisonLoop`, made where the type is known.
    init(_ operation: RowSyntax.Comparison, _ left: VectorNode<Element>, _ right: VectorNode<Element>, _ loop: @escaping Loop) {
        self.operation = operation
        self.left = left
        self.right = right
        self.loop = loop
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        let rows = batch.rowCount
        let (a, b) = (left.evaluate(batch), right.evaluate(batch))
        room.reserve(rows)
        loop(operation, a.values, b.values, rows, room.values)
        return Vector(values: UnsafePointer(room.values), sure: combine(a.sure, b.sure, rows))
    }
}

func comparisonLoop<Element: Comparable & BitwiseCopyable>(_ type: Element.Type) -> ComparisonNode<Element>.Loop {
    { operation, x, y, rows, values in
        switch operation {
        case .equal: for row in 0..<rows { values[row] = x[row] == y[row] }
        case .notEqual: for row in 0..<rows { values[row] = x[row] != y[row] }
        case .less: for row in 0..<rows { values[row] = x[row] < y[row] }
        case .lessOrEqual: for row in 0..<rows { values[row] = x[row] <= y[row] }
        case .greater: for row in 0..<rows { values[row] = x[row] > y[row] }
        case .greaterOrEqual: for row in 0..<rows { values[row] = x[row] >= y[row] }
        }
    }
}
