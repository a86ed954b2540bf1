import Glibc
import RegularExpressions
import Rows

/// Compares text with text, by bytes, which is the order of code points.
final class TextComparisonNode: VectorNode<Bool> {
    private let operation: RowSyntax.Comparison
    private let left: TextOperand
    private let right: TextOperand

    /// - Parameter left: where one of them is a constant, the other one.
    init(_ operation: RowSyntax.Comparison, _ left: TextOperand, _ right: TextOperand) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        room.reserve(batch.rowCount)
        let (values, sure) = (room.values, room.sure)
        if case .constant(let constant) = right.kind {
            constant.withUnsafeBufferPointer { constant in
                switch operation {
                case .equal: compare(batch, constant, isSame: true)
                case .notEqual: compare(batch, constant, isSame: false)
                default:
                    left.forEach(batch) { row, text in
                        guard let text else { sure[row] = 0; return }
                        sure[row] = 1
                        values[row] = holds(Self.order(text, constant))
                    }
                }
            }
            return room.vector
        }
        right.prepare(batch)
        left.forEach(batch) { row, text in
            guard let text, let other = right.bytes(batch, row) else { sure[row] = 0; return }
            sure[row] = 1
            values[row] = holds(Self.order(text, other))
        }
        return room.vector
    }

    private func compare(_ batch: RowBatch, _ constant: UnsafeBufferPointer<UInt8>, isSame: Bool) {
        let (values, sure) = (room.values, room.sure)
        left.forEach(batch) { row, text in
            guard let text else { sure[row] = 0; return }
            sure[row] = 1
            values[row] = Self.isEqual(text, constant) == isSame
        }
    }

    @inline(__always)
    static func isEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        guard let x = a.baseAddress, let y = b.baseAddress, a.count > 0 else { return true }
        return x[0] == y[0] && memcmp(x, y, a.count) == 0
    }

    static func order(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        if let x = a.baseAddress, let y = b.baseAddress {
            let order = memcmp(x, y, min(a.count, b.count))
            if order != 0 { return Int(order) }
        }
        return a.count - b.count
    }

    private func holds(_ order: Int) -> Bool {
        switch operation {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}

/// `startsWith`, `endsWith` and `contains` with a text written in the expression.
final class TextTestNode: VectorNode<Bool> {
    private let test: RowSyntax.TextTest
    private let operand: TextOperand
    private let constant: [UInt8]

    init(_ test: RowSyntax.TextTest, _ operand: TextOperand, _ constant: [UInt8]) {
        self.test = test
        self.operand = operand
        self.constant = constant
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        room.reserve(batch.rowCount)
        let (values, sure, test) = (room.values, room.sure, test)
        constant.withUnsafeBufferPointer { constant in
            operand.forEach(batch) { row, text in
                guard let text else { sure[row] = 0; return }
                sure[row] = 1
                values[row] = Self.holds(test, text, constant)
            }
        }
        return room.vector
    }

    private static func holds(_ test: RowSyntax.TextTest, _ text: UnsafeBufferPointer<UInt8>, _ constant: UnsafeBufferPointer<UInt8>) -> Bool {
        guard constant.count > 0, let part = constant.baseAddress else { return true }
        guard text.count >= constant.count, let start = text.baseAddress else { return false }
        switch test {
        case .startsWith: return memcmp(start, part, constant.count) == 0
        case .endsWith: return memcmp(start + (text.count - constant.count), part, constant.count) == 0
        case .contains: return contains(start, text.count, part, constant.count)
        }
    }
}

/// Looks for the part's first byte, then compares: the texts are cells. Counts are at least one.
private func contains(_ start: UnsafePointer<UInt8>, _ count: Int, _ part: UnsafePointer<UInt8>, _ partCount: Int) -> Bool {
    var at = 0
    while count - at >= partCount {
        guard let found = memchr(start + at, Int32(part[0]), count - at - partCount + 1) else { return false }
        at = UnsafeRawPointer(found) - UnsafeRawPointer(start)
        if memcmp(start + at, part, partCount) == 0 { return true }
        at += 1
    }
    return false
}

/// `column == null` of a column of text; always sure.
final class TextNullNode: VectorNode<Bool> {
    private let operand: TextOperand
    private let isNull: Bool

    init(_ operand: TextOperand, isNull: Bool) {
        self.operand = operand
        self.isNull = isNull
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        room.reserve(batch.rowCount)
        let (values, isNull) = (room.values, isNull)
        operand.forEach(batch) { row, text in values[row] = (text == nil) == isNull }
        return room.certain
    }
}

/// `matches` with a pattern written in the expression.
final class TextPatternNode: VectorNode<Bool> {
    private let operand: TextOperand
    private let pattern: RegularExpression

    init(_ operand: TextOperand, _ pattern: RegularExpression) {
        self.operand = operand
        self.pattern = pattern
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        room.reserve(batch.rowCount)
        let (values, sure) = (room.values, room.sure)
        operand.forEach(batch) { row, text in
            sure[row] = text == nil ? 0 : 1
            values[row] = text.map { pattern.matches(utf8: $0) } ?? false
        }
        return room.vector
    }
}

/// `size` of a text: its code points.
final class TextSizeNode: VectorNode<Int64> {
    private let operand: TextOperand

    init(_ operand: TextOperand) { self.operand = operand }

    override func evaluate(_ batch: RowBatch) -> Vector<Int64> {
        room.reserve(batch.rowCount)
        let (values, sure) = (room.values, room.sure)
        operand.forEach(batch) { row, text in
            sure[row] = text == nil ? 0 : 1
            // Of each code point all bytes but the first begin with the bits 10; the reader refuses what is no UTF-8.
            values[row] = text?.reduce(into: 0) { $0 &+= $1 & 0xC0 == 0x80 ? 0 : 1 } ?? 0
        }
        return room.vector
    }
}

/// `int` of a text, where its form is the plain one; any other form is left to the general evaluator.
final class TextIntegerNode: VectorNode<Int64> {
    private let operand: TextOperand

    init(_ operand: TextOperand) { self.operand = operand }

    override func evaluate(_ batch: RowBatch) -> Vector<Int64> {
        room.reserve(batch.rowCount)
        let (values, sure) = (room.values, room.sure)
        operand.forEach(batch) { row, text in
            let value = text.flatMap { plainNumber($0) }.flatMap { ValueFormat.integer($0, text?.count ?? 0) }
            (values[row], sure[row]) = (value ?? 0, value == nil ? 0 : 1)
        }
        return room.vector
    }
}

/// `double` of a text, likewise.
final class TextFloatNode: VectorNode<Double> {
    private let operand: TextOperand

    init(_ operand: TextOperand) { self.operand = operand }

    override func evaluate(_ batch: RowBatch) -> Vector<Double> {
        room.reserve(batch.rowCount)
        let (values, sure) = (room.values, room.sure)
        operand.forEach(batch) { row, text in
            let value = text.flatMap { plainNumber($0) }.flatMap { ValueFormat.float($0, text?.count ?? 0) }
            (values[row], sure[row]) = (value ?? 0, value == nil ? 0 : 1)
        }
        return room.vector
    }
}

/// Where a text begins that is digits, perhaps behind a minus, perhaps with a point among them; nil for any other.
private func plainNumber(_ text: UnsafeBufferPointer<UInt8>) -> UnsafePointer<UInt8>? {
    guard text.count <= 18, let first = text.first, let last = text.last, last &- 0x30 < 10 else { return nil }
    let digits = first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    guard let lead = digits.first, lead &- 0x30 < 10, digits.allSatisfy({ $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }) else { return nil }
    return text.baseAddress
}
