import Kernel

extension TypedWalk {
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
