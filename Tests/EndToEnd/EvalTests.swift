import Foundation
import Platform
import Testing

/// `millwright eval`, as people and scripts use it. It needs nothing but the binary.
@Suite struct EvalTests {
    private func eval(_ arguments: String..., input: String = "") throws -> ShellResult {
        try Shell.run(Installation.binary, ["eval"] + arguments, input: input)
    }

    @Test func valuesAreJSONOrText() throws {
        #expect(try eval("1 + 2").output == "3\n")
        #expect(try eval(#""a" + "b""#).output == "\"ab\"\n")
        #expect(try eval(#""a" + "b""#, "-o", "text").output == "ab\n")
        #expect(try eval("{'a': [x]}", "--var", "x=true").output == "{\"a\":[true]}\n")
        #expect(try eval("[1].map(x, x)", "--check").output == "list(int)\n")
        #expect(try eval(#"decimal("0.1") + decimal("0.2") == decimal("0.3")"#).output == "true\n")
        #expect(try eval(#"(decimal(price) * 3).round(1)"#, "--var", "price=0.19").output == "0.6\n")
        #expect(try eval("timestamp('2026-07-01T12:00:00Z').getHours('Europe/Berlin')").output == "14\n")
    }

    @Test func variablesComeFromFilesAndStandardInput() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-eval-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Files.write(Array(#"{"labels": {"site": "hamburg"}}"#.utf8), to: "\(directory)/alert.json", mode: 0o600)
        try Files.write(Array("name: a\n---\nname: b\n".utf8), to: "\(directory)/all.yaml", mode: 0o600)
        try Files.write(Array("alert.labels.site\n".utf8), to: "\(directory)/rule.cel", mode: 0o600)
        #expect(try eval(#"alert.labels.site == "hamburg""#, "--var", "alert=@\(directory)/alert.json").output == "true\n")
        #expect(try eval("all.map(d, d.name)", "--var", "all=@\(directory)/all.yaml").output == "[\"a\",\"b\"]\n")
        #expect(try eval("alert.labels.site", "--var", "alert=@-", input: #"{"labels": {"site": "bremen"}}"#).output == "\"bremen\"\n")
        #expect(try eval("--file", "\(directory)/rule.cel", "--var", "alert=@\(directory)/alert.json").output == "\"hamburg\"\n")
    }

    @Test func mistakesAreShownWhereTheyAre() throws {
        let wrong = try eval("alert.labels.site = 'x'", "--var", "alert={}")
        #expect(wrong.status == 1 && wrong.output.isEmpty)
        #expect(wrong.errors.contains("line 1, column 19: '=' means nothing in an expression; == compares\n  | alert.labels.site = 'x'\n  |                   ^"))
        let failed = try eval("true &&\n  alert.labels.site == 'x'", "--var", "alert={}")
        #expect(failed.status == 1)
        #expect(failed.errors.contains("line 2, column 9: no such key: labels\n  |   alert.labels.site == 'x'\n  |         ^"))
        #expect(try eval(#"{"a": [decimal("1.50"), decimal("2")]}"#).output == "{\"a\":[\"1.50\",\"2\"]}\n")
        let divided = try eval(#"decimal("1") / 3"#)
        #expect(divided.status == 1 && divided.errors.contains("double(a) / double(b)"), "\(divided.errors)")
        #expect(try eval("alrt.x", "--var", "alert={}").errors.contains("did you mean 'alert'?"))
        let costly = try eval("l.all(a, l.all(b, l.all(c, a + b + c > 0)))", "--var", "l=[\((1...200).map(String.init).joined(separator: ","))]")
        #expect(costly.status == 1 && costly.errors.contains("cost limit exceeded") && costly.errors.contains("fewer elements"))
        for arguments in [[], ["1", "2"], ["1", "--var", "x"], ["1", "--var", "1x=1"], ["1", "-o", "xml"], ["1", "--nosuch"]] {
            #expect(try Shell.run(Installation.binary, ["eval"] + arguments).status == 64, "\(arguments)")
        }
        #expect(try eval("x", "--var", "x=@/nonexistent/file").errors.contains("/nonexistent/file"))
    }
}
