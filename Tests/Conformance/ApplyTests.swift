import HTTPMessages
import Kernel
import Testing

/// Server-side apply.
@Suite struct ApplyTests {
    private func managers(_ answer: Answer) -> [String] {
        (answer.json["metadata"]?["managedFields"]?.array ?? []).compactMap { $0["manager"]?.string }
    }

    @Test(arguments: Mode.all) func applyCreatesChangesAndPrunes(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        let made = try await client.apply("\(item)?fieldManager=one", widgets.object("a", spec: ["text": "x", "replicas": 2])).expect(201)
        #expect(made.json["metadata"]?["managedFields"]?[0]?["operation"] == "Apply")
        #expect(managers(made) == ["one"])
        let same = try await client.apply("\(item)?fieldManager=one", widgets.object("a", spec: ["text": "x", "replicas": 2])).expect(200)
        #expect(same.version == made.version)
        let pruned = try await client.apply("\(item)?fieldManager=one", widgets.object("a", spec: ["text": "y"])).expect(200)
        #expect(pruned.json["spec"] == ["text": "y", "color": "red"])
        #expect(pruned.json["metadata"]?["generation"] == 2)
    }

    @Test(arguments: Mode.all) func conflictsNameTheFieldAndItsOwner(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        try await client.apply("\(item)?fieldManager=one", widgets.object("a", spec: ["text": "x"])).expect(201)
        let refused = try await client.apply("\(item)?fieldManager=two", widgets.object("a", spec: ["text": "y"])).expect(409)
        #expect(refused.reason == "Conflict")
        #expect(refused.causes.count == 1)
        #expect(refused.causes.first?["reason"] == "FieldManagerConflict")
        #expect(refused.causes.first?["field"] == ".spec.text")
        #expect(refused.message == #"Apply failed with 1 conflict: conflict with "one": .spec.text"#)
        let forced = try await client.apply("\(item)?fieldManager=two&force=true", widgets.object("a", spec: ["text": "y"])).expect(200)
        #expect(forced.json["spec"]?["text"] == "y")
        // The same value is owned together, and stays while one of them holds it.
        try await client.apply("\(item)?fieldManager=three", widgets.object("a", spec: ["text": "y"])).expect(200)
        let kept = try await client.apply("\(item)?fieldManager=two", widgets.object("a")).expect(200)
        #expect(kept.json["spec"]?["text"] == "y")
        let gone = try await client.apply("\(item)?fieldManager=three", widgets.object("a")).expect(200)
        #expect(gone.json["spec"]?["text"] == nil)
    }

    @Test(arguments: Mode.all) func whatApplyNeeds(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        let nameless = try await client.apply(item, widgets.object("a")).expect(422)
        #expect(nameless.message.contains("fieldManager: Required value: is required for apply patch"))
        let managed = widgets.object("a", metadata: ["managedFields": [["manager": "x"]]])
        let refused = try await client.apply("\(item)?fieldManager=one", managed).expect(400)
        #expect(refused.message.contains("metadata.managedFields must be nil"))
        try await client.apply("\(item)?fieldManager=one", widgets.object("b")).expect(400)
        try await client.apply("\(item)?fieldManager=one", widgets.object("a", metadata: ["uid": "123"])).expect(409)
        let yaml = Array("apiVersion: \(widgets.apiVersion)\nkind: Widget\nmetadata: {name: a}\nspec: {text: from yaml}\n".utf8)
        let made = Answer(try await client.raw("PATCH", "\(item)?fieldManager=one", yaml, type: "application/apply-patch+yaml")).expect(201)
        #expect(made.json["spec"]?["text"] == "from yaml")
    }

    @Test(arguments: Mode.all) func listsMergeByTheirType(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        try await client.apply(
            "\(item)?fieldManager=one", widgets.object("a", spec: ["ports": [["name": "http", "port": 80]], "tags": ["a"]])
        ).expect(201)
        let both = try await client.apply(
            "\(item)?fieldManager=two", widgets.object("a", spec: ["ports": [["name": "tls", "port": "https"]], "tags": ["b"]])
        ).expect(200)
        #expect(both.json["spec"]?["ports"]?.array?.compactMap { $0["name"]?.string } == ["http", "tls"])
        #expect(both.json["spec"]?["tags"] == ["a", "b"])
        let one = try await client.apply("\(item)?fieldManager=one", widgets.object("a")).expect(200)
        #expect(one.json["spec"]?["ports"] == [["name": "tls", "port": "https"]])
        #expect(one.json["spec"]?["tags"] == ["b"])
    }

    @Test(arguments: Mode.all) func statusIsApartFromSpec(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        var object = widgets.object("a", spec: ["text": "x"])
        object["status"] = ["phase": "ignored"]
        let made = try await client.apply("\(item)?fieldManager=one", object).expect(201)
        #expect(made.json["status"] == nil)
        object["status"] = ["phase": "Running"]
        object["spec"] = ["text": "ignored"]
        let status = try await client.apply("\(item)/status?fieldManager=controller", object).expect(200)
        #expect(status.json["status"] == ["phase": "Running"])
        #expect(status.json["spec"]?["text"] == "x")
        #expect(status.json["metadata"]?["generation"] == 1)
        let entry = status.json["metadata"]?["managedFields"]?.array?.first { $0["manager"] == "controller" }
        #expect(entry?["subresource"] == "status")
    }

    @Test(arguments: Mode.all) func otherWritesAreBookedToo(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        try await client.post("\(widgets.collection(namespace))?fieldManager=creator", widgets.object("a", spec: ["text": "x"])).expect(201)
        let patched = try await client.merge("\(widgets.item(namespace, "a"))?fieldManager=patcher", ["spec": ["replicas": 1]]).expect(200)
        #expect(managers(patched) == ["creator", "patcher"])
        // Without a name it is the client's own.
        let byAgent = try await client.merge(widgets.item(namespace, "a"), ["spec": ["replicas": 2]]).expect(200)
        #expect(managers(byAgent).contains("conformance"))
        let conflict = try await client.apply("\(widgets.item(namespace, "a"))?fieldManager=new", widgets.object("a", spec: ["text": "z"])).expect(409)
        #expect(conflict.message.contains(#"conflict with "creator" using \#(widgets.apiVersion): .spec.text"#))
    }
}
