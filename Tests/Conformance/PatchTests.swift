import HTTPMessages
import Kernel
import Testing

/// The four ways of patching.
@Suite struct PatchTests {
    @Test(arguments: Mode.all) func mergePatch(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        try await client.post(widgets.collection(namespace), widgets.object("a", spec: ["text": "x", "tags": ["p"]])).expect(201)
        let item = widgets.item(namespace, "a")
        let patched = try await client.merge(item, ["spec": ["text": .null, "replicas": 3]]).expect(200)
        #expect(patched.json["spec"] == ["tags": ["p"], "color": "red", "replicas": 3])
        #expect(patched.json["metadata"]?["generation"] == 2)
        let nothing = try await client.merge(item, ["spec": ["replicas": 3]]).expect(200)
        #expect(nothing.version == patched.version)
        let invalid = try await client.merge(item, ["spec": ["replicas": "many"]]).expect(422)
        #expect(invalid.causes.first?["field"] == "spec.replicas")
        try await client.merge(item, ["metadata": ["resourceVersion": "1"]]).expect(409)
        try await client.merge(item, ["metadata": ["name": "b"]]).expect(400)
        try await client.merge(widgets.item(namespace, "missing"), ["spec": [:]]).expect(404)
        try await client.send("PATCH", item, ["x"], type: "application/merge-patch+json").expect(400)
    }

    @Test(arguments: Mode.all) func jsonPatch(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        try await client.post(path, ["metadata": ["name": "a"], "data": ["k": "v"]]).expect(201)
        func patch(_ operations: JSON) async throws -> Answer {
            try await client.send("PATCH", "\(path)/a", operations, type: "application/json-patch+json")
        }
        let patched = try await patch([
            ["op": "test", "path": "/data/k", "value": "v"], ["op": "add", "path": "/data/l", "value": "w"], ["op": "remove", "path": "/data/k"],
        ]).expect(200)
        #expect(patched.json["data"] == ["l": "w"])
        try await patch([["op": "test", "path": "/data/l", "value": "other"]]).expect(422)
        try await patch([["op": "remove", "path": "/data/none"]]).expect(422)
        try await patch(["op": "remove"]).expect(400)
        let many = JSON.array(Array(repeating: ["op": "test", "path": "/data/l", "value": "w"], count: 10_001))
        try await patch(many).expect(413)
    }

    @Test(arguments: Mode.all) func strategicMergePatchOnBuiltInKindsAlone(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let path = "/api/v1/namespaces/\(namespace)/serviceaccounts"
        try await client.post(path, ["metadata": ["name": "a", "finalizers": ["example.com/x"]], "secrets": [["name": "one"]]]).expect(201)
        let patched = try await client.send(
            "PATCH", "\(path)/a", ["secrets": [["name": "two"]], "metadata": ["finalizers": ["example.com/y"]]], type: "application/strategic-merge-patch+json"
        ).expect(200)
        #expect(patched.json["secrets"]?.array?.compactMap { $0["name"]?.string }.sorted() == ["one", "two"])
        #expect(patched.json["metadata"]?["finalizers"]?.array?.compactMap(\.string).sorted() == ["example.com/x", "example.com/y"])
        let widgets = try await client.definition()
        try await client.post(widgets.collection(namespace), widgets.object("a")).expect(201)
        let refused = try await client.send("PATCH", widgets.item(namespace, "a"), ["spec": [:]], type: "application/strategic-merge-patch+json").expect(415)
        #expect(refused.message.contains("application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"))
        try await client.send("PATCH", "\(path)/a", [:], type: "application/json").expect(415)
    }

    @Test(arguments: Mode.all) func unconditionalPatchesOfManyWritersAllCount(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask { try await client.merge("\(path)/a", ["data": .object(JSONObject([("k\(number)", JSON.string("v"))]))]).expect(200) }
            }
            try await group.waitForAll()
        }
        #expect(try await client.get("\(path)/a").json["data"]?.object?.count == 8)
    }
}
