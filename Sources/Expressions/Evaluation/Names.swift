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

/// The name of a type that isn't there.
final class UndefinedType: Evaluable, @unchecked Sendable {
    private let name: String

    init(_ name: String, _ offset: Int) {
        self.name = name
        super.init(offset)
    }

    var problem: EvaluationError { failure(.invalidArgument, "reference to undefined type: \(name)") }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { throw problem }
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
    private let cost: UInt64

    init(_ slot: Int, _ name: String, cost: UInt64, _ offset: Int) {
        self.slot = slot
        self.name = name
        self.cost = cost
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try frame.budget.spend(cost)
        guard let value = try given.value(of: slot) else { throw failure(.noSuchVariable, "no such attribute(s): \(name)") }
        return value.asVariable
    }
}

final class LocalRead: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let cost: UInt64

    init(_ slot: Int, cost: UInt64, _ offset: Int) {
        self.slot = slot
        self.cost = cost
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try frame.budget.spend(cost)
        guard let value = frame.locals[slot] else { throw noSuchOverload }
        return value.asVariable
    }
}

/// The second variable of a macro, which may go through the fields of an object.
final class FieldRead: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let cost: UInt64

    init(_ slot: Int, cost: UInt64, _ offset: Int) {
        self.slot = slot
        self.cost = cost
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try frame.budget.spend(cost)
        guard let value = frame.locals[slot] else { throw noSuchOverload }
        if case .opaque(let opaque) = value, let failed = opaque as? FailedBinding { throw failed.failure.located(offset) }
        return value
    }
}

/// The variable of `cel.bind`: its value is found when it is first read.
final class BoundRead: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let bound: Evaluable
    private let cost: UInt64

    init(_ slot: Int, _ bound: Evaluable, cost: UInt64, _ offset: Int) {
        self.slot = slot
        self.bound = bound
        self.cost = cost
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try frame.budget.spend(cost)
        if let value = frame.locals[slot] {
            if case .opaque(let opaque) = value, let failed = opaque as? FailedBinding { throw failed.failure }
            return value.asVariable
        }
        let (spent, once) = (frame.budget.spent, frame.spentOnce)
        // Less what other variables cost that this one's value reads.
        defer { frame.spentOnce((frame.budget.spent - spent) - (frame.spentOnce - once), on: slot) }
        do throws(EvaluationError) {
            let value = try bound.value(&frame, given)
            frame.locals[slot] = value
            return value.asVariable
        } catch {
            frame.locals[slot] = .opaque(FailedBinding(error))
            throw error
        }
    }
}

/// What stands in the place of a bound value that failed: it isn't found, and paid for, a second time. And in that of a field that is null,
/// which a macro names though nothing is there.
final class FailedBinding: OpaqueValue {
    let failure: EvaluationError
    let type = ValueType.error
    var description: String { failure.message }

    init(_ failure: EvaluationError) { self.failure = failure }

    func equals(_ other: any OpaqueValue) -> Bool { false }
}

