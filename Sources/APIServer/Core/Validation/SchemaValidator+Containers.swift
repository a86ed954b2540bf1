import Kernel

extension SchemaValidator {
    mutating func checkList(_ elements: [JSON], _ schema: StructuralSchema, old: [JSON]?) {
        if let items = schema.itemSchema {
            for position in elements.indices {
                path.enter(position)
                check(elements[position], items, old: old.flatMap { Self.counterpart(of: elements[position], in: $0, schema) }, isResource: items.isEmbedded)
                path.leave()
                if isFull { return }
            }
        }
        guard schema.rules.hasListRules else { return }
        if let least = schema.fields.minItems, elements.count < least {
            invalid(JSON(elements.count), "should have at least \(least) items")
        }
        if let most = schema.fields.maxItems, elements.count > most {
            report { .tooMany($0, actual: elements.count, limit: most) }
        }
        if schema.fields.uniqueItems, Set(elements).count < elements.count { invalid("", "shouldn't contain duplicates") }
        switch schema.listType {
        case .set: checkUnique(elements) { $0 }
        case .map:
            let keys = schema.rules.sortedListMapKeys
            let items = schema.itemSchema
            checkUnique(elements) { element in
                guard case .object(let object) = element else { return nil }
                if keys.count == 1 { return object[keys[0]] ?? items?.member(keys[0])?.filler }
                return .array(keys.map { object[$0] ?? items?.member($0)?.filler ?? .null })
            } shown: { identity in
                let values = keys.count == 1 ? [identity] : identity.array ?? []
                return .object(JSONObject(zip(keys, values).filter { !$0.1.isNull }.map { ($0.0, $0.1) }))
            }
        case .atomic: break
        }
    }

    /// The element of a list map that an element was before; elements of other lists have no identity.
    static func counterpart(of element: JSON, in old: [JSON], _ schema: StructuralSchema) -> JSON? {
        // Looked for one by one, since this is for faulty objects only; not in lists so long that it would take for ever.
        guard schema.listType == .map, old.count <= 1_000 else { return nil }
        return old.first { candidate in schema.rules.sortedListMapKeys.allSatisfy { candidate[$0] == element[$0] } }
    }

    mutating func checkUnique(_ elements: [JSON], _ identity: (JSON) -> JSON?, shown: (JSON) -> JSON = { $0 }) {
        guard elements.count > 1 else { return }
        // Hashing pays for long lists only.
        let isShort = elements.count <= 8
        var seen: [JSON] = []
        var known: Set<JSON> = []
        for position in elements.indices {
            guard let key = identity(elements[position]), !isFull else { continue }
            if isShort {
                if !seen.contains(key) {
                    seen.append(key)
                    continue
                }
            } else if known.insert(key).inserted {
                continue
            }
            path.enter(position)
            report { .duplicate($0, shown(key)) }
            path.leave()
        }
    }

    mutating func checkObject(_ object: JSONObject, _ schema: StructuralSchema, old: JSONObject?, isResource: Bool) {
        if schema.rules.hasObjectRules {
            if let least = schema.fields.minProperties, object.count < least { invalid(JSON(object.count), "should have at least \(least) properties") }
            if let most = schema.fields.maxProperties, object.count > most { report { .tooMany($0, actual: object.count, limit: most) } }
        }
        for position in object.keys.indices {
            let name = object.keys[position]
            if isResource, name == "metadata" { continue }
            if let at = schema.members.position(of: name) {
                path.enter(position)
                check(object.values[position], schema.memberSchemas[at], old: old?[name], isResource: schema.memberSchemas[at].isEmbedded)
                path.leave()
            } else if let extra = schema.extra {
                path.enter(position)
                check(object.values[position], extra, old: old?[name], isResource: extra.isEmbedded)
                path.leave()
            } else if schema.forbidsExtra {
                let here = path.text
                report { .invalid($0.isEmpty ? "<nil>" : $0, "", "\(here).\(name) in body is a forbidden property") }
            }
            if isFull { return }
        }
        for name in schema.rules.required where object.position(of: name) == nil {
            guard !isFull else { return }
            causes.append(.required(path.text(adding: name)))
        }
        if schema.isEmbedded { checkEmbedded(object) }
    }

    /// An object inside an object: it must say what it is, and its metadata must be well formed.
    mutating func checkEmbedded(_ object: JSONObject) {
        for name in ["apiVersion", "kind"] where !isFull {
            let place = path.text(adding: name)
            switch object[name] {
            case .string(let text)? where !text.isEmpty: break
            case .string?, nil: causes.append(.required(place, "must not be empty"))
            case let other?: causes.append(.typeInvalid(place, .string(other.typeName), "must be a string"))
            }
        }
        if let metadata = object["metadata"] {
            let place = path.text(adding: "metadata")
            for cause in ObjectMetadata.shapeProblems(metadata, path: place) where !isFull { causes.append(cause) }
        }
    }
}
