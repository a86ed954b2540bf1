import Kernel
import Testing

@testable import APIServerCore

@Suite struct JSONPatchTests {
    private func apply(_ patch: String, _ document: String) throws -> JSON {
        try JSONPatch(Samples.json(patch)).applied(to: Samples.json(document))
    }

    @Test(arguments: [
        (#"[{"op": "add", "path": "/b", "value": 2}]"#, #"{"a": 1}"#, #"{"a": 1, "b": 2}"#),
        (#"[{"op": "add", "path": "/a/1", "value": "x"}]"#, #"{"a": [1, 2]}"#, #"{"a": [1, "x", 2]}"#),
        (#"[{"op": "add", "path": "/a/-", "value": "x"}]"#, #"{"a": [1, 2]}"#, #"{"a": [1, 2, "x"]}"#),
        (#"[{"op": "add", "path": "/a/2", "value": "x"}]"#, #"{"a": [1, 2]}"#, #"{"a": [1, 2, "x"]}"#),
        (#"[{"op": "add", "path": "", "value": 7}]"#, #"{"a": 1}"#, "7"),
        (#"[{"op": "remove", "path": "/a/0"}]"#, #"{"a": [1, 2]}"#, #"{"a": [2]}"#),
        (#"[{"op": "remove", "path": "/a/b"}]"#, #"{"a": {"b": 1, "c": 2}}"#, #"{"a": {"c": 2}}"#),
        (#"[{"op": "replace", "path": "/a", "value": null}]"#, #"{"a": 1}"#, #"{"a": null}"#),
        (#"[{"op": "replace", "path": "/b", "value": 2}]"#, #"{"a": 1}"#, #"{"a": 1, "b": 2}"#),
        (#"[{"op": "move", "from": "/a", "path": "/b"}]"#, #"{"a": 1}"#, #"{"b": 1}"#),
        (#"[{"op": "move", "from": "/a/0", "path": "/a/1"}]"#, #"{"a": [1, 2, 3]}"#, #"{"a": [2, 1, 3]}"#),
        (#"[{"op": "copy", "from": "/a", "path": "/b"}]"#, #"{"a": {"x": 1}}"#, #"{"a": {"x": 1}, "b": {"x": 1}}"#),
        (#"[{"op": "test", "path": "/a", "value": {"y": 2, "x": 1.0}}]"#, #"{"a": {"x": 1, "y": 2}}"#, #"{"a": {"x": 1, "y": 2}}"#),
        (#"[{"op": "test", "path": "/missing", "value": null}]"#, #"{}"#, "{}"),
        (#"[{"op": "add", "path": "/m~1n/x~0y", "value": 1}]"#, #"{"m/n": {}}"#, #"{"m/n": {"x~y": 1}}"#),
        (#"[]"#, #"{"a": 1}"#, #"{"a": 1}"#),
    ])
    func `operations do what RFC 6902 says`(patch: String, document: String, result: String) throws {
        #expect(try apply(patch, document) == Samples.json(result))
    }

    @Test(arguments: [
        #"[{"op": "remove", "path": "/b"}]"#, #"[{"op": "replace", "path": "/b/c", "value": 1}]"#, #"[{"op": "replace", "path": "/l/1", "value": 1}]"#, #"[{"op": "add", "path": "/b/c", "value": 1}]"#,
        #"[{"op": "add", "path": "/a/x", "value": 1}]"#, #"[{"op": "test", "path": "/a", "value": 2}]"#, #"[{"op": "copy", "from": "/b", "path": "/c"}]"#,
        #"[{"op": "move", "from": "/o", "path": "/o/p"}]"#, #"[{"op": "add", "path": "/l/3", "value": 1}]"#, #"[{"op": "add", "path": "/l/01", "value": 1}]"#,
        #"[{"op": "replace", "path": "/l/-", "value": 1}]"#,
    ])
    func `what doesn't fit is 422 with a cause`(patch: String) {
        #expect {
            try apply(patch, #"{"a": 1, "l": [1], "o": {}}"#)
        } throws: { error in
            guard let error = error as? PatchError, case .inapplicable(let why) = error else { return false }
            return error.status.code == 422 && error.status.message == "the server rejected our request due to an error in our request"
                && error.status.details?.causes.first?.message == why
        }
    }

    @Test(arguments: [
        #"{}"#, #"[1]"#, #"[{"op": "nope", "path": "/a"}]"#, #"[{"path": "/a"}]"#, #"[{"op": "add", "path": "a", "value": 1}]"#, #"[{"op": "add", "path": "/a"}]"#,
        #"[{"op": "move", "path": "/a"}]"#,
    ])
    func `what is no patch is 400`(patch: String) {
        #expect { try apply(patch, "{}") } throws: { ($0 as? PatchError)?.status.code == 400 }
    }

    @Test func `too many operations are 413`() {
        let patch = JSON.array(Array(repeating: ["op": "test", "path": "/a", "value": JSON.null] as JSON, count: 10_001))
        #expect {
            try JSONPatch(patch)
        } throws: {
            ($0 as? PatchError) == .tooLarge("The allowed maximum operations in a JSON patch is 10000, got 10001") && ($0 as? PatchError)?.status.code == 413
        }
        #expect(throws: Never.self) { try JSONPatch(.array(Array(patch.array?.dropFirst() ?? []))) }
    }

    @Test func `copies can't grow a document without bound, in size or depth`() {
        // Each copy doubles what is there.
        let wide = JSON.array((0..<40).map { _ in ["op": "copy", "from": "/a", "path": "/a/-"] as JSON })
        #expect(throws: PatchError.self) { try JSONPatch(wide).applied(to: ["a": ["xxxxxxxxxxxxxxxx"]]) }
        let deep = JSON.array((0..<600).map { _ in ["op": "copy", "from": "", "path": "/a"] as JSON })
        #expect(throws: PatchError.self) { try JSONPatch(deep).applied(to: ["a": [:]]) }
    }

    @Test func `ten thousand operations are quick work on a large list`() throws {
        let patch = JSON.array((0..<10_000).map { ["op": "add", "path": "/spec/list/-", "value": JSON($0)] as JSON })
        let result = try JSONPatch(patch).applied(to: ["spec": ["list": []]])
        #expect(result["spec"]?["list"]?.array?.count == 10_000)
    }

    @Test(arguments: 0..<40) func `random patches fit or fail, and never trap`(seed: UInt64) throws {
        var random = RandomJSON(seed)
        for _ in 0..<100 {
            let document = random.value()
            let operations = (0..<3).map { _ -> JSON in
                let path = { (random: inout RandomJSON) -> JSON in
                    .string((0..<Int.random(in: 0...3, using: &random.random)).map { _ in "/" + random.random.pick(RandomJSON.names + ["0", "1", "-"]) }.joined())
                }
                return [
                    "op": .string(random.random.pick(["add", "remove", "replace", "move", "copy", "test"])), "path": path(&random),
                    "from": path(&random), "value": random.value(3),
                ]
            }
            _ = try? JSONPatch(.array(operations)).applied(to: document)
        }
    }
}

@Suite struct MergePatchTests {
    /// The examples of RFC 7386, appendix A.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#), (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#), (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#), (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#), (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func `merges as RFC 7386 says`(document: String, patch: String, result: String) throws {
        #expect(try MergePatch.applied(Samples.json(patch), to: Samples.json(document)) == Samples.json(result))
    }

    @Test func `only objects are patches`() {
        #expect { try MergePatch.applied([1], to: [:]) } throws: { ($0 as? PatchError)?.status.code == 400 }
    }

    @Test(arguments: 0..<40) func `the patch between two documents makes one of the other`(seed: UInt64) throws {
        var random = RandomJSON(seed)
        for _ in 0..<50 {
            let (old, new) = (random.gadget(), random.gadget())
            #expect(try MergePatch.applied(MergePatch.between(old, new), to: old) == new, "seed \(seed)")
            #expect(MergePatch.between(old, old) == [:])
        }
    }
}

@Suite struct StrategicMergePatchTests {
    static let schema = StructuralSchema.object([
        "data": .map(of: .string()),
        "secrets": .list(of: .object(["name": .string(), "key": .string()]), patchStrategy: "merge", patchMergeKey: "name"),
        "flat": .list(of: .object(["name": .string()])),
        "words": .list(of: .string(), patchStrategy: "merge"),
        "strategy": StructuralSchema.object(["type": .string(), "rolling": .object(["max": .integer()]), "recreate": .object(["x": .integer()])]).with { $0.patchStrategy = "retainKeys" },
        "metadata": ObjectMetadata.schema,
    ])

    private func apply(_ patch: String, _ document: String) throws -> JSON {
        try StrategicMergePatch.applied(Samples.json(patch), to: Samples.json(document), schema: Self.schema)
    }

    @Test(arguments: [
        (#"{"data": {"a": "2", "b": null}}"#, #"{"data": {"a": "1", "b": "1", "c": "1"}}"#, #"{"data": {"a": "2", "c": "1"}}"#),
        (#"{"data": {"$patch": "replace", "x": "1"}}"#, #"{"data": {"a": "1"}}"#, #"{"data": {"x": "1"}}"#),
        (#"{"data": {"$patch": "delete"}}"#, #"{"data": {"a": "1"}}"#, #"{"data": {}}"#),
        (#"{"secrets": [{"name": "b", "key": "2"}]}"#, #"{"secrets": [{"name": "a", "key": "1"}, {"name": "b", "key": "1"}]}"#,
            #"{"secrets": [{"name": "a", "key": "1"}, {"name": "b", "key": "2"}]}"#),
        // As kubectl's own code, `kubectl patch --local`, orders them: what the patch names comes first.
        (#"{"secrets": [{"name": "c"}]}"#, #"{"secrets": [{"name": "a"}]}"#, #"{"secrets": [{"name": "c"}, {"name": "a"}]}"#),
        (#"{"secrets": [{"name": "c9"}, {"name": "c2"}], "$setElementOrder/secrets": [{"name": "c4"}, {"name": "c9"}, {"name": "c2"}]}"#,
            #"{"secrets": [{"name": "c1"}, {"name": "c2"}, {"name": "c3"}, {"name": "c4"}]}"#,
            #"{"secrets": [{"name": "c1"}, {"name": "c3"}, {"name": "c4"}, {"name": "c9"}, {"name": "c2"}]}"#),
        (#"{"secrets": [{"name": "c4"}, {"name": "c5", "$patch": "delete"}], "$setElementOrder/secrets": [{"name": "c4"}, {"name": "c1"}]}"#,
            #"{"secrets": [{"name": "c1"}, {"name": "c2"}, {"name": "c5"}]}"#, #"{"secrets": [{"name": "c2"}, {"name": "c4"}, {"name": "c1"}]}"#),
        (#"{"secrets": [{"name": "a", "$patch": "delete"}]}"#, #"{"secrets": [{"name": "a"}, {"name": "b"}]}"#, #"{"secrets": [{"name": "b"}]}"#),
        (#"{"secrets": [{"$patch": "replace"}, {"name": "z"}]}"#, #"{"secrets": [{"name": "a"}]}"#, #"{"secrets": [{"name": "z"}]}"#),
        (#"{"secrets": [{"name": "c"}], "$setElementOrder/secrets": [{"name": "c"}, {"name": "a"}]}"#, #"{"secrets": [{"name": "a"}, {"name": "server"}]}"#,
            #"{"secrets": [{"name": "c"}, {"name": "a"}, {"name": "server"}]}"#),
        (#"{"$setElementOrder/secrets": [{"name": "b"}, {"name": "a"}]}"#, #"{"secrets": [{"name": "a"}, {"name": "b"}]}"#, #"{"secrets": [{"name": "b"}, {"name": "a"}]}"#),
        (#"{"flat": [{"name": "b"}]}"#, #"{"flat": [{"name": "a"}]}"#, #"{"flat": [{"name": "b"}]}"#),
        (#"{"words": ["b", "c"]}"#, #"{"words": ["a", "b"]}"#, #"{"words": ["a", "b", "c"]}"#),
        (#"{"words": ["c", "a"]}"#, #"{"words": ["b"]}"#, #"{"words": ["c", "a", "b"]}"#),
        (#"{"$deleteFromPrimitiveList/words": ["a"], "$setElementOrder/words": ["c", "b"], "words": ["c"]}"#, #"{"words": ["a", "b"]}"#, #"{"words": ["c", "b"]}"#),
        (#"{"strategy": {"$retainKeys": ["type", "recreate"], "type": "R", "recreate": {"x": 1}}}"#, #"{"strategy": {"type": "O", "rolling": {"max": 1}}}"#,
            #"{"strategy": {"type": "R", "recreate": {"x": 1}}}"#),
        (#"{"metadata": {"finalizers": ["b"], "$setElementOrder/finalizers": ["a", "b"]}}"#, #"{"metadata": {"finalizers": ["a"]}}"#, #"{"metadata": {"finalizers": ["a", "b"]}}"#),
        (#"{"metadata": {"ownerReferences": [{"uid": "2", "name": "x"}]}}"#, #"{"metadata": {"ownerReferences": [{"uid": "1"}]}}"#,
            #"{"metadata": {"ownerReferences": [{"uid": "2", "name": "x"}, {"uid": "1"}]}}"#),
        (#"{"metadata": {"ownerReferences": [{"uid": "1", "$patch": "delete"}]}}"#, #"{}"#, #"{"metadata": {"ownerReferences": []}}"#),
        (#"{"new": {"a": null, "b": {"c": null, "d": 1}}}"#, #"{}"#, #"{"new": {"b": {"d": 1}}}"#),
    ])
    func `patches as kubectl sends them`(patch: String, document: String, result: String) throws {
        #expect(try apply(patch, document) == Samples.json(result))
    }

    @Test(arguments: [
        #"[]"#, #"{"data": {"$patch": "nope"}}"#, #"{"secrets": [{"key": "x"}]}"#, #"{"secrets": [{"$patch": "delete"}]}"#, #"{"strategy": {"$retainKeys": "x"}}"#,
        #"{"strategy": {"$retainKeys": ["a"], "type": "R"}}"#, #"{"$setElementOrder/words": 1, "words": ["x"]}"#,
        #"{"$setElementOrder/words": ["y", "x"], "words": ["x", "y"]}"#,
    ])
    func `malformed ones are 400`(patch: String) {
        #expect { try apply(patch, #"{"secrets": [{"name": "a"}], "words": ["a"], "data": {"a": "1"}, "strategy": {"type": "O"}}"#) } throws: {
            ($0 as? PatchError)?.status.code == 400
        }
    }

    @Test(arguments: 0..<40) func `random patches never trap`(seed: UInt64) {
        var random = RandomJSON(seed)
        for _ in 0..<100 {
            let (patch, document) = (random.value(), random.value())
            _ = try? StrategicMergePatch.applied(patch, to: document, schema: Self.schema)
            _ = try? MergePatch.applied(patch, to: document)
        }
    }
}
