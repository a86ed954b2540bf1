import Kernel

/// What a write changed, as far as it decides whether to write at all and whether `generation` moves.
public enum ObjectComparison {
    /// Whether storing `new` would change nothing: a difference of the times in managedFields, of resourceVersion or of an empty map or
    /// list of metadata that was absent before is none.
    public static func isUnchanged(_ new: JSON, from old: JSON) -> Bool {
        guard case .object(let after) = new, case .object(let before) = old else { return new == old }
        for name in after.keys where name != "metadata" && before[name] != after[name] { return false }
        for name in before.keys where name != "metadata" && after[name] == nil { return false }
        return isSameMetadata(after["metadata"]?.object ?? JSONObject(), before["metadata"]?.object ?? JSONObject())
    }

    private static func isSameMetadata(_ new: JSONObject, _ old: JSONObject) -> Bool {
        func differs(_ name: String) -> Bool {
            if name == "resourceVersion" { return false }
            let (a, b) = (new[name], old[name])
            if a == b { return false }
            if name == "managedFields" { return !isSameManagedFields(a?.array ?? [], b?.array ?? []) }
            return !(isNothing(a) && isNothing(b))
        }
        return !new.keys.contains(where: differs) && !old.keys.contains(where: differs)
    }

    private static func isNothing(_ value: JSON?) -> Bool { value.map { $0.isNull || $0.isEmptyContainer || $0.string == "" } ?? true }

    private static func isSameManagedFields(_ new: [JSON], _ old: [JSON]) -> Bool {
        guard new.count == old.count else { return false }
        func timeless(_ entry: JSON) -> JSON {
            var entry = entry
            entry["time"] = nil
            return entry
        }
        let (a, b) = (new.map(timeless), old.map(timeless))
        // Other times can put the entries in another order.
        return a == b || Set(a) == Set(b)
    }

    /// Whether a write through the main resource moves `generation`: what is desired changed, that is anything but metadata and status.
    public static func changesDesired(_ new: JSON, from old: JSON) -> Bool {
        guard case .object(let after) = new, case .object(let before) = old else { return new != old }
        func counts(_ name: String) -> Bool { name != "metadata" && name != "status" && name != "apiVersion" && name != "kind" }
        return after.keys.contains { counts($0) && before[$0] != after[$0] } || before.keys.contains { counts($0) && after[$0] == nil }
    }
}
