import Testing
@testable import JavaScript

@Suite struct LoadingTests {
    static let settings = ScriptSettings(runID: "r", startMilliseconds: 1_763_640_000_000, timeLimitMilliseconds: 200, unstoppable: { _ in })

    @Test func scriptLoadsAndItsStateIsEmpty() throws {
        let machine = try ScriptMachine(JavaScriptSource(main: "const a = [1,2]; function transform(row, ctx) { return row }"), Self.settings)
        #expect(try machine.state() == "{}")
    }

    @Test(arguments: [
        ("let n = 0;\nfunction transform(row) {\n  n++; return row }", 3, 3, "ctx.state.n"),
        ("function transform(row) {\n  return row..a }", 2, 14, "Unexpected token"),
        ("function transform(row) { return row }}", 1, 39, "closes nothing"),
        ("function transform(row) {\n let x = ;\n}", 2, 10, "Unexpected token ';'"),
        ("const x = null; x.y; function transform(r) {return r}", 1, 18, "null is not an object"),
        ("eval('1')", 1, 5, "switched off"),
        ("import x from 'y'", 1, 1, "require"),
    ])
    func whatIsWrongIsSaidWithItsPlace(script: String, line: Int, column: Int, says: String) {
        do {
            _ = try ScriptMachine(JavaScriptSource(main: script), Self.settings)
            Issue.record("it was accepted: \(script)")
        } catch {
            #expect(error.place == ScriptPlace(module: "script", line: line, column: column))
            #expect(error.message.contains(says), "\(error)")
            #expect(error.excerpt.hasSuffix("^"))
        }
    }
}
