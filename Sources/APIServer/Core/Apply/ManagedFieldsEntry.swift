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
