import HTTPMessages
import Kernel
import TestSupport
import Testing

/// Input meant to do harm, or made by accident.
@Suite struct HostileInputTests {
    private func text(_ json: String) -> [UInt8] { Array(json.utf8) }

    @Test(arguments: Mode.all) func bodiesThatAreNoDocuments(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let deep = String(repeating: "[", count: 20_000)
        // Kubernetes doesn't look at a number that it will throw away; ours knows no number that isn't finite.
        for body in (mode == .given ? [] : [#"{"metadata":{"name":"a"},"x":1e400}"#]) + [deep, #"{"metadata":{"name":"a"}} trailing"#, "{", "nul", #""text""#, "[]", "1"] {
            let refused = Answer(try await client.raw("POST", path, text(body))).expect(400)
            #expect(refused.reason == "BadRequest")
        }
        Answer(try await client.raw("POST", path, [])).expect(400)
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + (0..<20).map { "b\($0): &b\($0) [\(Array(repeating: $0 == 0 ? "*a" : "*b\($0 - 1)", count: 9).joined(separator: ","))]\n" }.joined()
        Answer(try await client.raw("POST", path, text(bomb), type: "application/yaml")).expect(400)
    }

    @Test(arguments: Mode.all) func valuesThatAreTooMuch(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        func big(_ kibibytes: Int) -> JSON { .string(String(repeating: "x", count: kibibytes * 1024)) }
        let annotations = try await client.post(path, ["metadata": ["name": "a", "annotations": ["a": big(150), "b": big(150)]]]).expect(422)
        #expect(annotations.causes.first?["field"] == "metadata.annotations")
        let data = try await client.post(path, ["metadata": ["name": "a"], "data": ["a": big(700), "b": big(700)]]).expect(422)
        #expect(data.causes.first?["reason"] == "FieldValueTooLong")
        let label = try await client.post(path, ["metadata": ["name": "a", "labels": ["l": .string(String(repeating: "x", count: 64))]]]).expect(422)
        #expect(label.causes.first?["field"] == "metadata.labels")
        let widgets = try await client.definition()
        let namespace = try await client.namespace()
        let large = try await client.post(widgets.collection(namespace), widgets.object("a", spec: ["text": big(1600)]))
        // In Kubernetes it is etcd that refuses, and an error of the server.
        #expect(large.status == 413 || mode == .given && large.status == 500)
        let huge = Answer(try await client.raw("POST", path, text(#"{"metadata":{"name":"\#(String(repeating: "x", count: 3 << 20))"}}"#)))
        #expect(huge.status == 413)
    }

    @Test(arguments: Mode.all) func strangeTextIsKeptAsKubernetesKeepsIt(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let invalid = text(#"{"metadata":{"name":"a"},"data":{"k":"x"#) + [0xFF] + text(#"y"}}"#)
        #expect(Answer(try await client.raw("POST", path, invalid)).expect(201).json["data"]?["k"] == "x\u{FFFD}y")
        let lone = Answer(try await client.raw("POST", path, text(#"{"metadata":{"name":"b"},"data":{"k":"\ud800"}}"#))).expect(201)
        #expect(lone.json["data"]?["k"] == "\u{FFFD}")
        let null = Answer(try await client.raw("POST", path, text(#"{"metadata":{"name":"c"},"data":{"k":"a\u0000b"}}"#))).expect(201)
        #expect(null.json["data"]?["k"] == "a\u{0}b")
        #expect(try await client.get("\(path)/c").json["data"]?["k"] == "a\u{0}b")
    }

    @Test(arguments: Mode.all) func pathsThatLeadAstray(_ mode: Mode) async throws {
        let client = try await mode.client()
        for target in [
            "/api/v1/namespaces/default/configmaps/..", "/api/v1/namespaces/default/configmaps/%2e%2e", "/api/v1/namespaces/default/configmaps/a%2fb",
            "/api/v1/namespaces/default/configmaps/%zz", "/api/v1/namespaces/default/configmaps/%ff", "/api/v1/namespaces/default/configmaps/a%00",
        ] {
            let status = try await client.raw("GET", target).status
            #expect(status == 400 || status == 404, "\(target)")
        }
    }

    @Test(.ours("Kubernetes drops a part of the query that it can't read, here the selector, and answers with everything"), arguments: Mode.all)
    func queriesThatCantBeReadAreRefused(_ mode: Mode) async throws {
        try await mode.client().get("/api/v1/namespaces/default/configmaps?labelSelector=%zz").expect(400)
    }

    @Test(arguments: Mode.all) func metadataOfTheWrongShape(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let path = "/api/v1/namespaces/\(namespace)/configmaps"
        let widgets = try await client.definition()
        for metadata: JSON in ["text", ["name": 5], ["name": "a", "labels": ["a": 1]], ["name": "a", "finalizers": "x"], ["name": "a", "ownerReferences": [1]]] {
            try await client.post(path, ["metadata": metadata]).expect(400)
            try await client.post(
                widgets.collection(namespace), ["apiVersion": .string(widgets.apiVersion), "kind": "Widget", "metadata": metadata]
            ).expect(400)
        }
        try await client.post(path, ["metadata": ["name": "a"], "data": ["k": 1]]).expect(400)
    }

    @Test func tooManyAtOnceAreToldToWait() async throws {
        // Every other client keeps its share while one floods; the bound is per user and overall.
        let server = try InProcessServer()
        let client = Client(server: server)
        try await eventually("ready") { try await client.get("/readyz").status == 200 ? true : nil }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            // A read from the future waits three seconds, and holds its place as long.
            for _ in 0..<260 { group.addTask { try await client.get("/api/v1/namespaces?resourceVersion=99999999").status } }
            try await eventually("the flood is in") { server.metrics.value("apiserver_current_inflight_requests") == 200 ? true : nil }
            #expect(try await client.acting(as: TestIdentity.jane).get("/api/v1/namespaces").status == 403)
            let refused = try await client.get("/api/v1/namespaces").expect(429)
            #expect(refused.headers["Retry-After"] == "1")
            var statuses: [Int] = []
            while let status = try await group.next() { statuses.append(status) }
            return statuses
        }
        #expect(statuses.filter { $0 == 504 }.count == 200)
        #expect(statuses.filter { $0 == 429 }.count == 60)
    }
}
