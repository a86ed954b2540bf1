import HTTPMessages
import Kernel
import Testing

/// Create, get and update of single objects.
@Suite struct ObjectTests {
    @Test(arguments: Mode.all) func aConfigMapLives(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let made = try await client.post(path, ["metadata": ["name": "a"], "data": ["k": "v"]]).expect(201)
        #expect(made.json["apiVersion"] == "v1")
        #expect(made.json["kind"] == "ConfigMap")
        #expect(!made.uid.isEmpty)
        #expect(Int64(made.version).map { $0 > 0 } == true)
        #expect(made.json["metadata"]?["creationTimestamp"]?.string.flatMap(Timestamp.init(rfc3339:)) != nil)
        let got = try await client.get("\(path)/a").expect(200)
        #expect(got.json == made.json)
        #expect(got.headers["Content-Type"] == "application/json")
        let gone = try await client.delete("\(path)/a").expect(200)
        #expect(gone.json["status"] == "Success")
        #expect(gone.json["details"]?["uid"]?.string == made.uid)
        #expect(gone.json["details"]?["kind"] == "configmaps")
        let missing = try await client.get("\(path)/a").expect(404)
        #expect(missing.reason == "NotFound")
        #expect(missing.message == #"configmaps "a" not found"#)
    }

    @Test(arguments: Mode.all) func createRefusesWhatCannotBe(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let path = "/api/v1/namespaces/\(namespace)/configmaps"
        try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        let twice = try await client.post(path, ["metadata": ["name": "a"]]).expect(409)
        #expect(twice.reason == "AlreadyExists")
        #expect(twice.message == #"configmaps "a" already exists"#)
        try await client.post("/api/v1/namespaces/\(Unique.name())/configmaps", ["metadata": ["name": "a"]]).expect(404)
        try await client.post(path, ["metadata": ["name": "b", "namespace": "other"]]).expect(400)
        try await client.post(path, ["metadata": ["name": "b", "resourceVersion": "5"]]).expect(mode == .given ? 500 : 400)  // the client's fault, for ours
        try await client.post(path, ["kind": "Secret", "apiVersion": "v1", "metadata": ["name": "b"]]).expect(400)
        try await client.post(path, ["kind": "ConfigMap", "apiVersion": "v2", "metadata": ["name": "b"]]).expect(400)
        let nameless = try await client.post(path, ["data": [:]]).expect(422)
        #expect(nameless.message.contains("metadata.name: Required value: name or generateName is required"))
        let bad = try await client.post(path, ["metadata": ["name": "Not_A_Name"]]).expect(422)
        #expect(bad.causes.first?["field"] == "metadata.name")
        #expect(bad.causes.first?["reason"] == "FieldValueInvalid")
        try await client.send("POST", "\(path)/a", ["metadata": ["name": "a"]]).expect(405)
        try await client.send("PUT", path, ["metadata": ["name": "a"]]).expect(405)
        if mode != .given { try await client.get("/api/v1/namespaces/\(namespace)/pods").expect(404) }
        try await client.get("/api/v1/configmaps/a").expect(404)
    }

    @Test(arguments: Mode.all) func generatedNames(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let one = try await client.post(path, ["metadata": ["generateName": "job-"]]).expect(201)
        let two = try await client.post(path, ["metadata": ["generateName": "job-"]]).expect(201)
        let names = [one, two].map { $0.json["metadata"]?["name"]?.string ?? "" }
        #expect(names.allSatisfy { $0.hasPrefix("job-") && $0.count == 9 })
        #expect(names[0] != names[1])
    }

    @Test(arguments: Mode.all) func updatesKeepIdentityAndVersions(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let made = try await client.post(path, ["metadata": ["name": "a"], "data": ["k": "1"]]).expect(201)
        var object = made.json
        object["data"] = ["k": "2"]
        let changed = try await client.put("\(path)/a", object).expect(200)
        #expect(changed.uid == made.uid)
        #expect(changed.version != made.version)
        let stale = try await client.put("\(path)/a", object).expect(409)
        #expect(stale.reason == "Conflict")
        #expect(stale.message.hasPrefix(#"Operation cannot be fulfilled on configmaps "a": the object has been modified"#))
        // Without a resourceVersion a ConfigMap is taken as it is.
        let unconditional = try await client.put("\(path)/a", ["metadata": ["name": "a"], "data": ["k": "3"]]).expect(200)
        // What changes nothing writes nothing.
        let same = try await client.put("\(path)/a", unconditional.json).expect(200)
        #expect(same.version == unconditional.version)
        var other = unconditional.json
        other["metadata"]?["uid"] = "11111111-2222-4333-8444-555555555555"
        try await client.put("\(path)/a", other).expect(409)
        try await client.put("\(path)/a", ["metadata": ["name": "b"]]).expect(400)
        try await client.put("\(path)/missing", ["metadata": ["name": "missing"]]).expect(404)
    }

