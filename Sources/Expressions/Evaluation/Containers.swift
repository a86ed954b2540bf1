final class ListLiteral: Evaluable, @unchecked Sendable {
    private let elements: [Evaluable]
    private let optional: [Bool]

    init(_ elements: [Evaluable], optional: [Bool], _ offset: Int) {
        self.elements = elements
        self.optional = optional
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (position, element) in elements.enumerated() {
            let value: Value
            do throws(EvaluationError) { value = try element.value(&frame, given) } catch {
                // What was found before the one that fails took its time, too.
                if !error.endsEvaluation { try frame.budget.work.addElements(position) }
                throw try paying(Limits.listCreation, for: error, &frame)
            }
            if optional.indices.contains(position), optional[position] {
                guard case .optional(let wrapped) = value else { throw try paying(Limits.listCreation, for: noSuchOverload, &frame) }
                if let wrapped { values.append(wrapped) }
            } else {
                values.append(value)
            }
        }
        try frame.budget.spend(Limits.listCreation)
        try frame.budget.work.addElements(elements.count)
        return .list(ValueList(values))
    }
}

final class MapLiteral: Evaluable, @unchecked Sendable {
    private let entries: [(key: Evaluable, value: Evaluable, isOptional: Bool)]
    /// A key that is written again takes the place of the first, as in Kubernetes; else it is an error, as the language has it.
    private let replaces: Bool

    init(_ entries: [(key: Evaluable, value: Evaluable, isOptional: Bool)], replaces: Bool, _ offset: Int) {
        self.entries = entries
        self.replaces = replaces
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let map: ValueMap
        do throws(EvaluationError) { map = try filled(&frame, given) } catch { throw try paying(Limits.mapCreation, for: error, &frame) }
        try frame.budget.spend(Limits.mapCreation)
        return .map(map)
    }

    private func filled(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> ValueMap {
        var keys: [Value] = []
        var values: [Value] = []
        var index = [MapKey: Int](minimumCapacity: entries.count)
        for entry in entries {
            let key = try entry.key.value(&frame, given)
            var value = try entry.value.value(&frame, given)
            try frame.budget.work.add(WorkCounter.hashing)
            try frame.budget.work.addKey(key)
            guard !key.isDouble, let mapKey = MapKey(key) else { throw failure(.invalidArgument, "unsupported key type: \(key.type.runtimeName)") }
            if entry.isOptional {
                guard case .optional(let wrapped) = value else { throw noSuchOverload }
                guard let wrapped else { continue }
                value = wrapped
            }
            if let position = index[mapKey] {
                guard replaces else { throw failure(.invalidArgument, "Failed with repeated key") }
                values[position] = value
                continue
            }
            index[mapKey] = keys.count
            keys.append(key)
            values.append(value)
        }
        return ValueMap(keys: keys, values: values, index: index)
    }
}

extension Value {
    /// What stands at an index or under a key; nil where a list is shorter or a map has no such key.
    func element(at index: Value, _ offset: Int) throws(EvaluationError) -> Value? {
        switch self {
        case .list(let list):
            switch index {
            case .int(let position): return Int(exactly: position).flatMap { list[$0] }
            case .uint(let position): return Int(exactly: position).flatMap { list[$0] }
            case .double(let position):
                guard let whole = Int(exactly: position) else { fallthrough }
                return list[whole]
            default: throw EvaluationError(.invalidArgument, "unsupported index type '\(index.type.runtimeName)' in list", offset: offset)
            }
        case .map(let map):
            if map.kind != .entries, !index.isText { throw EvaluationError(.noSuchOverload, "no such overload", offset: offset) }
            return map[index]
        case .opaque(let value) where value is EmptyMessage:
            guard case .string(let name) = index else { throw EvaluationError(.noSuchOverload, "no such overload", offset: offset) }
            throw EvaluationError(.noSuchField, "no such field '\(name)'", offset: offset)
        // A dynamic value may turn out to have no elements at all.
        default: return nil
        }
    }
}

/// `operand[index]`
final class Index: Evaluable, @unchecked Sendable {
    private let operand: Evaluable
    private let index: Evaluable
    /// What indexing costs beside the 1 for the element.
    private let extra: UInt64

    init(_ operand: Evaluable, _ index: Evaluable, extra: UInt64, _ offset: Int) {
        self.operand = operand
        self.index = index
        self.extra = extra
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let target: Value
        let index: Value
        do throws(EvaluationError) { target = try operand.value(&frame, given) } catch { throw try paying(extra, for: error, &frame) }
        if case .optional(let wrapped) = target { return try optional(wrapped, self.index, &frame, given, extra: extra) }
        do throws(EvaluationError) { index = try self.index.value(&frame, given) } catch { throw try paying(extra + 1, for: error, &frame) }
        try frame.budget.spend(extra + 1)
        try frame.budget.work.addKey(index)
        if let element = try target.element(at: index, offset) {
            try frame.budget.work.addReading(element)
            return element
        }
        if case .list = target { throw failure(.indexOutOfBounds, "index out of bounds: \(index.plainText)") }
        throw failure(.noSuchKey, "no such key: \(index.plainText)")
    }
}

/// `operand[?index]`
final class OptionalIndex: Evaluable, @unchecked Sendable {
    private let operand: Evaluable
    private let index: Evaluable
    /// What indexing costs beside the 1 for the element.
    private let extra: UInt64

    init(_ operand: Evaluable, _ index: Evaluable, extra: UInt64, _ offset: Int) {
        self.operand = operand
        self.index = index
        self.extra = extra
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let target: Value
        do throws(EvaluationError) { target = try operand.value(&frame, given) } catch { throw try paying(extra, for: error, &frame) }
        if case .optional(let wrapped) = target { return try optional(wrapped, index, &frame, given, extra: extra) }
        return try optional(target, index, &frame, given, extra: extra)
    }
}

extension Evaluable {
    /// An element of what may be absent: only what is there is paid for, and without it the index isn't looked at.
    fileprivate final func optional(
        _ target: Value?, _ index: Evaluable, _ frame: inout Frame, _ given: any Activation, extra: UInt64
    ) throws(EvaluationError) -> Value {
        guard let target else {
            try frame.budget.spend(extra)
            return .optional(nil)
        }
        let content = extra == 0 ? target : target.withoutSchema
        let element: Value?
        do throws(EvaluationError) {
            let key = try index.value(&frame, given)
            try frame.budget.work.addKey(key)
            element = try content.element(at: key, offset)
            if let element { try frame.budget.work.addReading(element) }
        } catch {
            throw try paying(extra, for: error, &frame)
        }
        try frame.budget.spend(element == nil ? extra : extra + 1)
        return .optional(element)
    }
}

extension Value {
    /// For messages: scalars as they are.
    public var plainText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): GoNumber.text(value)
        case .string(let value): value
        case .bytes(let value): String(decoding: value, as: UTF8.self)
        case .timestamp(let value, let offset): value.canonicalText(offset: offset)
        case .duration(let value): GoDuration.seconds(value)
        case .type(let type): type.runtimeName
        case .opaque(let value): value.description
        case .optional(let value): value.map { "optional(\($0.plainText))" } ?? "optional.none()"
        case .list(let list): "a list of \(list.count)"
        case .map(let map): "a map of \(map.count)"
        }
    }
}
