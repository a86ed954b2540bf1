import Rows

/// A function of one value.
protocol UnaryOperation {
    associatedtype From: BitwiseCopyable
    associatedtype To: BitwiseCopyable
    /// nil: the general evaluator must say.
    static func apply(_ value: From) -> To?
    /// Stands where nothing holds.
    static var nothing: To { get }
}

/// Applies a function to each value that holds.
final class UnaryNode<Operation: UnaryOperation>: VectorNode<Operation.To> {
    private let operand: VectorNode<Operation.From>

    init(_ operand: VectorNode<Operation.From>) { self.operand = operand }

    override func evaluate(_ batch: RowBatch) -> Vector<Operation.To> {
        let a = operand.evaluate(batch)
        room.reserve(batch.rowCount)
        let (values, sure) = (room.values, room.sure)
        // What isn't sure isn't looked at: it may be anything. Of certain operands also unselected rows may be.
        if let given = a.sure {
            for row in 0..<batch.rowCount { put(given[row] == 1 ? Operation.apply(a.values[row]) : nil, row, values, sure) }
        } else {
            for row in 0..<batch.rowCount { put(Operation.apply(a.values[row]), row, values, sure) }
        }
        return room.vector
    }

    @inline(__always)
    private func put(_ value: Operation.To?, _ row: Int, _ values: UnsafeMutablePointer<Operation.To>, _ sure: UnsafeMutablePointer<UInt8>) {
        values[row] = value ?? Operation.nothing
        sure[row] = value == nil ? 0 : 1
    }
}

// What these do holds for any bits: of rows that aren't selected they may get anything.

enum Negated {
    enum OfInteger: UnaryOperation {
        static func apply(_ value: Int64) -> Int64? { value == .min ? nil : -value }
        static var nothing: Int64 { 0 }
    }

    enum OfFloat: UnaryOperation {
        static func apply(_ value: Double) -> Double? { -value }
        static var nothing: Double { 0 }
    }

    enum OfDecimal: UnaryOperation {
        static func apply(_ value: Decimal) -> Decimal? { value.negated }
        static var nothing: Decimal { .zero }
    }

    enum OfBoolean: UnaryOperation {
        static func apply(_ value: Bool) -> Bool? { !value }
        static var nothing: Bool { false }
    }
}

/// Conversions between numbers, as `int`, `double` and `decimal` do them.
enum Converted {
    enum IntegerToDecimal: UnaryOperation {
        static func apply(_ value: Int64) -> Decimal? { Decimal(value) }
        static var nothing: Decimal { .zero }
    }

    enum IntegerToFloat: UnaryOperation {
        static func apply(_ value: Int64) -> Double? { Double(value) }
        static var nothing: Double { 0 }
    }

    /// The fraction is cut.
    enum FloatToInteger: UnaryOperation {
        static func apply(_ value: Double) -> Int64? { value.magnitude < 0x1p62 ? Int64(value) : nil }
        static var nothing: Int64 { 0 }
    }

    /// The fraction is cut.
    enum DecimalToInteger: UnaryOperation {
        static func apply(_ value: Decimal) -> Int64? {
            guard var whole = Int64(exactly: value.coefficient) else { return nil }
            for _ in 0..<value.scale { whole /= 10 }
            return whole
        }
        static var nothing: Int64 { 0 }
    }

    enum DecimalToFloat: UnaryOperation {
        /// Both the digits and the power of ten are exact: one rounding, the right one.
        static func apply(_ value: Decimal) -> Double? {
            guard value.coefficient.magnitude < 1 << 53, value.scale <= 22 else { return nil }
            var power = 1.0
            for _ in 0..<value.scale { power *= 10 }
            return Double(Int64(truncatingIfNeeded: value.coefficient)) / power
        }
        static var nothing: Double { 0 }
    }

    /// Days as microseconds, to meet timestamps.
    enum DateToMoment: UnaryOperation {
        static func apply(_ value: Int32) -> Int64? { Int64(value) &* 86_400_000_000 }
        static var nothing: Int64 { 0 }
    }
}
