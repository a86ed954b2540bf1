import HTTPMessages
import Kernel
import Testing

/// What is particular to the built-in kinds, as clients see it.
@Suite struct BuiltInKindTests {
    /// Clients written in Go send every field that they don't leave out, as null: also the empty answer of a question.
    @Test(arguments: Mode.all) func nullsOfTypedClientsAreNothing(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let review: JSON = [
            "kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "metadata": ["creationTimestamp": .null],
            "spec": ["namespace": .string(namespace)], "status": ["resourceRules": .null, "nonResourceRules": .null, "incomplete": false],
        ]
        let rules = try await client.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review).expect(201)
        #expect(rules.json["status"]?["resourceRules"]?.array?.isEmpty == false)
        let role = try await client.post(
            "/apis/rbac.authorization.k8s.io/v1/namespaces/\(namespace)/roles",
            ["metadata": ["name": "empty", "creationTimestamp": .null], "rules": .null]
        ).expect(201)
        // Kubernetes writes the empty list of rules as null; ours writes nothing.
        #expect(role.json["rules"]?.isNull ?? true)
        let lease = try await client.post(
            "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases",
            ["metadata": ["name": "l"], "spec": ["holderIdentity": .null, "renewTime": .null, "leaseDurationSeconds": 15]]
        ).expect(201)
        #expect(lease.json["spec"] == ["leaseDurationSeconds": 15])
    }

    /// Whatever is wrong with a Secret, its values are in no answer.
    @Test(arguments: Mode.all) func refusalsShowNoSecret(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let secrets = "/api/v1/namespaces/\(namespace)/secrets"
        let canary = "canary-hunter2-!"
        for body in [
            ["data": ["k": .string(canary)]], ["data": .string(canary)], ["data": [.string(canary)]], ["stringData": .string(canary)],
            ["type": "kubernetes.io/dockerconfigjson", "stringData": [".dockerconfigjson": .string(canary)]],
            ["type": "kubernetes.io/tls", "stringData": ["tls.key": .string(canary)]],
        ] as [JSON] {
            var body = body
            body["metadata"] = ["name": "s"]
            let refused = try await client.post(secrets, body)
            #expect(refused.status == 422 || refused.status == 400, "\(refused.status)")
            #expect(!refused.text.contains("hunter2"), "\(refused.text)")
        }
        try await client.post(secrets, ["metadata": ["name": "s"], "immutable": true, "data": ["k": "MQ=="]]).expect(201)
        let changed = try await client.merge("\(secrets)/s", ["stringData": ["k": .string(canary)]]).expect(422)
        #expect(changed.message == "Secret \"s\" is invalid: data: Forbidden: field is immutable when `immutable` is set")
        let broken = try await client.merge("\(secrets)/s", ["data": ["k": .string(canary)]]).expect(422)
        // Kubernetes shows the whole object in what it says of a patch.
        if mode != .given { #expect(!broken.text.contains("hunter2"), "\(broken.text)") }
    }

    @Test(arguments: Mode.all) func timesComeBackInTheFormThatClientsRead(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let lease = try await client.post(
            "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases",
            ["metadata": ["name": "l"], "spec": ["renewTime": "2026-11-20T08:00:00.500000+02:00"]]
        ).expect(201)
        #expect(lease.json["spec"] == ["renewTime": "2026-11-20T06:00:00.500000Z"])
        let event = try await client.post(
            "/api/v1/namespaces/\(namespace)/events",
            [
                "metadata": ["name": "e"], "involvedObject": ["namespace": .string(namespace), "name": "x"],
                "lastTimestamp": "2026-11-20T06:00:00.25Z",
            ]
        ).expect(201)
        #expect(event.json["lastTimestamp"] == "2026-11-20T06:00:00Z")
        try await client.merge("/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases/l", ["spec": ["renewTime": "soon"]]).expect(422)
        for (time, why) in [
            ("soon", #"cannot parse "soon" as "2006""#), ("2026-11-20T08:00:00Z", #"cannot parse "Z" as ".000000""#),
            ("2026-11-20T08:00:00.123456789Z", #"cannot parse "789Z" as "Z07:00""#), ("2026-11-31T08:00:00.000000Z", "day out of range"),
            ("2026-13-20T08:00:00.000000Z", "month out of range"), ("2026-11-20T08:00:00.000000Zx", #"extra text: "x""#),
        ] {
            let refused = try await client.post(
                "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases", ["metadata": ["name": "m"], "spec": ["renewTime": .string(time)]]
            ).expect(400)
            #expect(refused.message.hasPrefix(#"Lease in version "v1" cannot be handled as a Lease: parsing time "\#(time)""#) && refused.message.hasSuffix(why), "\(refused.message)")
        }
    }

    @Test(arguments: Mode.all) func namespacesAreLabelledWithTheirNames(_ mode: Mode) async throws {
        let client = try await mode.client()
        let made = try await client.post("/api/v1/namespaces", ["metadata": ["generateName": "gen-"]]).expect(201)
        let name = made.json["metadata"]?["name"]
        #expect(made.json["metadata"]?["labels"]?["kubernetes.io/metadata.name"] == name && made.json["spec"] == ["finalizers": ["kubernetes"]])
        let relabelled = try await client.merge("/api/v1/namespaces/\(name?.string ?? "")", ["metadata": ["labels": .null], "status": ["phase": "X"]]).expect(200)
        #expect(relabelled.json["metadata"]?["labels"]?["kubernetes.io/metadata.name"] == name && relabelled.json["status"] == ["phase": "Active"])
    }
}
