import Kernel
import TestSupport
import Testing
import YAML

@Suite struct WriterTests {
    /// What kubectl 1.32 prints for each text (`-o yaml`), recorded.
    static let texts: [(String, String)] = [
        ("a: b", "'a: b'"), ("line1\nline2\n", "|\n  line1\n  line2"), ("line1\nline2", "|-\n  line1\n  line2"), ("trail \nx", #""trail \nx""#),
        ("1:30", "\"1:30\""), ("2026-11-20T08:00:00Z", "\"2026-11-20T08:00:00Z\""), ("2026-11-20", "\"2026-11-20\""), ("y", "\"y\""),
        ("- x", "'- x'"), ("-x", "-x"), ("tab\there", #""tab\there""#), ("é ü", "é ü"), ("a #b", "'a #b'"), ("", "\"\""),
        ("x\n\n", "|+\n  x\n"), ("- a\nit's", "|-\n  - a\n  it's"), ("it's: x", "'it''s: x'"), (" lead", "' lead'"), ("?x", "?x"),
        ("0o7", "\"0o7\""), ("😀", #""\U0001F600""#), ("[x", "'[x'"), ("12:30:45", "\"12:30:45\""), ("0x1F", "\"0x1F\""), ("~", "\"~\""),
        ("null", "\"null\""), ("---", "'---'"), ("\u{01}", #""\x01""#), ("a\r\nb", #""a\r\nb""#), ("*", "'*'"), ("1_000", "\"1_000\""),
        ("1e400", "1e400"), ("=", "="), ("hello", "hello"), ("190:20:30", "\"190:20:30\""), ("0x", "0x"), ("._5", "._5"),
        ("8.1.48", "8.1.48"), ("inductiveautomation/ignition:8.1.48", "inductiveautomation/ignition:8.1.48"),
    ]

    @Test(arguments: texts) func textIsWrittenAsKubernetesWritesIt(_ text: String, _ written: String) {
        #expect(YAML.write(["a": .string(text)]) == "a: \(written)\n")
    }

    @Test func structureIsWrittenAsKubernetesWritesIt() {
        let value: JSON = [
            "spec": [
                "nested": [[1, 2], [3, [4]], ["b": ["c": "d"], "a": [1]]], "l": [], "e": [:], "k10": 1, "k9": 1, "K": 1, "_a": 1, "3": 4,
                "true": .null, "2.5": 0.5, "big": 1e30,
            ],
            "apiVersion": "x.dev/v1",
        ]
        #expect(
            YAML.write(value) == """
                apiVersion: x.dev/v1
                spec:
                  _a: 1
                  "2.5": 0.5
                  "3": 4
                  K: 1
                  big: 1e+30
                  e: {}
                  k9: 1
                  k10: 1
                  l: []
                  nested:
                  - - 1
                    - 2
                  - - 3
                    - - 4
                  - a:
                    - 1
                    b:
                      c: d
                  "true": null

                """)
    }

    @Test func topLevelsOfEveryKind() {
        #expect(YAML.write([1, "x\ny\n"]) == "- 1\n- |\n  x\n  y\n")
        #expect(YAML.write("a\nb") == "|-\n  a\n  b\n")
        #expect(YAML.write([:]) == "{}\n")
        #expect(YAML.write(documents: [["a": 1], ["b": 2]]) == "a: 1\n---\nb: 2\n")
    }

    /// A hundred random trees, from a fixed seed, of texts that tempt a writer to get them wrong.
    @Test(arguments: 0..<100) func whatIsWrittenIsReadBack(_ seed: Int) throws {
        var random = Seeded(UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let value = Self.tree(&random, depth: 4)
        let text = YAML.write(value)
        #expect(try YAML.parse(text) == [value], "seed \(seed):\n\(text)")
    }

    private static let pieces = [
        "a", "yes", ":", ": ", " #", "\n", "\n\n", " ", "-", "- ", "'", "\"", "\\", "{", "]", "0", "1_0", ".5", "\t", "é", "😀", "\r", "\u{85}",
        "\u{2028}", "\u{FEFF}", "\0", "|", ">", "%", "@", "~", "<<", "---", "...", "?", "&", "*", "!", "2026-01-02", "null", "e3", "x: y",
    ]

    private static func text(_ random: inout Seeded) -> String {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private static func tree(_ random: inout Seeded, depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .int(Int64.random(in: .min ... .max, using: &random))
        case 1: return .double(Double.random(in: -1e25...1e25, using: &random))
        case 2: return [JSON.null, true, false].randomElement(using: &random) ?? .null
        case 3...5: return .string(text(&random))
        case 6: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in tree(&random, depth: depth - 1) })
        default:
            return .object(JSONObject((0..<Int.random(in: 0...4, using: &random)).map { _ in (text(&random), tree(&random, depth: depth - 1)) }))
        }
    }
}
