import Kernel
import Testing

@testable import APIServerCore

/// Documents and schemas that several suites use.
enum Samples {
    static func json(_ text: String) -> JSON {
        do throws(JSONError) { return try JSONParser.parse(text) } catch {
            Issue.record("not JSON: \(error): \(text)")
            return .null
        }
    }

    static let gadgetKind = GroupVersionKind(group: "example.com", version: "v1", kind: "Gadget")

    /// A custom resource with a bit of everything.
    static let gadgetOpenAPI = json(
        #"""
        {"type": "object", "required": ["spec"], "properties": {
          "apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"},
          "spec": {"type": "object", "required": ["image"], "properties": {
            "image": {"type": "string", "minLength": 1, "maxLength": 20},
            "replicas": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 10, "default": 1},
            "mode": {"type": "string", "enum": ["Fast", "Slow"], "default": "Fast"},
            "size": {"type": "number", "exclusiveMinimum": true, "minimum": 0},
            "step": {"type": "integer", "multipleOf": 5},
            "nothing": {"type": "string", "nullable": true},
            "wait": {"type": "string", "pattern": "^([0-9]+(ms|s|m|h))+$"},
            "when": {"type": "string", "format": "date-time"},
            "port": {"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 3},
            "args": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
            "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["containerPort", "protocol"], "items": {
              "type": "object", "required": ["containerPort"], "properties": {
                "name": {"type": "string"}, "containerPort": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"},
                "hostPort": {"type": "integer"}}}},
            "env": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"], "items": {
              "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}},
            "limits": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"cpu": {"type": "string"}, "memory": {"type": "string"}}},
            "probe": {"type": "object", "properties": {
              "period": {"type": "integer", "default": 10}, "path": {"type": "string"}}},
            "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
            "union": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
              "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "embedded": {"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}
          }},
          "status": {"type": "object", "properties": {
            "phase": {"type": "string"}, "replicas": {"type": "integer"},
            "conditions": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"], "items": {
              "type": "object", "required": ["type", "status"], "properties": {
                "type": {"type": "string"}, "status": {"type": "string"}, "reason": {"type": "string"}}}}
          }}
        }}
        """#)

    static let gadget = StructuralSchema(openAPI: gadgetOpenAPI)

    static func object(_ spec: String, name: String = "a") -> JSON {
        json(#"{"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "\#(name)", "namespace": "default"}, "spec": \#(spec)}"#)
    }
}

/// A small generator whose sequence is its seed's.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int.random(in: choices.indices, using: &self)] }
}

/// Random documents: any JSON, and gadgets that are mostly right.
struct RandomJSON {
    var random: Seeded

    init(_ seed: UInt64) { random = Seeded(seed) }

    static let names = ["a", "b", "spec", "metadata", "image", "replicas", "ports", "env", "name", "containerPort", "free", "status", "$patch", "~/", "ü"]

    mutating func value(_ depth: Int = 0) -> JSON {
        switch Int.random(in: 0...(depth > 4 ? 5 : 8), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int64.random(in: -3...100, using: &random))
        case 3: return .double(Double(Int.random(in: -9...9, using: &random)) / 2)
        case 4, 5: return .string(random.pick(Self.names))
        case 6: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...4, using: &random) { object[random.pick(Self.names)] = value(depth + 1) }
            return .object(object)
        }
    }

    mutating func maybe(_ body: (inout RandomJSON) -> JSON) -> JSON? { Bool.random(using: &random) ? body(&self) : .none }

    mutating func spec() -> JSON {
        var spec = JSONObject()
        spec["image"] = .string(random.pick(["x", "y", "z"]))
        spec["replicas"] = maybe { .int(Int64.random(in: 0...5, using: &$0.random)) }
        spec["labels"] = maybe { random in
            var labels = JSONObject()
            for name in ["a", "b", "c"] { labels[name] = random.maybe { .string("\(Int.random(in: 0...2, using: &$0.random))") } }
            return .object(labels)
        }
        spec["tags"] = maybe { random in .array(["p", "q", "r", "s"].shuffled(using: &random.random).prefix(Int.random(in: 0...4, using: &random.random)).map { .string($0) }) }
        spec["env"] = maybe { random in
            .array(
                ["A", "B", "C", "D"].shuffled(using: &random.random).prefix(Int.random(in: 0...4, using: &random.random)).map { name in
                    var entry: JSON = ["name": .string(name)]
                    entry["value"] = random.maybe { .string("\(Int.random(in: 0...2, using: &$0.random))") }
                    return entry
                })
        }
        spec["args"] = maybe { random in .array((0..<Int.random(in: 0...3, using: &random.random)).map { .string("\($0)") }) }
        spec["limits"] = maybe { ["cpu": .string("\(Int.random(in: 1...2, using: &$0.random))")] }
        spec["probe"] = maybe { random in
            var probe = JSONObject()
            probe["path"] = random.maybe { _ in "/" }
            probe["period"] = random.maybe { .int(Int64.random(in: 1...3, using: &$0.random)) }
            return .object(probe)
        }
        spec["free"] = maybe { random in ["x": .int(Int64.random(in: 0...2, using: &random.random)), "l": [1, 2]] }
        return .object(spec)
    }

    mutating func gadget() -> JSON {
        ["apiVersion": "example.com/v1", "kind": "Gadget", "metadata": ["name": "a", "namespace": "default"], "spec": spec()]
    }
}
