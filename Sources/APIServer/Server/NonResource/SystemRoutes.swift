import APIServerCore
import HTTPMessages
import Kernel
import Store

/// What stands outside the API groups: health, version, metrics, discovery, OpenAPI.
struct SystemRoutes: Sendable {
    private let parts: ServerParts
    private let discovery: DiscoveryRoutes
    private let openAPI: OpenAPIRoutes

    init(_ parts: ServerParts) {
        self.parts = parts
        discovery = DiscoveryRoutes(parts.registry, address: parts.configuration.externalAddress)
        openAPI = OpenAPIRoutes(parts.registry, version: parts.configuration.version)
    }

    func respond(_ context: RequestContext) async throws(APIStatus) -> HTTPReply {
        let segments = context.info.segments
        guard ["get", "head"].contains(context.info.verb) else { throw .methodNotAllowed }
        switch segments.first {
        case nil: return Reply.json(["paths": JSON(paths)], pretty: true)
        case "healthz", "livez", "readyz": return try Health(parts).respond(context)
        case "version" where segments.count == 1: return Reply.json(version, pretty: true)
        case "metrics" where segments.count == 1:
            return Reply.text(parts.metrics.rendered(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        case "api", "apis": return try discovery.respond(context)
        case "openapi": return try await openAPI.respond(context)
        default: throw .noSuchPath
        }
    }

    private var version: JSON {
        VersionDocument.json(millwright: parts.configuration.version, commit: "", buildDate: "1970-01-01T00:00:00Z", platform: "linux/amd64")
    }

    private var paths: [String] {
        let groups = Set(parts.registry.table.resources.map { $0.definition }.filter { !$0.group.isEmpty }.flatMap { ["/apis/\($0.group)", "/apis/\($0.apiVersion)"] })
        return (["/api", "/api/v1", "/apis", "/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version"] + groups).sorted()
    }
}
