import Kernel

/// The walks over typed values that server-side apply is made of: which fields there are, what differs, what merges, what goes.
enum TypedWalk {
    /// Why a configuration can't be applied: the place, and what is wrong there.
    struct Problem: Error, Equatable {
        let path: String
        let message: String
        var text: String { "\(path.isEmpty ? "." : path): \(message)" }

        func below(_ element: PathElement) -> Problem { Problem(path: element.pathText + path, message: message) }
    }

    // MARK: Which fields

    /// The fields that a configuration sets: its leaves, the elements of its associative lists, the entries of its maps.
    static func fields(of value: JSON, _ shape: FieldShape) throws(Problem) -> FieldSet {
        var set = FieldSet()
        switch value {
        case .object(let object):
            if shape.isAtomicMap { return .leaf }
            for position in object.keys.indices {
                let name = object.keys[position]
                guard !shape.forbids(name) else { throw Problem(path: ".\(name)", message: "field not declared in schema") }
                let member = object.values[position]
                var below = FieldSet.leaf
                if member.isContainer {
                    do throws(Problem) { below = try fields(of: member, shape.member(name)) } catch { throw error.below(.field(name)) }
                    if member.isEmptyContainer || !shape.isNamed(name) { below.isMember = true }
                }
                set.add(.field(name), below)
            }
        case .array(let elements):
            if shape.listType == .atomic { return .leaf }
            for position in elements.indices {
                let element = elements[position]
                guard let identity = shape.identity(element) else {
                    throw Problem(
                        path: "",
                        message:
                            "element \(position): associative list with keys has an element that omits key field \(GoQuote.quote(shape.missingKey(element) ?? "")) (and doesn't have default value)"
                    )
                }
                guard set.child(identity) == nil else { throw Problem(path: "", message: "duplicate entries for key \(identity.pathText)") }
                var below = FieldSet.leaf
                if element.isContainer {
                    do throws(Problem) { below = try fields(of: element, shape.items) } catch { throw error.below(identity) }
                    below.isMember = true
                }
                set.add(identity, below)
            }
        default: return .leaf
        }
        return set
    }

    /// Every field of a value and the value itself, as far as it can be owned in parts.
    static func everything(in value: JSON, _ shape: FieldShape) -> FieldSet {
        var set = FieldSet.leaf
        switch value {
        case .object(let object) where !shape.isAtomicMap:
            for position in object.keys.indices {
                let name = object.keys[position]
                set.add(.field(name), everything(in: object.values[position], shape.member(name)))
            }
        case .array(let elements) where shape.listType != .atomic:
            for element in elements {
                if let identity = shape.identity(element) { set.add(identity, everything(in: element, shape.items)) }
            }
        default: break
        }
        return set
    }

    // MARK: What differs

    struct Difference {
        var added = FieldSet()
        var modified = FieldSet()
        var removed = FieldSet()

        var isEmpty: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

        mutating func add(_ element: PathElement, _ other: Difference) {
            added.add(element, other.added)
            modified.add(element, other.modified)
            removed.add(element, other.removed)
        }
    }

    static func difference(_ old: JSON, _ new: JSON, _ shape: FieldShape) -> Difference {
        var result = Difference()
        // Comparing is much cheaper than taking apart, and most of most objects is the same.
        if old == new { return result }
        switch (old, new) {
        case (.object(let before), .object(let after)) where !shape.isAtomicMap:
            for position in after.keys.indices {
                let name = after.keys[position]
                // Members mostly stand in the same place in both.
                let at = position < before.count && sameBytes(before.keys[position], name) ? position : before.position(of: name)
                if let at {
                    result.add(.field(name), difference(before.values[at], after.values[position], shape.member(name)))
                } else {
                    result.added.add(.field(name), everything(in: after.values[position], shape.member(name)))
                }
            }
            for position in before.keys.indices {
                let name = before.keys[position]
                if position < after.count, sameBytes(after.keys[position], name) { continue }
                if after.position(of: name) == nil {
                    result.removed.add(.field(name), everything(in: before.values[position], shape.member(name)))
                }
            }
        case (.array(let before), .array(let after)) where shape.listType != .atomic:
            let old = IdentifiedElements(before, shape)
            let new = IdentifiedElements(after, shape)
            for position in after.indices {
                guard let identity = new.identities[position], new.firstPosition(of: identity) == position else { continue }
                if let previous = old.firstPosition(of: identity) {
                    result.add(identity, difference(before[previous], after[position], shape.items))
                } else {
                    result.added.add(identity, everything(in: after[position], shape.items))
                }
            }
            for position in before.indices {
                guard let identity = old.identities[position], new.firstPosition(of: identity) == nil else { continue }
                result.removed.add(identity, everything(in: before[position], shape.items))
            }
        default:
            // A list or object that turned into something else loses and gains its parts besides itself changing.
            if old.isContainer { result.removed = everything(in: old, shape) }
            if new.isContainer { result.added = everything(in: new, shape) }
            result.removed.isMember = false
            result.added.isMember = false
            result.modified.isMember = true
        }
        return result
    }

    // MARK: What merges

    /// The configuration laid over what is there.
    static func merged(_ live: JSON, _ config: JSON, _ shape: FieldShape) -> JSON {
        switch (live, config) {
        case (.object(var object), .object(let changes)) where !shape.isAtomicMap:
            for (name, change) in changes {
                if object.position(of: name) != nil {
                    object.update(name) { $0 = merged($0, change, shape.member(name)) }
                } else {
                    object[name] = change
                }
            }
            return .object(object)
        case (.array(let elements), .array(let changes)) where shape.listType != .atomic:
            return .array(merged(elements, changes, shape))
        default: return config
        }
    }

