import Guards
import HTTPMessages
import Kernel
import Kubernetes
import Platform
import Resilience
import Testing

/// What the client sends, and what it makes of every kind of answer.
struct KubernetesClientTests {
    private let name = NamespacedName(namespace: "plant", name: "a")

    private func failure(_ reply: HTTPReply) async throws -> KubernetesError? {
        let caught = Locked<KubernetesError?>(nil)
        try await ServerFixture.scripted({ _ in reply }) { client in
            do throws(KubernetesError) { _ = try await client.get(widgets, self.name) } catch { caught.withLock { $0 = error } }
        }
        return caught.withLock { $0 }
    }

    @Test func refusalsAreToldApart() async throws {
        let causes: JSON = ["causes": [["reason": "FieldValueInvalid", "field": "spec.size", "message": "must be at most 10"]]]
        #expect(try await failure(.failure(404, "NotFound")) == .notFound("no"))
        #expect(try await failure(.failure(409, "AlreadyExists")) == .alreadyExists("no"))
        #expect(try await failure(.failure(409, "Conflict")) == .conflict("no", causes: []))
        #expect(
            try await failure(.failure(422, "Invalid", details: causes))
                == .invalid("no", causes: [FieldError(path: "spec.size", message: "must be at most 10")]))
        #expect(try await failure(.failure(403, "Forbidden")) == .forbidden("no"))
        #expect(try await failure(.failure(401, "Unauthorized")) == .unauthorized("no"))
        #expect(try await failure(.failure(410, "Expired")) == .expired("no", continueToken: nil))
        #expect(try await failure(.failure(413, "RequestEntityTooLarge")) == .tooLarge("no"))
        #expect(try await failure(.failure(429, "TooManyRequests", details: ["retryAfterSeconds": 7])) == .tooManyRequests("no", retryAfter: .seconds(7)))
        #expect(try await failure(.failure(503, "ServiceUnavailable")) == .unavailable("no"))
        #expect(try await failure(.failure(504, "Timeout")) == .timeout("no"))
        #expect(try await failure(.failure(415, "UnsupportedMediaType")) == .rejected(status: 415, "no"))
        #expect(try await failure(HTTPReply(status: 502, contentType: "text/html", Array("<html>".utf8))).map { "\($0)" }?.contains("HTTP status 502") == true)
        #expect(try await failure(HTTPReply(status: 200, contentType: "text/html", Array("<html>".utf8)))?.name == "malformedReply")
    }

    @Test func aWriteWithoutAnAnswerIsUnknownAndAReadIsNot() async throws {
        let silent: HTTPHandler = { _ in
            do { try await Task.sleep(for: .seconds(60)) } catch {}
            return HTTPReply(status: 200)
        }
        try await ServerFixture.scripted(silent) { client in
            let write = await refusal { _ = try await client.create(widgets, ServerFixture.widget("a"), WriteOptions(deadline: .milliseconds(50))) }
            #expect(write?.name == "outcomeUnknown")
            let read = await refusal { _ = try await client.get(widgets, self.name, deadline: .milliseconds(50)) }
            #expect(read?.name == "timeout")
        }
    }

    @Test func nobodyListeningIsUnavailable() async throws {
        let connection = try ClusterConnection(server: "http://127.0.0.1:1")
        let client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: ServerFixture.loop), guards: GuardRegistry())
        let error = await refusal { _ = try await client.create(widgets, ServerFixture.widget("a")) }
        #expect(error?.name == "unavailable")
    }

    @Test func requestsAreMadeAsKubernetesWantsThem() async throws {
        let seen = Locked<[String]>([])
        let echo: HTTPHandler = { request in
            let media = request.headers["Content-Type"] ?? "-"
            seen.withLock { $0.append("\(request.method) \(request.target) \(media) \(String(decoding: request.body, as: UTF8.self))") }
            return .json(stored("a", 1))
        }
        try await ServerFixture.scripted(echo) { client in
            let name = self.name
            _ = try await client.get(widgets, name)
            _ = try await client.patch(widgets, name, .merge(["spec": ["size": 2]]), WriteOptions(dryRun: true, fieldManager: "a b"))
            _ = try await client.patch(widgets, name, .json([["op": "remove", "path": "/spec/size"]]))
            _ = try await client.apply(
                widgets, ["metadata": ["name": "a", "namespace": "plant"]], fieldManager: "millwright", subresource: "status")
            _ = try await client.update(.namespaces, ["metadata": ["name": "plant"]])
            try await client.delete(widgets, name, DeleteOptions(propagation: .foreground, uid: "u", gracePeriodSeconds: 0))
        }
        #expect(
            seen.withLock { $0 } == [
                "GET /apis/example.org/v1/namespaces/plant/widgets/a - ",
                #"PATCH /apis/example.org/v1/namespaces/plant/widgets/a?dryRun=All&fieldManager=a%20b application/merge-patch+json {"spec":{"size":2}}"#,
                #"PATCH /apis/example.org/v1/namespaces/plant/widgets/a application/json-patch+json [{"op":"remove","path":"/spec/size"}]"#,
                #"PATCH /apis/example.org/v1/namespaces/plant/widgets/a/status?fieldManager=millwright&force=true application/apply-patch+yaml "#
                    + #"{"metadata":{"name":"a","namespace":"plant"}}"#,
                #"PUT /api/v1/namespaces/plant application/json {"metadata":{"name":"plant"}}"#,
                #"DELETE /apis/example.org/v1/namespaces/plant/widgets/a application/json {"apiVersion":"v1","kind":"DeleteOptions","#
                    + #""propagationPolicy":"Foreground","preconditions":{"uid":"u"},"gracePeriodSeconds":0}"#,
            ])
    }

    @Test func aRenewedTokenFileIsReadAgainAfterARefusal() async throws {
        let directory = "/tmp/millwright-token-\(UInt64.random(in: 0 ... .max))"
        try Files.makeDirectory(directory, mode: 0o700)
        defer { do { try removeTree(directory) } catch { Issue.record("\(error)") } }
        try Files.write(Array("old\n".utf8), to: "\(directory)/token", mode: 0o600)
        let check: HTTPHandler = { $0.headers["Authorization"] == "Bearer new" ? .json(stored("a", 1)) : .failure(401, "Unauthorized") }
        try await ServerFixture.scripted(bearer: .file("\(directory)/token"), check) { client in
            #expect(await refusal { _ = try await client.get(widgets, self.name) } == .unauthorized("no"))
            try Files.write(Array("new\n".utf8), to: "\(directory)/token", mode: 0o600)
            _ = try await client.get(widgets, self.name)
        }
    }

    @Test func everyCallGoesThroughAGuardAndAnOpenBreakerStopsIt() async throws {
        let guards = GuardRegistry()
        let calls = Locked(0)
        let broken: HTTPHandler = { _ in
            calls.withLock { $0 += 1 }
            return .failure(500, "InternalError")
        }
        try await ServerFixture.scripted(guards: guards, broken) { client in
            func attempt(_ body: () async throws -> Void) async {
                do { try await body() } catch {}
            }
            for _ in 0..<20 {
                await attempt { _ = try await client.get(widgets, self.name) }
                await attempt { _ = try await client.create(widgets, ServerFixture.widget("a")) }
                await attempt { _ = try await client.watch(widgets, from: "1") }
            }
            #expect(guards.guards.map(\.key.name) == ["kubernetes.test.Read", "kubernetes.test.Watch", "kubernetes.test.Write"])
            #expect(calls.withLock { $0 } == 30)
            let before = calls.withLock { $0 }
            let name = self.name
            let sites: [(String, () async throws -> Void)] = [
                ("get", { _ = try await client.get(widgets, name) }),
                ("list", { _ = try await client.list(widgets) }),
                ("create", { _ = try await client.create(widgets, ServerFixture.widget("a")) }),
                ("update", { _ = try await client.update(widgets, ServerFixture.widget("a")) }),
                ("patch", { _ = try await client.patch(widgets, name, .merge([:])) }),
                ("apply", { _ = try await client.apply(widgets, ServerFixture.widget("a"), fieldManager: "m") }),
                ("delete", { try await client.delete(widgets, name) }),
                ("raw", { _ = try await client.raw("GET", "/version") }),
                ("watch", { _ = try await client.watch(widgets, from: "1") }),
            ]
            for (site, call) in sites {
                do {
                    try await call()
                    Issue.record("\(site) was let through")
                } catch KubernetesError.refused(let text, let after) {
                    #expect(text.contains("is open") && after > .zero, "\(site)")
                } catch {
                    Issue.record("\(site): \(error)")
                }
            }
            #expect(calls.withLock { $0 } == before)
        }
    }
}
