import Kernel

/// A column to be read as another type.
public struct CastColumn: Sendable, Equatable {
    public var name: String
    public var type: ColumnType
    public var format: String?
    /// nil: as `errors.policy`.
    public var onError: CellPolicy?

    static let fields = ["name", "type", "format", "onError"]

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...256)
        if !reader.has("type") { reader.fail("type", "is required") }
        type = reader.choice("type", ColumnType.self) ?? .string
        format = reader.string("format", length: 1...64)
        onError = reader.choice("onError", CellPolicy.self)
    }
}

/// A small table that rows are completed from.
public struct LookupStep: Sendable, Equatable {
    public enum Missing: String, Sendable, CaseIterable { case null = "SetNull", deadLetter = "DeadLetter", fail = "Fail" }

    public var source: DelimitedSource
    /// Columns of the row and the table's columns they must equal, in the order of the document.
    /// Not `on`, which Kubernetes' YAML reads as true.
    public var keys: [(row: String, table: String)]
    /// Columns of the table that are added to the row.
    public var columns: [String]
    /// When the table has no such row.
    public var missing: Missing

    public static func == (a: LookupStep, b: LookupStep) -> Bool {
        a.source == b.source && a.keys.elementsEqual(b.keys) { $0 == $1 } && a.columns == b.columns && a.missing == b.missing
    }

    static let fields = ["source", "keys", "columns", "missing"]

    init(_ reader: FieldReader) {
        if !reader.has("source") { reader.fail("source", "is required") }
        let source = reader.object("source", fields: ["delimited"])
        if let source, !source.has("delimited") { source.fail("delimited", "is required") }
        self.source = source?.object("delimited", fields: DelimitedSource.fields).map { DelimitedSource($0) } ?? DelimitedSource(path: "")
        keys = reader.requiredTexts("keys", TextsBound(most: 16, key: 1...256, value: 1...256)).map { (row: $0.old, table: $0.new) }
        columns = reader.requiredStrings("columns", most: 256, length: 1...256)
        missing = reader.choice("missing", Missing.self) ?? .null
    }
}

/// A column to sort by.
public struct SortKey: Sendable, Equatable {
    public enum Order: String, Sendable, CaseIterable { case ascending = "Ascending", descending = "Descending" }
    public var column: String
    public var order: Order

    static let fields = ["column", "order"]

    init(_ reader: FieldReader) {
        column = reader.required("column", length: 1...256)
        order = reader.choice("order", Order.self) ?? .ascending
    }
}

/// A column computed from each group of rows.
public struct AggregateColumn: Sendable, Equatable {
    public enum Function: String, Sendable, CaseIterable { case count = "Count", sum = "Sum", minimum = "Min", maximum = "Max", mean = "Mean" }
    public var name: String
    public var function: Function
    /// nil only for Count: the rows.
    public var of: String?

    static let fields = ["name", "function", "of"]

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...256)
        if !reader.has("function") { reader.fail("function", "is required") }
        function = reader.choice("function", Function.self) ?? .count
        of = reader.string("of", length: 1...256)
        if of == nil, function != .count { reader.fail("of", "is required: the column whose \(function.rawValue) is wanted") }
    }
}
