import HTTPMessages
import Kernel
import TestSupport
import Testing

/// Deletion: finalizers, preconditions, collections, dependents.
@Suite struct DeleteTests {
    @Test(arguments: Mode.all) func finalizersHoldAnObject(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        let item = widgets.item(namespace, "a")
        try await client.post(widgets.collection(namespace), widgets.object("a", metadata: ["finalizers": ["example.com/hold"]])).expect(201)
        let marked = try await client.delete(item).expect(200)
        #expect(marked.json["kind"] == "Widget")
        #expect(marked.json["metadata"]?["deletionTimestamp"]?.string != nil)
        #expect(marked.json["metadata"]?["deletionGracePeriodSeconds"] == 0)
        #expect(marked.json["metadata"]?["generation"] == 2)
        let again = try await client.delete(item).expect(200)
        #expect(again.version == marked.version)
        let added = try await client.merge(item, ["metadata": ["finalizers": ["example.com/hold", "example.com/more"]]]).expect(422)
        #expect(added.message.contains("no new finalizers can be added if the object is being deleted"))
        let released = try await client.merge(item, ["metadata": ["finalizers": .null]]).expect(200)
        #expect(released.json["metadata"]?["name"] == "a")
        try await client.get(item).expect(404)
    }

    @Test(arguments: Mode.all) func preconditions(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let made = try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        let wrong = try await client.delete("\(path)/a", ["preconditions": ["uid": "11111111-2222-4333-8444-555555555555"]]).expect(409)
        #expect(wrong.reason == "Conflict")
        try await client.delete("\(path)/a", ["preconditions": ["resourceVersion": "1"]]).expect(409)
        try await client.delete("\(path)/a", ["propagationPolicy": "Sideways"]).expect(422)
        try await client.delete("\(path)/a", ["propagationPolicy": "Orphan", "orphanDependents": true]).expect(422)
        try await client.delete("\(path)/a", ["preconditions": ["uid": .string(made.uid), "resourceVersion": .string(made.version)]]).expect(200)
        try await client.delete("\(path)/a").expect(404)
    }

    @Test(arguments: Mode.all) func collectionsBySelector(_ mode: Mode) async throws {
        let client = try await mode.client()
        // Not ConfigMaps, of which controllers of Kubernetes put some into every namespace.
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        for number in 0..<10 {
            try await client.post(path, ["metadata": ["name": .string("c\(number)"), "labels": ["kind": .string(number < 6 ? "go" : "stay")]]]).expect(201)
        }
        let gone = try await client.delete("\(path)?labelSelector=kind%3Dgo").expect(200)
        #expect(gone.items.count == 6)
        #expect(try await client.get(path).items.count == 4)
    }

    @Test(.needsControllers, arguments: Mode.all) func dependentsGoWithTheirOwner(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let owner = try await client.post(path, ["metadata": ["name": "owner"]]).expect(201)
        let reference = Self.reference(owner)
        try await client.post(path, ["metadata": ["name": "child", "ownerReferences": [reference]]]).expect(201)
        try await client.delete("\(path)/owner", ["propagationPolicy": "Background"]).expect(200)
        try await eventually("the child goes") { try await client.get("\(path)/child").status == 404 ? true : nil }
        // One whose owner is gone already goes as well.
        try await client.post(path, ["metadata": ["name": "late", "ownerReferences": [reference]]]).expect(201)
        try await eventually("the late one goes") { try await client.get("\(path)/late").status == 404 ? true : nil }
    }

    @Test(.needsControllers, arguments: Mode.all) func orphansStay(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let owner = try await client.post(path, ["metadata": ["name": "owner"]]).expect(201)
        try await client.post(path, ["metadata": ["name": "child", "ownerReferences": [Self.reference(owner)]]]).expect(201)
        try await client.delete("\(path)/owner", ["propagationPolicy": "Orphan"]).expect(200)
        try await eventually("the owner goes") { try await client.get("\(path)/owner").status == 404 ? true : nil }
        let child = try await client.get("\(path)/child").expect(200)
        #expect(child.json["metadata"]?["ownerReferences"] == nil)
    }

    @Test(.needsControllers, arguments: Mode.all) func foregroundWaitsForDependents(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let owner = try await client.post(path, ["metadata": ["name": "owner"]]).expect(201)
        try await client.post(
            path, ["metadata": ["name": "child", "finalizers": ["example.com/hold"], "ownerReferences": [Self.reference(owner)]]]).expect(201)
        let marked = try await client.delete("\(path)/owner", ["propagationPolicy": "Foreground"]).expect(200)
        #expect(marked.json["metadata"]?["finalizers"] == ["foregroundDeletion"])
        try await eventually("the child is marked") {
            try await client.get("\(path)/child").json["metadata"]?["deletionTimestamp"]?.string != nil ? true : nil
        }
        try await client.get("\(path)/owner").expect(200)
        try await client.merge("\(path)/child", ["metadata": ["finalizers": .null]]).expect(200)
        try await eventually("the owner goes") { try await client.get("\(path)/owner").status == 404 ? true : nil }
        try await client.get("\(path)/child").expect(404)
    }

