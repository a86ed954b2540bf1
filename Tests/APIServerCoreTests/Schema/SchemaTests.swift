import Kernel
import Testing

@testable import APIServerCore

@Suite struct SchemaTests {
    @Test func `a schema reads back from its own OpenAPI`() {
        let again = StructuralSchema(openAPI: Samples.gadget.openAPI)
        #expect(again.openAPI == Samples.gadget.openAPI)
        #expect(Samples.gadget.openAPI.canonical == Samples.gadgetOpenAPI.canonical)
    }

    @Test func `references are resolved, also in types that hold themselves`() {
        let types: [String: JSON] = [
            "Node": Samples.json(##"{"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}}}"##)
        ]
        let schema = StructuralSchema(
            openAPI: Samples.json(##"{"type": "object", "properties": {"head": {"description": "first", "default": {}, "allOf": [{"$ref": "#/components/schemas/Node"}]}}}"##)
        ) { types[$0] }
        #expect(schema.at(["head", "name"])?.type == .string)
        #expect(schema.at(["head"])?.description == "first")
        #expect(schema.at(["head", "next"])?.preserveUnknownFields == true)
    }

    @Test func `names are found by their bytes`() {
        let index = NameIndex(["K", "name", "é"])
        #expect(index.position(of: "K") == 0)
        #expect(index.position(of: "\u{212A}") == nil)  // the Kelvin sign, which Unicode calls equal to K
        #expect(index.position(of: "é") == 2)
        #expect(index.position(of: "e\u{301}") == nil)
        #expect(index.position(of: "") == nil)
        #expect(NameIndex([]).position(of: "a") == nil)
    }

    // MARK: Pruning

    @Test func `unknown fields go and are named, known ones and free ones stay`() {
        var object = Samples.object(
            #"{"image": "x", "foo": 1, "ports": [{"containerPort": 1, "bar": 2}], "labels": {"any": "x"}, "free": {"deep": {"er": [1]}}, "probe": {"x": {"y": 1}}}"#)
        object["extra"] = 1
        let unknown = Samples.gadget.prune(&object)
        #expect(unknown == ["extra", "spec.foo", "spec.ports[0].bar", "spec.probe.x"])
        #expect(object == Samples.object(#"{"image": "x", "ports": [{"containerPort": 1}], "labels": {"any": "x"}, "free": {"deep": {"er": [1]}}, "probe": {}}"#))
        #expect(Samples.gadget.prune(&object) == [])
    }

    @Test func `an embedded resource keeps its type and metadata`() {
        var object = Samples.object(#"{"image": "x", "embedded": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"x": 1}}}"#)
        let before = object
        #expect(Samples.gadget.prune(&object) == [])
        #expect(object == before)
    }

    @Test func `repeated and unknown fields are reported as a strict decoder does`() {
        #expect(
            StrictDecoding.problem(unknown: ["spec.foo"], duplicates: ["spec.x"], kind: Samples.gadgetKind)
                == #"Gadget in version "v1" cannot be handled as a Gadget: strict decoding error: duplicate field "spec.x", unknown field "spec.foo""#)
        #expect(StrictDecoding.problem(unknown: [], kind: Samples.gadgetKind) == nil)
        #expect(StrictDecoding.warnings(unknown: ["a"]) == [#"unknown field "a""#])
    }

    // MARK: Defaulting

    @Test(arguments: [
        (#"{"image": "x"}"#, #"{"image": "x", "replicas": 1, "mode": "Fast"}"#),
        (#"{"image": "x", "replicas": null, "nothing": null, "size": null}"#, #"{"image": "x", "replicas": 1, "nothing": null, "mode": "Fast"}"#),
        (#"{"image": "x", "replicas": 0, "mode": "Slow", "probe": {}}"#, #"{"image": "x", "replicas": 0, "mode": "Slow", "probe": {"period": 10}}"#),
        (#"{"image": "x", "ports": [{"containerPort": 1}, {"containerPort": 1, "protocol": "UDP"}], "labels": {"a": null}}"#,
            #"{"image": "x", "replicas": 1, "mode": "Fast", "ports": [{"containerPort": 1, "protocol": "TCP"}, {"containerPort": 1, "protocol": "UDP"}], "labels": {}}"#),
        (#"{"image": "x", "replicas": 1, "mode": "Fast", "free": {"a": null}}"#, #"{"image": "x", "replicas": 1, "mode": "Fast", "free": {"a": null}}"#),
    ])
    func `defaults come in where nothing or a null stands`(before: String, after: String) {
        var object = Samples.object(before)
        let changed = Samples.gadget.applyDefaults(&object)
        #expect(object == Samples.object(after))
        #expect(changed == (before != after))
        #expect(!Samples.gadget.applyDefaults(&object))
    }

    @Test func `a default brings in the defaults below it`() {
        let schema = StructuralSchema.object([
            "outer": StructuralSchema.object(["inner": .integer(default: 7), "list": .list(of: .object(["x": .integer(default: 1)]))])
                .defaulting(to: ["list": [[:]]])
        ])
        var value: JSON = [:]
        schema.applyDefaults(&value)
        #expect(value == ["outer": ["list": [["x": 1]], "inner": 7]])
    }

    // MARK: Structural schemas

    @Test func `the sample is structural`() {
        #expect(SchemaCheck.problems(Samples.gadgetOpenAPI, path: "s") == [])
    }

    @Test(arguments: [
        (#"{}"#, "s.type: Required value: must not be empty at the root"),
        (#"{"type": "string"}"#, #"s.type: Invalid value: "string": must be object at the root"#),
        (#"{"type": "object", "properties": {"a": {}}}"#, "s.properties[a].type: Required value: must not be empty for specified object fields"),
        (#"{"type": "object", "properties": {"a": {"type": "array"}}}"#, "s.properties[a].items: Required value: must be specified"),
        (#"{"type": "object", "properties": {"a": {"type": "array", "items": {}}}}"#, "s.properties[a].items.type: Required value: must not be empty for specified array items"),
        (#"{"type": "object", "properties": {"a": {"type": "strin"}}}"#,
            #"s.properties[a].type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string""#),
        (#"{"type": "object", "anyOf": [{"type": "object"}]}"#, "s.anyOf[0].type: Forbidden: must be empty to be structural"),
        (#"{"type": "object", "anyOf": [{"properties": {"a": {"minimum": 1}}}]}"#, "s.properties[a]: Required value: because it is defined in s.anyOf[0].properties[a]"),
        (#"{"type": "object", "allOf": [{"nullable": true}]}"#, "s.allOf[0].nullable: Forbidden: must be false to be structural"),
        (#"{"type": "object", "not": {"default": 1}}"#, "s.not.default: Forbidden: must be undefined to be structural"),
        (#"{"type": "object", "additionalProperties": {"type": "string"}}"#, "s.additionalProperties: Forbidden: must not be used at the root"),
        (#"{"type": "object", "properties": {"m": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}}}}"#,
            "s.properties[m].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"),
        (#"{"type": "object", "properties": {"metadata": {"type": "object", "properties": {"labels": {"type": "object"}}}}}"#,
            "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified"),
        (#"{"type": "object", "properties": {"kind": {"type": "integer"}}}"#, #"s.properties[kind].type: Invalid value: "integer": must be string"#),
        (#"{"type": "object", "properties": {"a": {"type": "string", "pattern": "["}}}"#,
            #"s.properties[a].pattern: Invalid value: "[": must be a valid regular expression, but isn't: error parsing regexp: missing closing ]: `[`"#),
        (#"{"type": "object", "properties": {"a": {"$ref": "x", "type": "string"}}}"#, "s.properties[a].$ref: Forbidden: $ref is not supported"),
        (#"{"type": "object", "x-kubernetes-preserve-unknown-fields": false}"#, "s.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined"),
        (#"{"type": "object", "properties": {"a": {"type": "string", "x-kubernetes-list-type": "atomic"}}}"#,
            #"s.properties[a].type: Invalid value: "string": must be array if x-kubernetes-list-type is specified"#),
        (#"{"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-map-keys": ["x"]}}}"#,
            "s.properties[a].x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty"),
        (#"{"type": "object", "properties": {"a": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["x"], "items": {"type": "object", "properties": {"x": {"type": "string"}}}}}}"#,
            "s.properties[a].items.properties[x].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"),
        (#"{"type": "object", "properties": {"a": {"type": "integer", "default": "x"}}}"#,
            #"s.properties[a].default: Invalid value: "string": s.properties[a].default in body must be of type integer: "string""#),
        (#"{"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}, "uniqueItems": true}}}"#,
            "s.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic"),
    ])
    func `what is not structural is refused in the real server's words`(schema: String, message: String) {
        #expect(SchemaCheck.problems(Samples.json(schema), path: "s").map(\.text) == [message])
    }

    @Test(arguments: 0..<30) func `random documents as schemas never trap`(seed: UInt64) {
        var random = RandomJSON(seed)
        for _ in 0..<50 {
            let document = random.value()
            _ = SchemaCheck.problems(document, path: "s")
            let schema = StructuralSchema(openAPI: document)
            var value = random.value()
            _ = schema.prune(&value)
            schema.applyDefaults(&value)
            _ = schema.validate(value)
        }
    }
}
