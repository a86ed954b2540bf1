import Rows

/// `&&` and `||` over any number of terms: a deciding term decides, whatever the others are.
final class LogicNode: VectorNode<Bool> {
    private let isAnd: Bool
    private let terms: [VectorNode<Bool>]
    private let isStrict: Bool

    /// - Parameter isStrict: every term must be sure: of the elements of a list each is computed, also behind the one that is found.
    init(isAnd: Bool, isStrict: Bool = false, _ terms: [VectorNode<Bool>]) {
        self.isAnd = isAnd
        self.isStrict = isStrict
        self.terms = terms
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        let rows = batch.rowCount
        room.reserve(rows)
        // `decided`: a term that is sure has the deciding value (false of &&, true of ||).
        let (decided, sure) = (UnsafeMutableRawPointer(room.values).assumingMemoryBound(to: UInt8.self), room.sure)
        decided.initialize(repeating: 0, count: rows)
        sure.initialize(repeating: 1, count: rows)
        let deciding: UInt8 = isAnd ? 0 : 1
        for term in terms {
            let vector = term.evaluate(batch)
            let bits = UnsafeRawPointer(vector.values).assumingMemoryBound(to: UInt8.self)
            if let termSure = vector.sure {
                for row in 0..<rows {
                    decided[row] |= termSure[row] & (bits[row] ^ deciding ^ 1)
                    sure[row] &= termSure[row]
                }
            } else {
                for row in 0..<rows { decided[row] |= bits[row] ^ deciding ^ 1 }
            }
        }
        for row in 0..<rows {
            if !isStrict { sure[row] |= decided[row] }
            decided[row] ^= deciding ^ 1
        }
        return room.vector
    }
}

/// `condition ? first : second`: the branch that isn't taken may be anything.
final class ConditionalNode<Element: BitwiseCopyable>: VectorNode<Element> {
    typealias Loop = (_ condition: Vector<Bool>, _ a: Vector<Element>, _ b: Vector<Element>, _ rows: Int, _ values: UnsafeMutablePointer<Element>, _ sure: UnsafeMutablePointer<UInt8>) -> Void

    private let condition: VectorNode<Bool>
    private let first: VectorNode<Element>
    private let second: VectorNode<Element>
    private let loop: Loop

    /// - Parameter loop: `choiceLoop`, made where the type is known.
    init(_ condition: VectorNode<Bool>, _ first: VectorNode<Element>, _ second: VectorNode<Element>, _ loop: @escaping Loop) {
        self.condition = condition
        self.first = first
        self.second = second
        self.loop = loop
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Element> {
        let (c, a, b) = (condition.evaluate(batch), first.evaluate(batch), second.evaluate(batch))
        room.reserve(batch.rowCount)
        loop(c, a, b, batch.rowCount, room.values, room.sure)
        return room.vector
    }
}

func choiceLoop<Element: BitwiseCopyable>(_ type: Element.Type) -> ConditionalNode<Element>.Loop {
    { c, a, b, rows, values, sure in
        for row in 0..<rows {
            let taken = c.values[row]
            values[row] = taken ? a.values[row] : b.values[row]
            sure[row] = (c.sure?[row] ?? 1) & (taken ? a.sure?[row] ?? 1 : b.sure?[row] ?? 1)
        }
    }
}

/// `column == null` of a typed column; always sure.
final class TypedNullNode<Element: BitwiseCopyable>: VectorNode<Bool> {
    private let column: VectorNode<Element>
    private let isNull: Bool

    /// - Parameter column: a column, not something computed: what isn't sure there is null.
    init(_ column: ColumnNode<Element>, isNull: Bool) {
        self.column = column
        self.isNull = isNull
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        let vector = column.evaluate(batch)
        room.reserve(batch.rowCount)
        for row in 0..<batch.rowCount { room.values[row] = (vector.sure?[row] ?? 1 == 0) == isNull }
        return room.certain
    }
}
