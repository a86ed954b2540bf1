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
final class UnaryNode<From: BitwiseCopyable, To: BitwiseCopyable>: VectorNode<To> {
    /// From a vector of so many rows, into values and what is sure of them.
    typealias Loop = (_ a: Vector<From>, _ rows: Int, _ values: UnsafeMutablePointer<To>, _ sure: UnsafeMutablePointer<UInt8>) -> Void

    private let operand: VectorNode<From>
    private let loop: Loop

    /// - Parameter loop: made by `unaryLoop` where the types are known: the compiler specializes functions for their types, and methods of
    ///   generic classes not, where each value would go through a table.
    init(_ operand: VectorNode<From>, _ loop: @escaping Loop) {
        self.operand = operand
        self.loop = loop
    }

    override func evaluate(_ batch: RowBatch) -> Vector<To> {
        let a = operand.evaluate(batch)
        room.reserve(batch.rowCount)
        loop(a, batch.rowCount, room.values, room.sure)
        return room.vector
    }
}

func unaryLoop<Operation: UnaryOperation>(_ operation: Operation.Type) -> UnaryNode<Operation.From, Operation.To>.Loop {
    { a, rows, values, sure in
        for row in 0..<rows {
            // What isn't sure isn't looked at: it may be anything.
            let value = a.sure?[row] ?? 1 == 1 ? Operation.apply(a.values[row]) : nil
            values[row] = value ?? Operation.nothing
            sure[row] = value == nil ? 0 : 1
        }
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
