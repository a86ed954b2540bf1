import APIServer
import APIServerCore
import Docker
import EnvironmentPlan
import EventLoop
import Foundation
import Guards
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Kubernetes
import Platform
import Reconciliation
import ServiceKit
import Store
import Telemetry
import TestSupport
import Testing
import YAML

@testable import EnvironmentEffects

/// A whole installation in this process: the real API server over a store in memory, the environment controller, and a real engine.
/// Everything it makes on the engine carries an installation id of its own and is removed in the end.
struct Installation: Sendable {
    let id: String
    let client: KubernetesClient
    let engine: CountingEngine
    let controller: EnvironmentController
    let loop: EventLoop

    static let image = "mwt-environment/demo:1"
    static let namespace = "plant"

    private static let loop: EventLoop = {
        do {
            let loop = try EventLoop()
            try loop.start(name: "environment-tests")
            return loop
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    static func with(
        policy change: @escaping @Sendable (inout EnvironmentPolicy) -> Void = { _ in }, _ body: @Sendable (Installation) async throws -> Void
    ) async throws {
        let guards = GuardRegistry()
        let docker = CountingEngine(DockerClient(target: "local", endpoint: try DockerEndpoint(""), loop: loop, guards: guards))
        try await DemoImage.ensure(on: docker, image)
        let token = "admin-token-0123456789"
        let admin = StaticToken(hash: SHA256.digest(Array(token.utf8)), user: UserInfo(name: "admin", groups: ["system:masters"]))
        let crds = try YAML.parse(Data(contentsOf: URL(fileURLWithPath: "crds/millwright.dev_environments.yaml")))
        let api = try APIServer(
            store: MemoryObjectStore(), configuration: APIServerConfiguration(staticTokens: [admin], customResourceDefinitions: crds),
            logger: .disabled, metrics: Metrics())
        let server = HTTPServer(loop: loop, handler: api.handle)
        let port = try await server.start()
        var connection = try ClusterConnection(server: "http://127.0.0.1:\(port)")
        connection.bearer = .token(token)
        let client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: guards, target: "test")

        let id = "mwt-" + UUID().uuidString.lowercased().prefix(8)
        var policy = EnvironmentPolicy(installation: id)
        change(&policy)
        let verbose = ProcessInfo.processInfo.environment["MILLWRIGHT_TEST_LOG"] != nil
        let logger = verbose ? Logger(minimum: .debug, format: .text) : Logger.disabled
        let settings = EnvironmentController.Settings(
            policy: policy, targets: [EnvironmentTarget(name: "local", engine: docker, isLocal: true)],
            pool: try AddressPool(flag: "10.72.0.0/16"), leaseNamespace: nil, identity: "test")
        let controller = EnvironmentController(
            settings, client: client, loop: loop, audit: LogAuditSink(logger), clocks: SystemClocks(), logger: logger, metrics: Metrics())
        let installation = Installation(id: id, client: client, engine: docker, controller: controller, loop: loop)

        let outcome = await withTaskGroup(of: Void.self) { group -> Result<Void, any Error> in
            group.addTask { await server.run() }
            group.addTask { do { try await api.run() } catch {} }
            var outcome = Result<Void, any Error>.success(())
            do {
                try await eventually("the API server is ready") { api.isReady }
                _ = try await client.create(.namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
                try await eventually("environments are served") {
                    do { return try await client.list(.environments).items.isEmpty } catch KubernetesError.notFound { return false }
                }
                for service in controller.services { group.addTask { do { try await service.run(ready: {}) } catch {} } }
                try await body(installation)
            } catch { outcome = .failure(error) }
            // Nobody may be making things any more when they are removed.
            group.cancelAll()
            await server.stop()
            await group.waitForAll()
            return outcome
        }
        await installation.cleanUp()
        try outcome.get()
    }

    private func cleanUp() async {
        let mine = EngineFilters(labels: [MillwrightName.installationLabel: id])
        do {
            // A call that was cut off may still come to its end in the engine: it holds a volume then, or makes another container.
            try await eventually("nothing of the test is left") {
                do throws(DockerError) {
                    for container in try await engine.containers(mine) {
                        if container.status == .paused { try await engine.unpauseContainer(container.id) }
                        try await engine.removeContainerIfPresent(container.id, force: true)
                    }
                    for volume in try await engine.volumes(mine) { try await engine.removeVolumeIfPresent(volume.name) }
                    for network in try await engine.networks(mine) { try await engine.removeNetworkIfPresent(network.id) }
                    return true
                } catch {
                    if case .conflict = error { return false }
                    throw error
                }
            }
        } catch {
            Issue.record("could not clean up: \(error)")
        }
    }

    // MARK: Documents

    /// An environment of the demo image with a readiness probe and a data volume, changed by `change`.
    static func environment(_ name: String, _ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var spec: JSON = [
            "image": .string(image), "terminationGracePeriodSeconds": 1, "ports": [["name": "http", "containerPort": 8088]],
            "readinessProbe": ["httpGet": ["path": "/StatusPing", "port": "http"], "periodSeconds": 1],
            "volumeMounts": [["name": "data", "mountPath": "/data"]], "volumeClaimTemplates": [["metadata": ["name": "data"]]],
        ]
        change(&spec)
        return [
            "apiVersion": .string(MillwrightName.apiVersion), "kind": "Environment",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
        ]
    }

    func apply(_ object: JSON) async throws {
        let type: ResourceType =
            switch object["kind"]?.string {
            case "Secret": .secrets
            case "ConfigMap": .configMaps
            default: .environments
            }
        _ = try await client.apply(type, object, fieldManager: "test", force: true)
    }

    func status(_ name: String) async throws -> JSON {
        try await client.get(.environments, NamespacedName(namespace: Self.namespace, name: name)).json()["status"] ?? .null
    }

    func condition(_ type: String, _ name: String) async throws -> Condition? {
        (try await status(name)["conditions"]?.array ?? []).compactMap(Condition.init)[type]
    }

    func waitReady(_ name: String, where condition: (JSON) -> Bool = { _ in true }) async throws {
        var last: JSON = .null
        do {
            try await eventually("\(name) is ready") {
                let object = try await client.get(.environments, NamespacedName(namespace: Self.namespace, name: name)).json()
                last = object["status"] ?? .null
                let ready = (last["conditions"]?.array ?? []).compactMap(Condition.init)["Ready"]
                return ready?.status == .true && last["observedGeneration"] == object["metadata"]?["generation"] && condition(last)
            }
        } catch {
            Issue.record("the status of \(name) is \(last)")
            throw error
        }
    }

    func waitFor(_ type: String, _ name: String, _ what: String, _ test: (Condition) -> Bool) async throws -> Condition {
        var last: JSON = .null
        var found: Condition?
        do {
            try await eventually("condition \(type) of \(name): \(what)") {
                last = try await status(name)
                guard let condition = (last["conditions"]?.array ?? []).compactMap(Condition.init)[type], test(condition) else { return false }
                found = condition
                return true
            }
        } catch {
            Issue.record("the status of \(name) is \(last)")
            throw error
        }
        return try #require(found)
    }

    func delete(_ name: String) async throws {
        try await client.delete(.environments, NamespacedName(namespace: Self.namespace, name: name))
        try await eventually("\(name) is gone") {
            do {
                _ = try await client.get(.environments, NamespacedName(namespace: Self.namespace, name: name))
                return false
            } catch KubernetesError.notFound { return true }
        }
    }

    // MARK: The engine

    /// Sorted by name.
    func containers(_ name: String) async throws -> [EngineContainer] {
        let filters = EngineFilters(labels: [MillwrightName.installationLabel: id, MillwrightName.nameLabel: name])
        var result: [EngineContainer] = []
        for summary in try await engine.containers(filters) {
            // Gone between the list and the look: then it isn't there.
            if let container = try await engine.containerIfPresent(summary.id) { result.append(container) }
        }
        return result
    }

    func container(_ name: String) async throws -> EngineContainer { try #require(try await containers(name).first) }

    func volumes() async throws -> [String] {
        try await engine.volumes(EngineFilters(labels: [MillwrightName.installationLabel: id])).map(\.name).sorted()
    }

    func networks() async throws -> [String] {
        try await engine.networks(EngineFilters(labels: [MillwrightName.installationLabel: id])).map(\.name).sorted()
    }

    /// What the environment's own URL answers.
    func answer(_ name: String, path: String = "/StatusPing", port: Int = 0) async throws -> String {
        let address = try #require(try await status(name)["endpoints"]?[port]?["address"]?.string)
        let parts = address.split(separator: ":")
        let client = HTTPClient(loop: loop, endpoint: .tcp(host: String(parts[0]), port: try #require(Int(parts[1]))))
        let reply = try await client.send(HTTPRequest("GET", path, headers: ["Connection": "close"]), timeout: .seconds(10))
        return String(decoding: reply.body, as: UTF8.self)
    }

    func run(_ container: EngineContainer, _ command: String...) async throws -> String {
        let result = try await engine.execute(container.id, EngineExecSpec(command), limit: 65_536)
        return String(decoding: result.output + result.errorOutput, as: UTF8.self)
    }
}
