/// In which form a client wants `/api` and `/apis`.
public enum DiscoveryForm: Sendable, Equatable {
    /// APIVersions or APIGroupList.
    case legacy
    /// All groups with their resources in one document; `v2` or `v2beta1`.
    case aggregated(version: String)

    /// The Content-Type of the answer, exactly as clients compare it.
    public var contentType: String {
        switch self {
        case .legacy: "application/json"
        case .aggregated(let version): "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
        }
    }

    /// The first form of an `Accept` header that is served; nil when none is.
    public init?(accept: String?) {
        guard let accept, !accept.isEmpty else {
            self = .legacy
            return
        }
        for entry in accept.split(separator: ",") {
            let parts = entry.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let type = parts.first, ["application/json", "application/*", "*/*"].contains(type) else { continue }
            let parameters = parts.dropFirst().filter { !$0.hasPrefix("q=") && !$0.hasPrefix("charset=") && !$0.hasPrefix("profile=") }
            if parameters.isEmpty {
                self = .legacy
                return
            }
            guard parameters.contains("as=apigroupdiscoverylist"), parameters.contains("g=apidiscovery.k8s.io") else { continue }
            for version in ["v2", "v2beta1"] where parameters.contains("v=\(version)") {
                self = .aggregated(version: version)
                return
            }
        }
        return nil
    }
}
