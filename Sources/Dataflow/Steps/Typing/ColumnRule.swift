import Rows

/// What a document says of one column: its type and the rules its cells must keep.
public struct ColumnRule: Sendable, Equatable {
    public var name: String
    public var type: ColumnType
    /// For decimals `0.00` (digits after the point and the sign of the point itself), for dates and timestamps `yyyy-MM-dd` and the like; nil: the type's own form.
    public var format: String?
    /// A null cell breaks the rule.
    public var required: Bool
    /// No two cells are equal; nulls don't count.
    public var unique: Bool
    /// CEL over `self` (the cell) and `row`; false breaks the rule, null keeps it.
    public var constraint: String?
    /// nil: the run's policy.
    public var onError: ErrorPolicy?

    public init(
        name: String, type: ColumnType, format: String? = nil, required: Bool = false, unique: Bool = false, constraint: String? = nil,
        onError: ErrorPolicy? = nil
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.required = required
        self.unique = unique
        self.constraint = constraint
        self.onError = onError
    }
}
