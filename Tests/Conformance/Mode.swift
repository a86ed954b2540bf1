import Kernel
import TestSupport
import Testing

/// Where a test of the suite runs: in process and over a socket, or, where a Kubernetes is given, against that one.
enum Mode: String, Sendable, CustomTestStringConvertible {
    case inProcess, socket, given

    static let all: [Mode] = GivenServer.path != nil ? [.given] : Capability.postgres ? [.inProcess, .socket] : [.inProcess]

    /// Where kubectl works: it needs a socket.
    static let kubectl: Mode = GivenServer.path != nil ? .given : .socket

    var testDescription: String { rawValue }

    /// Expects what ours does at once, and Kubernetes after a while: it has caches, and controllers of its own pace.
    func soon(_ what: String, _ place: SourceLocation = #_sourceLocation, _ ask: @Sendable () async throws -> Bool) async throws {
        if self == .given {
            try await eventually(what) { try await ask() ? true : nil }
        } else {
            let holds = try await ask()
            #expect(holds, "\(what)", sourceLocation: place)
        }
    }

    /// A client of the one server of this mode that all tests share, as its administrator.
    func client() async throws -> Client {
        let client = Client(server: try await Servers.shared.server(self))
        try await eventually("the server is ready") { try await client.get("/readyz").status == 200 ? true : nil }
        return client
    }
}

/// The servers, started when first needed.
actor Servers {
    static let shared = Servers()
    private var starting: [Mode: Task<any ConformanceServer, any Error>] = [:]

    func server(_ mode: Mode) async throws -> any ConformanceServer {
        if let known = starting[mode] { return try await known.value }
        let task = Task<any ConformanceServer, any Error> {
            switch mode {
            case .inProcess: try InProcessServer()
            case .socket: try await SocketServer()
            case .given: try GivenServer(kubeconfig: GivenServer.path ?? "")
            }
        }
        starting[mode] = task
        return try await task.value
    }

    /// For kubectl: of the given server, or of our own over its socket.
    func kubeconfig() async throws -> String {
        if let given = try await server(.kubectl) as? GivenServer { return given.kubeconfig }
        return try #require(try await server(.kubectl) as? SocketServer).kubeconfig
    }
}

enum Unique {
    /// A name that no other test has.
    static func name(_ prefix: String = "t") -> String { "\(prefix)-\(String(UInt64.random(in: 1 << 40 ..< 1 << 44), radix: 36))" }
}

extension Client {
    /// A namespace of the test's own.
    func namespace() async throws -> String {
        let name = Unique.name()
        try await post("/api/v1/namespaces", ["metadata": ["name": .string(name)]]).expect(201)
        return name
    }

    /// A definition of the test's own, in a group of its own; its name and group.
    func definition(
        plural: String = "widgets", kind: String = "Widget", scope: String = "Namespaced", version: JSON? = nil, versions: [JSON]? = nil
    ) async throws -> Definition {
        let group = "\(Unique.name("g")).example.com"
        let object = Definition.object(group: group, plural: plural, kind: kind, scope: scope, versions: versions ?? [version ?? Definition.version()])
        try await post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", object).expect(201)
        let definition = Definition(group: group, plural: plural, kind: kind)
        if !server.isOurs {
            // Ours serves it at once; Kubernetes a little later.
            let list = "/apis/\(group)/\((versions ?? [version ?? Definition.version()]).first?["name"]?.string ?? "v1")/\(plural)"
            try await eventually("the definition is served") { try await self.get(list).status == 200 ? true : nil }
        }
        return definition
    }
}

/// A CustomResourceDefinition that a test made.
struct Definition: Sendable {
    let group: String
    let plural: String
    let kind: String

    var name: String { "\(plural).\(group)" }
    var apiVersion: String { "\(group)/v1" }
    var path: String { "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/\(name)" }

    func collection(_ namespace: String, version: String = "v1") -> String { "/apis/\(group)/\(version)/namespaces/\(namespace)/\(plural)" }
    func item(_ namespace: String, _ name: String, version: String = "v1") -> String { "\(collection(namespace, version: version))/\(name)" }

    func object(_ name: String, spec: JSON = [:], metadata: JSON = [:], version: String = "v1") -> JSON {
        var all = metadata
        all["name"] = .string(name)
        return ["apiVersion": .string("\(group)/\(version)"), "kind": .string(kind), "metadata": all, "spec": spec]
    }

    static func object(group: String, plural: String, kind: String, scope: String = "Namespaced", versions: [JSON]) -> JSON {
        [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": ["name": .string("\(plural).\(group)")],
            "spec": [
                "group": .string(group), "scope": .string(scope), "names": ["plural": .string(plural), "kind": .string(kind)],
                "versions": .array(versions),
            ],
        ]
    }

    /// A version whose spec has a bit of everything, with /status and /scale.
    static func version(_ name: String = "v1", storage: Bool = true, spec: JSON? = nil, extra: JSON = [:]) -> JSON {
        var version: JSON = [
            "name": .string(name), "served": true, "storage": .bool(storage),
            "schema": [
                "openAPIV3Schema": [
                    "type": "object",
                    "properties": [
                        "spec": spec ?? fields,
                        "status": [
                            "type": "object",
                            "properties": ["replicas": ["type": "integer"], "selector": ["type": "string"], "phase": ["type": "string"]],
                        ],
                    ],
                ]
            ],
            "subresources": [
                "status": [:],
                "scale": ["specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector"],
            ],
            "additionalPrinterColumns": [["name": "Color", "type": "string", "jsonPath": ".spec.color"]],
            "selectableFields": [["jsonPath": ".spec.color"]],
        ]
        for (key, value) in extra.object ?? JSONObject() { version[key] = value }
        return version
    }

    static let fields: JSON = [
        "type": "object",
        "properties": [
            "color": ["type": "string", "default": "red", "enum": ["red", "green", "blue"]],
            "replicas": ["type": "integer", "minimum": 0, "maximum": 100],
            "tags": ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set"],
            "ports": [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "items": [
                    "type": "object", "required": ["name"],
                    "properties": ["name": ["type": "string"], "port": ["x-kubernetes-int-or-string": true]],
                ],
            ],
            "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            "text": ["type": "string"],
        ],
    ]
}
