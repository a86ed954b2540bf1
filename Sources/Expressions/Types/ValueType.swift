/// The type of an expression or a value, as the checker sees it.
public indirect enum ValueType: Sendable, Hashable {
    /// Anything: what is known of it is found out at run time.
    case dyn
    case null, bool, int, uint, double, string, bytes, timestamp, duration
    /// With how the list as a whole behaves, which matters to what schemas declare.
    case list(ValueType, ListSemantics = .ordered)
    case map(ValueType, ValueType)
    case optional(ValueType)
    /// The type of types.
    case type(ValueType)
    /// A scalar that may also be null.
    case nullable(ValueType)
    /// Fields declared by name.
    case object(ObjectType)
    /// A type that a library brings, by its name: `kubernetes.Quantity`.
    case opaque(String, [ValueType] = [])
    /// Stands for any one type within an overload's signature: `A`.
    case parameter(String)
    /// What has already been reported; agrees with everything, so that one mistake is told once.
    case error
    /// Stands for a type that the checker is still finding out; no declaration has it.
    case variable(Int)
}

extension ValueType {
    /// As CEL names it in messages: `list(string)`, `map(string, int)`, `google.protobuf.Timestamp`.
    public var description: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .list(let element, _): "list(\(element.description))"
        case .map(let key, let value): "map(\(key.description), \(value.description))"
        case .optional(let wrapped): "optional_type(\(wrapped.description))"
        case .type(let of): "type(\(of.description))"
        case .nullable(let scalar): "wrapper(\(scalar.description))"
        case .object(let object): object.name
        case .opaque(let name, let arguments): arguments.isEmpty ? name : "\(name)(\(arguments.map(\.description).joined(separator: ", ")))"
        case .parameter(let name): name
        case .error: "!error!"
        case .variable: "dyn"
        }
    }

    /// What `type()` of a value of this type is called: without parameters, and with CEL's long names for the calendar's types.
    public var runtimeName: String {
        switch self {
        case .null: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .list: "list"
        case .map: "map"
        case .optional: "optional_type"
        case .type: "type"
        case .nullable(let scalar): scalar.runtimeName
        case .opaque(let name, _): name
        default: description
        }
    }

    /// Whether values of it are looked into by name at run time only.
    var isDynamic: Bool { self == .dyn || self == .error }

    /// Scalars have size 1 whatever their value.
    var isScalar: Bool {
        switch self {
        case .bool, .int, .uint, .double, .timestamp, .duration: true
        case .optional(let wrapped): wrapped.isScalar
        default: false
        }
    }
}
