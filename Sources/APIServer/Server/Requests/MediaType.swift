/// A media type or range with its parameters, as in `Accept` and `Content-Type`.
struct MediaType: Sendable, Equatable {
    /// Lower-cased, `application`.
    var type: String
    /// Lower-cased, `json`.
    var subtype: String
    /// Names lower-cased, values as written without quotes; `q` is not among them.
    var parameters: [String: String]
    /// 0 to 1.
    var quality: Double

    var essence: String { "\(type)/\(subtype)" }

    static let json = "application/json"
    static let yaml = "application/yaml"
    static let protobuf = "application/vnd.kubernetes.protobuf"
    static let jsonPatch = "application/json-patch+json"
    static let mergePatch = "application/merge-patch+json"
    static let strategicMergePatch = "application/strategic-merge-patch+json"
    static let applyPatch = "application/apply-patch+yaml"

    init?(_ text: String) {
        var parts = text.split(separator: ";", omittingEmptySubsequences: true).map(Self.trimmed)
        guard let first = parts.first else { return nil }
        parts.removeFirst()
        let halves = first.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
        type = halves[0].lowercased()
        subtype = halves[1].lowercased()
        parameters = [:]
        quality = 1
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            let name = Self.trimmed(pair[0]).lowercased()
            var value = Self.trimmed(pair[1])
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = String(value.dropFirst().dropLast()) }
            if name == "q" { quality = min(max(Double(value) ?? 0, 0), 1) } else { parameters[name] = value }
        }
    }

    /// The ranges of an `Accept` field, best first; equal ones keep their order.
    static func accept(_ header: String) -> [MediaType] {
        let ranges = header.split(separator: ",").compactMap { MediaType(String($0)) }
        return ranges.enumerated().sorted { a, b in
            a.element.quality != b.element.quality ? a.element.quality > b.element.quality : a.offset < b.offset
        }.map(\.element)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = Substring(text).drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}
