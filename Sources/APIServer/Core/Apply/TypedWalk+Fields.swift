import Kernel

extension TypedWalk {
    /// The fields that a configuration sets: its leaves, the elements of its associative lists, the entries of its maps.
    static func fields(of value: JSON, _ shape: FieldShape) throws(Problem) -> FieldSet {
        var set = FieldSetBuilder()
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
                var below = FieldSet.leaf
                if element.isContainer {
                    do throws(Problem) { below = try fields(of: element, shape.items) } catch { throw error.below(identity) }
                    below.isMember = true
                }
                set.add(identity, below)
            }
        default: return .leaf
        }
        let result = set.build()
        if let twice = set.duplicate { throw Problem(path: "", message: "duplicate entries for key \(twice.pathText)") }
        return result
    }

    /// Every field of a value and the value itself, as far as it can be owned in parts.
    static func everything(in value: JSON, _ shape: FieldShape) -> FieldSet {
        var set = FieldSetBuilder()
        set.isMember = true
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
        return set.build()
    }

    /// The fields of an object as `fields` names them, passing over what has no key or stands twice.
    static func leavesAndItems(_ value: JSON, _ shape: FieldShape) -> FieldSet {
        var set = FieldSetBuilder()
        switch value {
        case .object(let object) where !shape.isAtomicMap:
            for position in object.keys.indices {
                let name = object.keys[position]
                let member = object.values[position]
                var below = leavesAndItems(member, shape.member(name))
                if member.isEmptyContainer || member.isNull || !shape.isNamed(name) { below.isMember = true }
                set.add(.field(name), below)
            }
        case .array(let elements) where shape.listType != .atomic:
            for element in elements {
                guard let identity = shape.identity(element) else { continue }
                var below = leavesAndItems(element, shape.items)
                below.isMember = true
                set.add(identity, below)
            }
        default: return .leaf
        }
        return set.build()
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
