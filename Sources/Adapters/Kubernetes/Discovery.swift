import Kernel
import Platform

/// Finds what an API server calls a kind in URLs: for documents whose kind is known only when they are read.
///
/// The answer for a group and version is kept; a kind that isn't in it is looked for again, at most every ten seconds, for CRDs come and go.
public final class Discovery: Sendable {
    private struct Known {
        var types: [ResourceType]
        var at: MonotonicInstant
    }

    private static let lookAgainAfter: Duration = .seconds(10)

    private let client: KubernetesClient
    private let clocks: any Clocks
    private let known = Locked<[String: Known]>([:])

    public init(_ client: KubernetesClient, clocks: any Clocks) {
        self.client = client
        self.clocks = clocks
    }

    /// - Throws: `notFound` when the server doesn't serve the kind.
    public func type(of kind: GroupVersionKind) async throws(KubernetesError) -> ResourceType {
        let now = clocks.monotonic
        let cached = known.withLock { $0[kind.apiVersion] }
        if let type = cached?.types.first(where: { $0.kind == kind.kind }) { return type }
        if cached.map({ now - $0.at >= Self.lookAgainAfter }) ?? true {
            let types = try await types(group: kind.group, version: kind.version)
            known.withLock { $0[kind.apiVersion] = Known(types: types, at: now) }
            if let type = types.first(where: { $0.kind == kind.kind }) { return type }
        }
        throw .notFound(
            "the server knows no kind \(kind.kind) in \(kind.apiVersion); if its CustomResourceDefinition belongs to Millwright, "
                + "install it with `millwright crds | kubectl apply --server-side -f -`")
    }

    /// Every resource of a group and version, subresources left out.
    public func types(group: String, version: String) async throws(KubernetesError) -> [ResourceType] {
        let list: JSON
        do throws(KubernetesError) {
            list = try await client.raw("GET", group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)")
        } catch {
            guard case .notFound = error else { throw error }
            return []
        }
        return (list["resources"]?.array ?? []).compactMap { entry in
            guard let plural = entry["name"]?.string, !plural.contains("/"), let kind = entry["kind"]?.string else { return nil }
            return ResourceType(
                group: group, version: version, kind: kind, plural: plural, isNamespaced: entry["namespaced"]?.bool ?? true)
        }
    }

    /// The server's version, `v1.31.2`.
    public func serverVersion() async throws(KubernetesError) -> String {
        try await client.raw("GET", "/version")["gitVersion"]?.string ?? "unknown"
    }
}
