import Glibc
import Rows

/// One column as it comes out of a script, record by record; reused packet after packet.
final class ColumnBuilder {
    let plan: StepPlan.Dynamic
    private var cells: UnsafeMutablePointer<CellRef>
    private var cellCount = 0
    private var cellCapacity = 4096
    private var bytes: UnsafeMutablePointer<UInt8>
    private var byteCount = 0
    private var byteCapacity: Int
    private let values: TypedValues
    /// No record so far has another cell than its row's own.
    private(set) var isUntouched = true
    private let isTyped: Bool
    /// The input's values are of this column's type, so that untouched cells have them.
    private let sharesType: Bool
    private let scratch = TextScratch()
    /// Records at the end in which the script touched nothing, for which nothing has been put down yet.
    private var pending = 0
    private var recycled = Recycled<TextColumn>()
    /// Whether to find out here which texts are still the input's: cheaper where few are, dearer where most are.
    private(set) var compares = false

    /// - Parameter input: the type of the input column it replaces.
    init(_ plan: StepPlan.Dynamic, input: ColumnType?) {
        self.plan = plan
        values = TypedValues(plan.column.type, plan.format)
        isTyped = plan.column.type != .string
        sharesType = input == plan.column.type
        byteCapacity = 16 << 10
        bytes = .allocate(capacity: byteCapacity)
        cells = .allocate(capacity: cellCapacity)
    }

    deinit {
        bytes.deallocate()
        cells.deallocate()
    }

    func reset() {
        cellCount = 0
        byteCount = 0
        pending = 0
        values.removeAll()
        isUntouched = true
        if byteCapacity > 4 << 20 {
            bytes.deallocate()
            byteCapacity = 16 << 10
            bytes = .allocate(capacity: byteCapacity)
        }
        if cellCapacity > 1 << 17 {
            cells.deallocate()
            cellCapacity = 4096
            cells = .allocate(capacity: cellCapacity)
        }
    }

    /// Where bytes go: copies of the properties, so that the loop over cells checks no access to them.
    private struct Arena {
        var bytes: UnsafeMutablePointer<UInt8>
        var count: Int
        var capacity: Int

        @inline(__always)
        mutating func room(_ wanted: Int) -> UnsafeMutablePointer<UInt8> {
            if count &+ wanted > capacity { grow(wanted) }
            return bytes + count
        }

        @inline(never)
        private mutating func grow(_ wanted: Int) {
            let larger = max(capacity * 2, count + wanted)
            let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
            grown.update(from: bytes, count: count)
            bytes.deallocate()
            (bytes, capacity) = (grown, larger)
        }
    }

    private func reserve(_ records: Int) -> UnsafeMutablePointer<CellRef> {
        if cellCount + records > cellCapacity {
            let larger = max(cellCapacity * 2, cellCount + records)
            let grown = UnsafeMutablePointer<CellRef>.allocate(capacity: larger)
            grown.update(from: cells, count: cellCount)
            cells.deallocate()
            (cells, cellCapacity) = (grown, larger)
        }
        return cells + cellCount
    }

    /// Whether even cells that the script left alone must be looked at: their text is to be read as another type.
    var readsUntouched: Bool { isTyped && !sharesType }

    /// Takes a chunk's records in which the script left this column alone.
    func takeUntouched(_ records: Int) { pending += records }

    private func settle() {
        guard pending > 0 else { return }
        reserve(pending).update(repeating: .untouched, count: pending)
        if isTyped { for _ in 0..<pending { values.appendNothing() } }
        cellCount += pending
        pending = 0
    }

    /// Compares here, or lets the script's wrapper do it, by what the last chunk was like. Both give the same cells.
    private func decide(records: Int, touched: Int) {
        if compares { compares = touched * 4 >= records * 3 } else { compares = touched * 8 >= records * 7 && records >= 16 }
    }

    /// The input's cells by row, where a text must be compared with them.
    struct Original {
        var cells: UnsafePointer<CellRef>
        var bytes: UnsafePointer<UInt8>
        var syntax: CellSyntax
    }

