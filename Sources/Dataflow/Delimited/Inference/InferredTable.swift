import Rows

/// What a look at the beginning of a file says about it: enough to write its description.
public struct InferredTable: Sendable, Hashable {
    public var dialect: Dialect
    public var encoding: TextEncoding
    public var nullMarkers: [String]
    /// Pad where so many rows are short that it must be meant.
    public var raggedRows: RaggedRows
    public var columns: [InferredColumn]
    /// Rows looked at.
    public var rows: Int
    /// Rows among them that don't fit the dialect.
    public var faults: Int
    /// The look reached the file's end.
    public var isWhole: Bool
    /// What a person should check, as sentences.
    public var notes: [String]
}

/// One column as it looked.
public struct InferredColumn: Sendable, Hashable {
    public var name: String
    public var type: ColumnType
    /// For decimals, dates, timestamps and booleans; nil: the type's own form.
    public var format: String?
    /// No null was seen.
    public var required: Bool
    /// All values differed, and they are the kind of values that identify.
    public var unique: Bool
    /// CEL over `self` that all values kept; nil when there is nothing to say.
    public var constraint: String?
    /// Smallest and largest value as text, for numbers, dates and timestamps.
    public var minimum: String?
    public var maximum: String?
    /// All values, when there are few of them and each came often.
    public var values: [String]
    public var nulls: Int
}

/// How far the look goes.
public struct InferenceLimits: Sendable, Hashable {
    /// Rows looked at, at most.
    public var rows: Int
    /// Bytes of (decompressed) text in which the dialect is sought.
    public var dialectBytes: Int

    public init(rows: Int = 1_000_000, dialectBytes: Int = 256 << 10) {
        self.rows = max(1, rows)
        self.dialectBytes = max(1024, dialectBytes)
    }
}
