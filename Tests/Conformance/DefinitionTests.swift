import HTTPMessages
import Kernel
import TestSupport
import Testing

/// CustomResourceDefinitions: their life, validation, pruning, defaults, versions.
@Suite struct DefinitionTests {
    @Test(arguments: Mode.all) func aDefinitionIsServedAtOnceAndItsObjectsGoWithIt(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let definition = try await client.get(widgets.path).expect(200)
        let conditions = definition.json["status"]?["conditions"]?.array ?? []
        for type in ["NamesAccepted", "Established"] { #expect(conditions.contains { $0["type"]?.string == type && $0["status"] == "True" }) }
        #expect(definition.json["status"]?["storedVersions"] == ["v1"])
        #expect(definition.json["status"]?["acceptedNames"]?["plural"] == "widgets")
        #expect(definition.json["spec"]?["names"]?["listKind"] == "WidgetList")
        let list = try await client.get(widgets.collection(namespace)).expect(200)
        #expect(list.json["kind"] == "WidgetList")
        #expect(list.items.isEmpty)
        let discovery = try await client.get("/apis/\(widgets.group)/v1").expect(200)
        #expect(discovery.json["resources"]?.array?.compactMap { $0["name"]?.string } == ["widgets", "widgets/status", "widgets/scale"])
        try await client.post(widgets.collection(namespace), widgets.object("a")).expect(201)
        try await client.post(widgets.collection(namespace), widgets.object("held", metadata: ["finalizers": ["example.com/hold"]])).expect(201)
        try await client.delete(widgets.path).expect(200)
        try await eventually("the free one goes") { try await client.get(widgets.item(namespace, "a")).status == 404 ? true : nil }
        try await client.post(widgets.collection(namespace), widgets.object("b")).expect(403)
        try await client.get(widgets.path).expect(200)
        try await client.merge(widgets.item(namespace, "held"), ["metadata": ["finalizers": .null]]).expect(200)
        try await eventually("the definition goes") { try await client.get(widgets.path).status == 404 ? true : nil }
        try await client.get(widgets.collection(namespace)).expect(404)
        try await client.get("/apis/\(widgets.group)").expect(404)
    }

    @Test(arguments: Mode.all) func unknownFieldsGoAndDefaultsCome(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let made = try await client.post(
            widgets.collection(namespace), widgets.object("a", spec: ["unknown": 1, "free": ["any": ["thing": true]], "text": "x"])
        ).expect(201)
        #expect(made.json["spec"] == ["free": ["any": ["thing": true]], "text": "x", "color": "red"])
        #expect(made.headers.all("Warning") == [#"299 - "unknown field \"spec.unknown\"""#])
        let strict = try await client.post(
            "\(widgets.collection(namespace))?fieldValidation=Strict", widgets.object("b", spec: ["unknown": 1])
        ).expect(400)
        #expect(strict.message.contains(#"strict decoding error: unknown field "spec.unknown""#))
        let ignored = try await client.post(
            "\(widgets.collection(namespace))?fieldValidation=Ignore", widgets.object("c", spec: ["unknown": 1])
        ).expect(201)
        #expect(ignored.headers.all("Warning").isEmpty)
        let twice = Array(#"{"apiVersion":"\#(widgets.apiVersion)","kind":"Widget","metadata":{"name":"d"},"spec":{"text":"x","text":"y"}}"#.utf8)
        let refused = Answer(try await client.raw("POST", "\(widgets.collection(namespace))?fieldValidation=Strict", twice)).expect(400)
        #expect(refused.message.contains(#"duplicate field "spec.text""#))
        let warned = Answer(try await client.raw("POST", widgets.collection(namespace), twice)).expect(201)
        #expect(warned.json["spec"]?["text"] == "y")
        #expect(warned.headers.all("Warning").count == 1)
        try await client.post("\(widgets.collection(namespace))?fieldValidation=Perhaps", widgets.object("e")).expect(422)
    }

    @Test(arguments: Mode.all) func whatTheSchemaForbidsIsNamed(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        func refused(_ spec: JSON) async throws -> Answer {
            try await client.post(widgets.collection(namespace), widgets.object("a", spec: spec)).expect(422)
        }
        let color = try await refused(["color": "pink"])
        #expect(color.causes.first?["reason"] == "FieldValueNotSupported")
        #expect(color.causes.first?["field"] == "spec.color")
        #expect(color.message.contains(#"Unsupported value: "pink": supported values: "red", "green", "blue""#))
        #expect(try await refused(["replicas": 101]).message.contains("spec.replicas in body should be less than or equal to 100"))
        #expect(try await refused(["replicas": "many"]).causes.first?["reason"] == "FieldValueTypeInvalid")
        #expect(try await refused(["tags": ["a", "a"]]).causes.first?["reason"] == "FieldValueDuplicate")
        #expect(try await refused(["ports": [["port": 1]]]).causes.first?["field"] == "spec.ports[0].name")
        #expect(try await refused(["ports": [["name": "a", "port": true]]]).causes.first?["field"] == "spec.ports[0].port")
        let three = try await refused(["text": 1, "replicas": -1])
        #expect(three.message.contains(".spec.replicas: Invalid value: -1: should be a non-negative integer") && three.causes.count == 3)
    }

    @Test(arguments: Mode.all) func versionsShareTheirObjects(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition(versions: [Definition.version("v1alpha1", storage: false), Definition.version("v1")])
        try await client.post(widgets.collection(namespace, version: "v1alpha1"), widgets.object("a", version: "v1alpha1")).expect(201)
        let new = try await client.get(widgets.item(namespace, "a")).expect(200)
        #expect(new.json["apiVersion"]?.string == widgets.apiVersion)
        let old = try await client.get(widgets.item(namespace, "a", version: "v1alpha1")).expect(200)
        #expect(old.json["apiVersion"]?.string == "\(widgets.group)/v1alpha1")
        #expect(old.uid == new.uid)
        let list = try await client.get(widgets.collection(namespace, version: "v1alpha1")).expect(200)
        #expect(list.items.map { $0["apiVersion"]?.string } == ["\(widgets.group)/v1alpha1"])
        let group = try await client.get("/apis/\(widgets.group)").expect(200)
        #expect(group.json["preferredVersion"]?["version"] == "v1")
    }

    @Test(arguments: Mode.all) func aDefaultThatComesLaterIsSeenOnOlderObjects(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let before: JSON = ["type": "object", "properties": ["text": ["type": "string"]]]
        let widgets = try await client.definition(version: Definition.version(spec: before, extra: ["selectableFields": []]))
        try await client.post(widgets.collection(namespace), widgets.object("a", spec: ["text": "x"])).expect(201)
        let after: JSON = ["type": "object", "properties": ["text": ["type": "string"], "size": ["type": "integer", "default": 5]]]
        try await client.merge(widgets.path, ["spec": ["versions": [Definition.version(spec: after, extra: ["selectableFields": []])]]]).expect(200)
        let seen = try await client.get(widgets.item(namespace, "a")).expect(200)
        #expect(seen.json["spec"] == ["text": "x", "size": 5])
        #expect(try await client.get(widgets.collection(namespace)).items.first?["spec"]?["size"] == 5)
    }

    @Test(arguments: Mode.all) func namesInUseAreNotAccepted(_ mode: Mode) async throws {
        let client = try await mode.client()
        let first = try await client.definition()
        let second = Definition.object(group: first.group, plural: "gadgets", kind: "Widget", versions: [Definition.version()])
        try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", second).expect(201)
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.\(first.group)"
        try await mode.soon("the name is refused") {
            let conditions = try await client.get(path).json["status"]?["conditions"]?.array ?? []
            return conditions.contains {
                $0["type"] == "NamesAccepted" && $0["status"] == "False" && $0["message"]?.string?.contains("is already in use") == true
            }
        }
        try await client.get("/apis/\(first.group)/v1/namespaces/default/gadgets").expect(404)
        try await client.delete(first.path).expect(200)
        try await eventually("the first goes") { try await client.get(first.path).status == 404 ? true : nil }
        try await eventually("the second gets the name") { try await client.get("/apis/\(first.group)/v1/namespaces/default/gadgets").status == 200 ? true : nil }
    }

    @Test(arguments: Mode.all) func ofDefinitionsThatWantOneNameAtOnceOneGetsIt(_ mode: Mode) async throws {
        let client = try await mode.client()
        let group = "\(Unique.name("g")).example.com"
        let all = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        let plurals = (0..<8).map { "things\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for plural in plurals {
                tasks.addTask {
                    let wanted = Definition.object(group: group, plural: plural, kind: "Thing", versions: [Definition.version()])
                    try await client.post(all, wanted).expect(201)
                }
            }
            try await tasks.waitForAll()
        }
        try await mode.soon("all are decided, one for and the others against") {
            var decided: [String] = []
            for plural in plurals {
                let conditions = try await client.get("\(all)/\(plural).\(group)").json["status"]?["conditions"]?.array ?? []
                decided += conditions.filter { $0["type"] == "NamesAccepted" }.compactMap { $0["status"]?.string }
            }
            return decided.sorted() == Array(repeating: "False", count: 7) + ["True"]
        }
        for plural in plurals { try await client.delete("\(all)/\(plural).\(group)").expect(200) }
    }

    @Test(arguments: Mode.all) func rulesOnDefaultsKnowTimeZones(_ mode: Mode) async throws {
        let client = try await mode.client()
        func answer(_ hour: Int) async throws -> Answer {
            let member: JSON = [
                "type": "string", "format": "date-time", "default": "2026-01-15T12:00:00Z",
                "x-kubernetes-validations": [["rule": .string("self.getHours('America/New_York') == \(hour)"), "message": "it must be that hour"]],
            ]
            let spec: JSON = ["type": "object", "properties": ["at": member]]
            let group = "\(Unique.name("g")).example.com"
            let object = Definition.object(group: group, plural: "widgets", kind: "Widget", versions: [Definition.version(spec: spec, extra: ["selectableFields": []])])
            return try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", object)
        }
        let right = try await answer(7).expect(201)
        let wrong = try await answer(8).expect(422)
        #expect(wrong.causes.contains { $0["field"]?.string?.hasSuffix(".default") == true && $0["message"]?.string?.contains("it must be that hour") == true }, "\(wrong.text)")
        try await client.delete("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/\(right.json["metadata"]?["name"]?.string ?? "")").expect(200)
    }

    @Test(arguments: Mode.all) func badDefinitionsAreRefused(_ mode: Mode) async throws {
        let client = try await mode.client()
        let group = "\(Unique.name("g")).example.com"
        func refused(_ change: (inout JSON) -> Void) async throws -> Answer {
            var object = Definition.object(group: group, plural: "widgets", kind: "Widget", versions: [Definition.version()])
            change(&object)
            return try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", object).expect(422)
        }
        let name = try await refused { $0["metadata"] = ["name": "other"] }
        #expect(name.causes.first?["field"] == "metadata.name")
        #expect(try await refused { $0["spec"]?["scope"] = "Everywhere" }.causes.contains { $0["field"] == "spec.scope" })
        #expect(try await refused { $0["spec"]?["versions"] = [Definition.version(storage: false)] }.message.contains("storage version"))
        let untyped = try await refused { $0["spec"]?["versions"] = [Definition.version(spec: ["properties": ["a": ["type": "string"]]])] }
        #expect(untyped.message.contains("type"))
    }

    @Test(arguments: Mode.all) func clusterScopedKinds(_ mode: Mode) async throws {
        let client = try await mode.client()
        let widgets = try await client.definition(scope: "Cluster")
        let path = "/apis/\(widgets.group)/v1/widgets"
        try await client.post(path, widgets.object("a")).expect(201)
        try await client.get("\(path)/a").expect(200)
        try await client.get(widgets.item("default", "a")).expect(404)
        let placed = try await client.post(path, widgets.object("b", metadata: ["namespace": "default"])).expect(201)
        #expect(placed.json["metadata"]?["namespace"] == nil)
        try await client.delete(widgets.path).expect(200)
    }
}
