import Kernel
import Testing
import YAML

@Suite struct StructureTests {
    @Test func documentsAreSplitAndEmptyOnesLeftOut() throws {
        #expect(try YAML.parse("# only a comment\n---\na: 1\n---\n---\n# nothing\n---\n- 2\n...\n") == [["a": 1], [2]])
        #expect(try YAML.parse("") == [])
        #expect(try YAML.parse("   \n") == [])
        #expect(try YAML.parse("null") == [JSON.null])
    }

    @Test func jsonIsRead() throws {
        #expect(try YAML.parse(#"{"a": "\ud83d\ude00", "b": [1, 2.5]}"#) == [["a": "😀", "b": [1, 2.5]]])
        #expect(try YAML.parse("{a: 1}\n---\n{b: 2}") == [["a": 1], ["b": 2]])
    }

    @Test func mergeKeysGiveWayToWhatStandsBeside() throws {
        let text = """
            base: &base {a: 1, b: 1}
            other: &other {b: 2, c: 2}
            one: {<<: *base, b: 9}
            two: {b: 9, <<: [*base, *other]}
            """
        let document = try #require(try YAML.parse(text).first)
        #expect(document["one"] == ["a": 1, "b": 9])
        #expect(document["two"] == ["a": 1, "b": 9, "c": 2])
        #expect(throws: YAMLError.self) { try YAML.parse("a: {<<: 3}") }
    }

    @Test func blockTextsKeepTheirLines() throws {
        #expect(try YAML.parse("a: |\n  x\n   y\n\n  z\nb: >-\n  f\n  g\n") == [["a": "x\n y\n\nz\n", "b": "f g"]])
    }
}

@Suite struct RefusalTests {
    static let bad: [(String, Int, Int, String)] = [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "key \"a\" stands twice in one mapping (a); keep one of them"),
        ("s:\n- p: {x.y: 1, x.y: 2}\n", 2, 15, "key \"x.y\" stands twice in one mapping (s[0].p.x.y); keep one of them"),
        ("a: b: c\n", 1, 5, "mapping values are not allowed in this context"),
        ("a:\n\t- b\n", 2, 1, "a tab can't be used for indentation; use spaces"),
        ("a: *x\n", 1, 4, "no anchor &x stands before this alias"),
        ("a: &x [*x]\n", 1, 8, "the value of anchor &x contains itself"),
        ("a: {{ .Values.x }}\n", 1, 5, "a key must be a text; a mapping stands here (a template's {{ }} needs quotes)"),
        ("? [a]\n: b\n", 1, 3, "a key must be a text; a list stands here"),
        ("~: 1", 1, 1, "a key can't be null; quote it if a text is meant"),
        ("a: !!int x", 1, 4, "`x` is no int"),
        ("a: 'x", 1, 6, "found unexpected end of stream, while scanning a quoted scalar"),
    ]

    @Test(arguments: bad) func errorNamesThePlace(_ text: String, _ line: Int, _ column: Int, _ message: String) throws {
        let error = try #require(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error.message == message)
        #expect((error.line, error.column) == (line, column), "\(error)")
        #expect(error.snippet.hasSuffix("^"))
    }

    @Test func snippetPointsAtTheColumn() throws {
        let error = try #require(throws: YAMLError.self) { try YAML.parse("ok: 1\nimage: demo: 2\n") }
        #expect(error.description == "line 2, column 12: mapping values are not allowed in this context\n  2 | image: demo: 2\n    |            ^")
    }

    @Test func duplicatesAreReportedAndTheLastCounts() throws {
        let (documents, duplicates) = try YAML.parseReportingDuplicates("a: 1\nm: {b: 1, b: 2}\na: 3\n".utf8)
        #expect(documents == [["a": 3, "m": ["b": 2]]])
        #expect(duplicates.map(\.path) == ["m.b", "a"])
        #expect(duplicates.map(\.line) == [2, 3])
        let (_, inJSON) = try YAML.parseReportingDuplicates(#"{"a":1,"a":2}"#.utf8)
        #expect(inJSON.map(\.path) == ["a"])
    }

    @Test func aliasBombIsRefused() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let below = "*a\(level - 1)"
            text += "a\(level): &a\(level) [" + Array(repeating: below, count: 9).joined(separator: ", ") + "]\n"
        }
        let error = try #require(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error.message.hasPrefix("aliases expand to more than 4 MiB"))
    }

    @Test func depthThroughAliasesIsRefused() throws {
        var text = "a0: &a0 [1]\n"
        for level in 1...600 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        let error = try #require(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error.message == "nested deeper than 512 levels")
    }

    @Test(arguments: ["[", "{a: ", "- "]) func deepNestingIsRefused(_ opening: String) throws {
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: opening, count: 20_000)) }
    }

    @Test func invalidUTF8IsRefusedWithItsPlace() throws {
        let error = try #require(throws: YAMLError.self) { try YAML.parse(Array("a: 1\nb: ".utf8) + [0xFF, 0x0A]) }
        #expect((error.line, error.column) == (2, 4))
    }

    @Test func tooLongATextIsRefused() throws {
        var limits = YAMLLimits()
        limits.maximumBytes = 1024
        let error = try #require(throws: YAMLError.self) { try YAML.parse(String(repeating: "a", count: 2048), limits: limits) }
        #expect(error.message == "the text has 2 KiB, more than the 1 KiB that are read")
    }
}
