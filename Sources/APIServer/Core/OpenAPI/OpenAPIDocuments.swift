import Kernel

/// The OpenAPI documents of what is served: v3 a document for each group and version, v2 one for all.
///
/// Making them takes milliseconds: do it off the event loop, and keep the bytes until the served resources change. The same resources
/// give the same bytes, so a hash of them (`ContentHash`) makes a URL that can be cached for ever.
public struct OpenAPIDocuments: Sendable {
    /// Sorted by group, version and plural.
    private let resources: [ResourceDefinition]
    private let info: JSON

    public init(_ resources: [ResourceDefinition], millwrightVersion: String) {
        self.resources = resources.sorted { ($0.group, $0.version, $0.plural) < ($1.group, $1.version, $1.plural) }
        info = ["title": "Millwright", "version": .string("v\(VersionDocument.major).\(VersionDocument.minor).0+millwright-\(millwrightVersion)")]
    }

    // MARK: v3

    /// `api/v1`, `apis/millwright.dev/v1alpha1`, …: what the index lists, each with what `v3(_:)` takes.
    public var v3Paths: [String] {
        var seen: Set<String> = []
        return resources.map(Self.path).filter { seen.insert($0).inserted }.sorted()
    }

    private static func path(_ resource: ResourceDefinition) -> String {
        resource.group.isEmpty ? "api/\(resource.version)" : "apis/\(resource.group)/\(resource.version)"
    }

    /// `/openapi/v3`.
    ///
    /// - Parameter hashes: for each path of `v3Paths` the hash of its document's bytes.
    public static func v3Index(hashes: [(path: String, hash: String)]) -> JSON {
        let paths = hashes.map { entry -> (String, JSON) in
            (entry.path, ["serverRelativeURL": .string("/openapi/v3/\(entry.path)?hash=\(entry.hash)")])
        }
        return ["paths": .object(JSONObject(paths))]
    }

    /// `/openapi/v3/PATH`, or nil when nothing is served there.
    public func v3(_ path: String) -> JSON? {
        let served = resources.filter { Self.path($0) == path }
        guard !served.isEmpty else { return nil }
        let (paths, schemas) = Self.parts(served, .v3)
        return [
            "openapi": "3.0.0", "info": info, "paths": paths,
            "components": [
                "schemas": schemas,
                "securitySchemes": ["BearerToken": Self.bearer],
            ],
        ]
    }

    // MARK: v2

    /// `/openapi/v2` as JSON.
    public var v2: JSON {
        let (paths, schemas) = Self.parts(resources, .v2)
        return [
            "swagger": "2.0", "info": info, "paths": paths, "definitions": schemas,
            "securityDefinitions": ["BearerToken": Self.bearer], "security": [["BearerToken": []]],
        ]
    }

    /// `/openapi/v2` in protobuf, which kubectl asks for first; older ones take nothing else.
    public var v2Protobuf: [UInt8] { Gnostic.encode(v2) }

    private static let bearer: JSON = [
        "description": "Bearer token of a service account or user.", "type": "apiKey", "name": "authorization", "in": "header",
    ]

    private static func parts(_ resources: [ResourceDefinition], _ dialect: OpenAPIDialect) -> (paths: JSON, schemas: JSON) {
        var schemas = PublishedSchemas(dialect)
        for resource in resources { schemas.add(resource) }
        let paths = resources.flatMap { OpenAPIPaths.paths(of: $0, schemas) }.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        return (.object(JSONObject(paths)), schemas.json)
    }
}