    @Test(arguments: Mode.all) func customObjectsNeedTheirVersionToBeReplaced(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let made = try await client.post(widgets.collection(namespace), widgets.object("a", spec: ["text": "x"])).expect(201)
        #expect(made.json["metadata"]?["generation"] == 1)
        let refused = try await client.put(widgets.item(namespace, "a"), widgets.object("a", spec: ["text": "y"])).expect(422)
        #expect(refused.message.contains("\(widgets.name) \"a\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update"))
        var changed = made.json
        changed["spec"]?["text"] = "y"
        let put = try await client.put(widgets.item(namespace, "a"), changed).expect(200)
        #expect(put.json["metadata"]?["generation"] == 2)
        var labelled = put.json
        labelled[path: ["metadata", "labels"]] = ["a": "b"]
        let label = try await client.put(widgets.item(namespace, "a"), labelled).expect(200)
        #expect(label.json["metadata"]?["generation"] == 2)
        #expect(label.version != put.version)
    }

    @Test(arguments: Mode.all) func dryRunWritesNothing(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let would = try await client.post("\(path)?dryRun=All", ["metadata": ["name": "a"]]).expect(201)
        #expect(!would.uid.isEmpty)
        try await client.get("\(path)/a").expect(404)
        let made = try await client.post(path, ["metadata": ["name": "a"], "data": ["k": "1"]]).expect(201)
        let patched = try await client.merge("\(path)/a?dryRun=All", ["data": ["k": "2"]]).expect(200)
        #expect(patched.json["data"]?["k"] == "2")
        try await client.delete("\(path)/a?dryRun=All").expect(200)
        #expect(try await client.get("\(path)/a").expect(200).json == made.json)
        try await client.post("\(path)?dryRun=Some", ["metadata": ["name": "b"]]).expect(422)
    }

    @Test(arguments: Mode.all) func configMapsAndSecretsHaveTheirOwnRules(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let secrets = "/api/v1/namespaces/\(namespace)/secrets"
        let made = try await client.post(secrets, ["metadata": ["name": "s"], "stringData": ["k": "v"]]).expect(201)
        #expect(made.json["data"]?["k"] == "dg==")
        #expect(made.json["stringData"] == nil)
        #expect(made.json["type"] == "Opaque")
        for (bad, place) in [("not base64!", 3), ("YQ", 0), ("YWJjYQ", 4), ("!", 0), ("YQ=", 3), ("YQ==YQ==", 4), ("=", 0)] {
            let refused = try await client.post(secrets, ["metadata": ["name": "t"], "data": ["k": .string(bad)]]).expect(400)
            #expect(refused.message == #"Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte \#(place)"#, "\(bad)")
        }
        try await client.put("\(secrets)/s", ["metadata": ["name": "s"], "data": ["k": "!"]]).expect(400)
        for patched in [try await client.merge("\(secrets)/s", ["data": ["k": "!"]]), try await client.merge("\(secrets)/s", ["data": ["k": 5]])] {
            #expect(patched.expect(422).causes.first?["field"] == "patch")
        }
        let maps = "/api/v1/namespaces/\(namespace)/configmaps"
        try await client.post(maps, ["metadata": ["name": "i"], "data": ["k": "v"], "immutable": true]).expect(201)
        try await client.merge("\(maps)/i", ["data": ["k": "w"]]).expect(422)
        try await client.merge("\(maps)/i", ["metadata": ["labels": ["a": "b"]]]).expect(200)
    }

    @Test(arguments: Mode.all) func someKindsAreCreatedByUpdate(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/apis/coordination.k8s.io/v1/namespaces/\(try await client.namespace())/leases"
        let lease: JSON = ["metadata": ["name": "l"], "spec": ["holderIdentity": "a", "renewTime": "2026-11-20T06:00:00.123456Z"]]
        let made = try await client.put("\(path)/l", lease).expect(201)
        #expect(made.json["spec"]?["renewTime"] == "2026-11-20T06:00:00.123456Z")
    }
}
