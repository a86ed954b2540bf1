import Guards
import HTTPMessages
import Kernel
import Platform
import Resilience
import TestSupport
import Testing

@testable import Docker

@Suite struct FakeEngineTests {
    @Test(arguments: [("1.41", "v1.41"), ("1.45", "v1.45"), ("1.51", "v1.51"), ("1.60", "v1.51")])
    func theVersionIsTheNewestBothKnow(offered: String, used: String) async throws {
        let paths = Recorder<String>()
        try await FakeEngine.with(
            version: { offered },
            answer: { request in
                paths.add(String(request.rawPath))
                return FakeEngine.json([])
            }
        ) { client, _ in
            _ = try await client.containers(.none)
            _ = try await client.containers(.none)
        }
        #expect(paths.all == ["/\(used)/containers/json", "/\(used)/containers/json"])
    }

    @Test func anEngineThatIsTooOldOrNoneIsToldApart() async throws {
        try await FakeEngine.with(version: { "1.40" }, answer: { _ in FakeEngine.json([]) }) { client, guards in
            let error = await #expect(throws: DockerError.self) { _ = try await client.containers(.none) }
            #expect(error.map { "\($0)".contains("update the engine to Docker 20.10 or later") } == true)
            #expect(error?.isTransient == false && guards.snapshots.allSatisfy { $0.tally.failures == 0 })
        }
        try await FakeEngine.with(version: { nil }, answer: { _ in FakeEngine.json([]) }) { client, _ in
            let error = await #expect(throws: DockerError.self) { _ = try await client.containers(.none) }
            #expect(error.map { "\($0)".contains("is it a Docker engine") } == true)
        }
    }

    /// The engine was replaced by an older one between two calls.
    @Test func theVersionIsAgreedOnAnewWhenTheEngineIsAnother() async throws {
        let version = Locked("1.45")
        let paths = Recorder<String>()
        try await FakeEngine.with(
            version: { version.withLock { $0 } },
            answer: { request in
                paths.add(String(request.rawPath))
                let mine = version.withLock { $0 }
                guard request.rawPath.hasPrefix("/v\(mine)/") else {
                    return FakeEngine.json(["message": .string("client version 1.45 is too new. Maximum supported API version is \(mine)")], status: 400)
                }
                return FakeEngine.json([])
            }
        ) { client, _ in
            _ = try await client.containers(.none)
            version.withLock { $0 = "1.41" }
            _ = try await client.containers(.none)
        }
        #expect(paths.all.last == "/v1.41/containers/json")
    }

    /// An engine that restarts breaks the connections it has; a read is asked once more, a write never by itself.
    @Test func aReadWhoseConnectionBreaksIsAskedOnceMoreAndAWriteIsNot() async throws {
        struct Broken: Error {}
        let requests = Recorder<String>()
        try await FakeEngine.with(answer: { request in
            requests.add(request.method)
            guard requests.all.count == 1 || request.method != "GET" else { return FakeEngine.json([]) }
            return HTTPReply(status: 200, body: .stream { writer in
                try await writer.write(Array("[".utf8))
                throw Broken()
            })
        }) { client, guards in
            let containers = try await client.containers(.none)
            #expect(containers.isEmpty)
            #expect(requests.all == ["GET", "GET"])
            let error = await #expect(throws: DockerError.self) { try await client.startContainer("x") }
            #expect(requests.all == ["GET", "GET", "POST"])
            if case .outcomeUnknown? = error {} else { Issue.record("outcomeUnknown was expected, \(String(describing: error)) came") }
            #expect(guards.snapshots.map(\.tally.failures) == [1, 1])
        }
    }

    @Test func everyCallIsRefusedWhenItsBreakerIsForcedOpen() async throws {
        let requests = Recorder<String>()
        try await FakeEngine.with(answer: { request in
            requests.add(request.target)
            return FakeEngine.json([:])
        }) { client, guards in
            for (name, operation, call) in everyCall {
                let key = GuardKey(dependency: "docker", target: "local", operation: operation)
                guards.configure(key, BreakerSettings(force: .open))
                let error = await #expect(throws: DockerError.self, "\(name)") { try await call(client) }
                guard case .refused(let refusal)? = error else {
                    Issue.record("\(name): a refusal was expected, \(String(describing: error)) came")
                    continue
                }
                #expect(refusal.guardName == key.name, "\(name)")
                guards.configure(key, nil)
            }
        }
        #expect(requests.all.isEmpty)
    }

