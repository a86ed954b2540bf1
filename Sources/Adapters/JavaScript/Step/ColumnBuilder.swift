import Rows

/// One column as it comes out of a script, record by record; reused packet after packet.
final class ColumnBuilder {
    let plan: StepPlan.Dynamic
    private(set) var cells: [CellRef] = []
    private var bytes: UnsafeMutablePointer<UInt8>
    private var byteCount = 0
    private var byteCapacity: Int
    private var values: TypedValues
    /// No record so far has another cell than its row's own.
    private(set) var isUntouched = true
    private let isTyped: Bool
    private let scratch = TextScratch()

    init(_ plan: StepPlan.Dynamic) {
        self.plan = plan
        values = TypedValues(plan.column.type)
        isTyped = plan.column.type != .string
        byteCapacity = 16 << 10
        bytes = .allocate(capacity: byteCapacity)
        cells.reserveCapacity(4096)
    }

    deinit { bytes.deallocate() }

    func reset() {
        cells.removeAll(keepingCapacity: true)
        byteCount = 0
        values.removeAll()
        isUntouched = true
        guard byteCapacity > 4 << 20 else { return }
        bytes.deallocate()
        byteCapacity = 16 << 10
        bytes = .allocate(capacity: byteCapacity)
    }

    @inline(__always)
    private func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if byteCount &+ count > byteCapacity { grow(count) }
        return bytes + byteCount
    }

    @inline(never)
    private func grow(_ count: Int) {
        let larger = max(byteCapacity * 2, byteCount + count)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        grown.update(from: bytes, count: byteCount)
        bytes.deallocate()
        bytes = grown
        byteCapacity = larger
    }

    /// Takes this column's cells of a chunk.
    ///
    /// - Parameters:
    ///   - records: how many; the table has `stride` entries for each, this column's at `offset`; `starts` says where the text of a cell
    ///     starts, or which of the numbers it is.
    ///   - rows: of each record its row in the batch.
    /// - Returns: what doesn't fit the column's type, by record within the chunk.
    func take(
        records: Int, table: UnsafePointer<Int32>, starts: UnsafePointer<Int32>, stride: Int, offset: Int, units: UnsafePointer<UInt16>, unitCount: Int,
        numbers: UnsafePointer<Double>, rows: UnsafePointer<Int32>, batch: RowBatch
    ) -> [(record: Int, found: String)] {
        var unfit: [(record: Int, found: String)] = []
        var at = offset
        // The table has records × stride entries; ends and starts come from the batch function, which counts them in one text of `unitCount`.
        for record in 0..<records {
            let code = table[at]
            let start = Int(starts[at])
            at &+= stride
            switch code {
            case BatchProgram.Code.untouched:
                cells.append(.untouched)
                if isTyped, !takeOriginal(Int(rows[record]), batch) {
                    unfit.append((record, plan.input.flatMap { batch.string(batch.columns[$0], row: Int(rows[record])) } ?? ""))
                    values.appendNull()
                }
            case BatchProgram.Code.null:
                isUntouched = false
                cells.append(.null)
                if isTyped { values.appendNull() }
            case BatchProgram.Code.number:
                isUntouched = false
                let target = room(NumberText.maximum)
                if let length = isTyped ? values.append(numbers[start], plan.format, to: target) : NumberText.write(numbers[start], to: target) {
                    cells.append(CellRef(offset: byteCount, length: length))
                    byteCount &+= length
                } else {
                    cells.append(.null)
                    values.appendNull()
                    unfit.append((record, "\(numbers[start])"))
                }
            default:
                isUntouched = false
                let end = Int(code)
                guard start >= 0, end >= start, end <= unitCount else {
                    cells.append(.null)
                    if isTyped { values.appendNull() }
                    continue
                }
                let target = room((end &- start) &* 3)
                var length = Transcoding.narrow(units + start, end &- start, to: target)
                if isTyped {
                    if !values.append(target, length, plan.format) {
                        unfit.append((record, String(decoding: UnsafeBufferPointer(start: target, count: min(length, 80)), as: UTF8.self)))
                        values.appendNull()
                    } else if plan.column.type != .integer, plan.column.type != .float {
                        let formatted = room(max(plan.format.maximumBytes, length))
                        length = values.lastText(plan.format, to: formatted) ?? length
                    }
                }
                cells.append(CellRef(offset: byteCount, length: length))
                byteCount &+= length
            }
        }
        return unfit
    }

    /// The typed value of an untouched cell.
    private func takeOriginal(_ row: Int, _ batch: RowBatch) -> Bool {
        guard let input = plan.input else {
            values.appendNull()
            return true
        }
        let column = batch.columns[input]
        if values.appendOriginal(column, row) { return true }
        guard let (cell, base) = batch.textCell(column, row), let text = batch.text(cell, in: base, scratch: scratch), let start = text.baseAddress else {
            values.appendNull()
            return true
        }
        return values.append(start, text.count, plan.format)
    }

    /// The column of a batch: the cell of record `records[i]` at row `rows[i]`.
    ///
    /// - Parameters:
    ///   - from: the batch the records' rows are in, and of each record its row there.
    ///   - formatted: writes the input's value where it has no text.
    func column(records: [Int], rows: [Int], capacity: Int, from batch: RowBatch, originals: [Int32]) -> Column {
        let original = plan.input.map { batch.columns[$0] }
        var originalText: TextColumn?
        var source: Int?
        if let original {
            originalText = original.text
            source = originalText?.source ?? original.source
        }
        let text = TextColumn(capacity: capacity, source: source, byteCapacity: byteCount + 64)
        if byteCount > 0 {
            text.reserve(byteCount).update(from: bytes, count: byteCount)
            text.byteCount = byteCount
        }
        let scratch = TextScratch()
        for (place, record) in records.enumerated() {
            let cell = cells[record], row = rows[place]
            guard cell.isUntouched else {
                text.cells[row] = cell
                continue
            }
            let from = Int(originals[record])
            if let originalText {
                // Computed by a step before: its text is copied, for it stands in another arena.
                let cell = originalText.cells[from]
                if cell.isUntouched || cell.isNull {
                    text.cells[row] = cell
                } else {
                    text.set(UnsafeBufferPointer(start: originalText.bytes + cell.contentOffset, count: cell.contentLength), at: row)
                }
            } else if source != nil {
                text.cells[row] = .untouched
            } else if let original, let (bytes, count) = Self.write(original, plan.format, from, scratch) {
                text.set(UnsafeBufferPointer(start: bytes, count: count), at: row)
            } else {
                text.setNull(at: row)
            }
        }
        return values.column(records: records, rows: rows, capacity: capacity, text: text)
    }

    /// The text of a typed value.
    static func write(_ column: Column, _ format: ValueFormat, _ row: Int, _ scratch: TextScratch) -> (UnsafeMutablePointer<UInt8>, Int)? {
        let target = scratch.bytes(max(format.maximumBytes, NumberText.maximum))
        let count: Int? =
            switch column {
            case .source, .text: nil
            case .integer(let values): values[row].map { ValueFormat.write($0, to: target) }
            case .float(let values): values[row].map { ValueFormat.write($0, to: target) }
            case .decimal(let values): values[row].map { format.write($0, to: target) }
            case .boolean(let values): values[row].map { format.write($0, to: target) }
            case .date(let values): values[row].map { format.write(days: $0, to: target) }
            case .timestamp(let values): values[row].map { format.write(microseconds: $0, to: target) }
            }
        return count.map { (target, $0) }
    }
}
