import EnvironmentPlan
import Foundation
import Kernel
import Resources
import Testing

@testable import EnvironmentEffects

@Suite struct RegistryAuthTests {
    private let config = Array(
        """
        {"auths": {"https://index.docker.io/v1/": {"auth": "amFuZTpzZWNyZXQ6MQ=="},
         "registry.example.com:5000": {"username": "bob", "password": "canary"}, "token.example.com": {"identitytoken": "t"}, "empty.example.com": {}}}
        """.utf8)

    @Test(arguments: [
        ("demo", "docker.io"), ("library/demo:1", "docker.io"), ("docker.io/library/demo", "docker.io"), ("localhost/demo", "localhost"),
        ("registry.example.com:5000/a/b:1", "registry.example.com:5000"),
    ]) func theRegistryIsTheFirstPartThatLooksLikeAHost(_ image: String, _ registry: String) {
        #expect(RegistryAuth.registry(of: image) == registry)
    }

    @Test func onlyTheImagesOwnRegistryGetsCredentials() {
        let hub = RegistryAuth.credentials(for: "inductiveautomation/ignition:8", in: config)
        #expect(hub.map(\.username) == ["jane"] && hub.map(\.password) == ["secret:1"] && hub.map(\.server) == ["https://index.docker.io/v1/"])
        let own = RegistryAuth.credentials(for: "registry.example.com:5000/x", in: config)
        #expect(own.map(\.password) == ["canary"] && !"\(own)".contains("canary"))
        #expect(RegistryAuth.credentials(for: "token.example.com/x", in: config).map(\.identityToken) == ["t"])
        #expect(RegistryAuth.credentials(for: "empty.example.com/x", in: config).isEmpty)
        #expect(RegistryAuth.credentials(for: "other.example.com/x", in: config).isEmpty)
        #expect(RegistryAuth.credentials(for: "demo", in: Array("not json".utf8)).isEmpty)
    }
}

@Suite struct HostPathTests {
    @Test func symbolicLinksLeadNoWayOut() throws {
        let manager = FileManager.default
        let root = manager.temporaryDirectory.resolvingSymlinksInPath().appendingPathComponent("mwt-\(UUID().uuidString)").path
        try manager.createDirectory(atPath: root + "/inside", withIntermediateDirectories: true)
        defer { do { try manager.removeItem(atPath: root) } catch { Issue.record(error) } }
        try manager.createSymbolicLink(atPath: root + "/out", withDestinationPath: "/etc")
        try manager.createSymbolicLink(atPath: root + "/in", withDestinationPath: root + "/inside")
        var policy = EnvironmentPolicy(installation: "x")
        policy.hostPaths = [.init(namespace: "plant", prefix: root)]
        func problem(_ path: String, _ type: Volume.HostPathType = .any) -> EnvironmentIssue? {
            HostPathCheck.problem(root + path, type, namespace: "plant", policy: policy)
        }
        #expect(problem("/inside", .directory) == nil && problem("/in") == nil)
        #expect(problem("/out")?.reason == .forbidden)
        #expect(problem("/out/made", .directoryOrCreate)?.reason == .forbidden)
        #expect(problem("/inside", .file)?.message.contains("no regular file") == true)
        #expect(problem("/missing")?.message.contains("DirectoryOrCreate") == true)
        #expect(problem("/a/b", .directoryOrCreate) == nil && manager.fileExists(atPath: root + "/a/b"))
        #expect(HostPathCheck.problem(root + "/inside", .any, namespace: "other", policy: policy)?.reason == .forbidden)
    }

    @Test func prefixesEndAtPathComponents() {
        var policy = EnvironmentPolicy(installation: "x")
        policy.hostPaths = [.init(namespace: "plant", prefix: "/srv/data/")]
        #expect(policy.allowsHostPath("/srv/data", namespace: "plant") && policy.allowsHostPath("/srv//data/./x", namespace: "plant"))
        #expect(!policy.allowsHostPath("/srv/database", namespace: "plant") && !policy.allowsHostPath("/srv/data/../etc", namespace: "plant"))
        #expect(!policy.allowsHostPath("/srv", namespace: "plant") && !policy.allowsHostPath("/srv/data", namespace: "other"))
    }
}

@Suite struct MemoryTests {
    private let key = NamespacedName(namespace: "plant", name: "line")
    private let now = Timestamp(seconds: 1_800_000_000)

    @Test func endsThatWereAskedForDoNotCount() {
        let memory = EnvironmentMemory()
        memory.died("c", at: now)
        memory.died("c", at: now)
        #expect(memory.deaths("c", now: now).count == 1, "told twice by a reconnected stream")
        memory.died("c", at: now + .seconds(1))
        memory.wasStopped("c", at: now + .seconds(1))
        #expect(memory.deaths("c", now: now) == [now])
        #expect(memory.deaths("c", now: now + .seconds(600)).isEmpty, "forgotten after ten quiet minutes")
    }

    @Test func restartsAreCountedWhoeverMadeThem() {
        let memory = EnvironmentMemory()
        func seen(_ counted: Int, _ started: Int64?) -> Int { memory.restarts("c", counted: counted, started: started.map { now + .seconds($0) }) }
        #expect(seen(0, nil) == 0 && seen(0, 1) == 0, "the first start is none")
        #expect(seen(2, 3) == 2 && seen(2, 3) == 2, "the engine's own")
        #expect(seen(0, 4) == 3, "a start of ours sets the engine's count back")
        #expect(seen(0, 5) == 4 && seen(1, 6) == 5)
    }

    @Test func failuresCountInARowAndEndWithSuccess() {
        let memory = EnvironmentMemory()
        let issue = EnvironmentIssue(.engineRefused, "no")
        memory.failed(key, .run(ordinal: 0, revision: "a"), issue, at: now)
        memory.failed(key, .run(ordinal: 0, revision: "a"), issue, at: now)
        memory.failed(key, .run(ordinal: 1, revision: "a"), issue, at: now)
        #expect(memory.failures(key).map(\.count) == [2, 1])
        memory.failed(key, .run(ordinal: 0, revision: "b"), issue, at: now)
        #expect(memory.failures(key).map(\.count) == [1, 1], "another revision begins anew")
        memory.succeeded(key, .run(ordinal: 0, revision: "b"))
        memory.forget(key)
        #expect(memory.failures(key).isEmpty)
    }
}
