import Kernel

/// The options of a request's query, read once and checked where they are used.
struct QueryOptions: Sendable {
    private let items: [(name: String, value: String)]

    init(_ items: [(name: String, value: String)]) { self.items = items }

    static let none = QueryOptions([])

    /// The first value of an option; Kubernetes ignores repetitions.
    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    func has(_ name: String) -> Bool { items.contains { $0.name == name } }

    /// Go's way with booleans in queries: absent, `0` and `false` are false, anything else is true.
    func flag(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return value != "0" && value.lowercased() != "false"
    }

    /// nil when absent or empty; throws the text when it is no integer.
    func integer(_ name: String) throws(OptionFailure) -> Int64? {
        guard let value = self[name], !value.isEmpty else { return nil }
        guard let number = Int64(value) else { throw OptionFailure(option: name, value: value, expected: "an integer") }
        return number
    }
}
