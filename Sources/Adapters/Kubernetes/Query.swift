import HTTPMessages

/// The query part of a URL, put together in a fixed order.
struct Query {
    private var items: [String] = []

    init() {}

    init(_ options: ListOptions) {
        add("labelSelector", options.labelSelector)
        add("fieldSelector", options.fieldSelector)
    }

    init(_ options: WriteOptions) {
        if options.dryRun { add("dryRun", "All") }
        add("fieldManager", options.fieldManager)
        add("fieldValidation", options.fieldValidation)
    }

    /// nil and empty values are left out.
    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        items.append("\(name)=\(PercentEncoding.encode(value))")
    }

    /// With the question mark; empty without items.
    var text: String { items.isEmpty ? "" : "?" + items.joined(separator: "&") }
}
