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

    /// The text its cells are written as, where they have one that isn't the reader's.
    public var text: TextColumn? {
        switch self {
        case .source: nil
        case .text(let column): column
        case .integer(let values), .timestamp(let values): values.text
        case .float(let values): values.text
        case .decimal(let values): values.text
        case .boolean(let values): values.text
        case .date(let values): values.text
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
