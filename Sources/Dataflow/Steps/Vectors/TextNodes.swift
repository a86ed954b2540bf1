import Glibc
import Rows

/// The text of a column's cells, or a constant: what text operations read.
final class TextOperand {
    enum Kind {
        case column(Int)
        case constant([UInt8])
    }

    let kind: Kind
    /// A constant's text, in memory that stays where it is.
    private let constantBytes: UnsafeMutableBufferPointer<UInt8>
    private let scratch = TextScratch()

    init(_ kind: Kind) {
        self.kind = kind
        let bytes = if case .constant(let bytes) = kind { bytes } else { [UInt8]() }
        // Short copies read behind what they copy.
        constantBytes = .allocate(capacity: bytes.count + RowBatch.padding)
        constantBytes.initialize(repeating: 0)
        for (at, byte) in bytes.enumerated() { constantBytes[at] = byte }
        constant = UnsafeBufferPointer(rebasing: constantBytes[..<bytes.count])
    }

    deinit { constantBytes.deallocate() }

    private let constant: UnsafeBufferPointer<UInt8>

    /// Calls `body` with each selected row and its text, nil for a null.
    @inline(__always)
    func forEach(_ batch: RowBatch, _ body: (Int, UnsafeBufferPointer<UInt8>?) -> Void) {
        switch kind {
        case .constant(let bytes):
            bytes.withUnsafeBufferPointer { bytes in
                for place in 0..<batch.selectedCount { body(batch.selectedRow(place), bytes) }
            }
        case .column(let position):
            guard position < batch.columns.count else {
                for place in 0..<batch.selectedCount { body(batch.selectedRow(place), nil) }
                return
            }
            let column = batch.columns[position]
            if case .source(let index) = column, index < batch.sourceColumnCount {
                // The common case without a look at the column for each row.
                let (cells, base) = (batch.sourceCells(index), UnsafePointer(batch.bytes))
                for place in 0..<batch.selectedCount {
                    let row = batch.selectedRow(place)
                    let cell = cells[row]
                    body(row, cell.hasEscapes || cell.isNull ? batch.text(cell, in: base, scratch: scratch) : UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength))
                }
                return
            }
            for place in 0..<batch.selectedCount {
                let row = batch.selectedRow(place)
                guard let (cell, base) = batch.textCell(column, row) else {
                    body(row, nil)
                    continue
                }
                body(row, batch.text(cell, in: base, scratch: scratch))
            }
        }
    }

    /// A text as plain memory, for loops that look at several texts of a row.
    struct Plain {
        /// By row; nil for a constant. Cells that are null, untouched or have escapes are no range to copy.
        let cells: UnsafePointer<CellRef>?
        /// What the cells point into, or the constant.
        let bytes: UnsafePointer<UInt8>
        /// Of a constant.
        let count: Int
    }

    /// nil: the text of each row must be asked for. Valid as long as the batch and its columns are.
    func plain(_ batch: RowBatch) -> Plain? {
        switch kind {
        case .constant: return constant.baseAddress.map { Plain(cells: nil, bytes: $0, count: constant.count) }
        case .column(let position):
            guard position < batch.columns.count else { return nil }
            switch batch.columns[position] {
            case .source(let index) where index < batch.sourceColumnCount: return Plain(cells: UnsafePointer(batch.sourceCells(index)), bytes: UnsafePointer(batch.bytes), count: 0)
            case .text(let text): return Plain(cells: UnsafePointer(text.cells), bytes: UnsafePointer(text.bytes), count: 0)
            default: return nil
            }
        }
    }

    /// The text of one row, valid until the next call.
    func text(_ batch: RowBatch, _ row: Int) -> UnsafeBufferPointer<UInt8>? {
        guard case .column(let position) = kind, position < batch.columns.count, let (cell, base) = batch.textCell(batch.columns[position], row) else { return nil }
        return batch.text(cell, in: base, scratch: scratch)
    }
}

extension TextOperand {
    /// Of a column or a constant; nil for a null. Valid until the next call.
    @inline(__always)
    func bytes(_ batch: RowBatch, _ row: Int) -> UnsafeBufferPointer<UInt8>? {
        if case .column = kind { text(batch, row) } else { constant }
    }
}

/// Compares text with text, by bytes, which is the order of code points.
final class TextComparisonNode: VectorNode<Bool> {
    private let operation: RowSyntax.Comparison
    private let left: TextOperand
    private let right: TextOperand

    /// - Parameter left: a column.
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
        left.forEach(batch) { row, text in
            guard let text, let other = right.text(batch, row) else { sure[row] = 0; return }
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
