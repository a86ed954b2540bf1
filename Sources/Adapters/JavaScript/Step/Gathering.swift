import Rows

/// Columns whose rows are taken from other columns' rows.
enum Gathering {
    /// Row i of the result is row `origins[i]` of the column; the reader's own columns are gathered with the batch's cells.
    static func column(_ column: Column, _ origins: [Int]) -> Column {
        switch column {
        case .source: column
        case .text(let text): .text(Self.text(text, origins))
        case .integer(let values): .integer(Self.values(values, origins))
        case .float(let values): .float(Self.values(values, origins))
        case .decimal(let values): .decimal(Self.values(values, origins))
        case .boolean(let values): .boolean(Self.values(values, origins))
        case .date(let values): .date(Self.values(values, origins))
        case .timestamp(let values): .timestamp(Self.values(values, origins))
        }
    }

    private static func text(_ text: TextColumn, _ origins: [Int]) -> TextColumn {
        let made = TextColumn(capacity: origins.count, source: text.source, byteCapacity: text.byteCount + 64)
        if text.byteCount > 0 {
            made.reserve(text.byteCount).update(from: text.bytes, count: text.byteCount)
            made.byteCount = text.byteCount
        }
        for (row, origin) in origins.enumerated() { made.cells[row] = text.cells[origin] }
        return made
    }

    private static func values<Element: BitwiseCopyable>(_ values: ColumnValues<Element>, _ origins: [Int]) -> ColumnValues<Element> {
        let made = ColumnValues<Element>(capacity: origins.count, source: values.source)
        made.text = values.text.map { text($0, origins) }
        for (row, origin) in origins.enumerated() {
            if let value = values[origin] { made.set(value, at: row) } else { made.setNull(at: row) }
        }
        return made
    }
}
