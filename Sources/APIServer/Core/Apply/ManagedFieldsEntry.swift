import Kernel

/// An entry of `metadata.managedFields`: who set which fields, how and when.
struct ManagedFieldsEntry: Sendable {
    enum Operation: String, Sendable {
        case apply = "Apply"
        case update = "Update"
    }

    let manager: String
    let operation: Operation
    var apiVersion: String
    let subresource: String
    var time: Timestamp?
    var fields: FieldSet { didSet { written = nil } }
    /// As it was read, for as long as it didn't change.
    private var written: JSON?

    init(manager: String, operation: Operation, apiVersion: String, subresource: String, time: Timestamp?, fields: FieldSet) {
        self.manager = manager
        self.operation = operation
        self.apiVersion = apiVersion
        self.subresource = subresource
        self.time = time
        self.fields = fields
    }

    /// Nil for what isn't in the form.
    ///
    /// - Parameter isOurs: read from the store.
    init?(_ json: JSON, isOurs: Bool) {
        guard case .object = json, let operation = json["operation"]?.string.flatMap(Operation.init(rawValue:)), let fieldsV1 = json["fieldsV1"],
            let fields = FieldSet(fieldsV1: fieldsV1, isOurs: isOurs)
        else { return nil }
        self.operation = operation
        self.fields = fields
        manager = json["manager"]?.string ?? ""
        apiVersion = json["apiVersion"]?.string ?? ""
        subresource = json["subresource"]?.string ?? ""
        time = json["time"]?.string.flatMap(Timestamp.init(rfc3339:))
        written = fieldsV1
    }

    var json: JSON {
        var object = JSONObject()
        object["apiVersion"] = .string(apiVersion)
        object["fieldsType"] = "FieldsV1"
        object["fieldsV1"] = written ?? fields.fieldsV1
        if !manager.isEmpty { object["manager"] = .string(manager) }
        object["operation"] = .string(operation.rawValue)
        if !subresource.isEmpty { object["subresource"] = .string(subresource) }
        if let time { object["time"] = .string(time.rfc3339) }
        return .object(object)
    }

    /// One who applies is the same in every version; one who updates is another in each.
    func isSame(_ other: ManagedFieldsEntry) -> Bool {
        manager == other.manager && operation == other.operation && subresource == other.subresource
            && (operation == .apply || apiVersion == other.apiVersion)
    }

    /// As a conflict names it: `"kubectl-client-side-apply" using v1`, `"x" with subresource "status"`.
    var conflictName: String {
        var text = GoQuote.quote(manager)
        if !subresource.isEmpty { text += " with subresource \(GoQuote.quote(subresource))" }
        if operation == .update { text += " using \(apiVersion)" }
        return text
    }
}

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
