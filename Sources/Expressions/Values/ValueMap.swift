import Kernel

/// A map: entries of the language, or a JSON object that is looked at member by member, with or without declared fields.
public final class ValueMap: Sendable {
    enum Kind: UInt8, Sendable { case entries, json, object }

    // All in one class instead of an enum with payloads: reading a field of a class copies nothing, taking an enum apart does.
    let kind: Kind
    let json: JSONObject
    /// Of the members of a JSON object without declared fields.
    let memberType: ValueType
    /// The declared type, nil for a map.
    public let objectType: ObjectType?
    private let entryKeys: [Value]
    private let entryValues: [Value]
    private let index: [MapKey: Int]

    /// A later entry with an equal key replaces an earlier one.
    ///
    /// - Throws: `invalidArgument` when a key is no bool, int, uint or string.
    public convenience init(_ entries: [(key: Value, value: Value)]) throws(EvaluationError) {
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
        self.init(keys: keys, values: values, index: index)
    }

    /// For who has checked the keys and that none stands twice.
    init(keys: [Value], values: [Value], index: [MapKey: Int]) {
        kind = .entries
        json = JSONObject()
        memberType = .dyn
        objectType = nil
        entryKeys = keys
        entryValues = values
        self.index = index
    }

    /// Members are read as `value` says.
    public init(json: JSONObject, value: ValueType = .dyn) {
        kind = .json
        self.json = json
        memberType = value
        objectType = nil
        entryKeys = []
        entryValues = []
        index = [:]
    }

    /// An object with declared fields; members beside them are not seen.
    public init(json: JSONObject, as type: ObjectType) {
        kind = .object
        self.json = json
        memberType = .dyn
        objectType = type
        entryKeys = []
        entryValues = []
        index = [:]
    }

    public var count: Int {
        switch kind {
        case .entries: entryKeys.count
        case .json: json.count
        case .object: objectType?.fields.count { hasField($0.property) } ?? 0
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// What costs count: all members of an object, also those that are null or that its schema doesn't name.
    var storedCount: Int { kind == .object ? json.count : count }

    /// The value under a key, nil where there is none; numbers find each other across their kinds.
    public subscript(key: Value) -> Value? {
        if kind == .entries { return MapKey(key).flatMap { index[$0] }.map { entryValues[$0] } }
        guard case .string(let name) = key else { return nil }
        return self[name]
    }

    public subscript(name: String) -> Value? {
        switch kind {
        case .entries: return index[.string(ByteString(text: name))].map { entryValues[$0] }
        case .json: return member(name, as: memberType)
        case .object:
            guard let field = objectType?.field(name) else { return nil }
            return member(field.property, as: field.type)
        }
    }

    /// A member of the JSON object by its own name. A field that is null is absent, as in Kubernetes; an entry of a map may be null.
    @inline(__always)
    func member(_ property: String, as type: ValueType) -> Value? {
        guard let position = json.position(of: property) else { return nil }
        if kind == .object, json.values[position].isNull { return nil }
        return Value(json.values[position], as: type)
    }

    private func hasField(_ property: String) -> Bool { json.position(of: property).map { !json.values[$0].isNull } ?? false }

    /// Whether a member of that name is there, whatever its value.
    func contains(_ name: String) -> Bool {
        switch kind {
        case .entries: index[.string(ByteString(text: name))] != nil
        case .json: json.position(of: name) != nil
        case .object: objectType?.field(name).map { hasField($0.property) } ?? false
        }
    }

    /// Calls `body` with each entry, in the order they were written, until it returns false.
    ///
    /// - Returns: whether it came to the end.
    @discardableResult
    public func forEach(_ body: (Value, Value) throws(EvaluationError) -> Bool) throws(EvaluationError) -> Bool {
        switch kind {
        case .entries:
            for at in entryKeys.indices where try !body(entryKeys[at], entryValues[at]) { return false }
        case .json:
            for at in json.keys.indices where try !body(.string(json.keys[at]), Value(json.values[at], as: memberType)) { return false }
        case .object:
            for field in objectType?.fields ?? [] {
                guard let value = member(field.property, as: field.type) else { continue }
                if try !body(.string(field.name), value) { return false }
            }
        }
        return true
    }

    /// The key at or after a place, nil behind the last; moves the place past it. Finding one takes the same time in any map. Macros go
    /// through the keys of an object with those of fields that are null, though nothing is found under them: so Kubernetes has it.
    func key(at place: inout Int) -> Value? {
        switch kind {
        case .entries:
            guard place < entryKeys.count else { return nil }
            place += 1
            return entryKeys[place - 1]
        case .json:
            guard place < json.count else { return nil }
            place += 1
            return .string(json.keys[place - 1])
        case .object:
            guard let fields = objectType?.fields else { return nil }
            while place < fields.count {
                let field = fields[place]
                place += 1
                if json.position(of: field.property) != nil { return .string(field.name) }
            }
            return nil
        }
    }

    /// The keys, in the order of the entries.
    public var keys: [Value] {
        switch kind {
        case .entries: entryKeys
        case .json: json.keys.map { .string($0) }
        case .object: objectType?.fields.compactMap { hasField($0.property) ? .string($0.name) : nil } ?? []
        }
    }
}
