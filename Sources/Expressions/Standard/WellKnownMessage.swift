import Kernel

/// The messages of protobuf that the language knows by itself and Kubernetes' expressions can therefore write out,
/// `google.protobuf.Int64Value{value: 1}`: each becomes a plain value at once.
struct WellKnownMessage: Sendable {
    struct Field: Sendable {
        let name: String
        let type: ValueType
        /// What it holds: whole numbers of 32 bits have limits, doubles of 32 are rounded.
        let native: NativeType
        var repeats = Repetition.no
    }

    enum Repetition { case no, asList, asMap }

    let name: String
    /// Of the value that comes of it.
    let type: ValueType
    let fields: [Field]
    /// What the fields that are set make, by their positions, in the order in which they are written.
    let make: @Sendable ([(field: Int, value: Value)], inout WorkCounter) throws(EvaluationError) -> Value

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
        wrapper("Bool", .bool, .bool(false), .bool), wrapper("Bytes", .bytes, .bytes([]), .bytes), wrapper("Double", .double, .double(0), .float64),
        wrapper("Float", .double, .double(0), .float32), wrapper("Int32", .int, .int(0), .int32), wrapper("Int64", .int, .int(0), .int64),
        wrapper("String", .string, .string(""), .string), wrapper("UInt32", .uint, .uint(0), .uint32), wrapper("UInt64", .uint, .uint(0), .uint64),
    ]

    private static func wrapper(_ name: String, _ type: ValueType, _ unset: Value, _ native: NativeType) -> WellKnownMessage {
        WellKnownMessage(name: "google.protobuf.\(name)Value", type: .nullable(type), fields: [Field(name: "value", type: type, native: native)]) { given, _ in
            given.last?.value ?? unset
        }
    }

    private static let span = [Field(name: "seconds", type: .int, native: .int64), Field(name: "nanos", type: .int, native: .int32)]

    private static let times: [WellKnownMessage] = [
        WellKnownMessage(name: "google.protobuf.Timestamp", type: .timestamp, fields: span) { given, _ throws(EvaluationError) in
            let (seconds, nanoseconds) = (number(0, given), number(1, given))
            guard Timestamp.farSeconds.contains(seconds) else { throw EvaluationError(.overflow, "timestamp overflow") }
            let whole = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : -((999_999_999 - nanoseconds) / 1_000_000_000)
            return .timestamp(Timestamp(seconds: seconds + whole, nanoseconds: Int32(nanoseconds - whole * 1_000_000_000)))
        },
        WellKnownMessage(name: "google.protobuf.Duration", type: .duration, fields: span) { given, _ in
            // The longest there is, where it would be longer.
            let seconds = number(0, given)
            let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            let sum = whole.partialValue.addingReportingOverflow(number(1, given))
            return .duration(whole.overflow || sum.overflow ? (seconds < 0 ? .min : .max) : sum.partialValue)
        },
    ]

    private static let structures: [WellKnownMessage] = [
        WellKnownMessage(
            name: "google.protobuf.Struct", type: .map(.string, .dyn), fields: [Field(name: "fields", type: .map(.string, .dyn), native: .json, repeats: .asMap)]
        ) { given, _ in given.last?.value ?? .map(ValueMap(keys: [], values: [], index: [:])) },
        WellKnownMessage(
            name: "google.protobuf.ListValue", type: .list(.dyn), fields: [Field(name: "values", type: .list(.dyn), native: .json, repeats: .asList)]
        ) { given, _ in given.last?.value ?? .list(ValueList([])) },
        WellKnownMessage(
            name: "google.protobuf.Value", type: .dyn,
            fields: [
                Field(name: "null_value", type: .int, native: .enumeration), Field(name: "number_value", type: .double, native: .float64),
                Field(name: "string_value", type: .string, native: .string), Field(name: "bool_value", type: .bool, native: .bool),
                Field(name: "struct_value", type: .map(.string, .dyn), native: .structure), Field(name: "list_value", type: .list(.dyn), native: .list),
            ]
        ) { given, _ in
            // Of several the last counts.
            guard let last = given.last, last.field > 0 else { return .null }
            return last.value
        },
        WellKnownMessage(name: "google.protobuf.Empty", type: EmptyMessage.valueType, fields: []) { _, _ in EmptyMessage.value },
        WellKnownMessage(
            name: "google.protobuf.Any", type: .dyn, fields: [Field(name: "type_url", type: .string, native: .string), Field(name: "value", type: .bytes, native: .bytes)]
        ) { given, work throws(EvaluationError) in
            if case .string(let url)? = given.last(where: { $0.field == 0 })?.value {
                let content: [UInt8] = if case .bytes(let bytes)? = given.last(where: { $0.field == 1 })?.value { bytes } else { [] }
                if let unpacked = try PackedMessage.value(url, content, &work) { return unpacked }
            }
            throw EvaluationError(.invalidArgument, "unsupported conversion to ref.Val: (*dynamicpb.Message)\(ProtocolBufferText.fields(given))")
        },
    ]

    private static func number(_ field: Int, _ given: [(field: Int, value: Value)]) -> Int64 {
        if case .int(let number)? = given.last(where: { $0.field == field })?.value { number } else { 0 }
    }

    /// A value as a field takes it.
    func converted(_ value: Value, for position: Int, _ work: inout WorkCounter) throws(EvaluationError) -> Value {
        let field = fields[position]
        // Fields that repeat take their elements one by one.
        switch (field.repeats, value) {
        case (.no, _), (.asList, .list), (.asMap, .map): break
        default: throw EvaluationError(.noSuchOverload, "unsupported field type for \(name).\(field.name): \(value.typeText)")
        }
        do throws(EvaluationError) {
            // What the field's elements lie in may be the object's own, what is in them may not.
            return field.repeats == .no ? try value.converted(to: field.native, &work) : try value.partsAsJSONValues(&work)
        } catch {
            throw EvaluationError(error.kind, "field type conversion error for \(name).\(field.name) value type: \(error.message)")
        }
    }
}

extension Value {
    /// The type as cel-go writes it at run time.
    fileprivate var typeText: String {
        switch self {
        case .list: "list(dyn)"
        case .map: "map(dyn, dyn)"
        default: type.runtimeName
        }
    }
}
