import Kernel

/// What is known of a column of the source, and what becomes of rows that are otherwise.
public struct PipelineColumn: Sendable, Equatable {
    public var name: String
    public var type: ColumnType
    /// A number's, date's or timestamp's: `0.00`, `DD.MM.YYYY`. nil: the type's own.
    public var format: String?
    /// Null is an error.
    public var required: Bool
    /// CEL with `self` (the value) and `row`; true for a good value. nil: none.
    public var constraint: String?
    /// A value seen before is an error.
    public var unique: Bool
    /// nil: as `errors.policy`.
    public var onError: CellPolicy?

    static let fields = ["name", "description", "type", "format", "required", "constraint", "unique", "onError"]

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...256)
        _ = reader.string("description", length: 0...1024)
        type = reader.choice("type", ColumnType.self) ?? .string
        format = reader.string("format", length: 1...64)
        required = reader.bool("required") ?? false
        constraint = reader.string("constraint", length: 1...4096)
        unique = reader.bool("unique") ?? false
        onError = reader.choice("onError", CellPolicy.self)
    }
}