    /// Whether a text is the cell's.
    @inline(__always)
    private func isSame(_ text: UnsafePointer<UInt8>, _ length: Int, _ original: Original, _ row: Int) -> Bool {
        let cell = original.cells[row]
        guard !cell.isNull else { return false }
        if cell.hasEscapes {
            let content = scratch.unescape(UnsafeBufferPointer(start: original.bytes + cell.contentOffset, count: cell.contentLength), isQuoted: cell.isQuoted, original.syntax)
            return content.count == length && content.elementsEqual(UnsafeBufferPointer(start: text, count: length))
        }
        guard cell.contentLength == length else { return false }
        // Eight bytes at a time, past the end: 64 bytes behind a batch's text may be read, a cell's target has room for 16 more.
        var (a, b, left) = (UnsafeRawPointer(text), UnsafeRawPointer(original.bytes + cell.contentOffset), length)
        while left > 8 {
            if a.loadUnaligned(as: UInt64.self) != b.loadUnaligned(as: UInt64.self) { return false }
            (a, b, left) = (a + 8, b + 8, left &- 8)
        }
        let differing = UInt64(littleEndian: a.loadUnaligned(as: UInt64.self) ^ b.loadUnaligned(as: UInt64.self))
        return left == 0 || differing << UInt64(truncatingIfNeeded: (8 &- left) &* 8) == 0
    }

