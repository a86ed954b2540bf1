import EventLoop
import Foundation
import Guards
import Kernel
import Platform
import Resilience
import Telemetry
import Testing

@testable import Docker

/// A client of a real engine with a name of its own; whatever a test made is removed in the end.
struct EngineFixture: Sendable {
    static let label = "millwright.test"

    let client: DockerClient
    let guards: GuardRegistry
    let metrics: Metrics
    let loop: EventLoop
    /// Unique; every name and the label's value begin with it.
    let prefix: String

    var labels: [String: String] { [Self.label: prefix] }
    var mine: EngineFilters { EngineFilters(labels: [Self.label: prefix]) }
    var image: String { "\(prefix)/busybox:1" }

    /// A container that does nothing until it is told to end, or runs the given shell script.
    func spec(_ script: String = "trap 'exit 0' TERM; while true; do sleep 1 & wait $!; done") -> EngineContainerSpec {
        var spec = EngineContainerSpec(image: image)
        spec.command = ["/bin/sh", "-c"]
        spec.args = [script]
        spec.labels = labels
        return spec
    }

    static func with(
        _ endpoint: String = "", environment: [String: String] = [:], deadlines: DockerDeadlines = DockerDeadlines(),
        defaults: @escaping GuardRegistry.Defaults = GuardRegistry.standardDefaults, image: Bool = true,
        _ body: (EngineFixture) async throws -> Void
    ) async throws {
        let loop = try EventLoop()
        try loop.start(name: "docker-tests")
        defer { loop.stop() }
        let metrics = Metrics()
        let guards = GuardRegistry(metrics: metrics, defaults: defaults)
        let client = DockerClient(
            target: "local", endpoint: try DockerEndpoint(endpoint, environment: environment), loop: loop, guards: guards, deadlines: deadlines)
        let prefix = "mwt" + UUID().uuidString.lowercased().filter(\.isHexDigit).prefix(10)
        let fixture = EngineFixture(client: client, guards: guards, metrics: metrics, loop: loop, prefix: prefix)
        if image { _ = try await client.importImage(tar: busybox(), reference: fixture.image, changes: ["LABEL \(label)=\(prefix)"]) }
        do {
            try await body(fixture)
        } catch {
            try? await fixture.cleanUp()
            throw error
        }
        try await fixture.cleanUp()
    }

    /// A client of nothing.
    static func withoutEngine(defaults: @escaping GuardRegistry.Defaults, _ body: (EngineFixture) async throws -> Void) async throws {
        let loop = try EventLoop()
        try loop.start(name: "docker-tests")
        defer { loop.stop() }
        let metrics = Metrics()
        let guards = GuardRegistry(metrics: metrics, defaults: defaults)
        let endpoint = try DockerEndpoint("unix:///tmp/mwt-\(UUID().uuidString.prefix(8))/none.sock")
        let client = DockerClient(target: "local", endpoint: endpoint, loop: loop, guards: guards)
        try await body(EngineFixture(client: client, guards: guards, metrics: metrics, loop: loop, prefix: "none"))
    }

    /// A root directory with busybox and the names it is known by.
    static func busybox() throws -> [UInt8] {
        let binary = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/bin/busybox")))
        var entries = [TarEntry("bin", .directory, mode: 0o755), TarEntry("tmp", .directory, mode: 0o777), TarEntry("etc", .directory, mode: 0o755)]
        entries.append(TarEntry("bin/busybox", .file(binary), mode: 0o755))
        for name in ["sh", "sleep", "cat", "echo", "ls", "stty", "wc", "head", "id", "nslookup", "ping", "dd", "yes", "true", "false", "env", "hostname"] {
            entries.append(TarEntry("bin/\(name)", .symbolicLink(target: "busybox"), mode: 0o777))
        }
        return TarWriter.archive(entries)
    }

    private func cleanUp() async throws {
        for guarded in guards.guards { guards.configure(guarded.key, nil) }
        for container in try await client.containers(mine) {
            if container.status == .paused { try? await client.unpauseContainer(container.id) }
            try await client.removeContainerIfPresent(container.id, force: true)
        }
        for volume in try await client.volumes(mine) { try await client.removeVolumeIfPresent(volume.name) }
        for network in try await client.networks(mine) { try await client.removeNetworkIfPresent(network.id) }
        for image in try await client.images(mine) { try await client.removeImageIfPresent(image.id, force: true) }
    }
}

/// Collects what comes in, for looking at from outside.
final class Recorder<Element: Sendable>: Sendable {
    private let storage = Locked<[Element]>([])
    func add(_ element: Element) { storage.withLock { $0.append(element) } }
    var all: [Element] { storage.withLock { $0 } }
}
