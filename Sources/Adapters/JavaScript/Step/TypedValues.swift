import Rows

/// The values of a typed column that came out of a script, record by record.
///
/// Untouched cells have no value here: they have the input's. Dates and booleans are kept as integers.
final class TypedValues {
    let type: ColumnType
    private let format: ValueFormat
    private let plain: ValueFormat
    // Unchecked: appended to once a cell, by methods that call nothing that comes back here; checking cost a tenth of a run.
    @exclusivity(unchecked) private var isValid: [Bool] = []
    @exclusivity(unchecked) private var integers: [Int64] = []
    @exclusivity(unchecked) private var floats: [Double] = []
    @exclusivity(unchecked) private var decimals: [Decimal] = []

    // Of those the one that the type needs is used.
    private var integerColumns = Recycled<ColumnValues<Int64>>()
    private var floatColumns = Recycled<ColumnValues<Double>>()
    private var decimalColumns = Recycled<ColumnValues<Decimal>>()
    private var booleanColumns = Recycled<ColumnValues<Bool>>()
    private var dateColumns = Recycled<ColumnValues<Int32>>()

    init(_ type: ColumnType, _ format: ValueFormat) {
        self.type = type
        self.format = format
        plain = ValueFormat(plain: type)
    }

    func removeAll() {
        isValid.removeAll(keepingCapacity: true)
        integers.removeAll(keepingCapacity: true)
        floats.removeAll(keepingCapacity: true)
        decimals.removeAll(keepingCapacity: true)
    }

    /// A null, or a cell that keeps the input's value.
    func appendNothing() { append(integer: 0, float: 0, decimal: .zero, valid: false) }

    private func append(integer: Int64 = 0, float: Double = 0, decimal: Decimal = .zero, valid: Bool = true) {
        isValid.append(valid)
        switch type {
        case .string: break
        case .integer, .boolean, .date, .timestamp: integers.append(integer)
        case .float: floats.append(float)
        case .decimal: decimals.append(decimal)
        }
    }

    /// A number of the script's: what the column's type makes of it, and its text in `target` (room: `NumberText.maximum`).
    ///
    /// - Returns: the text's length; nil when the number doesn't fit the type, and nothing was appended.
    func append(_ number: Double, to target: UnsafeMutablePointer<UInt8>) -> Int? {
        switch type {
        case .string: return NumberText.write(number, to: target)
        case .integer:
            guard number == number.rounded(.towardZero), number.magnitude <= 9_007_199_254_740_992 else { return nil }
            append(integer: Int64(number))
            return ValueFormat.write(Int64(number), to: target)
        case .float:
            append(float: number)
            let count = NumberText.write(number, to: target)
            if format.hasDecimalComma { for at in 0..<count where target[at] == UInt8(ascii: ".") { target[at] = UInt8(ascii: ",") } }
            return count
        case .decimal:
            guard let decimal = NumberText.decimal(number, scale: format.scale) else { return nil }
            append(decimal: decimal)
            return format.write(decimal, to: target)
        case .boolean, .date, .timestamp: return nil
        }
    }

    /// A text of the script's. - Returns: false when the column's type can't be read from it, and nothing was appended.
    func append(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        switch type {
        case .string: append()
        case .integer:
            guard let value = ValueFormat.integer(text, count) else { return false }
            append(integer: value)
        case .float:
            guard let value = format.float(text, count) ?? ValueFormat.float(text, count) else { return false }
            append(float: value)
        case .decimal:
            guard let value = format.decimal(text, count) ?? plain.decimal(text, count) else { return false }
            append(decimal: value)
        case .boolean:
            guard let value = format.boolean(text, count) ?? plain.boolean(text, count) else { return false }
            append(integer: value ? 1 : 0)
        case .date:
            // A Date comes as 2026-11-20T00:00:00.000Z: its day counts.
            guard let value = format.date(text, count) ?? plain.date(text, count) ?? (count == 24 ? plain.date(text, 10) : nil) else { return false }
            append(integer: Int64(value))
        case .timestamp:
            guard let value = format.timestamp(text, count) ?? plain.timestamp(text, count) else { return false }
            append(integer: value)
        }
        return true
    }

    /// The text of the last value as the column's format has it; nil where the script's own text is that.
    func lastText(to target: UnsafeMutablePointer<UInt8>) -> Int? {
        switch type {
        case .string, .integer, .float: nil
        case .decimal: decimals.last.map { format.write($0, to: target) }
        case .boolean: integers.last.map { format.write($0 != 0, to: target) }
        case .date: integers.last.map { format.write(days: Int32(truncatingIfNeeded: $0), to: target) }
        case .timestamp: integers.last.map { format.write(microseconds: $0, to: target) }
        }
    }

    /// Lets go of the texts that columns hold which came back.
    func letGo() {
        integerColumns.forEachFree { $0.text = nil }
        floatColumns.forEachFree { $0.text = nil }
        decimalColumns.forEachFree { $0.text = nil }
        booleanColumns.forEachFree { $0.text = nil }
        dateColumns.forEachFree { $0.text = nil }
    }

    /// As a column: each record's value at its row; records whose cell is untouched have the value of `original` in row `origins[record]`.
    func column(
        _ placed: PlacedRecords, capacity: Int, text: TextColumn, cells: UnsafePointer<CellRef>, original: Column?, origins: UnsafeBufferPointer<Int32>
    ) -> Column {
        func made<Element: BitwiseCopyable>(
            _ columns: inout Recycled<ColumnValues<Element>>, _ originals: ColumnValues<Element>?, _ value: (Int) -> Element
        ) -> ColumnValues<Element> {
            let column = columns.take(fits: { $0.capacity >= capacity }) { ColumnValues<Element>(capacity: capacity) }
            column.source = nil
            column.text = text
            if placed.rows.count < capacity { column.isValid.update(repeating: false, count: capacity) }
            placed.forEach { record, row in
                if cells[record].isUntouched, let originals {
                    if let value = originals[Int(origins[record])] { column.set(value, at: row) } else { column.setNull(at: row) }
                } else if isValid[record] {
                    column.set(value(record), at: row)
                } else {
                    column.setNull(at: row)
                }
            }
            return column
        }
        switch type {
        case .string: return .text(text)
        case .integer:
            if case .integer(let values) = original { return .integer(made(&integerColumns, values) { integers[$0] }) }
            return .integer(made(&integerColumns, nil) { integers[$0] })
        case .float:
            if case .float(let values) = original { return .float(made(&floatColumns, values) { floats[$0] }) }
            return .float(made(&floatColumns, nil) { floats[$0] })
        case .decimal:
            if case .decimal(let values) = original { return .decimal(made(&decimalColumns, values) { decimals[$0] }) }
            return .decimal(made(&decimalColumns, nil) { decimals[$0] })
        case .boolean:
            if case .boolean(let values) = original { return .boolean(made(&booleanColumns, values) { integers[$0] != 0 }) }
            return .boolean(made(&booleanColumns, nil) { integers[$0] != 0 })
        case .date:
            if case .date(let values) = original { return .date(made(&dateColumns, values) { Int32(truncatingIfNeeded: integers[$0]) }) }
            return .date(made(&dateColumns, nil) { Int32(truncatingIfNeeded: integers[$0]) })
        case .timestamp:
            if case .timestamp(let values) = original { return .timestamp(made(&integerColumns, values) { integers[$0] }) }
            return .timestamp(made(&integerColumns, nil) { integers[$0] })
        }
    }
}
