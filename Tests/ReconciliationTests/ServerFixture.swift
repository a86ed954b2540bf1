import APIServer
import APIServerCore
import EventLoop
import Guards
import HTTPMessages
import HTTPServer
import Kernel
import Kubernetes
import Platform
import Store
import Telemetry
import TestSupport
import Testing

/// A server on a port of its own that answers by a script, or a real API server over a store in memory.
enum ServerFixture {
    static let loop: EventLoop = {
        do {
            let loop = try EventLoop()
            try loop.start(name: "test-loop")
            return loop
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// - Parameter body: gets the client and what it goes through.
    static func scripted(
        bearer: ClusterConnection.Bearer = .none, guards: GuardRegistry = GuardRegistry(),
        _ handler: @escaping HTTPHandler, while body: @Sendable (KubernetesClient) async throws -> Void
    ) async throws {
        let server = HTTPServer(loop: loop, handler: handler)
        let port = try await server.start()
        var connection = try ClusterConnection(server: "http://127.0.0.1:\(port)")
        connection.bearer = bearer
        let client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: guards, target: "test")
        try await serving(server) { try await body(client) }
    }

    /// The API server of `millwright up` over a store in memory, with a Widget kind.
    static func real(while body: @Sendable (KubernetesClient) async throws -> Void) async throws {
        let token = "admin-token-0123456789"
        let admin = StaticToken(hash: SHA256.digest(Array(token.utf8)), user: UserInfo(name: "admin", groups: ["system:masters"]))
        let api = try APIServer(
            store: MemoryObjectStore(), configuration: APIServerConfiguration(version: "0.0.0-test", staticTokens: [admin]), logger: .disabled,
            metrics: Metrics())
        let server = HTTPServer(loop: loop, handler: api.handle)
        let port = try await server.start()
        var connection = try ClusterConnection(server: "http://127.0.0.1:\(port)")
        connection.bearer = .token(token)
        let client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: GuardRegistry(), target: "test")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await api.run() }
            try await serving(server) {
                try await eventually("the API server is ready") { api.isReady }
                _ = try await client.create(.namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "plant"]])
                _ = try await client.create(.customResourceDefinitions, widgetDefinition)
                try await eventually("the kind is served") {
                    do { return try await client.list(widgets).items.isEmpty } catch KubernetesError.notFound { return false }
                }
                try await body(client)
            }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    private static func serving(_ server: HTTPServer, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            defer { group.cancelAll() }
            do { try await body() } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    static let widgetDefinition: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": ["name": "widgets.example.org"],
        "spec": [
            "group": "example.org", "scope": "Namespaced", "names": ["kind": "Widget", "plural": "widgets", "singular": "widget"],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object",
                                    "properties": ["size": ["type": "integer", "maximum": 10], "version": ["type": "string"]],
                                ],
                                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]

    static func widget(_ name: String, size: Int = 1, version: String = "v1") -> JSON {
        [
            "apiVersion": "example.org/v1", "kind": "Widget", "metadata": ["name": .string(name), "namespace": "plant"],
            "spec": ["size": .int(Int64(size)), "version": .string(version)],
        ]
    }
}

extension HTTPReply {
    static func json(_ json: JSON, status: Int = 200) -> HTTPReply { HTTPReply(status: status, contentType: "application/json", json.bytes) }

    static func failure(_ code: Int, _ reason: String, _ message: String = "no", details: JSON = .object([:])) -> HTTPReply {
        json(
            [
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .int(Int64(code)), "reason": .string(reason),
                "message": .string(message), "details": details,
            ], status: code)
    }

    /// A watch that sends these events and then ends, properly or by a cut connection.
    static func watch(_ events: [(String, JSON)], cut: Bool = false) -> HTTPReply {
        HTTPReply(
            status: 200, headers: ["Content-Type": "application/json"],
            body: .stream { writer in
                for (type, object) in events { try await writer.write(JSON.object(["type": .string(type), "object": object]).bytes + [0x0A]) }
                struct Cut: Error {}
                if cut { throw Cut() }
            })
    }

    /// A watch that stays open until the client leaves.
    static func openWatch(_ events: [(String, JSON)]) -> HTTPReply {
        HTTPReply(
            status: 200, headers: ["Content-Type": "application/json"],
            body: .stream { writer in
                for (type, object) in events { try await writer.write(JSON.object(["type": .string(type), "object": object]).bytes + [0x0A]) }
                while !Task.isCancelled { try await Task.sleep(for: .seconds(60)) }
            })
    }
}

/// A Widget as a server would give it.
func stored(_ name: String, _ revision: Int) -> JSON {
    [
        "apiVersion": "example.org/v1", "kind": "Widget",
        "metadata": ["name": .string(name), "namespace": "plant", "uid": .string("uid-\(name)"), "resourceVersion": .string("\(revision)"), "generation": 1],
    ]
}

func listed(_ revision: Int, _ items: [JSON], continuing token: String = "") -> JSON {
    ["kind": "WidgetList", "apiVersion": "example.org/v1", "metadata": ["resourceVersion": .string("\(revision)"), "continue": .string(token)], "items": .array(items)]
}