/// The variable of `optMap`: its value is there, but what it cost to find it is paid once more by whoever reads it first.
final class ContentRead: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let cost: UInt64

    init(_ slot: Int, cost: UInt64, _ offset: Int) {
        self.slot = slot
        self.cost = cost
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try frame.budget.spend(cost)
        // `OptionalMap` keeps the price in the slot behind the value's.
        if case .uint(let price) = frame.locals[slot + 1] {
            frame.locals[slot + 1] = nil
            try frame.budget.spend(price)
            frame.spentOnce(price, on: slot)
        }
        guard let value = frame.locals[slot] else { throw noSuchOverload }
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
    /// What selecting costs beside the 1 for the field.
    private let extra: UInt64
    private let mayBeUnreadable: Bool

    init(_ operand: Evaluable, _ field: String, _ type: ValueType, extra: UInt64, _ offset: Int) {
        self.operand = operand
        self.extra = extra
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
        mayBeUnreadable = self.type.mayBeUnreadable
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

    @inline(__always)
    private func target(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        do throws(EvaluationError) { return try operand.value(&frame, given) } catch { throw try paying(extra, for: error, &frame) }
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        switch try target(&frame, given) {
        case .map(let map):
            try frame.budget.spend(extra + 1)
            if let position = position(in: map) {
                // What came out of an optional has no schema, whatever the checker knows.
                if map.kind == .json { return Value(map.json.values[position]) }
                guard !map.json.values[position].isNull else { throw failure(.noSuchKey, "no such key: \(field)") }
                let value = Value(map.json.values[position], as: type)
                guard mayBeUnreadable else { return value }
                try frame.budget.work.addReading(value)
                return try value.readable()
            }
            let value = try Value.map(map).field(field, offset)
            try frame.budget.work.addReading(value)
            return value
        case .optional(let wrapped):
            // Of what may be absent only what is there is paid for.
            let content: Value?
            do throws(EvaluationError) { content = try (extra == 0 ? wrapped : wrapped?.withoutSchema)?.content(field, offset) } catch {
                throw try paying(extra, for: error, &frame)
            }
            if let content { try frame.budget.work.addReading(content) }
            try frame.budget.spend(content == nil ? extra : extra + 1)
            return .optional(content)
        case let other:
            try frame.budget.spend(extra + 1)
            return try other.field(field, offset)
        }
    }

    override func int(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Int64 {
        switch try target(&frame, given) {
        case .map(let map):
            try frame.budget.spend(extra + 1)
            if let position = position(in: map), case .int(let number) = map.json.values[position] { return number }
            guard case .int(let number) = try Value.map(map).field(field, offset) else { throw noSuchOverload }
            return number
        default: throw noSuchOverload
        }
    }

    override func string(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> String {
        switch try target(&frame, given) {
        case .map(let map):
            try frame.budget.spend(extra + 1)
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
    private let cost: UInt64
    /// A 1 is taken back that was never counted; where the test is made, its own makes up for it.
    private let takesBack: Bool
    private let mayBeUnreadable: Bool
    /// The operand is a path, which the test goes on with.
    private let isPath: Bool

    init(_ operand: Evaluable, _ field: String, _ type: ValueType, takesBack: Bool, isPath: Bool, _ offset: Int) {
        self.isPath = isPath
        self.operand = operand
        self.field = field
        cost = takesBack ? 0 : 1
        self.takesBack = takesBack
        mayBeUnreadable = if case .object(let object) = type { object.field(field)?.type.mayBeUnreadable ?? false } else { false }
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let target: Value
        do throws(EvaluationError) { target = try operand.value(&frame, given) } catch {
            if takesBack, !error.endsEvaluation { try frame.budget.takeBackOne() }
            throw error
        }
        if case .optional(let wrapped) = target {
            // Of what may be absent only what is there is paid for.
            let isPresent: Bool
            do throws(EvaluationError) { isPresent = try (isPath ? wrapped : wrapped?.withoutSchema)?.content(field, offset) != nil } catch {
                if takesBack { try frame.budget.takeBackOne() }
                throw error
            }
            if isPresent { try frame.budget.spend(cost) } else if takesBack { try frame.budget.takeBackOne() }
            return isPresent
        }
        try frame.budget.spend(cost)
        guard case .map(let map) = target else { return try target.content(field, offset) != nil }
        if mayBeUnreadable, let value = map[field] {
            try frame.budget.work.addReading(value)
            _ = try value.readable()
        }
        return map.contains(field)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// `operand.?field`
final class OptionalSelect: Evaluable, @unchecked Sendable {
    private let operand: Evaluable
    private let field: String
    private let extra: UInt64

    init(_ operand: Evaluable, _ field: String, extra: UInt64, _ offset: Int) {
        self.operand = operand
        self.field = field
        self.extra = extra
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let content: Value?
        do throws(EvaluationError) {
            let target = try operand.value(&frame, given)
            if case .optional(let wrapped) = target { content = try (extra == 0 ? wrapped : wrapped?.withoutSchema)?.content(field, offset) } else { content = try target.content(field, offset) }
        } catch {
            throw try paying(extra, for: error, &frame)
        }
        try frame.budget.spend(content == nil ? extra : extra + 1)
        if let content { try frame.budget.work.addReading(content) }
        return .optional(content)
    }
}

extension Value {
    /// What selecting a field of something else than an optional gives.
    func field(_ name: String, _ offset: Int) throws(EvaluationError) -> Value {
        guard let value = try content(name, offset) else { throw EvaluationError(.noSuchKey, "no such key: \(name)", offset: offset) }
        return value
    }

    /// The field, or nil where there is none: of a map without it, and of what has no fields at all, which only a dynamic value can be.
    func content(_ name: String, _ offset: Int) throws(EvaluationError) -> Value? {
        switch self {
        case .map(let map): return map[name]
        case .list: throw EvaluationError(.invalidArgument, "unsupported index type 'string' in list", offset: offset)
        case .opaque(let value) where value is EmptyMessage: throw EvaluationError(.noSuchField, "no such field '\(name)'", offset: offset)
        default: return nil
        }
    }
}