    @Test(.needsControllers, arguments: Mode.all) func oneOfTwoOwnersIsEnough(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let one = try await client.post(path, ["metadata": ["name": "one"]]).expect(201)
        let two = try await client.post(path, ["metadata": ["name": "two"]]).expect(201)
        try await client.post(path, ["metadata": ["name": "child", "ownerReferences": [Self.reference(one), Self.reference(two)]]]).expect(201)
        try await client.delete("\(path)/one").expect(200)
        try await eventually("the reference to the first goes") {
            let owners = try await client.get("\(path)/child").json["metadata"]?["ownerReferences"]?.array ?? []
            return owners.map { $0["name"] } == ["two"] ? true : nil
        }
    }

    private static func reference(_ owner: Answer) -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "name": owner.json["metadata"]?["name"] ?? "", "uid": .string(owner.uid),
            "blockOwnerDeletion": true,
        ]
    }

    @Test(arguments: Mode.all) func whatEverythingRestsOnStays(_ mode: Mode) async throws {
        let client = try await mode.client()
        for name in ["default", "kube-system"] {
            let refused = try await client.delete("/api/v1/namespaces/\(name)").expect(403)
            #expect(refused.message.contains("this namespace may not be deleted"))
        }
    }

    /// A look at the bytes alone would take it for marked.
    @Test(.needsControllers, arguments: Mode.all) func aNameThatLooksLikeTheMarkIsNone(_ mode: Mode) async throws {
        let client = try await mode.client()
        let name = Unique.name()
        try await client.post("/api/v1/namespaces", ["metadata": ["name": .string(name), "annotations": ["deletionTimestamp": "soon"]]]).expect(201)
        try await client.post("/api/v1/namespaces/\(name)/configmaps", ["metadata": ["name": "a"]]).expect(201)
        try await eventually("the default service account") {
            try await client.get("/api/v1/namespaces/\(name)/serviceaccounts/default").status == 200 ? true : nil
        }
        try await client.get("/api/v1/namespaces/\(name)/configmaps/a").expect(200)
    }

    @Test(.needsControllers, arguments: Mode.all) func orphansMadeAMomentAgoStayToo(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        for round in 0..<10 {
            let owner = try await client.post(path, ["metadata": ["name": .string("owner-\(round)")]]).expect(201)
            try await client.post(path, ["metadata": ["name": .string("child-\(round)"), "ownerReferences": [Self.reference(owner)]]]).expect(201)
            try await client.delete("\(path)/owner-\(round)", ["propagationPolicy": "Orphan"]).expect(200)
        }
        for round in 0..<10 {
            try await eventually("the owner goes") { try await client.get("\(path)/owner-\(round)").status == 404 ? true : nil }
            #expect(try await client.get("\(path)/child-\(round)").expect(200).json["metadata"]?["ownerReferences"] == nil)
        }
    }

    @Test(.needsControllers, arguments: Mode.all) func aNamespaceIsEmptied(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let made = try await client.get("/api/v1/namespaces/\(namespace)").expect(200)
        #expect(made.json["metadata"]?["labels"]?["kubernetes.io/metadata.name"]?.string == namespace)
        #expect(made.json["status"]?["phase"] == "Active")
        #expect(made.json["spec"]?["finalizers"] == ["kubernetes"])
        try await eventually("the default service account") {
            try await client.get("/api/v1/namespaces/\(namespace)/serviceaccounts/default").status == 200 ? true : nil
        }
        let path = "/api/v1/namespaces/\(namespace)/configmaps"
        try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        try await client.post(path, ["metadata": ["name": "held", "finalizers": ["example.com/hold"]]]).expect(201)
        let marked = try await client.delete("/api/v1/namespaces/\(namespace)").expect(200)
        #expect(marked.json["status"]?["phase"] == "Terminating")
        try await eventually("the free one goes") { try await client.get("\(path)/a").status == 404 ? true : nil }
        let refused = try await client.post(path, ["metadata": ["name": "b"]]).expect(403)
        #expect(refused.causes.first?["reason"] == "NamespaceTerminating")
        try await eventually("the conditions say what is left") {
            let conditions = try await client.get("/api/v1/namespaces/\(namespace)").json["status"]?["conditions"]?.array ?? []
            return conditions.contains { $0["type"] == "NamespaceFinalizersRemaining" && $0["status"] == "True" } ? true : nil
        }
        try await client.merge("\(path)/held", ["metadata": ["finalizers": .null]]).expect(200)
        try await eventually("the namespace goes") { try await client.get("/api/v1/namespaces/\(namespace)").status == 404 ? true : nil }
    }
}
