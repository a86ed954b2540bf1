import Kernel

/// What a client asks of a deletion, from the body or the query.
struct DeleteOptions: Sendable, Equatable {
    enum Propagation: String, Sendable { case background = "Background", foreground = "Foreground", orphan = "Orphan" }

    var propagation: Propagation?
    var orphanDependents: Bool?
    var uid: String?
    var resourceVersion: String?
    var dryRun = false
    var gracePeriodSeconds: Int64?

    static let none = DeleteOptions()

    /// - Parameter body: a decoded DeleteOptions document; nil without a body.
    /// - Throws: a sentence for a 400.
    init(body: JSON?, query: QueryOptions) throws(FieldError) {
        if let body {
            guard body.object != nil else { throw FieldError(path: "", message: "DeleteOptions must be an object") }
            if let text = body["propagationPolicy"]?.string { propagation = try Self.propagation(text) }
            orphanDependents = body["orphanDependents"]?.bool
            uid = body["preconditions"]?["uid"]?.string
            resourceVersion = body["preconditions"]?["resourceVersion"]?.string
            gracePeriodSeconds = body["gracePeriodSeconds"]?.int
            dryRun = try Self.dryRun(body["dryRun"]?.array?.compactMap(\.string) ?? [])
        }
        if propagation == nil, let text = query["propagationPolicy"], !text.isEmpty { propagation = try Self.propagation(text) }
        if orphanDependents == nil, query.has("orphanDependents") { orphanDependents = query.flag("orphanDependents") }
        if !dryRun { dryRun = try Self.dryRun(query.all("dryRun")) }
        if propagation != nil, orphanDependents != nil {
            throw FieldError(path: "orphanDependents", message: "orphanDependents and propagationPolicy cannot be both set")
        }
    }

    init() {}

    private static func propagation(_ text: String) throws(FieldError) -> Propagation {
        guard let value = Propagation(rawValue: text) else {
            throw FieldError(
                path: "propagationPolicy",
                message: "Unsupported value: \"\(text.prefix(100))\": supported values: \"Foreground\", \"Background\", \"Orphan\"")
        }
        return value
    }

    /// The one value there is, is `All`.
    static func dryRun(_ values: [String]) throws(FieldError) -> Bool {
        for value in values where value != "All" && !value.isEmpty {
            throw FieldError(path: "dryRun", message: "Unsupported value: \"\(value.prefix(100))\": supported values: \"All\"")
        }
        return values.contains("All")
    }
}
