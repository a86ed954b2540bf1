import Kernel

/// A value that a run may choose: `${ parameters.NAME }` in paths, `parameters.NAME` in expressions, `ctx.parameters.NAME` in scripts.
public struct PipelineParameter: Sendable, Equatable {
    public var name: String
    public var type: ColumnType
    /// nil: every run must give one.
    public var standard: String?

    static let fields = ["name", "type", "default", "description"]
    static let valuesBound = TextsBound(most: 64, key: 1...63, value: 0...4096)

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...63, .identifier)
        type = reader.choice("type", ColumnType.self) ?? .string
        standard = reader.string("default", length: 0...4096)
        _ = reader.string("description", length: 0...1024)
    }
}
