import Kernel

final class Constant: Evaluable, @unchecked Sendable {
    private let fixed: Value

    init(_ value: Value, _ offset: Int) {
        fixed = value
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { fixed }
    override var constant: Value? { fixed }
}

final class IntConstant: Evaluable, @unchecked Sendable {
    private let fixed: Int64

    init(_ value: Int64, _ offset: Int) {
        fixed = value
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .int(fixed) }
    override func int(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Int64 { fixed }
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

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try frame.budget.spend(1)
        guard let value = try given.value(of: slot) else { throw failure(.noSuchVariable, "no such attribute(s): \(name)") }
        return value
    }
}

final class LocalRead: Evaluable, @unchecked Sendable {
    private let slot: Int

    init(_ slot: Int, _ offset: Int) {
        self.slot = slot
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
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

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try frame.budget.spend(1)
        if let value = frame.locals[slot] { return value }
        let value = try bound.value(&frame, given)
        frame.locals[slot] = value
        return value
    }
}

/// A field of something.
final class Select: Evaluable, @unchecked Sendable {
    private let operand: Evaluable
    private let field: String
    // What the checker knows of the operand, each in a property of its own: nothing is copied when one is read.
    private let objectType: ObjectIdentifier?
    private let property: String
    private let type: ValueType

    init(_ operand: Evaluable, _ field: String, _ type: ValueType, _ offset: Int) {
        self.operand = operand
        self.field = field
        if case .object(let object) = type, let declared = object.field(field) {
            objectType = ObjectIdentifier(object)
            property = declared.property
            self.type = declared.type
        } else {
            objectType = nil
            property = field
            self.type = .dyn
        }
        super.init(offset)
    }

    /// The member of the JSON object that a map looks into, when that is all there is to it.
    @inline(__always)
    private func position(in map: ValueMap) -> Int? {
        switch map.kind {
        case .object: map.objectType.map { ObjectIdentifier($0) } == objectType ? map.json.position(of: property) : nil
        case .json: map.memberType == .dyn ? map.json.position(of: field) : nil
        case .entries: nil
        }
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        switch try operand.value(&frame, given) {
        case .map(let map):
            try frame.budget.spend(1)
            if let position = position(in: map) { return Value(map.json.values[position], as: type) }
            return try Value.map(map).field(field, offset)
        case let other:
            try frame.budget.spend(1)
            return try other.field(field, offset)
        }
    }

    override func int(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Int64 {
        switch try operand.value(&frame, given) {
        case .map(let map):
            try frame.budget.spend(1)
            if let position = position(in: map), case .int(let number) = map.json.values[position] { return number }
            guard case .int(let number) = try Value.map(map).field(field, offset) else { throw noSuchOverload }
            return number
        default: throw noSuchOverload
        }
    }

    override func string(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> String {
        switch try operand.value(&frame, given) {
        case .map(let map):
            try frame.budget.spend(1)
            if let position = position(in: map), case .string(let text) = map.json.values[position] { return text }
            guard case .string(let text) = try Value.map(map).field(field, offset) else { throw noSuchOverload }
            return text
        default: throw noSuchOverload
        }
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

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        switch try operand.value(&frame, given) {
        case .map(let map): return map.contains(field)
        case .optional(let wrapped):
            guard case .map(let map) = wrapped else { return false }
            return map.contains(field)
        default: throw noSuchOverload
        }
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
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

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let target = try operand.value(&frame, given)
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
