import Expressions
import Kernel

extension VectorValue {
    /// As a value of the language; nil for what Kubernetes' CEL doesn't have.
    var value: Value? {
        switch self {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .int(let number): return .int(number)
        case .uint(let number): return .uint(number)
        case .double(let number): return .double(number)
        case .string(let text): return .string(text)
        case .bytes(let bytes): return .bytes(bytes)
        case .type(let name): return VectorType(typeName: name).flatMap(\.valueType).map { .type($0) }
        case .duration(let seconds, let nanoseconds): return .duration(seconds * 1_000_000_000 + nanoseconds)
        case .timestamp(let seconds, let nanoseconds):
            return .timestamp(Timestamp(seconds: seconds, nanoseconds: Int32(nanoseconds)))
        case .list(let elements):
            let values = elements.map(\.value)
            return values.contains { $0 == nil } ? nil : .list(ValueList(values.compactMap { $0 }))
        case .map(let entries):
            var values: [(key: Value, value: Value)] = []
            for (key, value) in entries {
                guard let key = key.value, let value = value.value else { return nil }
                values.append((key, value))
            }
            return (try? ValueMap(values)).map { .map($0) }
        case .foreign: return nil
        }
    }

    /// Whether a result is this very value, of the same type throughout.
    func matches(_ value: Value) -> Bool {
        switch (self, value) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.uint(let a), .uint(let b)): a == b
        case (.double(let a), .double(let b)): a == b || a.isNaN && b.isNaN
        case (.string(let a), .string(let b)): Array(a.utf8) == Array(b.utf8)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.type(let name), .type(let type)): name == type.runtimeName
        case (.duration, .duration), (.timestamp, .timestamp): self.value.map { $0.equals(value) } ?? false
        case (.list(let a), .list(let b)):
            a.count == b.count && zip(a, b.elements).allSatisfy { $0.matches($1) }
        case (.map(let a), .map(let b)):
            a.count == b.count && a.allSatisfy { key, expected in key.value.flatMap { b[$0] }.map { expected.matches($0) } ?? false }
        default: false
        }
    }
}

extension VectorType {
    init?(typeName: String) {
        switch typeName {
        case "bool": self = .bool
        case "int": self = .int
        case "uint": self = .uint
        case "double": self = .double
        case "string": self = .string
        case "bytes": self = .bytes
        case "null_type": self = .null
        case "list": self = .list(.dyn)
        case "map": self = .map(.dyn, .dyn)
        case "type": self = .type(nil)
        case "optional_type": self = .optional(.dyn)
        case "google.protobuf.Timestamp": self = .timestamp
        case "google.protobuf.Duration": self = .duration
        default: return nil
        }
    }

    /// nil for what Kubernetes' CEL doesn't have.
    var valueType: ValueType? {
        switch self {
        case .dyn: .dyn
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .duration: .duration
        case .timestamp: .timestamp
        case .list(let element): element.valueType.map { .list($0) }
        case .map(let key, let value): key.valueType.flatMap { key in value.valueType.map { .map(key, $0) } }
        case .type(let of): of.map { $0.valueType.map { .type($0) } } ?? .type(.dyn)
        case .optional(let wrapped): wrapped.valueType.map { .optional($0) }
        case .foreign: nil
        }
    }
}
