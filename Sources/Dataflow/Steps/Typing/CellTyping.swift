import Rows

/// Reads a column as a type: the loop over cells, once for each type.
///
/// A cell that isn't of the type is null in the result and its row is in `failures`, ascending.
struct CellTyping {
    let format: ValueFormat
    /// Rows of the last call whose cell isn't of the type.
    private(set) var failures: [Int] = []
    private let scratch = TextScratch()
    private let room: CellTextRoom

    init(_ format: ValueFormat) {
        self.format = format
        room = CellTextRoom()
    }

    /// - Parameters:
    ///   - column: of the batch; typed ones are read through the text they are written as.
    ///   - writing: the format that a typed column's values are written in.
    mutating func read(_ column: Column, of batch: RowBatch, writing: ValueFormat) -> Column {
        failures.removeAll(keepingCapacity: true)
        if column.type == format.type, column.type != .string {
            // Cast to its own type in another form: what it is written as is computed anew.
            return format.text == nil || format == writing ? column : convertedToItself(column, batch)
        }
        if let converted = convert(column, batch) { return converted }
        let source = column.source
        let rows = batch.rowCount
        switch format.type {
        case .string: return text(column, batch, writing)
        case .integer:
            let values = ColumnValues<Int64>(capacity: rows, source: source)
            fill(values, column, batch, writing, empty: 0) { ValueFormat.integer($0, $1) }
            return .integer(values)
        case .float:
            let values = ColumnValues<Double>(capacity: rows, source: source)
            if format.hasDecimalComma {
                let format = format
                fill(values, column, batch, writing, empty: 0) { format.float($0, $1) }
            } else {
                fill(values, column, batch, writing, empty: 0) { ValueFormat.float($0, $1) }
            }
            return .float(values)
        case .decimal:
            let values = ColumnValues<Decimal>(capacity: rows, source: source)
            let format = format
            fill(values, column, batch, writing, empty: .zero) { format.decimal($0, $1) }
            return .decimal(values)
        case .boolean:
            let values = ColumnValues<Bool>(capacity: rows, source: source)
            let format = format
            fill(values, column, batch, writing, empty: false) { format.boolean($0, $1) }
            return .boolean(values)
        case .date:
            let values = ColumnValues<Int32>(capacity: rows, source: source)
            if let layout = format.layout {
                fill(values, column, batch, writing, empty: 0) { layout.days($0, $1) }
            } else {
                let format = format
                fill(values, column, batch, writing, empty: 0) { format.date($0, $1) }
            }
            return .date(values)
        case .timestamp:
            let values = ColumnValues<Int64>(capacity: rows, source: source)
            let format = format
            fill(values, column, batch, writing, empty: 0) { format.timestamp($0, $1) }
            return .timestamp(values)
        }
    }

    /// Between types whose values become each other without text. The result has no original text.
    private mutating func convert(_ column: Column, _ batch: RowBatch) -> Column? {
        switch (column, format.type) {
        case (.integer(let values), .decimal): return .decimal(map(values, batch) { Decimal($0) })
        case (.integer(let values), .float): return .float(map(values, batch) { Double($0) })
        case (.decimal(let values), .integer): return .integer(map(values, batch) { $0.wholeInt64 })
        case (.decimal(let values), .float): return .float(map(values, batch) { $0.double })
        case (.float(let values), .integer): return .integer(map(values, batch) { Int64(exactly: $0) })
        case (.float(let values), .decimal): return .decimal(map(values, batch) { Decimal(shortest: $0) })
        case (.date(let values), .timestamp): return .timestamp(map(values, batch) { Int64($0) * 86_400_000_000 })
        case (.timestamp(let values), .date): return .date(map(values, batch) { Int32(exactly: ($0 - (($0 % 86_400_000_000) + 86_400_000_000) % 86_400_000_000) / 86_400_000_000) })
        default: return nil
        }
    }

    /// The same values without their original text.
    private mutating func convertedToItself(_ column: Column, _ batch: RowBatch) -> Column {
        switch column {
        case .source, .text: column
        case .integer(let values): .integer(map(values, batch) { $0 })
        case .float(let values): .float(map(values, batch) { $0 })
        case .decimal(let values): .decimal(map(values, batch) { $0 })
        case .boolean(let values): .boolean(map(values, batch) { $0 })
        case .date(let values): .date(map(values, batch) { $0 })
        case .timestamp(let values): .timestamp(map(values, batch) { $0 })
        }
    }

