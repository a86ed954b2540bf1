import APIServerCore
import HTTPMessages
import Kernel
import Platform

/// `/openapi/v2` and `/openapi/v3`: made when first asked for after what is served changed, off the event loop, and kept.
struct OpenAPIRoutes: Sendable {
    private struct Document: Sendable {
        let bytes: [UInt8]
        let hash: String
        var etag: String { "\"\(hash)\"" }

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            hash = ContentHash.hex(bytes)
        }
    }

    private struct Cache {
        var generation = 0
        var made: [String: Document] = [:]
    }

    private let registry: ResourceRegistry
    private let version: String
    private let cache = Locked(Cache())
    private static let year = 31_536_000

    init(_ registry: ResourceRegistry, version: String) {
        self.registry = registry
        self.version = version
    }

    func respond(_ context: RequestContext) async throws(APIStatus) -> HTTPReply {
        let segments = context.info.segments.dropFirst()
        switch segments.first {
        case "v2" where segments.count == 1: return try v2(context)
        case "v3" where segments.count == 1: return index(context)
        case "v3": return try v3(segments.dropFirst().joined(separator: "/"), context)
        default: throw .noSuchPath
        }
    }

    private func v2(_ context: RequestContext) throws(APIStatus) -> HTTPReply {
        guard let type = OpenAPIMediaType(accept: context.request.headers["Accept"]) else {
            throw .notAcceptable(accepted: [OpenAPIMediaType.json.contentType, OpenAPIMediaType.protobuf.contentType])
        }
        let document = document(type == .json ? "v2.json" : "v2.protobuf") { documents in type == .json ? documents.v2.bytes : documents.v2Protobuf }
        return reply(document, type.contentType, context, headers: ["Vary": "Accept"])
    }

    private func index(_ context: RequestContext) -> HTTPReply {
        let document = document("v3") { documents in
            let hashes = documents.v3Paths.map { path in (path: path, hash: v3Document(path, documents)?.hash ?? "") }
            return OpenAPIDocuments.v3Index(hashes: hashes).bytes
        }
        return reply(document, MediaType.json, context)
    }

    private func v3(_ path: String, _ context: RequestContext) throws(APIStatus) -> HTTPReply {
        refresh()
        guard let document = v3Document(path, OpenAPIDocuments(registry.table.resources.map(\.definition), millwrightVersion: version)) else {
            throw .noSuchPath
        }
        guard let asked = context.options["hash"] else { return reply(document, MediaType.json, context) }
        guard asked == document.hash else {
            // The document changed since the index was read.
            return HTTPReply(status: 301, headers: ["Location": "/openapi/v3/\(path)?hash=\(document.hash)"])
        }
        return reply(document, MediaType.json, context, headers: ["Cache-Control": "public, immutable, max-age=\(Self.year)"])
    }

    private func v3Document(_ path: String, _ documents: OpenAPIDocuments) -> Document? {
        if let known = cache.withLock({ $0.made["v3/" + path] }) { return known }
        guard let json = documents.v3(path) else { return nil }
        let document = Document(json.bytes)
        cache.withLock { $0.made["v3/" + path] = document }
        return document
    }

    private func document(_ key: String, _ make: (OpenAPIDocuments) -> [UInt8]) -> Document {
        refresh()
        if let known = cache.withLock({ $0.made[key] }) { return known }
        let document = Document(make(OpenAPIDocuments(registry.table.resources.map(\.definition), millwrightVersion: version)))
        cache.withLock { $0.made[key] = document }
        return document
    }

    private func refresh() {
        let generation = registry.table.generation
        cache.withLock { cache in
            guard cache.generation != generation else { return }
            cache.generation = generation
            cache.made = [:]
        }
    }

    private func reply(_ document: Document, _ type: String, _ context: RequestContext, headers: HTTPHeaders = [:]) -> HTTPReply {
        var headers = headers
        headers["ETag"] = document.etag
        if headers["Cache-Control"] == nil { headers["Cache-Control"] = "no-cache, private" }
        if ETag.matches(context.request.headers["If-None-Match"], document.etag) { return HTTPReply(status: 304, headers: headers) }
        headers["Content-Type"] = type
        return HTTPReply(status: 200, headers: headers, body: .bytes(document.bytes))
    }
}
