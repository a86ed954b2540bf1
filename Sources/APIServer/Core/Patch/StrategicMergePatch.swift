import Kernel

/// A merge patch that knows the kind: lists with a merge key merge element by element, and directives say more than a value could.
///
/// What the schema says of a list: `x-kubernetes-patch-strategy: merge`, `x-kubernetes-patch-merge-key`. Directives: `$patch` (merge,
/// replace, delete), `$retainKeys`, `$deleteFromPrimitiveList/NAME`, `$setElementOrder/NAME`.
public struct StrategicMergePatch {
    static let patchDirective = "$patch"
    static let retainKeys = "$retainKeys"
    static let deleteFromList = "$deleteFromPrimitiveList/"
    static let elementOrder = "$setElementOrder/"

    /// - Throws: `.malformed` for what is no strategic merge patch, `.inapplicable` for what doesn't fit the kind.
    public static func applied(_ patch: JSON, to document: JSON, schema: StructuralSchema) throws(PatchError) -> JSON {
        guard case .object(let changes) = patch else {
            throw .malformed("a strategic merge patch must be an object; found: \(patch.typeName)")
        }
        return .object(try merge(changes, over: document.object ?? JSONObject(), schema))
    }

    private static func merge(_ patch: JSONObject, over original: JSONObject, _ schema: StructuralSchema?) throws(PatchError) -> JSONObject {
        if let directive = patch[patchDirective] {
            var rest = patch
            rest[patchDirective] = nil
            switch directive.string {
            case "replace": return rest
            case "delete": return JSONObject()
            case "merge": return try merge(rest, over: original, schema)
            default: throw .malformed("Unknown patch type found: \(directive.string ?? directive.text)")
            }
        }
        var result = original
        if let keys = patch[retainKeys] { result = try retaining(keys, patch, original) }
        for (key, change) in patch {
            if key == retainKeys || key.hasPrefix(elementOrder) { continue }
            if key.hasPrefix(deleteFromList) {
                let list = String(key.dropFirst(deleteFromList.count))
                guard case .array(let unwanted) = change else { throw .malformed("\(key) must be a list") }
                let goes = Set(unwanted)
                if case .array(let elements)? = result[list] { result[list] = .array(elements.filter { !goes.contains($0) }) }
                continue
            }
            if change.isNull {
                result[key] = nil
                continue
            }
            let member = schema?.member(key)
            let order = try self.order(patch, key)
            guard let existing = result[key] else {
                if let order, case .array(let list) = change { try checkOrder(list.filter { $0[patchDirective] == nil }, order, member?.patchMergeKey) }
                result[key] = try withoutDirectives(change)
                continue
            }
            switch (existing, change) {
            case (.object(let before), .object(let after)) where !(member?.patchStrategy ?? "").contains("replace"):
                result[key] = .object(try merge(after, over: before, member))
            case (.array(let before), .array(let after)) where (member?.patchStrategy ?? "").contains("merge"):
                result[key] = .array(try mergeLists(after, over: before, member, order: order))
            default: result[key] = try withoutDirectives(change)
            }
        }
        // An order without changes to its list only sorts it.
        for (key, _) in patch where key.hasPrefix(elementOrder) {
            let list = String(key.dropFirst(elementOrder.count))
            guard patch[list] == nil, case .array(let elements)? = result[list], let order = try order(patch, list) else { continue }
            result[list] = .array(sorted(elements, by: order, original: elements, mergeKey: schema?.member(list)?.patchMergeKey))
        }
        return result
    }

    private static func retaining(_ keys: JSON, _ patch: JSONObject, _ original: JSONObject) throws(PatchError) -> JSONObject {
        guard case .array(let list) = keys else { throw .malformed("invalid patch format of retainKeys: it must be a list of names") }
        var names: [String] = []
        for entry in list {
            guard let name = entry.string else { throw .malformed("invalid patch format of retainKeys: it must be a list of names") }
            names.append(name)
        }
        for (key, change) in patch where !key.hasPrefix("$") && !change.isNull && !names.contains(where: { sameBytes($0, key) }) {
            throw .malformed("invalid patch format of retainKeys: \(GoQuote.quote(key)) is set but not retained")
        }
        return JSONObject(original.filter { member in names.contains { sameBytes($0, member.0) } })
    }

    private static func order(_ patch: JSONObject, _ list: String) throws(PatchError) -> [JSON]? {
        guard let directive = patch[elementOrder + list] else { return nil }
        guard case .array(let order) = directive else { throw .malformed("invalid patch format of setElementOrder list: it must be a list") }
        return order
    }

    // MARK: Lists

    private static func mergeLists(
        _ patch: [JSON], over original: [JSON], _ schema: StructuralSchema?, order: [JSON]?
    ) throws(PatchError) -> [JSON] {
        let isOfObjects = (patch + original).contains { $0.object != nil }
        let mergeKey = isOfObjects ? schema?.patchMergeKey : nil
        if isOfObjects, mergeKey == nil { return try withoutDirectives(.array(patch)).array ?? [] }
        let changes = patch.filter { $0[patchDirective] == nil }
        if let order { try checkOrder(changes, order, mergeKey) }
        let merged: [JSON]
        if let mergeKey {
            merged = try mergeObjects(patch, over: original, schema?.items, mergeKey)
        } else {
            var elements = original
            var known = Set(original)
            for element in patch where known.insert(element).inserted { elements.append(element) }
            merged = elements
        }
        // With an order, and something deleted, Kubernetes goes by where things stand after the merge.
        let kept = order != nil && changes.count < patch.count ? Set(merged.map { identity($0, mergeKey) }) : []
        let isShorter = !kept.isEmpty && original.contains { !kept.contains(identity($0, mergeKey)) }
        let places = isShorter ? merged : original
        return sorted(merged, by: order ?? changes, original: places, mergeKey: mergeKey)
    }

