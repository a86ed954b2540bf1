import Kernel
import Testing

@testable import APIServerCore

/// The parser takes documents 512 levels deep; whatever walks them must bear that on a thread's stack.
@Suite struct DeepDocumentTests {
    private func nested(_ depth: Int, arrays: Bool) -> JSON {
        var value: JSON = 1
        for level in 0..<depth { value = arrays && level % 2 == 0 ? .array([value]) : .object(["a": value]) }
        return value
    }

    @Test(arguments: [false, true]) func `the deepest documents go through everything`(arrays: Bool) throws {
        let deep = nested(505, arrays: arrays)
        var object = Samples.object(#"{"image": "x"}"#)
        object[path: ["spec", "free"]] = .object(["x": deep])
        object[path: ["spec", "probe"]] = deep
        var parsed = try JSONParser.parse(object.bytes)
        #expect(Samples.gadget.prune(&parsed) == [arrays ? "spec.probe[0].a" : "spec.probe.a"])
        Samples.gadget.applyDefaults(&parsed)
        _ = Samples.gadget.validate(parsed)
        let management = ApplyWorld.management
        let applied = try management.apply(parsed, to: nil, manager: "m", force: true, scope: .object(hasStatus: true), now: Timestamp(seconds: 0))
        var other = parsed
        other[path: ["spec", "free"]] = .object(["x": nested(505, arrays: !arrays)])
        let changed = try management.apply(other, to: applied, manager: "m", force: true, scope: .object(hasStatus: true), now: Timestamp(seconds: 1))
        let updated = management.update(parsed, from: changed, manager: "u", now: Timestamp(seconds: 2))
        #expect(updated["spec"]?["free"] == parsed["spec"]?["free"])
        #expect(try MergePatch.applied(MergePatch.between(changed, updated), to: changed) == updated)
        _ = try StrategicMergePatch.applied(parsed, to: updated, schema: Samples.gadget)
    }

    /// Each of these would take minutes if any step took quadratic time.
    @Test func `long lists in a bad order are no work to speak of`() throws {
        let count = 5_000
        let tags = JSON.array((0..<count).reversed().map { .string("tag-\($0)") })
        let variables = JSON.array((0..<count).reversed().map { ["name": .string("N\($0)"), "value": "1"] as JSON })
        var object = Samples.object(#"{"image": "x"}"#)
        object[path: ["spec", "tags"]] = tags
        object[path: ["spec", "env"]] = variables
        let management = ApplyWorld.management
        let first = try management.apply(object, to: nil, manager: "a", force: false, scope: .object(hasStatus: true), now: Timestamp(seconds: 0))
        var shorter = object
        shorter[path: ["spec", "tags"]] = .array(Array((tags.array ?? []).reversed().dropFirst()))
        shorter[path: ["spec", "env"]] = .array(Array((variables.array ?? []).reversed().dropFirst()))
        let second = try management.apply(shorter, to: first, manager: "a", force: false, scope: .object(hasStatus: true), now: Timestamp(seconds: 1))
        #expect(second["spec"]?["tags"]?.array?.count == count - 1)
        #expect(second["spec"]?["env"]?.array?.count == count - 1)
        #expect(Samples.gadget.validate(second).isEmpty)
        let strategic = StructuralSchema.object(["env": .list(of: .anyObject(), patchStrategy: "merge", patchMergeKey: "name"), "tags": .list(of: .string(), patchStrategy: "merge")])
        let patched = try StrategicMergePatch.applied(
            ["env": variables, "tags": tags, "$setElementOrder/tags": tags], to: ["env": second["spec"]?["env"] ?? .null, "tags": second["spec"]?["tags"] ?? .null], schema: strategic)
        #expect(patched["tags"] == tags)
        #expect(patched["env"] == variables)
    }

    @Test func `deeply nested schemas are checked in good time`() {
        var schema: JSON = ["type": "string", "default": "x"]
        for _ in 0..<60 { schema = ["type": "object", "properties": ["a": schema], "default": [:]] }
        schema["default"] = nil
        #expect(SchemaCheck.problems(schema, path: "s") == [])
    }
}
