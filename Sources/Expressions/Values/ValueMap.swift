import Kernel

/// A map: entries of the language, or a JSON object that is looked at member by member, with or without declared fields.
public final class ValueMap: Sendable {
    enum Storage: Sendable {
        case entries(keys: [Value], values: [Value], index: [MapKey: Int])
        case json(JSONObject, ValueType)
        case object(JSONObject, ObjectType)
    }
    let storage: Storage

    /// A later entry with an equal key replaces an earlier one.
    ///
    /// - Throws: `invalidArgument` when a key is no bool, int, uint or string.
    public init(_ entries: [(key: Value, value: Value)]) throws(EvaluationError) {
        var keys: [Value] = []
        var values: [Value] = []
        var index: [MapKey: Int] = [:]
        keys.reserveCapacity(entries.count)
        values.reserveCapacity(entries.count)
        for (key, value) in entries {
            guard let mapKey = MapKey(key), !key.isDouble else {
                throw EvaluationError(.invalidArgument, "unsupported key type: \(key.type.runtimeName)")
            }
            if let at = index[mapKey] {
                values[at] = value
            } else {
                index[mapKey] = keys.count
                keys.append(key)
                values.append(value)
            }
        }
        storage = .entries(keys: keys, values: values, index: index)
    }

    /// For who has checked the keys and that none stands twice.
    init(keys: [Value], values: [Value], index: [MapKey: Int]) { storage = .entries(keys: keys, values: values, index: index) }

    /// Members are read as `value` says.
    public init(json: JSONObject, value: ValueType = .dyn) { storage = .json(json, value) }

    /// An object with declared fields; members beside them are not seen.
    public init(json: JSONObject, as type: ObjectType) { storage = .object(json, type) }

    /// The declared type, nil for a map.
    public var objectType: ObjectType? { if case .object(_, let type) = storage { type } else { nil } }

    public var count: Int {
        switch storage {
        case .entries(let keys, _, _): keys.count
        case .json(let json, _): json.count
        case .object(let json, let type): type.fields.count { json.position(of: $0.property) != nil }
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// The value under a key, nil where there is none; numbers find each other across their kinds.
    public subscript(key: Value) -> Value? {
        switch storage {
        case .entries(_, let values, let index): return MapKey(key).flatMap { index[$0] }.map { values[$0] }
        case .json, .object:
            guard case .string(let name) = key else { return nil }
            return self[name]
        }
    }

    public subscript(name: String) -> Value? {
        switch storage {
        case .entries(_, let values, let index): index[.string(ByteString(text: name))].map { values[$0] }
        case .json(let json, let type): json[name].map { Value($0, as: type) }
        case .object(let json, let type): type.field(name).flatMap { field in json[field.property].map { Value($0, as: field.type) } }
        }
    }

    /// Calls `body` with each entry, in the order they were written, until it returns false.
    ///
    /// - Returns: whether it came to the end.
    @discardableResult
    public func forEach(_ body: (Value, Value) throws(EvaluationError) -> Bool) throws(EvaluationError) -> Bool {
        switch storage {
        case .entries(let keys, let values, _):
            for at in keys.indices where try !body(keys[at], values[at]) { return false }
        case .json(let json, let type):
            for at in json.keys.indices where try !body(.string(json.keys[at]), Value(json.values[at], as: type)) { return false }
        case .object(let json, let type):
            for field in type.fields {
                guard let member = json[field.property] else { continue }
                if try !body(.string(field.name), Value(member, as: field.type)) { return false }
            }
        }
        return true
    }

    /// The keys, in the order of the entries.
    public var keys: [Value] {
        switch storage {
        case .entries(let keys, _, _): keys
        case .json(let json, _): json.keys.map { .string($0) }
        case .object(let json, let type): type.fields.compactMap { json.position(of: $0.property) != nil ? .string($0.name) : nil }
        }
    }
}
