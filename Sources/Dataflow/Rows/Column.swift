/// A column of a batch: the reader's own text, or something computed from it. Copying one costs a reference.
///
/// Selecting, reordering and renaming columns is building another array of these.
public enum Column {
    /// The reader's column of that index: the batch's `sourceCells`.
    case source(Int)
    case text(TextColumn)
    case integer(ColumnValues<Int64>)
    case float(ColumnValues<Double>)
    case decimal(ColumnValues<Decimal>)
    case boolean(ColumnValues<Bool>)
    /// Days since 1970-01-01.
    case date(ColumnValues<Int32>)
    /// Microseconds since 1970-01-01T00:00:00Z.
    case timestamp(ColumnValues<Int64>)

    public var type: ColumnType {
        switch self {
        case .source, .text: .string
        case .integer: .integer
        case .float: .float
        case .decimal: .decimal
        case .boolean: .boolean
        case .date: .date
        case .timestamp: .timestamp
        }
    }

    /// The reader's column whose text is this column's text; nil when the values were computed.
    public var source: Int? {
        switch self {
        case .source(let index): index
        case .text(let column): column.source
        case .integer(let values), .timestamp(let values): values.source
        case .float(let values): values.source
        case .decimal(let values): values.source
        case .boolean(let values): values.source
        case .date(let values): values.source
        }
    }
}