    /// Elements of both in the configuration's order; those only on the server stay between the neighbours they had.
    private static func merged(_ live: [JSON], _ config: [JSON], _ shape: FieldShape) -> [JSON] {
        let ours = IdentifiedElements(live, shape)
        let theirs = IdentifiedElements(config, shape)
        // The order in which elements of both will come: one of them on the server waits for its turn.
        var turns = theirs.identities.compactMap { $0 }.filter { ours.firstPosition(of: $0) != nil }[...]
        var result: [JSON] = []
        result.reserveCapacity(live.count + config.count)
        var done = [Bool](repeating: false, count: live.count)
        var (liveAt, configAt) = (0, 0)
        func take(_ position: Int) {
            let change = config[position]
            guard let identity = theirs.identities[position] else { return result.append(change) }
            if turns.first == identity { turns.removeFirst() }
            guard let existing = ours.firstPosition(of: identity) else { return result.append(change) }
            done[existing] = true
            result.append(merged(live[existing], change, shape.items))
        }
        while liveAt < live.count || configAt < config.count {
            if liveAt < live.count {
                guard let identity = ours.identities[liveAt] else {
                    result.append(live[liveAt])
                    liveAt += 1
                    continue
                }
                if configAt < config.count, theirs.identities[configAt] == identity {
                    take(configAt)
                    liveAt += 1
                    configAt += 1
                    continue
                }
                if theirs.firstPosition(of: identity) == nil {
                    result.append(live[liveAt])
                    liveAt += 1
                    continue
                }
                let isDone = ours.firstPosition(of: identity).map { done[$0] } ?? true
                if isDone || (turns.first != nil && turns.first != identity) || configAt >= config.count {
                    // Its turn was before, or is yet to come when the configuration gets to it.
                    liveAt += 1
                    continue
                }
            }
            if configAt < config.count {
                take(configAt)
                configAt += 1
            }
        }
        return result
    }

    // MARK: What goes

    /// Without the fields of a set. An object or list that nothing is left of goes, too, unless `keeping` has it as a field of its own.
    static func removing(_ set: FieldSet, from value: JSON, _ shape: FieldShape, keeping: FieldSet? = nil) -> JSON? {
        if set.isEmpty { return value }
        let isKept = keeping?.isMember ?? false
        switch value {
        case .object(let object):
            if object.isEmpty { return value }
            if shape.isAtomicMap { return nil }
            var keys: [String] = []
            var values: [JSON] = []
            keys.reserveCapacity(object.count)
            values.reserveCapacity(object.count)
            for position in object.keys.indices {
                let name = object.keys[position]
                var member: JSON? = object.values[position]
                if let below = set.child(.field(name)) {
                    if below.isMember { continue }
                    member = removing(below, from: object.values[position], shape.member(name), keeping: keeping?.child(.field(name)))
                }
                guard let member else { continue }
                keys.append(name)
                values.append(member)
            }
            return keys.isEmpty && !isKept ? nil : .object(JSONObject(uniqueKeys: keys, values: values))
        case .array(let elements):
            if elements.isEmpty { return value }
            if shape.listType == .atomic { return nil }
            var result: [JSON] = []
            result.reserveCapacity(elements.count)
            for element in elements {
                guard let identity = shape.identity(element), let below = set.child(identity) else {
                    result.append(element)
                    continue
                }
                if below.isMember { continue }
                if let rest = removing(below, from: element, shape.items, keeping: keeping?.child(identity)) { result.append(rest) }
            }
            return result.isEmpty && !isKept ? nil : .array(result)
        default: return value
        }
    }
}

extension FieldSet {
    /// With every field that the schema names on the way to a field of the set: whoever owns `a.b.c` owns `a` as well, but not an
    /// entry of a map.
    func withNamedFields(_ shape: FieldShape) -> FieldSet {
        var result = FieldSet(isMember: isMember)
        for (element, child) in zip(elements, children) {
            switch element {
            case .field(let name):
                var below = child.withNamedFields(shape.member(name))
                if shape.isNamed(name) { below.isMember = true }
                result.add(element, below)
            case .key, .value, .index: result.add(element, child.withNamedFields(shape.items))
            }
        }
        return result
    }
}

/// The elements of an associative list with what tells them apart, found by it.
private struct IdentifiedElements {
    /// Nil where an element has none.
    let identities: [PathElement?]
    /// Only for long lists; short ones are searched.
    private let places: [PathElement: Int]?

    init(_ elements: [JSON], _ shape: FieldShape) {
        identities = elements.map(shape.identity)
        guard elements.count > 16 else {
            places = nil
            return
        }
        var places = [PathElement: Int](minimumCapacity: elements.count)
        for (position, identity) in identities.enumerated() {
            if let identity, places[identity] == nil { places[identity] = position }
        }
        self.places = places
    }

    /// The place of the first element of this identity.
    func firstPosition(of identity: PathElement) -> Int? {
        if let places { return places[identity] }
        for position in identities.indices where identities[position] == identity { return position }
        return nil
    }
}

extension JSON {
    var isEmptyContainer: Bool {
        switch self {
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }
}
