import Kernel
import Testing

@testable import APIServerCore

/// The rules of built-in kinds, in the words of the real server.
struct StrategyTests {
    private func definition(_ plural: String, group: String = "") throws -> ResourceDefinition {
        try #require(BuiltInResources.named(plural, group: group, version: "v1"))
    }

    private func created(_ plural: String, group: String = "", _ object: JSON) throws -> (JSON, [String]) {
        let strategy = try definition(plural, group: group).strategy
        var object = object
        strategy.prepareForCreate(&object)
        return (object, strategy.validateCreate(object).map(\.text))
    }

    private func updated(_ plural: String, group: String = "", _ object: JSON, old: JSON) throws -> (JSON, [String]) {
        let strategy = try definition(plural, group: group).strategy
        var object = object
        strategy.prepareForUpdate(&object, old: old)
        return (object, strategy.validateUpdate(object, old: old).map(\.text))
    }

    @Test func namespaceIsBornActiveAndLabelled() throws {
        let (object, faults) = try created("namespaces", ["metadata": ["name": "plant"], "status": ["phase": "Terminating"]])
        #expect(faults.isEmpty)
        #expect(object["status"] == ["phase": "Active"] && object["spec"] == ["finalizers": ["kubernetes"]])
        #expect(object["metadata"]?["labels"] == ["kubernetes.io/metadata.name": "plant"])
        let (kept, _) = try updated("namespaces", ["metadata": ["name": "plant"], "spec": ["finalizers": []]], old: object)
        #expect(kept["spec"] == object["spec"] && kept["status"] == object["status"])
        #expect(kept["metadata"]?["labels"] == ["kubernetes.io/metadata.name": "plant"])
        #expect(
            try created("namespaces", ["metadata": ["name": "x"], "spec": ["finalizers": ["bad"]]]).1
                == [#"spec.finalizers[0]: Invalid value: "bad": name is neither a standard finalizer name nor is it fully qualified"#])
    }

    @Test func configMapKeysAndSize() throws {
        #expect(try created("configmaps", ["data": ["a.b-c_D": "x"]]).1.isEmpty)
        let bad = try created("configmaps", ["data": ["a b": "x", "k": "v"], "binaryData": ["k": "!"]]).1
        #expect(bad.count == 3)
        #expect(bad.first?.hasPrefix(#"data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters"#) == true, "\(bad)")
        #expect(bad.contains(#"data[k]: Invalid value: "k": duplicate of key present in binaryData"#))
        let large = try created("configmaps", ["data": ["k": .string(String(repeating: "x", count: (1 << 20) + 1))]]).1
        #expect(large == ["[]: Too long: may not be more than 1048576 bytes"])
        #expect(try created("configmaps", ["data": ["k": .string(String(repeating: "x", count: 1 << 20))]]).1.isEmpty)
    }

    @Test func immutableStaysImmutable() throws {
        let old: JSON = ["data": ["a": "1"], "immutable": true]
        #expect(try updated("configmaps", ["data": ["a": "1"], "immutable": true, "metadata": ["labels": ["x": "y"]]], old: old).1.isEmpty)
        #expect(
            try updated("configmaps", ["data": ["a": "2"]], old: old).1 == [
                "immutable: Forbidden: field is immutable when `immutable` is set", "data: Forbidden: field is immutable when `immutable` is set",
            ])
        #expect(
            try updated("secrets", ["data": ["a": "MQ=="], "immutable": true], old: ["type": "Opaque", "immutable": true]).1
                == ["data: Forbidden: field is immutable when `immutable` is set"])
    }

    @Test func secretFoldsStringData() throws {
        let (object, faults) = try created("secrets", ["data": ["a": "MQ=="], "stringData": ["a": "2", "b": "hunter2"]])
        #expect(faults.isEmpty && object["stringData"] == nil && object["type"] == "Opaque")
        #expect(object["data"] == ["a": "Mg==", "b": "aHVudGVyMg=="])
        #expect(object.text.contains("stringData") == false)
    }

    @Test(arguments: [
        (["type": "kubernetes.io/tls", "data": ["tls.crt": ""]], ["data[tls.key]: Required value"]),
        (["type": "kubernetes.io/basic-auth"], ["data[username]: Required value", "data[password]: Required value"]),
        (["type": "kubernetes.io/basic-auth", "data": ["password": "MQ=="]], []),
        (["type": "kubernetes.io/ssh-auth"], ["data[ssh-privatekey]: Required value"]),
        (["type": "kubernetes.io/service-account-token"], ["metadata.annotations[kubernetes.io/service-account.name]: Required value"]),
        (
            ["type": "kubernetes.io/dockerconfigjson", "data": [".dockerconfigjson": "aHVudGVyMg=="]],
            ["data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": must be JSON; it is malformed at byte 0"]
        ),
        (["type": "kubernetes.io/dockerconfigjson", "data": [".dockerconfigjson": "e30="]], []),
    ] as [(JSON, [String])])
    func secretTypes(object: JSON, faults: [String]) throws {
        #expect(try created("secrets", object).1 == faults)
    }

    /// What is wrong with a secret is said without showing it.
    @Test func badBase64IsRefusedWithoutItsText() throws {
        for bad in ["hunter2!", "MQ", "MQ=", "M", "MQ==x", "=", "MQ===", "M=Q="] {
            let faults = try created("secrets", ["data": ["k": .string(bad)]]).1
            #expect(faults.count == 1 && faults[0].hasPrefix("data[k]: Invalid value: <value omitted>: must be base64-encoded"), "\(bad): \(faults)")
            #expect(try definition("secrets").schema.validate(["data": ["k": .string(bad)]]).isEmpty, "the schema's messages would show the value")
        }
        for good in ["", "MQ==", "MTI=", "MTIz", "MTIz\nNA==\n"] { #expect(try created("secrets", ["data": ["k": .string(good)]]).1.isEmpty, "\(good)") }
    }

    @Test func secretTypeCannotChange() throws {
        #expect(try updated("secrets", ["type": "x/y"], old: ["type": "Opaque"]).1 == [#"type: Invalid value: "x/y": field is immutable"#])
    }

    @Test(arguments: [
        (["spec": ["leaseDurationSeconds": 15, "leaseTransitions": 0]], []),
        (["spec": ["leaseDurationSeconds": 0]], ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]),
        (["spec": ["leaseTransitions": -1]], ["spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"]),
    ] as [(JSON, [String])])
    func leases(object: JSON, faults: [String]) throws {
        #expect(try created("leases", group: "coordination.k8s.io", object).1 == faults)
    }

    /// Typed clients refuse a MicroTime without six digits, and a Time with any.
    @Test func timesAreWrittenInOneForm() throws {
        let lease = try created("leases", group: "coordination.k8s.io", ["spec": ["renewTime": "2026-11-20T08:00:00+02:00", "acquireTime": "x"]]).0
        #expect(lease["spec"] == ["renewTime": "2026-11-20T06:00:00.000000Z", "acquireTime": "x"])
        let event = try created("events", ["lastTimestamp": "2026-11-20T06:00:00.5Z", "eventTime": "2026-11-20T06:00:00.5Z", "series": ["lastObservedTime": "2026-11-20T06:00:01Z"]]).0
        #expect(event["lastTimestamp"] == "2026-11-20T06:00:00Z" && event["eventTime"] == "2026-11-20T06:00:00.500000Z")
        #expect(event["series"]?["lastObservedTime"] == "2026-11-20T06:00:01.000000Z")
    }

    @Test(arguments: [
        ("roles", ["verbs": ["get"], "apiGroups": [""], "resources": ["pods"]], []),
        ("roles", ["verbs": [], "apiGroups": [""], "resources": ["pods"]], ["rules[0].verbs: Required value: verbs must contain at least one value"]),
        ("roles", ["verbs": ["get"], "resources": ["pods"]], ["rules[0].apiGroups: Required value: resource rules must supply at least one api group"]),
        ("roles", ["verbs": ["get"], "apiGroups": [""]], ["rules[0].resources: Required value: resource rules must supply at least one resource"]),
        ("clusterroles", ["verbs": ["get"], "nonResourceURLs": ["/x"]], []),
        ("roles", ["verbs": ["get"], "nonResourceURLs": ["/x"]], [#"rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs"#]),
        (
            "clusterroles", ["verbs": ["get"], "nonResourceURLs": ["/x"], "resources": ["pods"]],
            [#"rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs"#]
        ),
    ] as [(String, JSON, [String])])
    func roleRules(plural: String, rule: JSON, faults: [String]) throws {
        #expect(try created(plural, group: RBACTypes.group, ["rules": [rule]]).1 == faults)
    }

    @Test func bindings() throws {
        let binding: JSON = [
            "roleRef": ["kind": "Role", "name": "r"], "subjects": [["kind": "User", "name": "u"], ["kind": "ServiceAccount", "name": "s", "namespace": "n"]],
        ]
        let (object, faults) = try created("rolebindings", group: RBACTypes.group, binding)
        #expect(faults.isEmpty && object["roleRef"]?["apiGroup"] == "rbac.authorization.k8s.io")
        #expect(object["subjects"]?[0]?["apiGroup"] == "rbac.authorization.k8s.io" && object["subjects"]?[1]?["apiGroup"] == nil)
        #expect(
            try created("clusterrolebindings", group: RBACTypes.group, binding).1
                == [#"roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole""#])
        #expect(
            try created("rolebindings", group: RBACTypes.group, ["roleRef": ["kind": "Role", "name": "a/b"], "subjects": [["kind": "Pod", "name": ""]]]).1 == [
                #"roleRef.name: Invalid value: "a/b": may not contain '/'"#, "subjects[0].name: Required value",
                #"subjects[0].kind: Unsupported value: "Pod": supported values: "ServiceAccount", "User", "Group""#,
            ])
        var other = object
        other[path: ["roleRef", "name"]] = "q"
        let change = try updated("rolebindings", group: RBACTypes.group, other, old: object).1
        #expect(change == [#"roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"q"}: cannot change roleRef"#])
    }

    @Test func eventsInBothShapes() throws {
        let core: JSON = [
            "apiVersion": "v1", "kind": "Event", "metadata": ["name": "e", "namespace": "n"],
            "involvedObject": ["kind": "Environment", "name": "x", "namespace": "n"], "reason": "Started", "message": "up", "type": "Normal",
            "source": ["component": "millwright"], "count": 2, "lastTimestamp": "2026-11-20T06:00:00Z",
        ]
        let other = EventForms.toEvents(core)
        #expect(other["apiVersion"] == "events.k8s.io/v1" && other["note"] == "up" && other["regarding"]?["name"] == "x" && other["deprecatedCount"] == 2)
        #expect(other["message"] == nil && other["involvedObject"] == nil)
        #expect(EventForms.toCore(other) == core)
        let served = try definition("events", group: "events.k8s.io")
        #expect(served.storage.resource == "events" && served.storage.stored(other) == core && served.storage.served(core) == other)
        #expect(try created("events", core).1.isEmpty)
        var elsewhere = core
        elsewhere[path: ["involvedObject", "namespace"]] = "m"
        #expect(try created("events", elsewhere).1 == [#"involvedObject.namespace: Invalid value: "m": does not match event.namespace"#])
        #expect(try created("events", group: "events.k8s.io", ["metadata": ["namespace": "default"]]).1.contains("eventTime: Required value"))
        let field = try #require(served.selectableFields.first { $0.name == "regarding.name" })
        #expect(field.value(in: core) == "x", "read from the stored form")
    }

    @Test(arguments: [
        ("subjectaccessreviews", ["spec": ["user": "u", "resourceAttributes": ["verb": "get"]]], 0),
        ("subjectaccessreviews", ["spec": ["resourceAttributes": ["verb": "get"]]], 1), ("subjectaccessreviews", ["spec": ["user": "u"]], 1),
        ("selfsubjectaccessreviews", ["spec": ["nonResourceAttributes": ["path": "/"]]], 0),
        ("selfsubjectaccessreviews", ["spec": ["nonResourceAttributes": ["path": "/"], "resourceAttributes": [:]]], 1),
    ] as [(String, JSON, Int)])
    func reviews(plural: String, object: JSON, faults: Int) throws {
        #expect(try created(plural, group: "authorization.k8s.io", object).1.count == faults)
        #expect(try definition(plural, group: "authorization.k8s.io").isReview)
    }
}
