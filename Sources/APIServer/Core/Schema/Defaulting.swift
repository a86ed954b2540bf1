import Kernel

extension StructuralSchema {
    /// Fills in the schema's defaults, on writes as on reads.
    ///
    /// A null where the schema doesn't allow one counts as absent: it goes, and the default comes in its place if there is one.
    /// Defaults are looked for below what a default brings in, too. `metadata` of the root is left alone.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    public func applyDefaults(_ value: inout JSON) -> Bool {
        guard let changed = defaulted(value, isRoot: true) else { return false }
        value = changed
        return true
    }

    /// The value with its defaults, or nil when that is the same.
    private func defaulted(_ value: JSON, isRoot: Bool = false) -> JSON? {
        switch value {
        case .object(let object): return defaulted(object, isRoot: isRoot).map { .object($0) }
        case .array(let elements):
            guard let items = itemSchema else { return nil }
            var result: [JSON]? = nil
            for (position, element) in elements.enumerated() {
                let replacement: JSON?
                if element.isNull, !items.isNullable, let filler = items.filler {
                    replacement = items.defaulted(filler) ?? filler
                } else {
                    replacement = element.isContainer ? items.defaulted(element) : nil
                }
                guard let replacement else { continue }
                if result == nil { result = elements }
                result?[position] = replacement
            }
            return result.map { .array($0) }
        default: return nil
        }
    }

    private func defaulted(_ object: JSONObject, isRoot: Bool) -> JSONObject? {
        var replacements: [(position: Int, value: JSON?)] = []
        for position in object.keys.indices {
            let value = object.values[position]
            let isNull = value.isNull
            guard isNull || value.isContainer else { continue }
            if isRoot, object.keys[position] == "metadata" { continue }
            guard let schema = member(object.keys[position]) else { continue }
            if isNull {
                if schema.isNullable { continue }
                replacements.append((position, schema.filler.map { schema.defaulted($0) ?? $0 }))
            } else if let changed = schema.defaulted(value) {
                replacements.append((position, changed))
            }
        }
        var additions: [(String, JSON)] = []
        for position in defaultedPositions {
            let name = fields.properties.names[position]
            if isRoot, name == "metadata" { continue }
            guard object.position(of: name) == nil, let filler = memberSchemas[position].filler else { continue }
            additions.append((name, memberSchemas[position].defaulted(filler) ?? filler))
        }
        if replacements.isEmpty, additions.isEmpty { return nil }
        var keys: [String] = []
        var values: [JSON] = []
        keys.reserveCapacity(object.count + additions.count)
        values.reserveCapacity(object.count + additions.count)
        var at = 0
        for position in object.keys.indices {
            var value: JSON? = object.values[position]
            if at < replacements.count, replacements[at].position == position {
                value = replacements[at].value
                at += 1
            }
            guard let value else { continue }
            keys.append(object.keys[position])
            values.append(value)
        }
        for (name, value) in additions {
            keys.append(name)
            values.append(value)
        }
        return JSONObject(uniqueKeys: keys, values: values)
    }
}

extension StructuralSchema {
    /// Removes nulls where the schema doesn't allow one, without filling in defaults.
    func dropNulls(_ value: inout JSON) {
        guard Self.hasNull(value) else { return }
        value = withoutNulls(value, isRoot: true)
    }

    private static func hasNull(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .array(let elements): elements.contains(where: hasNull)
        case .object(let object): object.values.contains(where: hasNull)
        default: false
        }
    }

    private func withoutNulls(_ value: JSON, isRoot: Bool = false) -> JSON {
        switch value {
        case .array(let elements):
            guard let items = itemSchema else { return value }
            return .array(elements.map { items.withoutNulls($0) })
        case .object(let object):
            var result = JSONObject()
            for (name, member) in object {
                let schema = isRoot && name == "metadata" ? ObjectMetadata.schema : self.member(name)
                // Null times of metadata are how Go's clients write an empty one.
                if member.isNull, isRoot || schema.map({ !$0.fields.nullable || $0.fields.format == "date-time" || $0.fields.format == TypeSchemas.microTimeFormat }) ?? false { continue }
                result[name] = schema?.withoutNulls(member) ?? member
            }
            return .object(result)
        default: return value
        }
    }
}
