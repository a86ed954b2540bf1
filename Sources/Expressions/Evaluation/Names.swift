import Kernel

final class Constant: Evaluable, @unchecked Sendable {
    private let fixed: Value

    init(_ value: Value, _ offset: Int) {
        fixed = value
        super.init(offset)
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value { fixed }
    override var constant: Value? { fixed }
}

final class IntConstant: Evaluable, @unchecked Sendable {
    private let fixed: Int64

    init(_ value: Int64, _ offset: Int) {
        fixed = value
        super.init(offset)
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value { .int(fixed) }
    override func int(_ frame: inout Frame) throws(EvaluationError) -> Int64 { fixed }
    override var constant: Value? { .int(fixed) }
}

final class VariableRead: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let name: String

    init(_ slot: Int, _ name: String, _ offset: Int) {
        self.slot = slot
        self.name = name
        super.init(offset)
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.budget.spend(1)
        guard let value = try frame.activation.value(of: slot) else { throw failure(.noSuchVariable, "no such attribute(s): \(name)") }
        return value
    }
}

final class LocalRead: Evaluable, @unchecked Sendable {
    private let slot: Int

    init(_ slot: Int, _ offset: Int) {
        self.slot = slot
        super.init(offset)
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.budget.spend(1)
        guard let value = frame.locals[slot] else { throw noSuchOverload }
        return value
    }
}

/// The variable of `cel.bind`: its value is found when it is first read.
final class BoundRead: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let bound: Evaluable

    init(_ slot: Int, _ bound: Evaluable, _ offset: Int) {
        self.slot = slot
        self.bound = bound
        super.init(offset)
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.budget.spend(1)
        if let value = frame.locals[slot] { return value }
        let value = try bound.value(&frame)
        frame.locals[slot] = value
        return value
    }
}

/// A field of something.
final class Select: Evaluable, @unchecked Sendable {
    private let operand: Evaluable
    private let field: String
    /// What the checker knows the operand to be, and the field in it.
    private let declared: (type: ObjectType, field: ObjectType.Field)?

    init(_ operand: Evaluable, _ field: String, _ type: ValueType, _ offset: Int) {
        self.operand = operand
        self.field = field
        if case .object(let object) = type { declared = object.field(field).map { (object, $0) } } else { declared = nil }
        super.init(offset)
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let target = try operand.value(&frame)
        try frame.budget.spend(1)
        if case .map(let map) = target {
            if let declared, case .object(let json, let type) = map.storage, type === declared.type {
                if let member = json[declared.field.property] { return Value(member, as: declared.field.type) }
            } else if let value = map[field] {
                return value
            }
            throw failure(.noSuchKey, "no such key: \(field)")
        }
        return try target.field(field, offset)
    }
}

/// `has(operand.field)`
final class Presence: Evaluable, @unchecked Sendable {
    private let operand: Evaluable
    private let field: String

    init(_ operand: Evaluable, _ field: String, _ offset: Int) {
        self.operand = operand
        self.field = field
        super.init(offset)
    }

    override func bool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        switch try operand.value(&frame) {
        case .map(let map): return map.contains(field)
        case .optional(let wrapped):
            guard case .map(let map) = wrapped else { return false }
            return map.contains(field)
        default: throw noSuchOverload
        }
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value { .bool(try bool(&frame)) }
}

/// `operand.?field`
final class OptionalSelect: Evaluable, @unchecked Sendable {
    private let operand: Evaluable
    private let field: String

    init(_ operand: Evaluable, _ field: String, _ offset: Int) {
        self.operand = operand
        self.field = field
        super.init(offset)
    }

    override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let target = try operand.value(&frame)
        try frame.budget.spend(1)
        switch target {
        case .map(let map): return .optional(map[field])
        case .optional(nil): return target
        case .optional(let wrapped?):
            guard case .map(let map) = wrapped else { throw noSuchOverload }
            return .optional(map[field])
        default: throw noSuchOverload
        }
    }
}

extension Value {
    /// What selecting a field of something else than a map gives: of an optional, an optional.
    func field(_ name: String, _ offset: Int) throws(EvaluationError) -> Value {
        switch self {
        case .map(let map):
            guard let value = map[name] else { throw EvaluationError(.noSuchKey, "no such key: \(name)", offset: offset) }
            return value
        case .optional(let wrapped):
            guard let wrapped else { return self }
            guard case .map(let map) = wrapped else { throw EvaluationError(.noSuchOverload, "no such overload", offset: offset) }
            return .optional(map[name])
        default: throw EvaluationError(.noSuchOverload, "no such overload", offset: offset)
        }
    }
}

extension ValueMap {
    /// Whether a member of that name is there, whatever its value.
    func contains(_ name: String) -> Bool {
        switch storage {
        case .entries(_, _, let index): index[.string(ByteString(text: name))] != nil
        case .json(let json, _): json.position(of: name) != nil
        case .object(let json, let type): type.field(name).map { json.position(of: $0.property) != nil } ?? false
        }
    }
}
