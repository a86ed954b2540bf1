import HTTPMessages
import Kernel
import Platform
import Store
import TestSupport
import Testing

@testable import APIServer

/// What requests are read as, before anything else looks at them.
@Suite struct RequestReadingTests {
    private func info(_ method: String, _ target: String) throws -> RequestInfo {
        let request = HTTPRequest(method, target)
        return try RequestInfo(method: method, rawPath: request.rawPath, query: request.query ?? [])
    }

    @Test func pathsAndVerbs() throws {
        let one = try info("GET", "/apis/millwright.dev/v1alpha1/namespaces/plant/environments/line-3/status")
        #expect(one.isResource && one.verb == "get" && one.group == "millwright.dev" && one.version == "v1alpha1")
        #expect(one.namespace == "plant" && one.resource == "environments" && one.name == "line-3" && one.subresource == "status")
        #expect(one.resourceWithSubresource == "environments/status")
        let namespace = try info("PUT", "/api/v1/namespaces/plant/finalize")
        #expect(namespace.resource == "namespaces" && namespace.name == "plant" && namespace.subresource == "finalize" && namespace.verb == "update")
        let list = try info("GET", "/api/v1/namespaces/plant/secrets")
        #expect(list.verb == "list" && list.name.isEmpty)
        #expect(try info("GET", "/api/v1/secrets?watch=1").verb == "watch")
        #expect(try info("GET", "/api/v1/secrets?watch=false").verb == "list")
        #expect(try info("DELETE", "/api/v1/namespaces/plant/secrets").verb == "deletecollection")
        #expect(try info("HEAD", "/api/v1/namespaces/plant").verb == "get")
        #expect(try info("GET", "/api/v1/secrets?fieldSelector=metadata.name%3Da,type%3Db").authorizationName == "a")
        for path in ["/", "/api", "/api/v1", "/apis/millwright.dev", "/apis/millwright.dev/v1alpha1", "/metrics", "/v1/namespaces/a/b"] {
            #expect(try !info("GET", path).isResource, "\(path)")
        }
    }

    @Test func pathsThatAreRefused() {
        for path in ["/api/v1/namespaces/%2e%2e/secrets", "/api/v1/namespaces/a%2fb", "/api/v1/../v1", "/api/v1/namespaces/%zz", "/api/v1/namespaces/%00"] {
            #expect(throws: RequestInfo.Failure.self, "\(path)") { try info("GET", path) }
        }
    }

    @Test func negotiation() {
        func chosen(_ accept: String?, shapes: Bool = true, stream: Bool = false) -> Representation? {
            Representation.negotiate(accept, allowsShapes: shapes, stream: stream)
        }
        #expect(chosen(nil) == .plain)
        #expect(chosen("application/yaml;q=0.5, application/json;q=0.4")?.encoding == .yaml)
        #expect(chosen("application/json;as=Table;v=v1;g=meta.k8s.io,application/json")?.shape == .table(version: "v1"))
        #expect(chosen("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", shapes: false) == .plain)
        #expect(chosen("application/json;as=Table;v=v7;g=meta.k8s.io") == nil)
        #expect(chosen("application/json;stream=watch", stream: true) == .plain)
        #expect(chosen("application/json;q=0") == nil)
        #expect(chosen("text/html") == nil)
    }

