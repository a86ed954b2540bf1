import HTTPMessages
import Kernel

/// A path with its query, percent-encoded.
struct EnginePath: Sendable {
    private var text: String
    private var separator = "?"

    /// - Parameter parts: each becomes one segment, whatever it contains.
    init(_ parts: String...) { text = parts.map { "/" + PercentEncoding.encode($0) }.joined() }

    /// With a parameter; nil leaves it out.
    func with(_ name: String, _ value: String?) -> EnginePath {
        guard let value else { return self }
        var copy = self
        copy.text += separator + name + "=" + PercentEncoding.encode(value)
        copy.separator = "&"
        return copy
    }

    func with(_ name: String, _ flag: Bool) -> EnginePath { with(name, flag ? "true" : "false") }
    func with(_ filters: EngineFilters) -> EnginePath { with("filters", filters.json?.text) }

    /// Below the version: `/v1.41/containers/json`.
    func target(_ version: EngineVersion) -> String { "/v\(version)\(text)" }
}
