import Rows

/// The values of a typed column that came out of a script, record by record.
enum TypedValues {
    case none
    case integer([Int64?])
    case float([Double?])
    case decimal([Decimal?])
    case boolean([Bool?])
    case date([Int32?])
    case timestamp([Int64?])

    init(_ type: ColumnType) {
        switch type {
        case .string: self = .none
        case .integer: self = .integer([])
        case .float: self = .float([])
        case .decimal: self = .decimal([])
        case .boolean: self = .boolean([])
        case .date: self = .date([])
        case .timestamp: self = .timestamp([])
        }
    }

    mutating func removeAll() {
        switch self {
        case .none: break
        case .integer: self = .integer([])
        case .float: self = .float([])
        case .decimal: self = .decimal([])
        case .boolean: self = .boolean([])
        case .date: self = .date([])
        case .timestamp: self = .timestamp([])
        }
    }

    mutating func appendNull() {
        switch self {
        case .none: break
        case .integer(var values): self = .none; values.append(nil); self = .integer(values)
        case .float(var values): self = .none; values.append(nil); self = .float(values)
        case .decimal(var values): self = .none; values.append(nil); self = .decimal(values)
        case .boolean(var values): self = .none; values.append(nil); self = .boolean(values)
        case .date(var values): self = .none; values.append(nil); self = .date(values)
        case .timestamp(var values): self = .none; values.append(nil); self = .timestamp(values)
        }
    }

    /// A number of the script's: what the column's type makes of it, and its text in `target` (room: `NumberText.maximum`).
    ///
    /// - Returns: the text's length; nil when the number doesn't fit the type.
    mutating func append(_ number: Double, _ format: ValueFormat, to target: UnsafeMutablePointer<UInt8>) -> Int? {
        switch self {
        case .none:
            return NumberText.write(number, to: target)
        case .integer(var values):
            guard number == number.rounded(.towardZero), number.magnitude <= 9_007_199_254_740_992 else { return nil }
            self = .none
            values.append(Int64(number))
            self = .integer(values)
            return ValueFormat.write(Int64(number), to: target)
        case .float(var values):
            self = .none
            values.append(number)
            self = .float(values)
            return NumberText.write(number, to: target)
        case .decimal(var values):
            guard let decimal = NumberText.decimal(number, scale: format.scale) else { return nil }
            self = .none
            values.append(decimal)
            self = .decimal(values)
            return format.write(decimal, to: target)
        case .boolean, .date, .timestamp:
            return nil
        }
    }

    /// A text of the script's. - Returns: false when the column's type can't be read from it.
    mutating func append(_ text: UnsafePointer<UInt8>, _ count: Int, _ format: ValueFormat) -> Bool {
        switch self {
        case .none: return true
        case .integer(var values):
            guard let value = ValueFormat.integer(text, count) else { return false }
            self = .none
            values.append(value)
            self = .integer(values)
        case .float(var values):
            guard let value = ValueFormat.float(text, count) else { return false }
            self = .none
            values.append(value)
            self = .float(values)
        case .decimal(var values):
            guard let value = format.decimal(text, count) ?? ValueFormat(plain: .decimal).decimal(text, count) else { return false }
            self = .none
            values.append(value)
            self = .decimal(values)
        case .boolean(var values):
            guard let value = format.boolean(text, count) ?? ValueFormat(plain: .boolean).boolean(text, count) else { return false }
            self = .none
            values.append(value)
            self = .boolean(values)
        case .date(var values):
            // A Date comes as 2026-11-20T00:00:00.000Z: its day counts.
            guard let value = format.date(text, count) ?? (count == 24 ? ValueFormat(plain: .date).date(text, 10) : nil) else { return false }
            self = .none
            values.append(value)
            self = .date(values)
        case .timestamp(var values):
            guard let value = format.timestamp(text, count) ?? ValueFormat(plain: .timestamp).timestamp(text, count) else { return false }
            self = .none
            values.append(value)
            self = .timestamp(values)
        }
        return true
    }

    /// The text of the last value as the column's format has it, when the script's own text isn't that.
    func lastText(_ format: ValueFormat, to target: UnsafeMutablePointer<UInt8>) -> Int? {
        switch self {
        case .none, .integer, .float: nil
        case .decimal(let values): values.last.flatMap { $0 }.map { format.write($0, to: target) }
        case .boolean(let values): values.last.flatMap { $0 }.map { format.write($0, to: target) }
        case .date(let values): values.last.flatMap { $0 }.map { format.write(days: $0, to: target) }
        case .timestamp(let values): values.last.flatMap { $0 }.map { format.write(microseconds: $0, to: target) }
        }
    }

    /// The value that an untouched cell has: the input's own.
    /// - Returns: false when the input has none of this type: it must be read from the text.
    mutating func appendOriginal(_ column: Column, _ row: Int) -> Bool {
        switch (self, column) {
        case (.none, _): return true
        case (.integer(var values), .integer(let original)): self = .none; values.append(original[row]); self = .integer(values)
        case (.float(var values), .float(let original)): self = .none; values.append(original[row]); self = .float(values)
        case (.decimal(var values), .decimal(let original)): self = .none; values.append(original[row]); self = .decimal(values)
        case (.boolean(var values), .boolean(let original)): self = .none; values.append(original[row]); self = .boolean(values)
        case (.date(var values), .date(let original)): self = .none; values.append(original[row]); self = .date(values)
        case (.timestamp(var values), .timestamp(let original)): self = .none; values.append(original[row]); self = .timestamp(values)
        default: return false
        }
        return true
    }

    /// As a column: the value of record `records[i]` at `rows[i]`.
    func column(records: [Int], rows: [Int], capacity: Int, text: TextColumn) -> Column {
        func made<Element: BitwiseCopyable>(_ values: [Element?]) -> ColumnValues<Element> {
            let column = ColumnValues<Element>(capacity: capacity)
            column.text = text
            for (place, record) in records.enumerated() where record < values.count {
                if let value = values[record] { column.set(value, at: rows[place]) } else { column.setNull(at: rows[place]) }
            }
            return column
        }
        return switch self {
        case .none: .text(text)
        case .integer(let values): .integer(made(values))
        case .float(let values): .float(made(values))
        case .decimal(let values): .decimal(made(values))
        case .boolean(let values): .boolean(made(values))
        case .date(let values): .date(made(values))
        case .timestamp(let values): .timestamp(made(values))
        }
    }
}
