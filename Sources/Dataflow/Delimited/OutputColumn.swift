import Rows

/// A column as it is written: its name, and how values without original text are formatted.
public struct OutputColumn: Sendable, Hashable {
    public var name: String
    public var format: ValueFormat

    public init(_ name: String, _ format: ValueFormat = ValueFormat(plain: .string)) {
        self.name = name
        self.format = format
    }
}