    private mutating func map<From, To>(_ values: ColumnValues<From>, _ batch: RowBatch, _ body: (From) -> To?) -> ColumnValues<To> {
        let result = ColumnValues<To>(capacity: batch.rowCount)
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            guard values.isValid[row] else { continue }
            if let value = body(values.values[row]) { result.set(value, at: row) } else { failures.append(row) }
        }
        return result
    }

    @inline(__always)
    private mutating func fill<Element>(
        _ target: ColumnValues<Element>, _ column: Column, _ batch: RowBatch, _ writing: ValueFormat, empty: Element,
        _ parse: (UnsafePointer<UInt8>, Int) -> Element?
    ) {
        let (values, valid) = (target.values, target.isValid)
        if let source = column.source, source < batch.sourceColumnCount, case .source = column {
            let (cells, base) = (batch.sourceCells(source), UnsafePointer(batch.bytes))
            if batch.isDense {
                for row in 0..<batch.rowCount { one(row, cells[row], base, batch, values, valid, empty, parse) }
            } else {
                for place in 0..<batch.selectedCount {
                    let row = batch.selectedRow(place)
                    one(row, cells[row], base, batch, values, valid, empty, parse)
                }
            }
            return
        }
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            values[row] = empty
            guard let text = room.text(column, row, of: batch, format: writing), let start = text.baseAddress ?? room.emptyText else { continue }
            if let value = parse(start, text.count) {
                values[row] = value
                valid[row] = true
            } else {
                failures.append(row)
            }
        }
    }

    @inline(__always)
    private mutating func one<Element>(
        _ row: Int, _ cell: CellRef, _ base: UnsafePointer<UInt8>, _ batch: RowBatch, _ values: UnsafeMutablePointer<Element>, _ valid: UnsafeMutablePointer<Bool>,
        _ empty: Element, _ parse: (UnsafePointer<UInt8>, Int) -> Element?
    ) {
        // Row is below the batch's count, which is the columns' capacity. Most cells are neither null nor escaped.
        if cell.bits & (CellRef.nullFlag | CellRef.escapedFlag) == 0, let value = parse(base + cell.contentOffset, cell.contentLength) {
            values[row] = value
            valid[row] = true
            return
        }
        values[row] = empty
        if cell.isNull { return }
        if cell.hasEscapes, let text = batch.text(cell, in: base, scratch: scratch), let start = text.baseAddress, let value = parse(start, text.count) {
            values[row] = value
            valid[row] = true
            return
        }
        failures.append(row)
    }

    /// Anything as text: what has its original text keeps it, the rest is written in its format.
    private func text(_ column: Column, _ batch: RowBatch, _ writing: ValueFormat) -> Column {
        if case .text = column { return column }
        if let source = column.source { return .source(source) }
        let result = TextColumn(capacity: batch.rowCount)
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            if let text = room.text(column, row, of: batch, format: writing) { result.set(text, at: row) } else { result.setNull(at: row) }
        }
        return .text(result)
    }
}

/// The text of any cell, typed or not: made in memory of its own where there is none to point at.
final class CellTextRoom {
    private let scratch = TextScratch()
    private let written: TextScratch
    /// Something to point at for a text without bytes.
    let emptyText: UnsafePointer<UInt8>?

    init() {
        written = TextScratch(capacity: 256)
        emptyText = UnsafePointer(written.bytes(1))
    }

    /// nil for a null. Valid until the next call.
    func text(_ column: Column, _ row: Int, of batch: RowBatch, format: ValueFormat) -> UnsafeBufferPointer<UInt8>? {
        if let (cell, base) = batch.textCell(column, row) {
            // A typed column may be null where its text isn't: by policy SetNull.
            if !isValid(column, row) { return nil }
            return batch.text(cell, in: base, scratch: scratch)
        }
        guard isValid(column, row) else { return nil }
        let room = written.bytes(format.maximumBytes)
        let count: Int
        switch column {
        case .integer(let values): count = ValueFormat.write(values.values[row], to: room)
        case .float(let values): count = format.write(values.values[row], to: room)
        case .decimal(let values): count = format.write(values.values[row], to: room)
        case .boolean(let values): count = format.write(values.values[row], to: room)
        case .date(let values): count = format.write(days: values.values[row], to: room)
        case .timestamp(let values): count = format.write(microseconds: values.values[row], to: room)
        case .source, .text: return nil
        }
        return UnsafeBufferPointer(start: UnsafePointer(room), count: count)
    }

    private func isValid(_ column: Column, _ row: Int) -> Bool {
        switch column {
        case .source, .text: true
        case .integer(let values), .timestamp(let values): values.isValid[row]
        case .float(let values): values.isValid[row]
        case .decimal(let values): values.isValid[row]
        case .boolean(let values): values.isValid[row]
        case .date(let values): values.isValid[row]
        }
    }
}

extension RowBatch {
    /// Whether a cell is null. The row must be below `rowCount`.
    func isNull(_ column: Column, _ row: Int) -> Bool {
        switch column {
        case .source, .text: textCell(column, row)?.cell.isNull ?? true
        case .integer(let values), .timestamp(let values): !values.isValid[row]
        case .float(let values): !values.isValid[row]
        case .decimal(let values): !values.isValid[row]
        case .boolean(let values): !values.isValid[row]
        case .date(let values): !values.isValid[row]
        }
    }
}