    @Test func continueTokensComeBackAsTheyWent() throws {
        for token in [ContinueToken(revision: 7, namespace: "plant", name: "a"), ContinueToken(revision: nil, namespace: "", name: "ö/\u{1}")] {
            #expect(ContinueToken(token.text) == token)
        }
        for text in ["", "zz", "abc", "00", "3700", String(repeating: "a", count: 5000)] { #expect(ContinueToken(text) == nil) }
    }

    @Test func hosts() {
        let policy = HostPolicy(["localhost", "::1", "Plant.Example.com"])
        for host in ["localhost", "LOCALHOST:7443", "[::1]:7443", "plant.example.com"] { #expect(policy.allows(host), "\(host)") }
        for host in [nil, "", "evil.example.com", "localhost.evil.com", "[::2]"] { #expect(!policy.allows(host)) }
    }

    @Test func deletionIsDecidedByFinalizersAndPropagation() {
        let now = Timestamp(seconds: 1_800_000_000)
        func decide(_ finalizers: [String], _ propagation: DeleteOptions.Propagation? = nil, marked: Bool = false) -> Deletion {
            var object: JSON = ["metadata": ["name": "a", "generation": 3]]
            if !finalizers.isEmpty { object["metadata"]?["finalizers"] = JSON(finalizers) }
            if marked { object["metadata"]?["deletionTimestamp"] = "2026-11-20T06:00:00Z" }
            var options = DeleteOptions()
            options.propagation = propagation
            return Deletion.decide(object, options, now: now)
        }
        guard case .remove = decide([]), case .remove = decide([], .background), case .remove = decide(["foregroundDeletion"], .background),
            case .mark(let held) = decide(["x"]), case .pending = decide(["x"], marked: true),
            case .mark(let orphaning) = decide([], .orphan), case .mark(let changed) = decide(["foregroundDeletion"], .orphan, marked: true)
        else {
            Issue.record("a deletion was decided otherwise")
            return
        }
        #expect(held["metadata"]?["deletionTimestamp"]?.string == now.rfc3339)
        #expect(held["metadata"]?["generation"] == 4)
        #expect(orphaning["metadata"]?["finalizers"] == ["orphan"])
        #expect(changed["metadata"]?["finalizers"] == ["orphan"])
        #expect(changed["metadata"]?["deletionTimestamp"] == "2026-11-20T06:00:00Z")
    }

    /// A clock that a test moves on.
    private final class TestClocks: Clocks {
        private let elapsed = Locked<Int64>(0)
        var now: Timestamp { Timestamp(seconds: elapsed.withLock { $0 }) }
        var monotonic: MonotonicInstant { MonotonicInstant(nanoseconds: elapsed.withLock { $0 } * 1_000_000_000) }
        func advance(seconds: Int64) { elapsed.withLock { $0 += seconds } }
    }

    @Test func watchesGetBookmarksAndAnEndInTime() async throws {
        let store = MemoryObjectStore()
        let clocks = TestClocks()
        let clock = WatchClock(clocks: clocks)
        let watch = try store.watch("configmaps", namespace: nil, after: 0)
        let id = clock.add(watch, timeout: .seconds(120), wantsBookmarks: true)
        #expect(clock.count == 1)
        _ = try await store.commit(
            .create(StoreKey(resource: "secrets", namespace: "a", name: "b"), Array(#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"b"}}"#.utf8)))
        clocks.advance(seconds: 51)
        clock.tickNow()
        // Nothing of its own happened, but it is further than it was.
        let batch = try await watch.next()
        #expect(batch.events.isEmpty && batch.revision == store.currentRevision)
        clocks.advance(seconds: 70)
        clock.tickNow()
        await #expect(throws: StoreError.cancelled) { _ = try await watch.next() }
        clock.remove(id)
        #expect(clock.count == 0)
        clock.close()
        let late = try store.watch("configmaps", namespace: nil, after: 0)
        _ = clock.add(late, timeout: .seconds(120), wantsBookmarks: false)
        await #expect(throws: StoreError.cancelled) { _ = try await late.next() }
    }

    @Test func eventsAreKeptForTheirTime() async throws {
        let server = try InProcessServer(eventLifetime: .milliseconds(1))
        let client = Client(server: server)
        try await eventually("ready") { try await client.get("/readyz").status == 200 ? true : nil }
        try await client.post(
            "/api/v1/namespaces/default/events", ["metadata": ["name": "old"], "involvedObject": ["namespace": "default"], "reason": "x", "lastTimestamp": "2020-01-01T00:00:00Z"]
        ).expect(201)
        await server.sweepEvents()
        // When it was made counts as well, so it is gone a moment later at the latest.
        try await eventually("the event goes") {
            await server.sweepEvents()
            return try await client.get("/api/v1/namespaces/default/events/old").status == 404 ? true : nil
        }
    }
}