    /// What tells an element from the others: its merge key's value, or itself.
    private static func identity(_ element: JSON, _ mergeKey: String?) -> JSON { mergeKey.flatMap { element[$0] } ?? element }

    /// The elements of the patch must stand in the order that the patch asks for.
    private static func checkOrder(_ changes: [JSON], _ order: [JSON], _ mergeKey: String?) throws(PatchError) {
        var rest = order[...]
        for change in changes {
            guard let at = rest.firstIndex(where: { identity($0, mergeKey) == identity(change, mergeKey) }) else {
                throw .malformed(
                    "The order in patch list:\n\(JSON.array(changes).text)\n doesn't match $setElementOrder list:\n\(JSON.array(order).text)\n")
            }
            rest = rest[(at + 1)...]
        }
    }

    private static func mergeObjects(
        _ patch: [JSON], over original: [JSON], _ schema: StructuralSchema?, _ mergeKey: String
    ) throws(PatchError) -> [JSON] {
        var changes: [JSON] = []
        var unwanted: Set<JSON> = []
        var replaces = false
        for element in patch {
            guard case .object(let object) = element else {
                throw .malformed("invalid JSON document: a list of objects can't be patched with a \(element.typeName)")
            }
            switch object[patchDirective]?.string {
            case nil: changes.append(element)
            case "merge":
                var rest = object
                rest[patchDirective] = nil
                changes.append(.object(rest))
            case "replace":
                replaces = true
                var rest = object
                rest[patchDirective] = nil
                if !rest.isEmpty { changes.append(.object(rest)) }
            case "delete":
                guard let key = object[mergeKey] else { throw missing(mergeKey, element) }
                unwanted.insert(key)
            case let other?: throw .malformed("Unknown patch type found: \(other)")
            }
        }
        if replaces {
            var kept: [JSON] = []
            for change in changes { kept.append(try withoutDirectives(change)) }
            return kept
        }
        var result = original.filter { element in
            guard let key = element[mergeKey] else { return true }
            return !unwanted.contains(key)
        }
        // By key, so that long lists don't take quadratic time.
        var places: [JSON: Int] = [:]
        for (place, element) in result.enumerated() {
            if let key = element[mergeKey], places[key] == nil { places[key] = place }
        }
        for change in changes {
            guard let key = change[mergeKey], case .object(let after) = change else { throw missing(mergeKey, change) }
            if let place = places[key], case .object(let before) = result[place] {
                result[place] = .object(try merge(after, over: before, schema))
            } else {
                places[key] = result.count
                result.append(try withoutDirectives(change))
            }
        }
        return result
    }

    private static func missing(_ mergeKey: String, _ element: JSON) -> PatchError {
        .malformed("map: \(element.canonical.text) does not contain declared merge key: \(mergeKey)")
    }

    /// The order the client asked for among the elements it knows; those only the server has keep their place among them as far as
    /// that can be.
    private static func sorted(_ merged: [JSON], by order: [JSON], original: [JSON], mergeKey: String?) -> [JSON] {
        func identity(_ element: JSON) -> JSON { Self.identity(element, mergeKey) }
        func positions(_ list: [JSON]) -> [JSON: Int] {
            var result: [JSON: Int] = [:]
            for (position, element) in list.enumerated() where result[identity(element)] == nil { result[identity(element)] = position }
            return result
        }
        let asked = positions(order)
        let before = positions(original)
        func byPosition(_ elements: [JSON], _ positions: [JSON: Int]) -> [JSON] {
            elements.enumerated().sorted { a, b in
                (positions[identity(a.element)] ?? .max, a.offset) < (positions[identity(b.element)] ?? .max, b.offset)
            }.map(\.element)
        }
        let known = byPosition(merged.filter { asked[identity($0)] != nil }, asked)
        let others = byPosition(merged.filter { asked[identity($0)] == nil }, before)
        var result: [JSON] = []
        var (knownAt, othersAt) = (0, 0)
        while knownAt < known.count || othersAt < others.count {
            if othersAt >= others.count {
                result.append(known[knownAt])
                knownAt += 1
            } else if knownAt >= known.count {
                result.append(others[othersAt])
                othersAt += 1
            } else if let a = before[identity(others[othersAt])], let b = before[identity(known[knownAt])], a < b {
                result.append(others[othersAt])
                othersAt += 1
            } else {
                result.append(known[knownAt])
                knownAt += 1
            }
        }
        return result
    }

    /// A value as it is stored when nothing was there before: without directives, elements marked for deletion, and nulls.
    private static func withoutDirectives(_ value: JSON) throws(PatchError) -> JSON {
        switch value {
        case .object(let object):
            var result = JSONObject()
            for (key, member) in object where !key.hasPrefix("$patch") && key != retainKeys && !key.hasPrefix(deleteFromList) && !key.hasPrefix(elementOrder) {
                if member.isNull { continue }
                result[key] = try withoutDirectives(member)
            }
            return .object(result)
        case .array(let elements):
            var result: [JSON] = []
            for element in elements {
                if element[patchDirective]?.string == "delete" { continue }
                if case .object(let object) = element, object.count == 1, object[patchDirective] != nil { continue }
                result.append(try withoutDirectives(element))
            }
            return .array(result)
        default: return value
        }
    }
}
