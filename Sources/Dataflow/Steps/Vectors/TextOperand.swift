import Rows

/// A text for each row: what text operations read.
///
/// What is computed is computed for the whole batch by `prepare`, before rows are asked for.
final class TextOperand {
    indirect enum Kind {
        case column(Int)
        case constant([UInt8])
        /// Numbers as `string` writes them.
        case integer(VectorNode<Int64>)
        case decimal(VectorNode<Decimal>)
        case choice(VectorNode<Bool>, TextOperand, TextOperand)
        /// One behind the other.
        case joined([TextOperand])
    }

    let kind: Kind
    /// A constant's text, in memory that stays where it is.
    private let constantBytes: UnsafeMutableBufferPointer<UInt8>
    private let constant: UnsafeBufferPointer<UInt8>
    private let scratch = TextScratch()
    private var integers: Vector<Int64>?
    private var decimals: Vector<Decimal>?
    private var choices: Vector<Bool>?

    init(_ kind: Kind) {
        self.kind = kind
        let bytes = if case .constant(let bytes) = kind { bytes } else { [UInt8]() }
        // Short copies read behind what they copy.
        constantBytes = .allocate(capacity: bytes.count + RowBatch.padding)
        constantBytes.initialize(repeating: 0)
        for (at, byte) in bytes.enumerated() { constantBytes[at] = byte }
        constant = UnsafeBufferPointer(rebasing: constantBytes[..<bytes.count])
    }

    /// Several texts as one.
    convenience init(_ parts: [TextOperand]) { self.init(.joined(parts)) }

    deinit { constantBytes.deallocate() }

    /// Computes what isn't at hand; valid until the next call.
    func prepare(_ batch: RowBatch) {
        switch kind {
        case .column, .constant: break
        case .integer(let node): integers = node.evaluate(batch)
        case .decimal(let node): decimals = node.evaluate(batch)
        case .choice(let condition, let first, let second):
            choices = condition.evaluate(batch)
            first.prepare(batch)
            second.prepare(batch)
        case .joined(let parts): for part in parts { part.prepare(batch) }
        }
    }

    /// Calls `body` with each selected row and its text, nil for what isn't sure: a null among them.
    @inline(__always)
    func forEach(_ batch: RowBatch, _ body: (Int, UnsafeBufferPointer<UInt8>?) -> Void) {
        if case .column(let position) = kind, position < batch.columns.count, case .source(let index) = batch.columns[position], index < batch.sourceColumnCount {
            // The common case without a look at the column for each row.
            let (cells, base) = (batch.sourceCells(index), UnsafePointer(batch.bytes))
            for place in 0..<batch.selectedCount {
                let row = batch.selectedRow(place)
                let cell = cells[row]
                body(row, cell.hasEscapes || cell.isNull ? batch.text(cell, in: base, scratch: scratch) : UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength))
            }
            return
        }
        prepare(batch)
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            body(row, bytes(batch, row))
        }
    }

    /// The text of one row of a batch that was prepared; nil for what isn't sure. Valid until the next call.
    func bytes(_ batch: RowBatch, _ row: Int) -> UnsafeBufferPointer<UInt8>? {
        switch kind {
        case .constant: return constant
        case .column(let position):
            guard position < batch.columns.count, let (cell, base) = batch.textCell(batch.columns[position], row) else { return nil }
            return batch.text(cell, in: base, scratch: scratch)
        case .integer:
            guard let integers, integers.sure?[row] ?? 1 == 1 else { return nil }
            let room = scratch.bytes(32)
            return UnsafeBufferPointer(start: room, count: ValueFormat.write(integers.values[row], to: room))
        case .decimal:
            guard let decimals, decimals.sure?[row] ?? 1 == 1 else { return nil }
            let room = scratch.bytes(Decimal.maximumText)
            return UnsafeBufferPointer(start: room, count: decimals.values[row].write(to: room))
        case .choice(_, let first, let second):
            guard let choices, choices.sure?[row] ?? 1 == 1 else { return nil }
            return (choices.values[row] ? first : second).bytes(batch, row)
        case .joined(let parts): return joined(parts, batch, row)
        }
    }

    private func joined(_ parts: [TextOperand], _ batch: RowBatch, _ row: Int) -> UnsafeBufferPointer<UInt8>? {
        // Each part has memory of its own, so that all of them hold at once.
        var count = 0
        for part in parts {
            guard let text = part.bytes(batch, row) else { return nil }
            count += text.count
        }
        let room = scratch.bytes(count)
        var at = room
        for part in parts {
            guard let text = part.bytes(batch, row) else { return nil }
            if let start = text.baseAddress { at.update(from: start, count: text.count) }
            at += text.count
        }
        return UnsafeBufferPointer(start: room, count: count)
    }
}

extension TextOperand {
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
        case .integer, .decimal, .choice, .joined: return nil
        }
    }
}
