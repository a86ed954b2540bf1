import Kernel

/// The messages of protobuf that the language knows by itself and Kubernetes' expressions can therefore write out,
/// `google.protobuf.Int64Value{value: 1}`: each becomes a plain value at once.
struct WellKnownMessage: Sendable {
    struct Field: Sendable {
        let name: String
        let type: ValueType
        /// Whole numbers of 32 bits, doubles rounded to the nearest of 32.
        var isNarrow = false
    }

    let name: String
    /// Of the value that comes of it.
    let type: ValueType
    let fields: [Field]
    /// What the fields that are set make, by their positions, in the order in which they are written.
    let make: @Sendable ([(field: Int, value: Value)]) throws(EvaluationError) -> Value

    static let all: [String: WellKnownMessage] = {
        var table: [String: WellKnownMessage] = [:]
        for message in wrappers + times + structures { table[message.name] = message }
        return table
    }()

    /// The names of the types, and of the one value of the one enumeration.
    static let constants: [(name: String, type: ValueType, value: Value)] =
        all.values.filter { $0.type != .timestamp && $0.type != .duration }.sorted { $0.name < $1.name }.map { ($0.name, .type($0.type), .type(.opaque($0.name, []))) }
        + [("google.protobuf.NullValue.NULL_VALUE", .int, .int(0))]

    // MARK: The messages

    private static let wrappers: [WellKnownMessage] = [
        wrapper("Bool", .bool, .bool(false)), wrapper("Bytes", .bytes, .bytes([])), wrapper("Double", .double, .double(0)), wrapper("Float", .double, .double(0), isNarrow: true),
        wrapper("Int32", .int, .int(0), isNarrow: true), wrapper("Int64", .int, .int(0)), wrapper("String", .string, .string("")),
        wrapper("UInt32", .uint, .uint(0), isNarrow: true), wrapper("UInt64", .uint, .uint(0)),
    ]

    private static func wrapper(_ name: String, _ type: ValueType, _ unset: Value, isNarrow: Bool = false) -> WellKnownMessage {
        WellKnownMessage(name: "google.protobuf.\(name)Value", type: .nullable(type), fields: [Field(name: "value", type: type, isNarrow: isNarrow)]) { given in
            given.last?.value ?? unset
        }
    }

    private static let span = [Field(name: "seconds", type: .int), Field(name: "nanos", type: .int, isNarrow: true)]

    private static let times: [WellKnownMessage] = [
        WellKnownMessage(name: "google.protobuf.Timestamp", type: .timestamp, fields: span) { given throws(EvaluationError) in
            let (seconds, nanoseconds) = (number(0, given), number(1, given))
            // Beyond the calendar Kubernetes has a time that nothing else can make.
            guard Timestamp.celSeconds.contains(seconds) else { throw EvaluationError(.overflow, "timestamp overflow") }
            let whole = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : -((999_999_999 - nanoseconds) / 1_000_000_000)
            guard Timestamp.celSeconds.contains(seconds + whole) else { throw EvaluationError(.overflow, "timestamp overflow") }
            return .timestamp(Timestamp(seconds: seconds + whole, nanoseconds: Int32(nanoseconds - whole * 1_000_000_000)))
        },
        WellKnownMessage(name: "google.protobuf.Duration", type: .duration, fields: span) { given in
            // The longest there is, where it would be longer.
            let seconds = number(0, given)
            let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            let sum = whole.partialValue.addingReportingOverflow(number(1, given))
            return .duration(whole.overflow || sum.overflow ? (seconds < 0 ? .min : .max) : sum.partialValue)
        },
    ]

