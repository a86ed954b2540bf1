import APIServerCore
import HTTPMessages
import Kernel
import Platform

/// `/api` and `/apis` and what is below them, from documents made once for each change of what is served.
struct DiscoveryRoutes: Sendable {
    private struct Document: Sendable {
        let bytes: [UInt8]
        let etag: String
    }

    private struct Cache {
        var generation = 0
        var documents = DiscoveryDocuments([], serverAddress: "")
        var made: [String: Document] = [:]
    }

    private let registry: ResourceRegistry
    private let address: String
    private let cache = Locked(Cache())

    init(_ registry: ResourceRegistry, address: String) {
        self.registry = registry
        self.address = address
    }

    func respond(_ context: RequestContext) throws(APIStatus) -> HTTPReply {
        let segments = context.info.segments
        guard segments.count > 1 else { return try root(context, core: segments[0] == "api") }
        switch (segments[0], segments.count) {
        case ("api", 2): return try legacy(context) { $0.resources(group: "", version: segments[1]) }
        case ("apis", 2): return try legacy(context) { $0.group(segments[1]) }
        case ("apis", 3): return try legacy(context) { $0.resources(group: segments[1], version: segments[2]) }
        default: throw .noSuchPath
        }
    }

    private func root(_ context: RequestContext, core: Bool) throws(APIStatus) -> HTTPReply {
        // YAML is for people; only the legacy form is offered in it.
        if let asked = Representation.negotiate(context.request.headers["Accept"], allowsShapes: false), asked.encoding == .yaml {
            return try legacy(context) { core ? $0.coreVersions : $0.groupList }
        }
        guard let form = DiscoveryForm(accept: context.request.headers["Accept"]) else { throw .notAcceptable(accepted: Representation.offered) }
        let document = try document("\(core) \(form)") { documents in
            switch form {
            case .legacy: core ? documents.coreVersions : documents.groupList
            case .aggregated(let version): documents.aggregated(core: core, version: version)
            }
        }
        var headers: HTTPHeaders = ["Vary": "Accept", "ETag": document.etag, "Cache-Control": "public"]
        if ETag.matches(context.request.headers["If-None-Match"], document.etag) { return HTTPReply(status: 304, headers: headers) }
        headers["Content-Type"] = form.contentType
        return HTTPReply(status: 200, headers: headers, body: .bytes(document.bytes))
    }

    private func legacy(_ context: RequestContext, _ make: (DiscoveryDocuments) -> JSON?) throws(APIStatus) -> HTTPReply {
        let representation = try context.representation()
        if representation == .plain, !context.options.flag("pretty") {
            let document = try document(context.info.path, make)
            return HTTPReply(status: 200, contentType: MediaType.json, document.bytes)
        }
        refresh()
        guard let json = make(cache.withLock { $0.documents }) else { throw .noSuchPath }
        return Reply.json(json, as: representation, pretty: context.options.flag("pretty"))
    }

    private func document(_ key: String, _ make: (DiscoveryDocuments) -> JSON?) throws(APIStatus) -> Document {
        refresh()
        let (known, documents) = cache.withLock { ($0.made[key], $0.documents) }
        if let known { return known }
        guard let json = make(documents) else { throw .noSuchPath }
        let bytes = json.bytes
        let document = Document(bytes: bytes, etag: "\"\(ContentHash.hex(bytes))\"")
        cache.withLock { $0.made[key] = document }
        return document
    }

    private func refresh() {
        let table = registry.table
        cache.withLock { cache in
            guard cache.generation != table.generation else { return }
            cache.generation = table.generation
            cache.documents = DiscoveryDocuments(table.resources.map(\.definition), serverAddress: address)
            cache.made = [:]
        }
    }
}
