import Rows

/// One step of a pipeline as its document says it: a value; `StepCompiler` makes the executable step of it.
public enum StepDescription: Sendable, Equatable {
    /// Keeps the rows for which the CEL expression is true. Null and false leave the row out; an error follows the run's policy.
    case filter(expression: String)
    /// Computes a column from the row; an existing column of that name is replaced in its place, a new one comes last.
    case derive(column: String, expression: String, type: ColumnType?)
    /// Keeps these columns, in this order.
    case select(columns: [String])
    /// Gives columns new names, all at once (so that two may swap), without changing their order.
    case rename([ColumnRename])
    /// Reads columns as another type.
    case cast([ColumnRule])
    /// Adds columns of a small table, joined by equal text.
    case lookup(LookupDescription)
    /// Cuts a column at a delimiter into new ones, which take its place.
    case split(SplitDescription)
    /// Leaves out rows whose keys were seen.
    case deduplicate(keys: [String], keep: Occurrence)
    case sort([SortKey])
    case aggregate(groupBy: [String], columns: [Aggregation])
    /// A step that something outside makes: JavaScript. The name is the key in the job's `factories`.
    case external(kind: String)
}

public struct ColumnRename: Sendable, Equatable {
    public var from: String
    public var to: String

    public init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// Which of several equal rows stays, in its own place.
public enum Occurrence: String, Sendable, CaseIterable {
    case first = "First"
    case last = "Last"
}

public struct SortKey: Sendable, Equatable {
    public enum Order: String, Sendable, CaseIterable {
        case ascending = "Ascending"
        case descending = "Descending"
    }

    public var column: String
    public var order: Order

    public init(column: String, order: Order = .ascending) {
        self.column = column
        self.order = order
    }
}

/// One column of an aggregate.
public struct Aggregation: Sendable, Equatable {
    public enum Function: String, Sendable, CaseIterable {
        case sum = "Sum"
        case count = "Count"
        case min = "Min"
        case max = "Max"
        case mean = "Mean"
    }

    /// The new column's name.
    public var name: String
    public var function: Function
    /// The column it is computed from; nil for Count: all rows.
    public var of: String?

    public init(name: String, function: Function, of: String? = nil) {
        self.name = name
        self.function = function
        self.of = of
    }
}

/// A join against a table that fits in memory.
public struct LookupDescription: Sendable, Equatable {
    /// A pair of columns that must be equal.
    public struct Key: Sendable, Equatable {
        public var column: String
        public var tableColumn: String

        public init(column: String, tableColumn: String) {
            self.column = column
            self.tableColumn = tableColumn
        }
    }

    /// What happens to a row without a match.
    public enum Missing: String, Sendable, CaseIterable {
        case null = "SetNull"
        case deadLetter = "DeadLetter"
        case fail = "Fail"
    }

    /// The key of the table in the job's `tables`.
    public var table: String
    public var on: [Key]
    /// The table's columns to add.
    public var columns: [String]
    public var missing: Missing

    public init(table: String, on: [Key], columns: [String], missing: Missing = .null) {
        self.table = table
        self.on = on
        self.columns = columns
        self.missing = missing
    }
}

public struct SplitDescription: Sendable, Equatable {
    public var column: String
    /// The text between parts, not empty.
    public var delimiter: String
    /// The new columns. Fewer parts leave the last ones null; what is over stays in the last, delimiters and all.
    public var into: [String]

    public init(column: String, delimiter: String, into: [String]) {
        self.column = column
        self.delimiter = delimiter
        self.into = into
    }
}
