import HTTPMessages
import Kernel
import Testing

/// `/status` and `/scale`.
@Suite struct SubresourceTests {
    @Test(arguments: Mode.all) func statusAndSpecLeaveEachOtherAlone(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        let made = try await client.post(widgets.collection(namespace), widgets.object("a", spec: ["text": "x"])).expect(201)
        var object = made.json
        object["status"] = ["phase": "Running"]
        object["spec"]?["text"] = "changed"
        object[path: ["metadata", "labels"]] = ["a": "b"]
        let status = try await client.put("\(item)/status", object).expect(200)
        #expect(status.json["status"] == ["phase": "Running"])
        #expect(status.json["spec"]?["text"] == "x")
        #expect(status.json["metadata"]?["labels"] == nil)
        #expect(status.json["metadata"]?["generation"] == 1)
        var whole = status.json
        whole["status"] = ["phase": "Lost"]
        whole["spec"]?["text"] = "y"
        let put = try await client.put(item, whole).expect(200)
        #expect(put.json["status"] == ["phase": "Running"])
        #expect(put.json["spec"]?["text"] == "y")
        let patched = try await client.merge("\(item)/status", ["status": ["replicas": 2], "spec": ["text": "z"]]).expect(200)
        #expect(patched.json["status"] == ["phase": "Running", "replicas": 2])
        #expect(patched.json["spec"]?["text"] == "y")
        #expect(try await client.get("\(item)/status").expect(200).json == patched.json)
        try await client.merge("\(item)/status", ["status": ["replicas": "two"]]).expect(422)
        try await client.post("\(item)/status", object).expect(405)
        try await client.get("\(item)/nothing").expect(404)
    }

    @Test(arguments: Mode.all) func scale(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        try await client.post(widgets.collection(namespace), widgets.object("a", spec: ["replicas": 2])).expect(201)
        try await client.merge("\(item)/status", ["status": ["replicas": 1, "selector": "app=a"]]).expect(200)
        let scale = try await client.get("\(item)/scale").expect(200)
        #expect(scale.json["kind"] == "Scale")
        #expect(scale.json["apiVersion"] == "autoscaling/v1")
        #expect(scale.json["spec"] == ["replicas": 2])
        #expect(scale.json["status"] == ["replicas": 1, "selector": "app=a"])
        var wanted = scale.json
        wanted["spec"] = ["replicas": 5]
        let put = try await client.put("\(item)/scale", wanted).expect(200)
        #expect(put.json["spec"] == ["replicas": 5])
        #expect(try await client.get(item).json["spec"]?["replicas"] == 5)
        try await client.put("\(item)/scale", wanted).expect(409)
        let patched = try await client.merge("\(item)/scale", ["spec": ["replicas": 7]]).expect(200)
        #expect(patched.json["spec"] == ["replicas": 7])
        try await client.merge("\(item)/scale", ["spec": ["replicas": -1]]).expect(422)
        // The kind's own rules hold as well.
        try await client.merge("\(item)/scale", ["spec": ["replicas": 101]]).expect(422)
    }
}
