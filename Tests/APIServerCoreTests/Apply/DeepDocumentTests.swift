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

    @Test func `deeply nested schemas are checked in good time`() {
        var schema: JSON = ["type": "string", "default": "x"]
        for _ in 0..<60 { schema = ["type": "object", "properties": ["a": schema], "default": [:]] }
        schema["default"] = nil
        #expect(SchemaCheck.problems(schema, path: "s") == [])
    }
}
