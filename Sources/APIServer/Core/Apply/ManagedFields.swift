import Kernel

/// `metadata.managedFields` as a whole.
struct ManagedFields: Sendable {
    /// Beyond so many entries by Update, the oldest are put together.
    static let mostUpdateEntries = 10
    static let ancientManager = "ancient-changes"

    var entries: [ManagedFieldsEntry] = []

    init() {}

    /// - Parameter isOurs: read from the store, where only this server writes.
    /// - Returns: nil when an entry isn't in the form.
    init?(_ json: JSON?, isOurs: Bool) {
        guard let json, !json.isNull else { return }
        guard case .array(let list) = json else { return nil }
        for item in list {
            guard let entry = ManagedFieldsEntry(item, isOurs: isOurs) else { return nil }
            if let existing = entries.firstIndex(where: { $0.isSame(entry) }) {
                entries[existing].fields = entries[existing].fields.union(entry.fields)
            } else {
                entries.append(entry)
            }
        }
    }

    /// Those who apply first, then by time, name, version and subresource.
    var json: JSON? {
        guard !entries.isEmpty else { return nil }
        let sorted = entries.sorted { a, b in
            if a.operation != b.operation { return a.operation == .apply }
            let (aTime, bTime) = (a.time?.seconds ?? 0, b.time?.seconds ?? 0)
            if aTime != bTime { return aTime < bTime }
            return (a.manager, a.apiVersion, a.subresource) < (b.manager, b.apiVersion, b.subresource)
        }
        return .array(sorted.map(\.json))
    }

    func isSameApartFromTimes(_ other: ManagedFields) -> Bool {
        guard entries.count == other.entries.count else { return false }
        return entries.allSatisfy { entry in
            other.entries.contains { $0.isSame(entry) && $0.apiVersion == entry.apiVersion && $0.fields == entry.fields }
        }
    }

    mutating func dropEmpty() { entries.removeAll { $0.fields.isEmpty } }

    /// Puts the oldest Update entries together under one name a version, until few enough are left.
    mutating func cap() {
        let updates = entries.filter { $0.operation == .update }
        guard updates.count > Self.mostUpdateEntries else { return }
        let oldest = updates.sorted { a, b in
            let (aTime, bTime) = (a.time?.seconds ?? 0, b.time?.seconds ?? 0)
            return aTime != bTime ? aTime < bTime : (a.manager, a.apiVersion, a.subresource) < (b.manager, b.apiVersion, b.subresource)
        }
        var count = updates.count
        for entry in oldest {
            guard count > Self.mostUpdateEntries else { return }
            if entry.manager == Self.ancientManager { continue }
            let bucket = ManagedFieldsEntry(
                manager: Self.ancientManager, operation: .update, apiVersion: entry.apiVersion, subresource: "", time: entry.time, fields: entry.fields)
            entries.removeAll { $0.isSame(entry) }
            if let existing = entries.firstIndex(where: { $0.isSame(bucket) }) {
                entries[existing].fields = entries[existing].fields.union(entry.fields)
                if let time = entry.time, time > entries[existing].time ?? time { entries[existing].time = time }
                count -= 1
            } else {
                entries.append(bucket)
            }
        }
    }
}