    private static let structures: [WellKnownMessage] = [
        WellKnownMessage(name: "google.protobuf.Struct", type: .map(.string, .dyn), fields: [Field(name: "fields", type: .map(.string, .dyn))]) {
            given throws(EvaluationError) in
            try json(given.last?.value ?? .map(ValueMap(keys: [], values: [], index: [:])), "google.protobuf.Struct.fields")
        },
        WellKnownMessage(name: "google.protobuf.ListValue", type: .list(.dyn), fields: [Field(name: "values", type: .list(.dyn))]) {
            given throws(EvaluationError) in try json(given.last?.value ?? .list(ValueList([])), "google.protobuf.ListValue.values")
        },
        WellKnownMessage(
            name: "google.protobuf.Value", type: .dyn,
            fields: [
                Field(name: "null_value", type: .int, isNarrow: true), Field(name: "number_value", type: .double), Field(name: "string_value", type: .string),
                Field(name: "bool_value", type: .bool), Field(name: "struct_value", type: .map(.string, .dyn)), Field(name: "list_value", type: .list(.dyn)),
            ]
        ) { given throws(EvaluationError) in
            // Of several the last counts.
            guard let last = given.last, last.field > 0 else { return .null }
            return try json(last.value, "google.protobuf.Value.\(last.field == 4 ? "struct_value" : "list_value")")
        },
        WellKnownMessage(
            name: "google.protobuf.Any", type: .dyn, fields: [Field(name: "type_url", type: .string), Field(name: "value", type: .bytes)]
        ) { _ throws(EvaluationError) in
            throw EvaluationError(.invalidArgument, "unsupported conversion to ref.Val: (*dynamicpb.Message)")
        },
    ]

    private static func json(_ value: Value, _ field: String) throws(EvaluationError) -> Value {
        do throws(EvaluationError) { return try value.asJSONValue() } catch {
            throw EvaluationError(error.kind, "field type conversion error for \(field) value type: \(error.message)")
        }
    }

    private static func number(_ field: Int, _ given: [(field: Int, value: Value)]) -> Int64 {
        if case .int(let number)? = given.last(where: { $0.field == field })?.value { number } else { 0 }
    }

    /// A value as a field takes it.
    func converted(_ value: Value, for position: Int) throws(EvaluationError) -> Value {
        let field = fields[position]
        func wrong(_ kind: EvaluationError.Kind, _ what: String) -> EvaluationError {
            EvaluationError(kind, "field type conversion error for \(name).\(field.name) value type: \(what)")
        }
        guard field.type.admits(value) else {
            throw wrong(.noSuchOverload, "unsupported native conversion from \(value.type.runtimeName) to '\(field.nativeName)'")
        }
        guard field.isNarrow else { return value }
        switch value {
        case .int(let number) where Int32(exactly: number) == nil: throw wrong(.overflow, "integer overflow")
        case .uint(let number) where UInt32(exactly: number) == nil: throw wrong(.overflow, "unsigned integer overflow")
        case .double(let number): return .double(Double(Float(number)))
        default: return value
        }
    }
}

extension WellKnownMessage.Field {
    /// As Go calls what the field holds.
    fileprivate var nativeName: String {
        switch type {
        case .int: isNarrow ? "int32" : "int64"
        case .uint: isNarrow ? "uint32" : "uint64"
        case .double: isNarrow ? "float32" : "float64"
        case .bytes: "[]uint8"
        default: type.description
        }
    }
}

extension Value {
    /// The value as `google.protobuf.Value` holds it: numbers are doubles, or texts where a double doesn't hold them; bytes are in base64, times and
    /// spans are texts.
    fileprivate func asJSONValue() throws(EvaluationError) -> Value {
        switch self {
        case .null, .bool, .double, .string: return self
        case .int(let number): return number.magnitude < 1 << 53 ? .double(Double(number)) : .string(String(number))
        case .uint(let number): return number < 1 << 53 ? .double(Double(number)) : .string(String(number))
        case .bytes(let bytes): return .string(Base64.encode(bytes))
        case .timestamp, .duration: return .string(plainText)
        case .list(let list):
            var elements: [Value] = []
            try list.forEach { element throws(EvaluationError) in
                elements.append(try element.asJSONValue())
                return true
            }
            return .list(ValueList(elements))
        case .map(let map):
            var entries: [(Value, Value)] = []
            try map.forEach { key, value throws(EvaluationError) in
                guard case .string = key else {
                    throw EvaluationError(.noSuchOverload, "unsupported type conversion from '\(key.type.runtimeName)' to string")
                }
                entries.append((key, try value.asJSONValue()))
                return true
            }
            return .map(try ValueMap(entries))
        case .type, .opaque, .optional:
            throw EvaluationError(.noSuchOverload, "type conversion error from '\(type.runtimeName)' to '*structpb.Value'")
        }
    }
}
