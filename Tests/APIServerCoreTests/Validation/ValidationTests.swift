import Kernel
import Testing

@testable import APIServerCore

@Suite struct ValidationTests {
    @Test(arguments: [
        (#"{"image": "x"}"#, []),
        (#"{}"#, ["spec.image: Required value"]),
        (#"{"image": "x", "replicas": "3"}"#, [#"spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string""#]),
        (#"{"image": 3}"#, [#"spec.image: Invalid value: "integer": spec.image in body must be of type string: "integer""#]),
        (#"{"image": "x", "replicas": 3.0}"#, []),
        (#"{"image": "x", "replicas": 3.5}"#, [#"spec.replicas: Invalid value: "float64": spec.replicas in body must be of type int32: "float64""#]),
        (#"{"image": "x", "replicas": -1}"#, ["spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0"]),
        (#"{"image": "x", "replicas": 11}"#, ["spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10"]),
        (#"{"image": "x", "replicas": 3000000000}"#, [
            #"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.replicas"#,
            "spec.replicas: Invalid value: 3000000000: spec.replicas in body should be less than or equal to 10",
        ]),
        (#"{"image": "x", "mode": "X"}"#, [#"spec.mode: Unsupported value: "X": supported values: "Fast", "Slow""#]),
        (#"{"image": "x", "size": 0}"#, ["spec.size: Invalid value: 0: spec.size in body should be greater than 0"]),
        (#"{"image": "x", "step": 7}"#, ["spec.step: Invalid value: 7: spec.step in body should be a multiple of 5"]),
        (#"{"image": "x", "nothing": null, "size": null}"#, [#"spec.size: Invalid value: "null": spec.size in body must be of type number: "null""#]),
        (#"{"image": "x", "wait": "5"}"#, [#"spec.wait: Invalid value: "5": spec.wait in body should match '^([0-9]+(ms|s|m|h))+$'"#]),
        (#"{"image": "x", "when": "yesterday"}"#, [#"spec.when: Invalid value: "yesterday": spec.when in body must be of type date-time: "yesterday""#]),
        (#"{"image": "x", "when": 5}"#, [#"spec.when: Invalid value: "int64": spec.when in body must be of type date-time: "int64""#]),
        (#"{"image": "x", "port": "http"}"#, []),
        (#"{"image": "x", "port": 80}"#, []),
        (#"{"image": "x", "port": true}"#, [#"spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean""#]),
        (#"{"image": ""}"#, [#"spec.image: Invalid value: "": spec.image in body should be at least 1 chars long"#]),
        (#"{"image": "äääääääääääääääääääää"}"#, ["spec.image: Too long: may not be more than 20 bytes"]),
        (#"{"image": "ääääääääääääääääääää"}"#, []),
        (#"{"image": "x", "args": ["1", "2", "3", "4"]}"#, ["spec.args: Too many: 4: must have at most 3 items"]),
        (#"{"image": "x", "args": [1]}"#, [#"spec.args[0]: Invalid value: "integer": spec.args[0] in body must be of type string: "integer""#]),
        (#"{"image": "x", "labels": {"a": "1", "b": "2", "c": "3", "d": "4"}}"#, ["spec.labels: Too many: 4: must have at most 3 items"]),
        (#"{"image": "x", "labels": {"a": 1}}"#, [#"spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer""#]),
        (#"{"image": "x", "tags": ["a", "b", "a"]}"#, [#"spec.tags[2]: Duplicate value: "a""#]),
        (#"{"image": "x", "env": [{"name": "A"}, {"name": "A"}]}"#, [#"spec.env[1]: Duplicate value: {"name":"A"}"#]),
        (#"{"image": "x", "ports": [{"containerPort": 1}, {"containerPort": 1, "protocol": "TCP"}]}"#,
            [#"spec.ports[1]: Duplicate value: {"containerPort":1,"protocol":"TCP"}"#]),
        (#"{"image": "x", "ports": [{}]}"#, ["spec.ports[0].containerPort: Required value"]),
        (#"{"image": "x", "union": {"a": "1"}}"#, []),
        (#"{"image": "x", "union": {}}"#, [
            #"<nil>: Invalid value: "": "spec.union" must validate one and only one schema (oneOf). Found none valid"#, "spec.union.a: Required value",
        ]),
        (#"{"image": "x", "union": {"a": "1", "b": "2"}}"#, [
            #"<nil>: Invalid value: "": "spec.union" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
        ]),
        (#"{"image": "x", "embedded": {"kind": "Pod"}}"#, ["spec.embedded.apiVersion: Required value: must not be empty"]),
    ] as [(String, [String])])
    func `faults are reported as the real server words them`(spec: String, messages: [String]) {
        #expect(Samples.gadget.validate(Samples.object(spec)).map(\.text) == messages)
    }

    @Test func `each fault has its reason`() {
        func reason(_ spec: String) -> StatusCause.Reason? { Samples.gadget.validate(Samples.object(spec)).first?.reason }
        #expect(reason(#"{}"#) == .required)
        #expect(reason(#"{"image": 1}"#) == .typeInvalid)
        #expect(reason(#"{"image": "x", "mode": "X"}"#) == .notSupported)
        #expect(reason(#"{"image": "x", "replicas": -1}"#) == .invalid)
        #expect(reason(#"{"image": "xxxxxxxxxxxxxxxxxxxxx"}"#) == .tooLong)
        #expect(reason(#"{"image": "x", "args": ["", "", "", ""]}"#) == .tooMany)
        #expect(reason(#"{"image": "x", "tags": ["", ""]}"#) == .duplicate)
    }

    @Test func `faults of what an update leaves alone are forgiven`() {
        let old = Samples.object(#"{"image": "much longer than allowed", "mode": "X", "env": [{"name": "A", "value": 1}, {"name": "B"}], "args": ["1", "2", "3", "4"]}"#)
        func faults(_ change: (inout JSON) -> Void) -> [String] {
            var new = old
            change(&new)
            return Samples.gadget.validate(new, old: old).map(\.field)
        }
        #expect(Samples.gadget.validate(old).map(\.field) == ["spec.image", "spec.mode", "spec.env[0].value", "spec.args"])
        #expect(faults { _ in } == [])
        #expect(faults { $0[path: ["spec", "replicas"]] = 2 } == [])
        #expect(faults { $0[path: ["spec", "mode"]] = "Y" } == ["spec.mode"])
        #expect(faults { $0[path: ["spec", "env"]] = [["name": "B", "value": 2], ["name": "A", "value": 1]] } == ["spec.env[0].value"])
        #expect(faults { $0[path: ["spec", "args"]] = ["1", "2", "3", "5"] } == ["spec.args"])
        #expect(faults { $0[path: ["spec", "image"]] = nil } == ["spec.image"])
    }

    @Test func `no more faults are reported than asked for`() {
        let args = JSON.array((0..<10_000).map { JSON($0) })
        var object = Samples.object(#"{"image": "x"}"#)
        object[path: ["spec", "args"]] = args
        #expect(Samples.gadget.validate(object).count == 100)
        #expect(Samples.gadget.validate(object, limit: 3).count == 3)
    }

    @Test(arguments: [
        ("date-time", ["2026-11-20T06:00:00Z", "2026-11-20T06:00:00.123456789012+01:00"], ["2026-11-20", "2026-13-20T06:00:00Z", ""]),
        ("date", ["2026-02-28"], ["2026-02-30", "2026-2-1", "x"]),
        ("duration", ["1h30m", "5ms", "3 days", "0"], ["", "5", "h", "1x"]),
        ("byte", ["YWJj", "YWI="], ["", "YWJ", "YW=j", "Y!Jj"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567-e89b-12d3-a456-42661417400", "x"]),
        ("uuid4", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-12d3-a456-426614174000"]),
        ("ipv4", ["1.2.3.4"], ["1.2.3", "1.2.3.256", "01.2.3.4", "::1"]),
        ("ipv6", ["::1", "fe80::1:2", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"], ["1.2.3.4", "1::2::3", ":1", "1:2:3:4:5:6:7:8:9", "g::1"]),
        ("cidr", ["10.0.0.0/8", "::/0"], ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08"]),
        ("hostname", ["example.com", "a-b"], ["-a", "a..b", ""]),
        ("uri", ["https://example.com/a?b#c", "/path"], ["example.com", "http:// x", "%zz", ""]),
        ("mac", ["01:23:45:67:89:ab"], ["01:23:45:67:89", "01-23:45:67:89:ab"]),
        ("email", ["a@example.com"], ["a", "@example.com"]),
        ("something", ["anything"], []),
    ] as [(String, [String], [String])])
    func `formats accept what Kubernetes accepts`(format: String, good: [String], bad: [String]) {
        let schema = StructuralSchema.string(format: format)
        for text in good { #expect(schema.validate(.string(text), path: ["f"]).isEmpty, "\(format): \(text)") }
        for text in bad { #expect(!schema.validate(.string(text), path: ["f"]).isEmpty, "\(format): \(text)") }
    }

    @Test func `wrong types in built-in kinds read as Go's decoder says them`() {
        let schema = StructuralSchema.object(["data": .map(of: .string()), "spec": .object(["replicas": .integer(format: "int32")]), "immutable": .boolean()])
        func problem(_ text: String) -> String? { TypedDecoding.problem(Samples.json(text), schema: schema, kind: "ConfigMap") }
        #expect(problem(#"{"data": {"a": 1}}"#) == "json: cannot unmarshal number into Go struct field ConfigMap.data of type string")
        #expect(problem(#"{"data": []}"#) == "json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string")
        #expect(problem(#"{"immutable": "yes"}"#) == "json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool")
        #expect(problem(#"{"spec": {"replicas": "x"}}"#) == "json: cannot unmarshal string into Go struct field ConfigMapSpec.spec.replicas of type int32")
        #expect(problem(#"{"metadata": {"labels": {"a": true}}}"#) == "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string")
        #expect(problem(#"{"data": {"a": "1"}, "immutable": null, "other": 1}"#) == nil)
    }
}

@Suite struct ObjectMetadataTests {
    private func create(_ metadata: String, _ rule: NameRule = .subdomain, namespaced: Bool = true) -> [String] {
        ObjectMetadata.validateCreate(["metadata": Samples.json(metadata)], name: rule, isNamespaced: namespaced).map(\.text)
    }

    @Test func `names`() {
        #expect(create(#"{"name": "a.b-c", "namespace": "d"}"#) == [])
        #expect(create(#"{"namespace": "d"}"#) == ["metadata.name: Required value: name or generateName is required"])
        #expect(
            create(#"{"name": "A", "namespace": "d"}"#) == [
                #"metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
            ])
        #expect(create(#"{"name": "a.b", "namespace": "d"}"#, .label) == [#"metadata.name: Invalid value: "a.b": must not contain dots"#])
        #expect(
            create(#"{"name": "a_b", "namespace": "d"}"#, .label) == [
                #"metadata.name: Invalid value: "a_b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#
            ])
        #expect(create(#"{"name": "system:x", "namespace": "d"}"#, .pathSegment) == [])
        #expect(create(#"{"name": "a/b%", "namespace": "d"}"#, .pathSegment).count == 2)
        #expect(create(#"{"name": "a"}"#) == ["metadata.namespace: Required value"])
        #expect(create(#"{"name": "a", "namespace": "d"}"#, namespaced: false) == ["metadata.namespace: Forbidden: not allowed on this type"])
        #expect(create(#"{"name": "a", "generateName": "a-", "namespace": "d"}"#) == [])
        #expect(create(#"{"name": "\#(String(repeating: "a", count: 254))", "namespace": "d"}"#) == [
            #"metadata.name: Invalid value: "\#(String(repeating: "a", count: 254))": must be no more than 253 characters"#
        ])
    }

    @Test func `labels and annotations`() {
        #expect(create(#"{"name": "a", "namespace": "d", "labels": {"example.com/a": "x", "b": ""}, "annotations": {"Some/Thing": "any thing"}}"#) == [])
        let long = String(repeating: "x", count: 64)
        #expect(create(#"{"name": "a", "namespace": "d", "labels": {"a": "\#(long)"}}"#) == [#"metadata.labels: Invalid value: "\#(long)": must be no more than 63 bytes"#])
        #expect(
            create(#"{"name": "a", "namespace": "d", "labels": {"a": "b c"}}"#) == [
                #"metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"#
            ])
        #expect(create(#"{"name": "a", "namespace": "d", "labels": {"a/b/c": "x"}}"#).count == 1)
        #expect(create(#"{"name": "a", "namespace": "d", "labels": {"/b": "x"}}"#) == [#"metadata.labels: Invalid value: "/b": prefix part must be non-empty"#])
        let huge = String(repeating: "x", count: 256 << 10)
        #expect(create(#"{"name": "a", "namespace": "d", "annotations": {"a": "\#(huge)"}}"#) == ["metadata.annotations: Too long: may not be more than 262144 bytes"])
    }

    @Test func `owners and finalizers`() {
        #expect(
            create(#"{"name": "a", "namespace": "d", "ownerReferences": [{"apiVersion": "v1", "kind": "X", "name": "", "uid": "1"}]}"#) == [
                #"metadata.ownerReferences.name: Invalid value: "": must not be empty"#
            ])
        #expect(create(#"{"name": "a", "namespace": "d", "finalizers": ["orphan", "foregroundDeletion"]}"#).count == 1)
        let two = #"{"apiVersion": "v1", "kind": "X", "name": "n", "uid": "1", "controller": true}"#
        #expect(
            create(#"{"name": "a", "namespace": "d", "ownerReferences": [\#(two), \#(two)]}"#).first?.hasSuffix(
                #"Only one reference can have Controller set to true. Found "true" in references for X/n and X/n"#) == true)
    }

    @Test func `what a change may not touch`() {
        let old = Samples.json(
            #"{"metadata": {"name": "a", "namespace": "d", "uid": "1", "resourceVersion": "5", "generation": 2, "creationTimestamp": "2026-01-01T00:00:00Z", "deletionTimestamp": "2026-01-02T00:00:00Z", "finalizers": ["x/y"]}}"#)
        func update(_ change: (inout JSON) -> Void) -> [String] {
            var new = old
            change(&new)
            return ObjectMetadata.validateUpdate(new, old: old).map(\.text)
        }
        #expect(update { _ in } == [])
        #expect(update { $0[path: ["metadata", "uid"]] = "2" } == [#"metadata.uid: Invalid value: "2": field is immutable"#])
        #expect(update { $0[path: ["metadata", "generation"]] = 1 } == ["metadata.generation: Invalid value: 1: must not be decremented"])
        #expect(update { $0[path: ["metadata", "resourceVersion"]] = "" }.first?.hasPrefix("metadata.resourceVersion: Invalid value:") == true)
        #expect(
            update { $0[path: ["metadata", "finalizers"]] = ["x/y", "z/z"] } == [
                #"metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"z/z"}"#
            ])
        #expect(update { $0[path: ["metadata", "finalizers"]] = [] } == [])
    }

    @Test func `unknown members of metadata and empty times go`() {
        var object = Samples.json(#"{"metadata": {"name": "a", "foo": 1, "creationTimestamp": null, "labels": {"a": null, "b": "1"}}}"#)
        #expect(ObjectMetadata.prune(&object) == ["metadata.foo"])
        #expect(object == Samples.json(#"{"metadata": {"name": "a", "labels": {"b": "1"}}}"#))
        #expect(ObjectMetadata.shapeProblems(["labels": ["a": 1]]).map(\.text) == [
            #"metadata.labels.a: Invalid value: "integer": metadata.labels.a in body must be of type string: "integer""#
        ])
    }

    @Test func `field managers`() {
        #expect(FieldManagerName.of(given: nil, userAgent: "kubectl/v1.32.4 (linux/amd64) kubernetes/59526cd") == "kubectl")
        #expect(FieldManagerName.of(given: "me", userAgent: "kubectl/v1") == "me")
        #expect(FieldManagerName.of(given: "", userAgent: nil) == "")
        #expect(FieldManagerName.of(given: nil, userAgent: String(repeating: "x", count: 300)).utf8.count == 128)
        #expect(ObjectMetadata.fieldManager("a\u{1}").map(\.text) == [#"fieldManager: Invalid value: "a\x01": invalid character U+0001 (at position 1)"#])
        #expect(ObjectMetadata.fieldManager(String(repeating: "x", count: 129)).map(\.text) == ["fieldManager: Too long: may not be more than 128 bytes"])
    }
}
