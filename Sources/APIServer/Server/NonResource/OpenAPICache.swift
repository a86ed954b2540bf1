import APIServerCore
import Kernel

/// Makes the OpenAPI documents when they are first asked for after what is served changed, one at a time, and keeps them.
///
/// An actor: however many clients ask at once, a document is made once, and on one thread.
actor OpenAPICache {
    struct Document: Sendable {
        let bytes: [UInt8]
        let hash: String
        var etag: String { "\"\(hash)\"" }

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            hash = ContentHash.hex(bytes)
        }
    }

    enum Whole: Hashable, Sendable { case v2JSON, v2Protobuf, v3Index }

    private struct Part {
        /// What the document was made of: as long as these are served, it stays.
        let resources: [ServedResource]
        let document: Document
    }

    private let registry: ResourceRegistry
    private let version: String
    private var generation = 0
    private var whole: [Whole: Document] = [:]
    private var parts: [String: Part] = [:]

    init(_ registry: ResourceRegistry, version: String) {
        self.registry = registry
        self.version = version
    }

    func document(_ kind: Whole) -> Document {
        let table = refresh()
        if let known = whole[kind] { return known }
        let documents = OpenAPIDocuments(table.resources.map(\.definition), millwrightVersion: version)
        let bytes: [UInt8]
        switch kind {
        case .v2JSON: bytes = documents.v2.bytes
        case .v2Protobuf: bytes = documents.v2Protobuf
        case .v3Index:
            let hashes = documents.v3Paths.map { path in (path: path, hash: part(path, table)?.hash ?? "") }
            bytes = OpenAPIDocuments.v3Index(hashes: hashes).bytes
        }
        let document = Document(bytes)
        whole[kind] = document
        return document
    }

    /// The v3 document of `apis/GROUP/VERSION`; nil when nothing is served there.
    func document(v3 path: String) -> Document? { part(path, refresh()) }

    private func part(_ path: String, _ table: ResourceTable) -> Document? {
        let resources = table.resources.filter { Self.path($0.definition) == path }
        guard !resources.isEmpty else {
            parts[path] = nil
            return nil
        }
        if let known = parts[path], known.resources.elementsEqual(resources, by: ===) { return known.document }
        guard let json = OpenAPIDocuments(resources.map(\.definition), millwrightVersion: version).v3(path) else { return nil }
        let document = Document(json.bytes)
        parts[path] = Part(resources: resources, document: document)
        return document
    }

    private static func path(_ definition: ResourceDefinition) -> String {
        definition.group.isEmpty ? "api/\(definition.version)" : "apis/\(definition.group)/\(definition.version)"
    }

    private func refresh() -> ResourceTable {
        let table = registry.table
        if generation != table.generation {
            generation = table.generation
            whole = [:]
        }
        return table
    }
}
