import HTTPMessages
import Kernel
import TestSupport
import Testing

@testable import Docker

/// Against the real engine.
@Suite(.enabled(if: Capability.docker), .serialized) struct ContainerTests {
    @Test func aContainersWholeLife() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let name = "\(engine.prefix)-life"
            var spec = engine.spec()
            spec.env = ["GREETING=hello world", "EMPTY="]
            spec.hostname = "line-3"
            spec.restartPolicy = .unlessStopped
            spec.memory = .mebi(64)
            spec.nanoCPUs = 500_000_000
            spec.pidsLimit = 50
            spec.droppedCapabilities = ["ALL"]
            spec.allowsNewPrivileges = false
            spec.ports = [EnginePort(containerPort: 8088), EnginePort(containerPort: 53, transport: "udp")]
            spec.mounts = [.volume(name: "\(engine.prefix)-data", path: "/data", readOnly: false), .tmpfs(path: "/scratch", size: .mebi(1), mode: 0o1777)]
            _ = try await client.createVolume(name: "\(engine.prefix)-data", labels: engine.labels)

            let created = try await client.createContainer(name: name, spec)
            var container = try await client.container(name)
            #expect(container.id == created.id && container.name == name && container.image == engine.image)
            #expect(container.state.status == .created && container.state.started == nil)
            #expect(container.labels[EngineFixture.label] == engine.prefix)
            #expect(container.env.contains("GREETING=hello world") && container.env.contains("EMPTY="))
            #expect(container.restartPolicy == .unlessStopped)

            try await client.startContainer(name)
            try await client.startContainer(name)  // again: does nothing
            container = try await client.container(name)
            #expect(container.state.status == .running && container.state.pid > 0 && container.state.started != nil)
            #expect(container.ports.map(\.containerPort) == [53, 8088])
            #expect(container.ports.allSatisfy { $0.hostIP == "127.0.0.1" && $0.hostPort > 0 })
            #expect(container.mounts.map(\.destination) == ["/data"] || container.mounts.map(\.destination) == ["/data", "/scratch"])

            let listed = try #require(try await client.containers(engine.mine).first)
            #expect(listed.id == created.id && listed.name == name && listed.status == .running && listed.image == engine.image)
            #expect(Set(listed.ports) == Set(container.ports))
            #expect(try await client.containers(EngineFilters(labels: [EngineFixture.label: "other"])).isEmpty)
            #expect(try await client.containers(EngineFilters(labels: [EngineFixture.label: nil as String?])).contains { $0.id == created.id })

            try await client.pauseContainer(name)
            #expect(try await client.container(name).state.status == .paused)
            try await client.unpauseContainer(name)
            try await client.updateContainer(name, restartPolicy: .onFailure(maximumRetries: 4))
            #expect(try await client.container(name).restartPolicy == .onFailure(maximumRetries: 4))
            try await client.renameContainer(name, to: name + "-new")
            try await client.restartContainer(name + "-new", grace: .seconds(5))
            let wait = Task { try await client.waitContainer(created.id) }
            try await client.stopContainer(created.id, grace: .seconds(10))
            try await client.stopContainer(created.id, grace: .seconds(10))  // again: does nothing
            #expect(try await wait.value == 0)
            container = try await client.container(created.id)
            #expect(container.state.status == .exited && container.state.exitCode == 0 && container.state.finished != nil)

            try await client.removeContainer(created.id, force: false, volumes: true)
            #expect(try await client.containerIfPresent(created.id) == nil)
            try await client.removeContainerIfPresent(created.id, force: true)
            #expect(try await client.volume("\(engine.prefix)-data").labels == engine.labels)  // a named volume stays
        }
    }

    @Test func whatIsMissingOrTakenIsSaidByName() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let missing = engine.prefix + "-missing"
            for call in [
                { @Sendable () async throws in _ = try await client.container(missing) }, { try await client.startContainer(missing) },
                { try await client.removeContainer(missing, force: true, volumes: true) }, { _ = try await client.volume(missing) },
                { _ = try await client.network(missing) }, { _ = try await client.image(missing) },
                { _ = try await client.createContainer(name: missing, EngineContainerSpec(image: missing + ":1")) },
            ] {
                let error = await #expect(throws: DockerError.self) { try await call() }
                guard case .notFound(let message)? = error else {
                    Issue.record("notFound was expected, \(String(describing: error)) came")
                    continue
                }
                #expect(message.contains(missing))
            }
            let first = try await client.createContainer(name: engine.prefix, engine.spec())
            let taken = await #expect(throws: DockerError.self) { _ = try await client.createContainer(name: engine.prefix, engine.spec()) }
            guard case .conflict(_, let holder)? = taken else {
                Issue.record("conflict was expected, \(String(describing: taken)) came")
                return
            }
            #expect(holder == first.id)
            // None of these answers speaks against the engine.
            #expect(engine.guards.snapshots.allSatisfy { $0.tally.failures == 0 })
        }
    }

    @Test func creatingTwiceGivesTheSameUnlessItIsAnothers() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let (name, uid) = (engine.prefix + "-0", ["millwright.dev/uid": "u1"])
            var spec = engine.spec()
            spec.labels.merge(uid) { $1 }
            let first = try await client.ensureContainer(name: name, spec, matching: uid)
            #expect(try await client.ensureContainer(name: name, spec, matching: uid).id == first.id)
            let error = await #expect(throws: DockerError.self) {
                _ = try await client.ensureContainer(name: name, spec, matching: ["millwright.dev/uid": "u2"])
            }
            #expect(error.map { "\($0)".contains("label millwright.dev/uid is u1 where u2 was expected") } == true)

            let labels = engine.labels.merging(uid) { $1 }
            let volume = try await client.ensureVolume(name: name, labels: labels, matching: uid)
            #expect(try await client.ensureVolume(name: name, labels: labels, matching: uid) == volume)
            await #expect(throws: DockerError.self) { _ = try await client.ensureVolume(name: name, labels: labels, matching: ["millwright.dev/uid": "u2"]) }
        }
    }

    @Test func aPortInUseAndACommandThatIsNotThereAreTheUsersMatter() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            var holder = engine.spec()
            holder.ports = [EnginePort(containerPort: 80)]
            let first = try await client.createContainer(name: engine.prefix + "-a", holder)
            try await client.startContainer(first.id)
            let port = try #require(try await client.container(first.id).ports.first?.hostPort)
            var second = engine.spec()
            second.ports = [EnginePort(containerPort: 80, hostPort: port)]
            let taken = try await client.createContainer(name: engine.prefix + "-b", second)
            let error = await #expect(throws: DockerError.self) { try await client.startContainer(taken.id) }
            guard case .startFailed(.portInUse)? = error else {
                Issue.record("portInUse was expected, \(String(describing: error)) came")
                return
            }
            #expect(error.map { "\($0)".contains("choose another hostPort") } == true)

            var broken = engine.spec()
            broken.command = ["/bin/not-there"]
            let third = try await client.createContainer(name: engine.prefix + "-c", broken)
            let missing = await #expect(throws: DockerError.self) { try await client.startContainer(third.id) }
            guard case .startFailed(.commandNotFound)? = missing else {
                Issue.record("commandNotFound was expected, \(String(describing: missing)) came")
                return
            }
            #expect(engine.guards.snapshots.allSatisfy { $0.tally.failures == 0 })
        }
    }

    @Test func aHostPathThatIsNotThereIsTheUsersMatter() async throws {
        try await EngineFixture.with { engine in
            var spec = engine.spec()
            spec.mounts = [.bind(source: "/nowhere/\(engine.prefix)", path: "/x", readOnly: true)]
            let error = await #expect(throws: DockerError.self) {
                try await engine.client.startContainer(try await engine.client.createContainer(name: engine.prefix, spec).id)
            }
            switch error {
            case .badRequest(let message)?: #expect(message.contains("/nowhere/"))
            case .startFailed(.mountFailed(let message))?: #expect(message.contains("/nowhere/"))
            default: Issue.record("a message about the path was expected, \(String(describing: error)) came")
            }
            #expect(engine.guards.snapshots.allSatisfy { $0.tally.failures == 0 })
        }
    }

    @Test func statisticsAreThoseOfTheContainer() async throws {
        try await EngineFixture.with { engine in
            var spec = engine.spec("while true; do :; done")
            spec.memory = .mebi(32)
            let created = try await engine.client.createContainer(name: engine.prefix, spec)
            try await engine.client.startContainer(created.id)
            try await eventually("it uses the CPU") {
                let stats = try await engine.client.stats(created.id)
                return stats.cpuPercent > 1 && stats.memoryLimit == .mebi(32) && stats.memory.count > 0 && stats.processes >= 1
            }
        }
    }

    @Test func filesGoInAndComeOut() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let created = try await client.createContainer(name: engine.prefix, engine.spec())
            let long = "deep/" + String(repeating: "n", count: 120) + ".txt"
            let entries = [
                TarEntry("config", .directory, mode: 0o755), TarEntry("config/a.yaml", .file(Array("a: 1\n".utf8)), mode: 0o600, owner: 2003, group: 2003),
                TarEntry("config/link", .symbolicLink(target: "a.yaml"), mode: 0o777), TarEntry("config/ünïcode", .file([])),
                TarEntry("config/" + long, .file([UInt8](repeating: 7, count: 100_000))),
            ]
            try await client.putArchive(created.id, path: "/etc", tar: TarWriter.archive(entries))
            let back = try TarReader.entries(try await client.getArchive(created.id, path: "/etc/config", limit: 1 << 20))
            let file = try #require(back.first { $0.name == "config/a.yaml" })
            #expect(file.content == .file(Array("a: 1\n".utf8)) && file.mode == 0o600 && file.owner == 2003)
            #expect(back.first { $0.name == "config/link" }?.content == .symbolicLink(target: "a.yaml"))
            #expect(back.contains { $0.name == "config/ünïcode" })
            #expect(back.first { $0.name == "config/" + long }?.content == .file([UInt8](repeating: 7, count: 100_000)))
            await #expect(throws: DockerError.self) { _ = try await client.getArchive(created.id, path: "/etc/config", limit: 1000) }
            let missing = await #expect(throws: DockerError.self) { _ = try await client.getArchive(created.id, path: "/nope", limit: 1000) }
            guard case .notFound? = missing else {
                Issue.record("notFound was expected, \(String(describing: missing)) came")
                return
            }
        }
    }
}
