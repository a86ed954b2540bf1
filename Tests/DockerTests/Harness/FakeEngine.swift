import EventLoop
import Foundation
import Guards
import HTTPMessages
import HTTPServer
import Kernel
import Platform

@testable import Docker

/// What answers as an engine does, or as none ever would: for what a real one can't be brought to say.
enum FakeEngine {
    /// - Parameters:
    ///   - version: what it offers; nil says nothing.
    ///   - answer: to everything but the ping.
    static func with(
        version: @escaping @Sendable () -> String? = { "1.41" }, deadlines: DockerDeadlines = DockerDeadlines(all: .seconds(10)),
        defaults: @escaping GuardRegistry.Defaults = GuardRegistry.standardDefaults,
        answer: @escaping @Sendable (HTTPRequest) async -> HTTPReply, _ body: (DockerClient, GuardRegistry) async throws -> Void
    ) async throws {
        let loop = try EventLoop()
        try loop.start(name: "fake-engine")
        defer { loop.stop() }
        let path = "/tmp/mwt-\(UUID().uuidString.prefix(8)).sock"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = HTTPServer(loop: loop, address: path) { request in
            if request.rawPath == "/_ping" {
                return HTTPReply(status: 200, headers: version().map { ["Api-Version": $0] } ?? [:], body: .bytes(Array("OK".utf8)))
            }
            return await answer(request)
        }
        _ = try await server.start()
        let running = Task { await server.run() }
        let guards = GuardRegistry(defaults: defaults)
        let client = DockerClient(
            target: "local", endpoint: DockerEndpoint(address: .unix(path: path)), loop: loop, guards: guards, deadlines: deadlines)
        do {
            try await body(client, guards)
        } catch {
            await server.stop()
            await running.value
            throw error
        }
        await server.stop()
        await running.value
    }

    static func json(_ value: JSON, status: Int = 200) -> HTTPReply { HTTPReply(status: status, contentType: "application/json", value.bytes) }
}

/// Every call there is, by name and the class of its guard.
let everyCall: [(name: String, operation: GuardKey.Operation, call: @Sendable (DockerClient) async throws -> Void)] = [
    ("ping", .read, { try await $0.ping() }),
    ("info", .read, { _ = try await $0.info() }),
    ("events", .stream, { _ = try await $0.events(since: nil, filters: .none).next() }),
    ("containers", .read, { _ = try await $0.containers(.none) }),
    ("container", .read, { _ = try await $0.container("x") }),
    ("createContainer", .write, { _ = try await $0.createContainer(name: "x", EngineContainerSpec(image: "x")) }),
    ("startContainer", .write, { try await $0.startContainer("x") }),
    ("stopContainer", .write, { try await $0.stopContainer("x", grace: .seconds(1)) }),
    ("restartContainer", .write, { try await $0.restartContainer("x", grace: .seconds(1)) }),
    ("killContainer", .write, { try await $0.killContainer("x", signal: "SIGTERM") }),
    ("pauseContainer", .write, { try await $0.pauseContainer("x") }),
    ("unpauseContainer", .write, { try await $0.unpauseContainer("x") }),
    ("renameContainer", .write, { try await $0.renameContainer("x", to: "y") }),
    ("updateContainer", .write, { try await $0.updateContainer("x", restartPolicy: .no) }),
    ("removeContainer", .write, { try await $0.removeContainer("x", force: true, volumes: true) }),
    ("waitContainer", .stream, { _ = try await $0.waitContainer("x") }),
    ("logs", .read, { _ = try await $0.logs("x", EngineLogOptions()).next() }),
    ("stats", .read, { _ = try await $0.stats("x") }),
    ("execute", .exec, { _ = try await $0.execute("x", EngineExecSpec(["true"]), limit: 10) }),
    ("startExec", .exec, { _ = try await $0.startExec("x", EngineExecSpec(["true"])).output.next() }),
    ("putArchive", .write, { try await $0.putArchive("x", path: "/", tar: []) }),
    ("getArchive", .read, { _ = try await $0.getArchive("x", path: "/", limit: 1000) }),
    ("image", .read, { _ = try await $0.image("x") }),
    ("images", .read, { _ = try await $0.images(.none) }),
    ("pullImage", .pull, { try await $0.pullImage("x", credentials: nil) { _ in } }),
    ("loadImage", .write, { _ = try await $0.loadImage(tar: []) }),
    ("importImage", .write, { _ = try await $0.importImage(tar: [], reference: "x", changes: []) }),
    ("tagImage", .write, { try await $0.tagImage("x", as: "y") }),
    ("removeImage", .write, { try await $0.removeImage("x", force: true) }),
    ("createVolume", .write, { _ = try await $0.createVolume(name: "x", labels: [:]) }),
    ("volume", .read, { _ = try await $0.volume("x") }),
    ("volumes", .read, { _ = try await $0.volumes(.none) }),
    ("removeVolume", .write, { try await $0.removeVolume("x") }),
    ("createNetwork", .write, { _ = try await $0.createNetwork(name: "x", subnet: nil, labels: [:]) }),
    ("network", .read, { _ = try await $0.network("x") }),
    ("networks", .read, { _ = try await $0.networks(.none) }),
    ("connect", .write, { try await $0.connect(container: "x", to: EngineAttachment(network: "n")) }),
    ("disconnect", .write, { try await $0.disconnect(container: "x", from: "n", force: true) }),
    ("removeNetwork", .write, { try await $0.removeNetwork("x") }),
]
