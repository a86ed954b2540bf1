import Expressions
import Kernel
import Rows

/// A parameter of the run, as expressions (`parameters.NAME`) and scripts (`ctx.parameters.NAME`) see it: the same for every row.
public struct StepParameter: Sendable, Equatable {
    public var name: String
    public var type: ColumnType
    /// A text of that type, in its plain form.
    public var text: String

    public init(_ name: String, _ type: ColumnType, _ text: String) {
        self.name = name
        self.type = type
        self.text = text
    }

    /// Numbers and booleans as such, everything else as its text.
    public var json: JSON {
        switch type {
        case .integer: Int64(text).map { .int($0) } ?? .string(text)
        case .decimal, .float: Double(text).map { .double($0) } ?? .string(text)
        case .boolean: .bool(text == "true")
        case .string, .date, .timestamp: .string(text)
        }
    }

    /// As the expression language has it; null where the text isn't of the type.
    var value: Value {
        switch type {
        case .string: .string(text)
        case .integer: Int64(text).map { .int($0) } ?? .null
        case .float: Double(text).map { .double($0) } ?? .null
        case .boolean: .bool(text == "true")
        case .decimal: Array(text.utf8).withUnsafeBufferPointer { bytes in
            bytes.baseAddress.flatMap { ValueFormat(plain: .decimal).decimal($0, bytes.count) }
        }.map { .opaque(DecimalValue($0)) } ?? .null
        case .date: Timestamp(rfc3339: text + "T00:00:00Z").map { .timestamp($0) } ?? .null
        case .timestamp: Timestamp(rfc3339: text).map { .timestamp($0) } ?? .null
        }
    }
}