    /// Whatever comes back: an error of ours, never a trap, and never a hang.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func nonsenseGivesErrors(seed: UInt64) async throws {
        let generator = Locked(SeededGenerator(seed: seed))
        let open: GuardRegistry.Defaults = { _ in BreakerSettings(force: .closed) }
        try await FakeEngine.with(
            defaults: open,
            answer: { _ in
                generator.withLock { generator in
                    let status = [200, 200, 200, 201, 204, 304, 400, 404, 409, 500, 503].randomElement(using: &generator) ?? 200
                    return HTTPReply(status: status, contentType: "application/json", Nonsense.body(&generator))
                }
            }
        ) { client, _ in
            for (name, _, call) in everyCall {
                do {
                    try await call(client.within(.seconds(5)))
                } catch let error as DockerError {
                    if case .timeout = error { Issue.record("seed \(seed) \(name): \(error)") }
                    #expect("\(error)".utf8.count < 5000, "seed \(seed) \(name)")
                }
            }
        }
    }

    @Test func fieldsOfAWrongTypeAreNamed() async throws {
        try await FakeEngine.with(answer: { request in
            request.rawPath.hasSuffix("/containers/json") ? FakeEngine.json([["Id": 5]]) : FakeEngine.json(["Id": "x", "Name": "/n", "State": ["Pid": "no"]])
        }) { client, _ in
            let list = await #expect(throws: DockerError.self) { _ = try await client.containers(.none) }
            #expect(list == .server("its list of containers[0]: Id is a JSON integer; string was expected"))
            let inspection = await #expect(throws: DockerError.self) { _ = try await client.container("x") }
            #expect(inspection == .server("its container inspection: State.Pid is a JSON string; integer was expected"))
        }
    }

    @Test func anEngineThatNeverAnswersMeetsTheDeadlineOfEveryCall() async throws {
        let open: GuardRegistry.Defaults = { _ in BreakerSettings(force: .closed) }
        try await FakeEngine.with(
            defaults: open,
            answer: { _ in
                try? await Task.sleep(for: .seconds(3600))
                return FakeEngine.json([:])
            }
        ) { client, _ in
            let hurried = client.within(.milliseconds(50))
            for (name, _, call) in everyCall {
                let error = await #expect(throws: DockerError.self, "\(name)") { try await call(hurried) }
                switch error {
                case .timeout?, .outcomeUnknown?: break
                default: Issue.record("\(name): a timeout was expected, \(String(describing: error)) came")
                }
            }
        }
    }

    @Test func aCancelledCallEndsAtOnceAndDoesNotCount() async throws {
        let arrived = Recorder<String>()
        try await FakeEngine.with(answer: { request in
            arrived.add(request.target)
            try? await Task.sleep(for: .seconds(3600))
            return FakeEngine.json([])
        }) { client, guards in
            let task = Task { try await client.within(.seconds(3600)).containers(.none) }
            try await eventually("the request is there") { !arrived.all.isEmpty }
            task.cancel()
            let error = await #expect(throws: DockerError.self) { _ = try await task.value }
            #expect(error == .cancelled)
            #expect(guards.snapshots.first { $0.key.operation == .read }?.tally == CallTally())
        }
    }

    @Test func anAnswerLargerThanAskedForIsRefused() async throws {
        try await FakeEngine.with(answer: { _ in HTTPReply(status: 200, body: .bytes([UInt8](repeating: 0, count: 2000))) }) { client, _ in
            let error = await #expect(throws: DockerError.self) { _ = try await client.getArchive("x", path: "/etc", limit: 1000) }
            #expect(error.map { "\($0)".contains("larger than") } == true)
        }
    }

    @Test func credentialsAreSentAndNeverShown() async throws {
        let headers = Recorder<String>()
        try await FakeEngine.with(answer: { request in
            headers.add(request.headers["X-Registry-Auth"] ?? "")
            return FakeEngine.json(["message": "unauthorized: authentication required"], status: 500)
        }) { client, _ in
            let credentials = RegistryCredentials(server: "registry.example.com", username: "jane", password: "s3cret?>")
            let error = await #expect(throws: DockerError.self) { try await client.pullImage("registry.example.com/a:1", credentials: credentials) { _ in } }
            guard case .pullFailed("registry.example.com/a:1", .accessDenied)? = error else {
                Issue.record("accessDenied was expected, \(String(describing: error)) came")
                return
            }
            #expect(headers.all == ["eyJzZXJ2ZXJhZGRyZXNzIjoicmVnaXN0cnkuZXhhbXBsZS5jb20iLCJ1c2VybmFtZSI6ImphbmUiLCJwYXNzd29yZCI6InMzY3JldD8-In0="])
            #expect(!"\(String(describing: error)) \(credentials) \(String(reflecting: credentials))".contains("s3cret"))
        }
    }
}

/// Bytes that an engine might send if it had gone mad: broken frames, broken JSON, and JSON of all the wrong types.
enum Nonsense {
    static func body(_ generator: inout SeededGenerator) -> [UInt8] {
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return (0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        case 1: return [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + Array("x\ny".utf8)
        case 2: return Array(value(3, &generator).bytes.dropLast())
        default:
            let lines = (0..<Int.random(in: 1...3, using: &generator)).map { _ in value(4, &generator).text }
            return Array(lines.joined(separator: "\n").utf8)
        }
    }

    private static let names = [
        "Id", "Name", "Names", "State", "Status", "Config", "HostConfig", "NetworkSettings", "Networks", "Ports", "Labels", "Mounts", "IPAM", "Volumes",
        "Created", "Actor", "Attributes", "timeNano", "time", "Type", "cpu_stats", "memory_stats", "usage", "stats", "networks", "error", "errorDetail",
        "message", "status", "stream", "RestartPolicy", "Tty", "ExitCode", "Running", "8088/tcp", "Subnet", "RepoTags", "Size", "Warnings", "StatusCode",
    ]

    private static func value(_ depth: Int, _ generator: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int([0, -1, 1, .max, .min, 1_700_000_000].randomElement(using: &generator) ?? 0)
        case 3: return .double([0.5, -1e300, 1e18].randomElement(using: &generator) ?? 0)
        case 4, 5: return .string(["", "x", "/x", "running", "0001-01-01T00:00:00Z", "2026-11-20T08:00:00.5Z", "a/b/c", "\u{0}\u{FFFD}", "1.2.3.4/33"].randomElement(using: &generator) ?? "")
        case 6: return .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth - 1, &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...12, using: &generator) { object[names.randomElement(using: &generator) ?? "Id"] = value(depth - 1, &generator) }
            return .object(object)
        }
    }
}
