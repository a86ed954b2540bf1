import Kernel

/// A value and what it was before the update, where that can be told: by name in objects and maps, by key in keyed lists. Elements of
/// other lists have no counterpart.
struct CorrelatedValue {
    let value: JSON
    let old: JSON
    let schema: StructuralSchema

    /// The member of that name, if it was there before and the schema knows it.
    func member(_ name: String) -> CorrelatedValue? {
        guard let value = value.object?[name], let old = old.object?[name], let schema = schema.member(name) else { return nil }
        return CorrelatedValue(value: value, old: old, schema: schema)
    }

    /// - Parameter element: of this list.
    func element(_ element: JSON) -> CorrelatedValue? {
        guard let items = schema.itemSchema, let before = old.array, let old = SchemaValidator.counterpart(of: element, in: before, schema) else { return nil }
        return CorrelatedValue(value: element, old: old, schema: items)
    }

    /// Whether the update left it as it was. Keyed lists may be in another order; what the schema doesn't know counts as changed.
    var isUnchanged: Bool {
        switch (value, old) {
        case (.array(let elements), .array(let before)):
            guard elements.count == before.count else { return false }
            guard schema.listType == .map else { return elements == before }
            return elements.allSatisfy { element($0)?.isUnchanged ?? false }
        case (.object(let members), .object(let before)):
            return members.count == before.count && members.keys.allSatisfy { member($0)?.isUnchanged ?? false }
        case (.array, _), (_, .array), (.object, _), (_, .object): return false
        default: return value == old
        }
    }
}
