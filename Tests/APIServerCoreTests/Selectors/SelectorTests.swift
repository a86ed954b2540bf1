import Kernel
import Testing

@testable import APIServerCore

@Suite struct LabelSelectorTests {
    @Test(arguments: [
        ("", [[:], ["a": "1"]], []),
        ("a", [["a": ""], ["a": "1"]], [[:], ["b": "1"]]),
        ("!a", [[:], ["b": "1"]], [["a": "1"]]),
        ("a=1", [["a": "1"]], [[:], ["a": "2"]]),
        ("a==1", [["a": "1"]], [["a": "2"]]),
        ("a!=1", [[:], ["a": "2"]], [["a": "1"]]),
        ("a=", [["a": ""]], [["a": "1"], [:]]),
        ("a in (1,2)", [["a": "1"], ["a": "2"]], [["a": "3"], [:]]),
        ("a notin (1, 2)", [["a": "3"], [:]], [["a": "1"]]),
        ("a in ()", [["a": ""]], [["a": "1"], [:]]),
        ("a in (x,,y)", [["a": ""], ["a": "x"]], [["a": "z"]]),
        ("a>5", [["a": "6"]], [["a": "5"], ["a": "x"], [:]]),
        ("a<5", [["a": "4"]], [["a": "5"]]),
        ("a=1,b!=2 , c", [["a": "1", "c": ""]], [["a": "1", "b": "2", "c": ""], ["a": "1"]]),
        ("in in (in)", [["in": "in"]], [["in": "x"]]),
        ("example.com/a=b", [["example.com/a": "b"]], [[:]]),
    ] as [(String, [[String: String]], [[String: String]])])
    func `selectors select`(text: String, matching: [[String: String]], others: [[String: String]]) throws {
        let selector = try LabelSelector(text)
        for labels in matching {
            #expect(selector.matches(labels))
            #expect(selector.matches(.object(JSONObject(labels.map { ($0, .string($1)) }))))
        }
        for labels in others {
            #expect(!selector.matches(labels))
            #expect(!selector.matches(.object(JSONObject(labels.map { ($0, .string($1)) }))))
        }
        #expect(try LabelSelector(selector.description) == selector)
    }

    @Test(arguments: [
        ("a=1,", "found '', expected: identifier after ','"),
        ("=1", "found '=', expected: !, identifier, or 'end of string'"),
        ("a 1", "unable to parse requirement: found '1', expected: in, notin, =, ==, !=, gt, lt"),
        ("a in 1", "unable to parse requirement: found '1' expected: '('"),
        ("a=1 b", "found 'b', expected: ',' or 'end of string'"),
        ("a=(", "unable to parse requirement: found '(', expected: identifier"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("a>x", #"unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer"#),
    ])
    func `what is none is refused in the real server's words`(text: String, message: String) {
        #expect { try LabelSelector(text) } throws: { ($0 as? SelectorError)?.message == message }
    }

    @Test func `a bad key or value says what a good one looks like`() {
        #expect { try LabelSelector("a/b/c=1") } throws: { "\($0)".hasPrefix(#"unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key must"#) }
        #expect { try LabelSelector("a=-b") } throws: { "\($0)".hasPrefix(#"unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label must"#) }
    }

    @Test func `selector objects`() throws {
        let selector = try LabelSelector(
            object: Samples.json(
                #"{"matchLabels": {"a": "1"}, "matchExpressions": [{"key": "b", "operator": "In", "values": ["x", "y"]}, {"key": "c", "operator": "DoesNotExist"}]}"#))
        #expect(selector.matches(["a": "1", "b": "x"]))
        #expect(!selector.matches(["a": "1", "b": "x", "c": ""]))
        #expect(try LabelSelector(object: [:]).matches([:]))
        #expect(throws: SelectorError("selector.matchExpressions[0].operator: \"Nope\" is not a valid label selector operator")) {
            try LabelSelector(object: Samples.json(#"{"matchExpressions": [{"key": "b", "operator": "Nope"}]}"#))
        }
    }

    @Test(arguments: 0..<20) func `random texts never trap`(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(["a", "in", "(", ")", ",", "!", "=", " ", "notin", "<", "/"]) }.joined()
            _ = try? LabelSelector(text)
            _ = try? FieldSelector(text)
        }
    }
}

@Suite struct FieldSelectorTests {
    private let object: [String: String] = ["metadata.name": "a", "status.phase": "Running", "odd": "x,y=z\\"]

    @Test(arguments: [
        ("", true), ("metadata.name=a", true), ("metadata.name==a", true), ("metadata.name!=a", false), ("metadata.name=a,status.phase!=Failed", true),
        ("metadata.name=b,status.phase=Running", false), ("missing=", true), ("missing!=", false), (#"odd=x\,y\=z\\"#, true), (",,metadata.name=a,", true),
    ])
    func `selectors select`(text: String, matches: Bool) throws {
        let selector = try FieldSelector(text)
        #expect(selector.matches { object[$0] ?? "" } == matches)
        #expect(try FieldSelector(selector.description).matches { object[$0] ?? "" } == matches)
    }

    @Test func `what is none is refused`() {
        #expect(throws: SelectorError("invalid selector: 'a=b,foo'; can't understand 'foo'")) { try FieldSelector("a=b,foo") }
        #expect(throws: SelectorError.self) { try FieldSelector(#"a=b\x"#) }
        #expect(throws: SelectorError.self) { try FieldSelector("a=b=c") }
    }

    @Test func `only known fields select`() throws {
        #expect(throws: SelectorError("field label not supported: spec.foo")) {
            try FieldSelector("metadata.name=a,spec.foo=1").check { $0 == "metadata.name" }
        }
        #expect(try FieldSelector("metadata.name=a").requiredValue(of: "metadata.name") == "a")
        #expect(try FieldSelector("metadata.name!=a").requiredValue(of: "metadata.name") == nil)
    }
}
