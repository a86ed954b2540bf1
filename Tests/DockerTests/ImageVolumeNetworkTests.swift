import Kernel
import TestSupport
import Testing

@testable import Docker

/// Against the real engine.
@Suite(.enabled(if: Capability.docker), .serialized) struct ImageVolumeNetworkTests {
    @Test func imagesAreImportedTaggedAndRemoved() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let reference = "\(engine.prefix)/web:2"
            let id = try await client.importImage(
                tar: EngineFixture.busybox(), reference: reference,
                changes: ["CMD [\"/bin/sh\"]", "EXPOSE 8088", "LABEL \(EngineFixture.label)=\(engine.prefix)"])
            let image = try await client.image(reference)
            #expect(image.id == id && image.tags == [reference] && image.exposedPorts == ["8088/tcp"] && image.size.count > 100_000)
            #expect(image.labels[EngineFixture.label] == engine.prefix && image.created != nil)
            try await client.tagImage(reference, as: "\(engine.prefix)/web:3")
            #expect(try await client.image(id).tags == [reference, "\(engine.prefix)/web:3"])
            #expect(try await client.images(engine.mine).contains { $0.id == id && $0.tags.count == 2 })
            try await client.removeImage(reference, force: false)
            #expect(try await client.imageIfPresent(reference) == nil)
            try await client.removeImageIfPresent(reference)
        }
    }

    @Test func aSavedImageIsLoadedAgain() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            // What `docker save` writes: a manifest, the configuration, a layer.
            let layer = TarWriter.archive([TarEntry("hello.txt", .file(Array("hello".utf8)))])
            let digest = SHA256.hex(layer)
            let config: JSON = [
                "architecture": "amd64", "os": "linux", "config": ["Labels": [EngineFixture.label: .string(engine.prefix)]],
                "rootfs": ["type": "layers", "diff_ids": [.string("sha256:\(digest)")]],
            ]
            let manifest: JSON = [["Config": "config.json", "RepoTags": [.string("\(engine.prefix)/saved:1")], "Layers": ["layer.tar"]]]
            let tar = TarWriter.archive([
                TarEntry("config.json", .file(config.bytes)), TarEntry("layer.tar", .file(layer)), TarEntry("manifest.json", .file(manifest.bytes)),
            ])
            let loaded = try await client.loadImage(tar: tar)
            #expect(loaded == ["\(engine.prefix)/saved:1"])
            #expect(try await client.image("\(engine.prefix)/saved:1").labels == engine.labels)
            let error = await #expect(throws: DockerError.self) { _ = try await client.loadImage(tar: Array("not a tar".utf8)) }
            #expect(error.map { !$0.isTransient || $0.guardOutcome == .failure } == true)
        }
    }

    @Test func volumesKeepTheirData() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let name = engine.prefix + "-data"
            let volume = try await client.createVolume(name: name, labels: engine.labels)
            #expect(volume.name == name && volume.labels == engine.labels)
            #expect(try await client.volumes(engine.mine).map(\.name) == [name])
            var spec = engine.spec("cat /data/x || echo hello > /data/x")
            spec.mounts = [.volume(name: name, path: "/data", readOnly: false)]
            for round in 0..<2 {
                let created = try await client.createContainer(name: "\(engine.prefix)-\(round)", spec)
                try await client.startContainer(created.id)
                #expect(try await client.waitContainer(created.id) == 0)
                if round == 1 { #expect(try await client.logTail(created.id, lines: 5).map(\.line) == ["hello"]) }
                let held = await #expect(throws: DockerError.self) { try await client.removeVolume(name) }
                guard case .conflict? = held else {
                    Issue.record("conflict was expected, \(String(describing: held)) came")
                    return
                }
                try await client.removeContainer(created.id, force: true, volumes: true)
            }
            try await client.removeVolume(name)
            try await client.removeVolumeIfPresent(name)
        }
    }

    @Test func containersOfANetworkFindOneAnotherByAlias() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let pool = AddressPool(try #require(Subnet("10.79.0.0/16")))
            let subnet = try #require(pool.range(for: engine.prefix, inUse: try await client.subnetsInUse() + HostRoutes.current()))
            let id = try await client.createNetwork(name: engine.prefix, subnet: subnet, labels: engine.labels)
            #expect(try await client.network(id).subnets == [subnet])
            #expect(try await client.networks(engine.mine).map(\.name) == [engine.prefix])
            #expect(HostRoutes.current().contains(subnet))  // the same host

            var spec = engine.spec()
            spec.network = EngineAttachment(network: engine.prefix, aliases: ["gateway"])
            let first = try await client.createContainer(name: engine.prefix + "-a", spec)
            try await client.startContainer(first.id)
            let endpoint = try #require(try await client.container(first.id).networks[engine.prefix])
            #expect(endpoint.networkID == id && endpoint.aliases.contains("gateway"))
            #expect(Subnet(endpoint.address).map(subnet.contains) == true)
            #expect(try await client.network(id).containers == [first.id])

            let second = try await client.createContainer(name: engine.prefix + "-b", engine.spec())
            try await client.startContainer(second.id)
            try await client.connect(container: second.id, to: EngineAttachment(network: id, aliases: ["other"]))
            try await client.ensureConnected(container: second.id, to: EngineAttachment(network: id))
            let ping = try await client.execute(second.id, EngineExecSpec(["/bin/ping", "-c", "1", "-W", "10", "gateway"]), limit: 10_000)
            #expect(ping.exitCode == 0, "\(String(decoding: ping.errorOutput, as: UTF8.self))")

            let held = await #expect(throws: DockerError.self) { try await client.removeNetwork(id) }
            guard case .conflict? = held else {
                Issue.record("conflict was expected, \(String(describing: held)) came")
                return
            }
            try await client.disconnect(container: second.id, from: id, force: false)
            #expect(try await client.container(second.id).networks[engine.prefix] == nil)
        }
    }

    @Test func aNetworkIsMadeOnceAndNeverOverAnother() async throws {
        try await EngineFixture.with(image: false) { engine in
            let client = engine.client
            let uid = ["millwright.dev/uid": "n1"]
            let labels = engine.labels.merging(uid) { $1 }
            let pool = AddressPool(try #require(Subnet("10.79.0.0/16")))
            let subnet = try #require(pool.range(for: engine.prefix, inUse: try await client.subnetsInUse() + HostRoutes.current()))
            let first = try await client.ensureNetwork(name: engine.prefix, subnet: subnet, labels: labels, matching: uid)
            #expect(try await client.ensureNetwork(name: engine.prefix, subnet: subnet, labels: labels, matching: uid).id == first.id)
            await #expect(throws: DockerError.self) {
                _ = try await client.ensureNetwork(name: engine.prefix, subnet: subnet, labels: labels, matching: ["millwright.dev/uid": "n2"])
            }
            let overlap = await #expect(throws: DockerError.self) {
                _ = try await client.createNetwork(name: engine.prefix + "-2", subnet: subnet, labels: labels)
            }
            guard case .conflict(let message, _)? = overlap else {
                Issue.record("conflict was expected, \(String(describing: overlap)) came")
                return
            }
            #expect(message.contains("overlaps"))
            let another = try #require(pool.range(for: engine.prefix, inUse: try await client.subnetsInUse()))
            #expect(another != subnet)
        }
    }

    @Test func theEngineSaysWhoItIs() async throws {
        try await EngineFixture.with(image: false) { engine in
            try await engine.client.ping()
            let info = try await engine.client.info()
            #expect(EngineVersion(info.apiVersion).map { $0 >= .oldest && $0 <= .newest } == true)
            #expect(!info.version.isEmpty && !info.id.isEmpty && info.cpus > 0 && info.memory.count > 0 && info.time != nil)
        }
    }
}