    /// Sixteen bytes at a time: up to 15 more than asked for are read and written.
    @inline(__always)
    private static func copy(_ text: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>) {
        var done = 0
        repeat {
            UnsafeMutableRawPointer(target + done).storeBytes(of: UnsafeRawPointer(text + done).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
            done &+= 16
        } while done < count
    }

    /// A chunk's records, as the batch function gave them.
    struct Chunk {
        var records: Int
        /// `stride` entries for each record.
        var table: UnsafePointer<Int32>
        /// Beside each entry of the table where the text of a cell starts, or which of the numbers it is.
        var starts: UnsafePointer<Int32>
        var stride: Int
        var units: UnsafePointer<UInt16>
        var unitCount: Int
        /// The same text as bytes, where it is ASCII alone; 16 bytes behind it may be read.
        var plain: UnsafePointer<UInt8>?
        var numbers: UnsafePointer<Double>
        /// Of each record its row in the batch.
        var rows: UnsafePointer<Int32>
    }

    /// Takes this column's cells of a chunk, which stand at `offset` in each record.
    ///
    /// - Parameter original: the wrapper didn't compare; only for columns of text.
    /// - Returns: what doesn't fit the column's type, by record within the chunk.
    func take(_ chunk: Chunk, offset: Int, batch: RowBatch, original: Original?) -> [(record: Int, found: String)] {
        settle()
        var unfit: [(record: Int, found: String)] = []
        let cells = reserve(chunk.records)
        var arena = Arena(bytes: bytes, count: byteCount, capacity: byteCapacity)
        var touched = 0
        let isTyped = isTyped
        var at = offset
        // The table has records × stride entries, `cells` room for each record; ends and starts come from the batch function, which
        // counts them in one text of `unitCount`, and are checked all the same.
        for record in 0..<chunk.records {
            let code = chunk.table[at]
            let start = Int(chunk.starts[at])
            at &+= chunk.stride
            var cell = CellRef.null
            if code == BatchProgram.Code.untouched {
                cell = .untouched
                if isTyped, sharesType { values.appendNothing() } else if isTyped, !takeOriginal(Int(chunk.rows[record]), batch) {
                    unfit.append((record, plan.input.flatMap { batch.string(batch.columns[$0], row: Int(chunk.rows[record])) } ?? ""))
                    values.appendNothing()
                }
            } else if code >= 0 {
                touched &+= 1
                let end = Int(code)
                if start >= 0, end >= start, end <= chunk.unitCount {
                    let target = arena.room((end &- start) &* 3 &+ 16)
                    var length = end &- start
                    if let plain = chunk.plain { Self.copy(plain + start, length, to: target) } else { length = Transcoding.narrow(chunk.units + start, length, to: target) }
                    if isTyped {
                        if values.append(target, length) {
                            length = values.lastText(to: arena.room(max(plan.format.maximumBytes, length))) ?? length
                        } else {
                            unfit.append((record, String(decoding: UnsafeBufferPointer(start: target, count: min(length, 80)), as: UTF8.self)))
                            values.appendNothing()
                        }
                    }
                    if let original, isSame(target, length, original, Int(chunk.rows[record])) {
                        cell = .untouched
                        touched &-= 1
                    } else {
                        cell = CellRef(offset: arena.count, length: length)
                        arena.count &+= length
                    }
                }
            } else if code == BatchProgram.Code.number {
                touched &+= 1
                let target = arena.room(NumberText.maximum)
                let number = chunk.numbers[start]
                if let length = isTyped ? values.append(number, to: target) : NumberText.write(number, to: target) {
                    cell = CellRef(offset: arena.count, length: length)
                    arena.count &+= length
                } else {
                    values.appendNothing()
                    unfit.append((record, "\(number)"))
                }
            } else {
                touched &+= 1
                if isTyped { values.appendNothing() }
            }
            cells[record] = cell
        }
        (bytes, byteCount, byteCapacity) = (arena.bytes, arena.count, arena.capacity)
        cellCount += chunk.records
        if touched > 0 { isUntouched = false }
        decide(records: chunk.records, touched: touched)
        return unfit
    }

    /// Makes a cell of the chunk taken last null; its value is none already.
    func setNull(record: Int, of chunk: Chunk) {
        cells[cellCount - chunk.records + record] = .null
        isUntouched = false
    }

    /// The typed value of an untouched cell whose input has another type.
    private func takeOriginal(_ row: Int, _ batch: RowBatch) -> Bool {
        guard let input = plan.input, let (cell, base) = batch.textCell(batch.columns[input], row), let text = batch.text(cell, in: base, scratch: scratch),
            let start = text.baseAddress
        else {
            values.appendNothing()
            return true
        }
        return values.append(start, text.count)
    }

    /// The column of a batch: each record's cell at its row.
    ///
    /// - Parameters:
    ///   - placed: the records, and their rows in the new column.
    ///   - from: the batch the records' rows are in, and of each record its row there.
    func column(_ placed: PlacedRecords, capacity: Int, from batch: RowBatch, originals: UnsafeBufferPointer<Int32>) -> Column {
        settle()
        let original = plan.input.map { batch.columns[$0] }
        var originalText: TextColumn?
        var source: Int?
        if let original {
            originalText = original.text
            source = originalText?.source ?? original.source
        }
        let byteCount = byteCount
        values.letGo()
        let text = recycled.take(fits: { $0.capacity >= capacity && $0.byteCount <= 4 << 20 }) { TextColumn(capacity: capacity, byteCapacity: byteCount + 64) }
        text.reset()
        text.source = source
        if byteCount > 0 {
            text.reserve(byteCount).update(from: bytes, count: byteCount)
            text.byteCount = byteCount
        }
        let cells = UnsafePointer(cells), made = text.cells
        // Rows that no record comes to are left out of the selection, but not everyone looks at that.
        if placed.rows.count < capacity { made.update(repeating: .null, count: capacity) }
        if original == nil || (originalText == nil && source != nil) {
            // What is untouched refers to the source, as the text column does.
            placed.forEach { record, row in made[row] = cells[record] }
        } else {
            placed.forEach { record, row in
                guard cells[record].isUntouched else {
                    made[row] = cells[record]
                    return
                }
                let from = Int(originals[record])
                if let originalText {
                    // Computed by a step before: its text is copied, for it stands in another arena.
                    let cell = originalText.cells[from]
                    if cell.isUntouched || cell.isNull {
                        made[row] = cell
                    } else {
                        text.set(UnsafeBufferPointer(start: originalText.bytes + cell.contentOffset, count: cell.contentLength), at: row)
                    }
                } else if let original, let (bytes, count) = Self.write(original, plan.format, from, scratch) {
                    text.set(UnsafeBufferPointer(start: bytes, count: count), at: row)
                } else {
                    text.setNull(at: row)
                }
            }
        }
        return values.column(placed, capacity: capacity, text: text, cells: cells, original: sharesType ? original : nil, origins: originals)
    }

    /// The text of a typed value.
    static func write(_ column: Column, _ format: ValueFormat, _ row: Int, _ scratch: TextScratch) -> (UnsafeMutablePointer<UInt8>, Int)? {
        let target = scratch.bytes(max(format.maximumBytes, NumberText.maximum))
        let count: Int? =
            switch column {
            case .source, .text: nil
            case .integer(let values): values[row].map { ValueFormat.write($0, to: target) }
            case .float(let values): values[row].map { format.write($0, to: target) }
            case .decimal(let values): values[row].map { format.write($0, to: target) }
            case .boolean(let values): values[row].map { format.write($0, to: target) }
            case .date(let values): values[row].map { format.write(days: $0, to: target) }
            case .timestamp(let values): values[row].map { format.write(microseconds: $0, to: target) }
            }
        return count.map { (target, $0) }
    }
}
