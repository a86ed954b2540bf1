import Kernel

/// What a list or the events are narrowed to; everything given must match.
public struct EngineFilters: Sendable, Equatable {
    /// Labels with their value, or with nil for any value.
    public var labels: [String: String?]
    /// Other filters of the Engine API by name, as `["type": ["container"]]`; one of the values must match.
    public var others: [String: [String]]

    public init(labels: [String: String?] = [:], others: [String: [String]] = [:]) {
        self.labels = labels
        self.others = others
    }

    public static let none = EngineFilters()

    /// As the `filters` parameter: names and values sorted; nil when there are none.
    var json: JSON? {
        var members = others.mapValues { $0.sorted() }
        let selectors = labels.map { name, value in value.map { "\(name)=\($0)" } ?? name }.sorted()
        if !selectors.isEmpty { members["label", default: []] += selectors }
        guard !members.isEmpty else { return nil }
        return .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }))
    }
}
