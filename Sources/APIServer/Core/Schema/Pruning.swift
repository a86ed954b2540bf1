import Kernel

extension StructuralSchema {
    /// Removes the members that the schema doesn't know, and says which they were, sorted.
    ///
    /// `x-kubernetes-preserve-unknown-fields` keeps what is there. At the root and in embedded resources `apiVersion`, `kind` and
    /// `metadata` stay as they are; `ObjectMetadata` sees to the last.
    ///
    /// - Parameter isResource: the value is a whole object, with apiVersion, kind and metadata.
    /// - Returns: the paths, `spec.foo`, `spec.ports[0].bar`.
    public func prune(_ value: inout JSON, isResource: Bool = true) -> [String] {
        var walk = PruneWalk(value)
        // Nearly always there is nothing to remove, and looking changes nothing.
        walk.look(value, self, isResource: isResource)
        guard !walk.unknown.isEmpty else { return [] }
        value = PruneWalk.pruned(value, self, isResource: isResource)
        return walk.unknown.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What `prune` would remove.
    public func unknownFields(in value: JSON, isResource: Bool = true) -> [String] {
        var walk = PruneWalk(value)
        walk.look(value, self, isResource: isResource)
        return walk.unknown.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

private struct PruneWalk {
    private var path: FieldPath
    var unknown: [String] = []

    init(_ root: JSON) { path = FieldPath(root: root) }

    private enum Verdict {
        case keep
        /// Goes on below with that schema; nil knows nothing.
        case descend(StructuralSchema?)
        case remove
    }

    @inline(__always)
    private static func verdict(_ name: String, _ schema: StructuralSchema?, isResource: Bool) -> Verdict {
        guard let schema else { return .remove }
        if isResource, name == "metadata" || name == "apiVersion" || name == "kind" { return .keep }
        if let position = schema.members.position(of: name) { return .descend(schema.memberSchemas[position]) }
        if let extra = schema.extra { return .descend(extra) }
        return schema.allowsExtra || schema.preserves ? .keep : .remove
    }

    mutating func look(_ value: JSON, _ schema: StructuralSchema?, isResource: Bool) {
        switch value {
        case .object(let object):
            if let schema, !schema.prunes { return }
            for position in object.keys.indices {
                let name = object.keys[position]
                switch Self.verdict(name, schema, isResource: isResource) {
                case .keep: break
                case .remove: unknown.append(path.text(adding: name))
                case .descend(let member):
                    guard object.values[position].isContainer else { continue }
                    path.enter(position)
                    look(object.values[position], member, isResource: member?.isEmbedded ?? false)
                    path.leave()
                }
            }
        case .array(let elements):
            if let schema, schema.itemSchema == nil, schema.preserves { return }
            let items = schema?.itemSchema
            for (position, element) in elements.enumerated() where element.isContainer {
                path.enter(position)
                look(element, items, isResource: items?.isEmbedded ?? false)
                path.leave()
            }
        default: break
        }
    }

    static func pruned(_ value: JSON, _ schema: StructuralSchema?, isResource: Bool) -> JSON {
        switch value {
        case .object(let object):
            var result: [(String, JSON)] = []
            result.reserveCapacity(object.count)
            for (name, member) in object {
                switch verdict(name, schema, isResource: isResource) {
                case .keep: result.append((name, member))
                case .remove: break
                case .descend(let schema): result.append((name, pruned(member, schema, isResource: schema?.isEmbedded ?? false)))
                }
            }
            return .object(JSONObject(result))
        case .array(let elements):
            if let schema, schema.itemSchema == nil, schema.preserves { return value }
            let items = schema?.itemSchema
            return .array(elements.map { pruned($0, items, isResource: items?.isEmbedded ?? false) })
        default: return value
        }
    }
}

extension JSON {
    @inline(__always) var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
