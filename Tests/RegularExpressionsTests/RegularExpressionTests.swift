import TestSupport
import Testing

@testable import RegularExpressions

@Suite struct RegularExpressionTests {
    /// Pattern, texts with a match, texts without.
    static let cases: [(String, [String], [String])] = [
        ("", ["", "a"], []),
        ("abc", ["abc", "xabcx"], ["ab", "", "aBc"]),
        ("^abc$", ["abc"], ["xabc", "abcx", "abc\n"]),
        ("a*", ["", "b"], []),
        ("^a+$", ["a", "aaaa"], ["", "ab"]),
        ("^a?b$", ["b", "ab"], ["aab"]),
        ("^(a|b)*c$", ["c", "abac"], ["abd"]),
        ("^a{2}$", ["aa"], ["a", "aaa"]),
        ("^a{2,}$", ["aa", "aaaaa"], ["a"]),
        ("^a{1,3}$", ["a", "aaa"], ["", "aaaa"]),
        ("^a{,3}$", ["a{,3}"], ["a"]),
        ("^a{x$", ["a{x"], ["a"]),
        ("^[a-c]$", ["a", "c"], ["d", ""]),
        ("^[^a-c]$", ["d", "ü", "\n"], ["a"]),
        ("^[]a]$", ["]", "a"], ["b"]),
        ("^[a-]$", ["a", "-"], ["b"]),
        ("^[[:alpha:]_]+$", ["aZ_"], ["a1"]),
        ("^[[:^digit:]]$", ["a"], ["1"]),
        (#"^\d+\.\d$"#, ["12.3"], ["12x3", "1."]),
        (#"^\w\W\s\S$"#, ["a- b"], ["a-b "]),
        (#"^[\w.-]+@[\d]+$"#, ["a.b-c@12"], ["@1"]),
        (#"\bcat\b"#, ["a cat", "cat.", "cat"], ["concat", "cats"]),
        (#"\Bcat"#, ["concat"], ["cat", "a cat"]),
        ("^.$", ["a", "ü", "🙂"], ["\n", "ab", ""]),
        ("(?s)^.$", ["\n"], []),
        ("(?m)^b$", ["a\nb\nc", "b"], ["ab"]),
        ("(?i)^straße$", ["STRASSE".isEmpty ? "" : "STRAßE", "Straße"], ["strasse"]),
        ("(?i)k", ["K", "k", "\u{212A}"], ["q"]),
        ("a(?i)b", ["aB", "ab"], ["AB"]),
        ("a(?i:b)c", ["aBc"], ["aBC"]),
        ("(?:a|b)(?P<n>c)(?<m>d)", ["acd", "bcd"], ["cd"]),
        (#"^\x41\x{1F642}\101$"#, ["A🙂A"], ["A🙂"]),
        (#"^\Qa.b\E.$"#, ["a.bx"], ["axbx"]),
        (#"^\pL\p{Nd}\P{L}$"#, ["ä٣1", "a1-"], ["11-", "aaa"]),
        ("^(a*)*$", ["", "aaa"], ["b"]),
        ("^(a|aa)+$", ["aaaaa"], ["ab"]),
        ("^([0-9]+(ms|s|m|h))+$", ["1h30m", "5ms"], ["", "h", "1h30", "1d"]),
        ("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", ["a", "a-b", String(repeating: "a", count: 63)], ["-a", "a-", String(repeating: "a", count: 64)]),
        ("^[α-ω]+$", ["αβω"], ["a", "Α"]),
        ("^[^\u{0}-\u{7F}]+$", ["äöü€🙂"], ["äa"]),
        ("x*$", ["", "axx", "a"], []),
        ("^$", [""], ["a"]),
        ("a|^b", ["b", "xa"], ["xb"]),
    ]

    @Test(arguments: cases.indices) func `patterns match what Go's do`(index: Int) throws {
        let (pattern, matching, others) = Self.cases[index]
        let expression = try RegularExpression(pattern)
        for text in matching {
            #expect(expression.matches(text), "\(pattern) should match \(text.debugDescription)")
            #expect(expression.firstMatch(in: text) != nil, "\(pattern) should be found in \(text.debugDescription)")
        }
        for text in others {
            #expect(!expression.matches(text), "\(pattern) should not match \(text.debugDescription)")
            #expect(expression.firstMatch(in: text) == nil)
        }
    }

    @Test(arguments: [
        ("[a", "error parsing regexp: missing closing ]: `[a`"),
        ("(a", "error parsing regexp: missing closing ): `(a`"),
        ("a)", "error parsing regexp: unexpected ): `a)`"),
        ("*a", "error parsing regexp: missing argument to repetition operator: `*`"),
        ("a**", "error parsing regexp: invalid nested repetition operator: `**`"),
        ("a{2}{3}", "error parsing regexp: invalid nested repetition operator: `{2}{3}`"),
        ("a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"),
        ("a{3,2}", "error parsing regexp: invalid repeat count: `{3,2}`"),
        ("((a{100}){100}){100}", "error parsing regexp: invalid repeat count: `{100}`"),
        ("[z-a]", "error parsing regexp: invalid character class range: `z-a`"),
        (#"\_"#, #"error parsing regexp: invalid escape sequence: `\_`"#),
        (#"\8"#, #"error parsing regexp: invalid escape sequence: `\8`"#),
        (#"\1"#, #"error parsing regexp: invalid escape sequence: `\1`"#),
        ("(?=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"),
        ("(?<=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?<=`"),
        ("a\\", "error parsing regexp: trailing backslash at end of expression"),
        (#"\p{Nope}"#, #"error parsing regexp: invalid character class range: `\p{Nope}`"#),
    ])
    func `bad patterns are refused in Go's words`(pattern: String, message: String) {
        #expect { try RegularExpression(pattern) } throws: { "\($0)" == message }
    }

    @Test func `groups are found where Perl finds them`() throws {
        let match = try #require(try RegularExpression("(a+)(b)?(c|d)").firstMatch(in: "xxaacy"))
        #expect(match.range == 2..<5)
        #expect(match.groups == [2..<4, nil, 4..<5])
        #expect(try RegularExpression("a+?").firstMatch(in: "aaa")?.range == 0..<1)
        #expect(try RegularExpression("(?U)a+").firstMatch(in: "aaa")?.range == 0..<1)
        #expect(try RegularExpression("a|ab").firstMatch(in: "ab")?.range == 0..<1)
        #expect(try RegularExpression("b").firstMatch(in: "abab", from: 2)?.range == 3..<4)
    }

    @Test func `the pathological ones take linear time`() throws {
        // Each would take a backtracking matcher longer than the age of the universe.
        let text = String(repeating: "a", count: 5_000)
        for pattern in ["^(a+)+$", "^(a|aa)+$", "(a*)*b", "^(a?){30}a{30}$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
            let expression = try RegularExpression(pattern)
            #expect(expression.matches(text) == ["^(a+)+$", "^(a|aa)+$"].contains(pattern))
        }
    }

    @Test func `what is too large for the table runs on the machine with the same answers`() throws {
        // A distance of n needs 2^n deterministic states.
        let expression = try RegularExpression("a[ab]{14}c")
        #expect(!expression.isDeterministic)
        #expect(expression.matches("bba" + String(repeating: "b", count: 14) + "c"))
        #expect(!expression.matches("bba" + String(repeating: "b", count: 13) + "c"))
    }

    @Test func `hostile patterns are refused or compiled, never trap`() {
        for pattern in [
            String(repeating: "(", count: 10_000), String(repeating: "[", count: 10_000), String(repeating: "a|", count: 10_000),
            "((a{30}){30})", "(.{100}){10}", "[\u{0}-\u{10FFFF}]{1000}", "\\x{FFFFFFFFFFFF}", "\\x{D800}", "[[:", "[[:alpha", "(?P<", "(?P", "(?",
        ] {
            _ = try? RegularExpression(pattern).matches("aaa")
        }
    }

    @Test(arguments: 0..<40) func `table and machine agree on random patterns and texts`(seed: UInt64) throws {
        var random = Seeded(seed)
        func pattern(_ depth: Int) -> String {
            switch depth > 3 ? Int.random(in: 0...3, using: &random) : Int.random(in: 0...9, using: &random) {
            case 0: "a"
            case 1: "b"
            case 2: "[ab]"
            case 3: ["^", "$", "\\b", ".", "ü"].randomElement(using: &random) ?? "c"
            case 4: "(" + pattern(depth + 1) + ")*"
            case 5: "(" + pattern(depth + 1) + "){1,2}"
            case 6: "(?:" + pattern(depth + 1) + "|" + pattern(depth + 1) + ")"
            case 7: "(" + pattern(depth + 1) + ")?"
            default: pattern(depth + 1) + pattern(depth + 1)
            }
        }
        for _ in 0..<30 {
            let text = pattern(0)
            let expression = try RegularExpression(text)
            for _ in 0..<10 {
                let subject = String((0..<Int.random(in: 0...8, using: &random)).map { _ in "ab ü".randomElement(using: &random) ?? "a" })
                #expect(
                    expression.matches(subject) == (expression.firstMatch(in: subject) != nil), "seed \(seed): \(text) on \(subject.debugDescription)")
            }
        }
    }

    /// Found by fuzzing: each `\p` in a pattern walked all of Unicode, so that a short pattern took minutes to read.
    @Test(.timeLimit(.minutes(1))) func aPatternOfManyUnicodeClassesIsReadSoon() throws {
        let expression = try RegularExpression("^[" + String(repeating: #"\pL\p{Nd}"#, count: 1500) + "]+$")
        #expect(expression.matches("aß日١") && !expression.matches("a-b"))
        #expect(try RegularExpression(#"^\PL+$"#).matches("1-2") && !RegularExpression(#"^\pC$"#).matches("a"))
    }
}
