import Kernel
import Testing
import YAML

/// What kubectl 1.32 makes of each scalar (`kubectl annotate --local -o json`), recorded.
@Suite struct ScalarTests {
    static let expected: [(String, JSON)] = [
        ("y", true), ("Y", true), ("n", false), ("N", false), ("yes", true), ("on", true), ("Off", false), ("oN", "oN"),
        ("1:30", "1:30"), ("190:20:30", "190:20:30"), ("010", 8), ("09", 9), ("0o7", 7), ("0b11", 3), ("0x1F", 31), ("-0x10", -16),
        ("1_000", 1000), ("1__0", 10), ("+1", 1), ("1e3", 1000), ("1.5e+3", 1500), ("12e03", 12000), (".5", 0.5), ("+.5", 0.5),
        ("1.", 1), ("0.1_5", 0.15), ("._5", "._5"), ("1e400", "1e400"), ("2026-11-20", "2026-11-20"),
        ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"), ("18446744073709551615", 18446744073709551615.0),
        ("9223372036854775807", 9223372036854775807), ("-9223372036854775808", JSON.int(.min)), ("~", .null), ("null", .null), ("", .null),
        ("\"y\"", "y"), ("'12'", "12"), ("-0", 0), ("-0.0", 0), ("0x", "0x"), ("!!str 12", "12"), ("!foo 12", "12"),
        ("!!binary aGVsbG8=", "hello"), ("!!int \"12\"", 12), ("=", "="), ("8.1.48", "8.1.48"), ("1.5.", "1.5."), ("+-1", "+-1"), ("-", [.null]),
        ("Infinity", "Infinity"), ("nan", "nan"), ("0x_1F", 31), ("truE", "truE"), ("\"\\u263A\\n\"", "☺\n"),
    ]

    @Test(arguments: expected) func scalarMeansWhatKubernetesSays(_ text: String, _ value: JSON) throws {
        let documents = try YAML.parse("a: \(text == "-" ? "\n  -" : text)\n")
        #expect(documents == [["a": value]], "\(text)")
        if case .double? = documents.first?["a"], case .int = value { Issue.record("\(text) must be an integer") }
    }

    @Test(arguments: [(".inf", 4), ("-.INF", 4), (".nan", 4)]) func notFiniteIsRefused(_ text: String, _ column: Int) {
        let error = #expect(throws: YAMLError.self) { try YAML.parse("a: \(text)") }
        #expect(error?.summary == "line 1, column \(column): `\(text)` is no number in JSON; quote it if a text is meant")
    }

    @Test func keysAreTexts() throws {
        #expect(try YAML.parse("{yes: 1, 3: 2, 2.50: 3, 010: 4}") == [["true": 1, "3": 2, "2.5": 3, "8": 4]])
    }
}
