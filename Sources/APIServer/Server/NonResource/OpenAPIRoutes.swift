import APIServerCore
import HTTPMessages
import Kernel

/// `/openapi/v2` and `/openapi/v3`.
struct OpenAPIRoutes: Sendable {
    private let cache: OpenAPICache
    private static let year = 31_536_000

    init(_ registry: ResourceRegistry, version: String) { cache = OpenAPICache(registry, version: version) }

    func respond(_ context: RequestContext) async throws(APIStatus) -> HTTPReply {
        let segments = context.info.segments.dropFirst()
        switch segments.first {
        case "v2" where segments.count == 1: return try await v2(context)
        case "v3" where segments.count == 1: return reply(await cache.document(.v3Index), MediaType.json, context)
        case "v3": return try await v3(segments.dropFirst().joined(separator: "/"), context)
        default: throw .noSuchPath
        }
    }

    private func v2(_ context: RequestContext) async throws(APIStatus) -> HTTPReply {
        guard let type = OpenAPIMediaType(accept: context.request.headers["Accept"]) else {
            throw .notAcceptable(accepted: [OpenAPIMediaType.json.contentType, OpenAPIMediaType.protobuf.contentType])
        }
        let document = await cache.document(type == .json ? .v2JSON : .v2Protobuf)
        return reply(document, type.contentType, context, headers: ["Vary": "Accept"])
    }

    private func v3(_ path: String, _ context: RequestContext) async throws(APIStatus) -> HTTPReply {
        guard let document = await cache.document(v3: path) else { throw .noSuchPath }
        guard let asked = context.options["hash"] else { return reply(document, MediaType.json, context) }
        guard asked == document.hash else {
            // The document changed since the index was read.
            return HTTPReply(status: 301, headers: ["Location": "/openapi/v3/\(path)?hash=\(document.hash)"])
        }
        return reply(document, MediaType.json, context, headers: ["Cache-Control": "public, immutable, max-age=\(Self.year)"])
    }

    private func reply(_ document: OpenAPICache.Document, _ type: String, _ context: RequestContext, headers: HTTPHeaders = [:]) -> HTTPReply {
        var headers = headers
        headers["ETag"] = document.etag
        if headers["Cache-Control"] == nil { headers["Cache-Control"] = "no-cache, private" }
        if ETag.matches(context.request.headers["If-None-Match"], document.etag) { return HTTPReply(status: 304, headers: headers) }
        headers["Content-Type"] = type
        return HTTPReply(status: 200, headers: headers, body: .bytes(document.bytes))
    }
}
