import Kernel
import Testing

@testable import APIServerCore

@Suite struct FieldSetTests {
    private func set(_ text: String) -> FieldSet {
        guard let set = FieldSet(fieldsV1: Samples.json(text)) else {
            Issue.record("not fieldsV1: \(text)")
            return FieldSet()
        }
        return set
    }

    @Test func `fieldsV1 is read and written, in one order`() {
        let text = #"{"f:spec":{"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:value":{}}},"f:tags":{"v:\"x\"":{}},"f:replicas":{}},"f:metadata":{"f:labels":{".":{},"f:a":{}}}}"#
        let fields = set(text)
        #expect(
            fields.fieldsV1.text
                == #"{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:value":{}}},"f:replicas":{},"f:tags":{"v:\"x\"":{}}}}"#)
        #expect(fields.paths == [".metadata.labels", ".metadata.labels.a", #".spec.env[name="A"]"#, #".spec.env[name="A"].value"#, ".spec.replicas", #".spec.tags[="x"]"#])
        #expect(fields.count == 6)
    }

    @Test func `keys are the same however they were written`() {
        #expect(set(#"{"k:{\"b\":1,\"a\":\"x\"}":{}}"#) == set(#"{"k:{ \"a\" : \"x\", \"b\" : 1 }":{}}"#))
        #expect(set(#"{"k:{\"b\":1,\"a\":\"x\"}":{}}"#).paths == [#"[a="x",b=1]"#])
        #expect(set(#"{"i:3":{}}"#).paths == ["[3]"])
    }

    @Test(arguments: ["[]", "1", #"{"x:a":{}}"#, #"{"f:a":1}"#, #"{"k:{":{}}"#, #"{"i:x":{}}"#, #"{"f":{}}"#, #"{"":{}}"#])
    func `what isn't in the form is refused`(text: String) {
        #expect(FieldSet(fieldsV1: Samples.json(text)) == nil)
    }

    @Test func `union, intersection and difference`() {
        let a = set(#"{"f:a":{},"f:b":{".":{},"f:c":{}}}"#)
        let b = set(#"{"f:b":{"f:c":{},"f:d":{}},"f:e":{}}"#)
        #expect(a.union(b) == set(#"{"f:a":{},"f:b":{".":{},"f:c":{},"f:d":{}},"f:e":{}}"#))
        #expect(a.intersection(b) == set(#"{"f:b":{"f:c":{}}}"#))
        #expect(a.subtracting(b).paths == [".a", ".b"])
        #expect(b.subtracting(a).paths == [".b.d", ".e"])
        #expect(a.subtracting(a).isEmpty)
    }

    @Test(arguments: 0..<20) func `the algebra holds for random sets`(seed: UInt64) {
        var random = RandomJSON(seed)
        func fields() -> FieldSet { TypedWalk.leavesAndItems(random.gadget(), FieldShape(root: Samples.gadget)) }
        for _ in 0..<30 {
            let (a, b) = (fields(), fields())
            let union = Set(a.paths).union(b.paths)
            #expect(Set(a.union(b).paths) == union)
            #expect(Set(a.intersection(b).paths) == Set(a.paths).intersection(b.paths))
            #expect(Set(a.subtracting(b).paths) == Set(a.paths).subtracting(b.paths))
            #expect(a.union(b) == b.union(a))
            #expect(FieldSet(fieldsV1: a.fieldsV1) == a)
        }
    }
}
