import Kernel
import Testing

@testable import APIServerCore

/// What must hold whatever is applied in whatever order.
@Suite struct ApplyPropertyTests {
    @Test(arguments: 0..<30) func `random histories keep the books right`(seed: UInt64) throws {
        var random = RandomJSON(seed)
        var world = ApplyWorld()
        for step in 0..<25 {
            let note = Comment("seed \(seed), step \(step)")
            let manager = random.random.pick(["a", "b", "c"])
            let config = random.gadget()
            if world.live == nil || Bool.random(using: &random.random) {
                let object = try world.apply(manager, object: config, force: true)
                // What was applied is there, and a second time changes nothing.
                #expect(TypedWalk.merged(object, config, FieldShape(root: Samples.gadget)) == object, note)
                let again = try world.apply(manager, object: config, force: false)
                #expect(again.text == object.text, note)
                let applied = TypedWalk.leavesAndItems(config, FieldShape(root: Samples.gadget)).paths.filter { $0.hasPrefix(".spec") }
                #expect(Set(world.fields(manager, operation: "Apply")) == Set(applied), note)
            } else {
                let spec = random.spec()
                world.update(manager) { $0["spec"] = spec }
                var expected = spec
                Samples.gadget.at(["spec"])?.applyDefaults(&expected)
                #expect(world.spec == expected, note)
                let same = world.live
                world.update("nobody") { _ in }
                #expect(world.live == same, note)
            }
            // Everyone owns only what is there, and nobody is without a field.
            let there = TypedWalk.everything(in: world.live ?? .null, FieldShape(root: Samples.gadget))
            for entry in ManagedFields(world.live?["metadata"]?["managedFields"], isOurs: false)?.entries ?? [] {
                #expect(!entry.fields.isEmpty, note)
                #expect(entry.fields.subtracting(there).isEmpty, "\(note): \(entry.manager) owns \(entry.fields.subtracting(there).paths)")
            }
            #expect(Samples.gadget.validate(world.live ?? .null).filter { $0.reason == .duplicate }.isEmpty, note)
        }
    }

    @Test(arguments: 0..<40) func `random documents never trap`(seed: UInt64) {
        var random = RandomJSON(seed)
        for _ in 0..<60 {
            let (live, config) = (random.value(), random.value())
            _ = try? ApplyWorld.management.apply(config, to: live, manager: "m", force: true, scope: .object(hasStatus: true), now: Timestamp(seconds: 0))
            _ = ApplyWorld.management.update(config, from: live, manager: "m", now: Timestamp(seconds: 0))
            _ = ObjectComparison.isUnchanged(config, from: live)
            _ = ObjectComparison.changesDesired(config, from: live)
        }
    }

    @Test(arguments: 0..<40) func `difference and merge agree`(seed: UInt64) {
        var random = RandomJSON(seed)
        let shape = FieldShape(root: Samples.gadget)
        for _ in 0..<40 {
            let (old, new) = (random.gadget(), random.gadget())
            #expect(TypedWalk.difference(old, old, shape).isEmpty)
            let difference = TypedWalk.difference(old, new, shape)
            let back = TypedWalk.difference(new, old, shape)
            #expect(difference.added == back.removed)
            #expect(difference.removed == back.added)
            #expect(difference.modified == back.modified)
            let merged = TypedWalk.merged(old, new, shape)
            #expect(TypedWalk.difference(old, merged, shape).removed.isEmpty)
            #expect(TypedWalk.difference(new, merged, shape).modified.isEmpty)
        }
    }
}

@Suite struct ObjectComparisonTests {
    private func object(_ metadata: String, _ rest: String = #""spec": {"a": 1}"#) -> JSON { Samples.json("{\"metadata\": \(metadata), \(rest)}") }

    @Test func `times of managedFields, versions and empty maps are no change`() {
        let old = object(#"{"name": "a", "resourceVersion": "1", "managedFields": [{"manager": "m", "time": "2026-01-01T00:00:00Z"}]}"#)
        #expect(ObjectComparison.isUnchanged(old, from: old))
        #expect(
            ObjectComparison.isUnchanged(
                object(#"{"resourceVersion": "2", "name": "a", "labels": {}, "managedFields": [{"time": "2026-02-01T00:00:00Z", "manager": "m"}]}"#), from: old))
        #expect(!ObjectComparison.isUnchanged(object(#"{"name": "a", "managedFields": [{"manager": "n"}]}"#), from: old))
        #expect(!ObjectComparison.isUnchanged(object(#"{"name": "a", "labels": {"a": "1"}, "managedFields": [{"manager": "m"}]}"#), from: old))
        #expect(!ObjectComparison.isUnchanged(object(#"{"name": "a", "managedFields": [{"manager": "m"}]}"#, #""spec": {"a": 2}"#), from: old))
        #expect(!ObjectComparison.isUnchanged(object(#"{"name": "a", "managedFields": [{"manager": "m"}]}"#, #""other": 1"#), from: old))
    }

    @Test func `generation moves with what is desired alone`() {
        let old = object(#"{"name": "a"}"#, #""spec": {"a": 1}, "status": {"x": 1}"#)
        #expect(!ObjectComparison.changesDesired(object(#"{"name": "b"}"#, #""status": {"x": 2}, "spec": {"a": 1}"#), from: old))
        #expect(ObjectComparison.changesDesired(object(#"{"name": "a"}"#, #""spec": {"a": 2}, "status": {"x": 1}"#), from: old))
        #expect(ObjectComparison.changesDesired(object(#"{"name": "a"}"#, #""status": {"x": 1}"#), from: old))
        #expect(ObjectComparison.changesDesired(object(#"{"name": "a"}"#, #""spec": {"a": 1}, "data": {}"#), from: old))
    }
}
