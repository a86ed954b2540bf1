import HTTPMessages

/// How a reply is written, as the client's `Accept` asks.
struct Representation: Sendable, Equatable {
    enum Encoding: Sendable, Equatable { case json, yaml }

    enum Shape: Sendable, Equatable {
        case object
        /// Rows of printer columns; the version (`v1`, `v1beta1`) stands in the reply.
        case table(version: String)
        /// Metadata alone.
        case partial(version: String)
    }

    var encoding: Encoding = .json
    var shape: Shape = .object

    static let plain = Representation()
    /// What a 406 names.
    static let offered = [MediaType.json, MediaType.yaml]

    /// The best of what the client accepts and we offer; nil when there is none.
    ///
    /// - Parameters:
    ///   - allowsShapes: whether `as=Table` and `as=PartialObjectMetadata` can be had here.
    ///   - stream: for watches, which are lines of JSON.
    static func negotiate(_ accept: String?, allowsShapes: Bool, stream: Bool = false) -> Representation? {
        guard let accept, !accept.isEmpty else { return .plain }
        if accept == "application/json" || accept == "*/*" { return .plain }
        let ranges = MediaType.accept(accept)
        guard !ranges.isEmpty else { return .plain }
        for range in ranges where range.quality > 0 {
            let encoding: Encoding
            switch (range.type, range.subtype) {
            case ("*", "*"), ("application", "*"), ("application", "json"): encoding = .json
            case ("application", "yaml") where !stream: encoding = .yaml
            default: continue
            }
            if let streaming = range.parameters["stream"], !(stream && streaming == "watch") { continue }
            guard let shape = shape(range.parameters, list: true) else { continue }
            if shape != .object, !allowsShapes { continue }
            return Representation(encoding: encoding, shape: shape)
        }
        return nil
    }

    private static func shape(_ parameters: [String: String], list: Bool) -> Shape? {
        guard let kind = parameters["as"] else { return parameters["g"] == nil && parameters["v"] == nil ? .object : nil }
        let group = parameters["g"] ?? ""
        let version = parameters["v"] ?? ""
        guard group == "meta.k8s.io", version == "v1" || version == "v1beta1" else { return nil }
        switch kind {
        case "Table": return .table(version: version)
        case "PartialObjectMetadata", "PartialObjectMetadataList": return .partial(version: version)
        default: return nil
        }
    }

    var contentType: String { encoding == .json ? MediaType.json : MediaType.yaml }
}
