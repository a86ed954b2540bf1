import Foundation
import Kernel
import TestSupport
import Testing

/// Scripts that misbehave, through the command: each is ended within its bound, and the message says the line, the row and the way out.
@Suite(.serialized) final class HostileScriptTests {
    private let directory: String

    init() throws {
        directory = "/tmp/mwt-hostile-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory + "/in", withIntermediateDirectories: true)
        try ("a,b\n" + (1...600).map { "\($0),\($0 * 2)\n" }.joined()).write(toFile: "\(directory)/in/rows.csv", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private struct Ending {
        var failure: JSON
        var report: JSON
        var text: String
    }

    private func run(_ script: String, timeLimit: String = "200ms", memoryLimit: String = "64Mi", environment: [String: String] = [:]) throws -> Ending {
        let document: JSON = [
            "apiVersion": "millwright.dev/v1alpha1", "kind": "DataPipeline", "metadata": ["name": "bad"],
            "spec": [
                "source": ["delimited": ["path": "in/rows.csv"]],
                "steps": [["name": "bad", "javascript": ["source": .string(script), "timeLimit": .string(timeLimit), "memoryLimit": .string(memoryLimit)]]],
                "outputs": [["name": "out", "delimited": ["path": "out/rows.csv"]]], "errors": ["policy": "DeadLetter", "deadLetter": ["path": "out/dead.csv"]],
            ],
        ]
        try document.text.write(toFile: "\(directory)/bad.yaml", atomically: true, encoding: .utf8)
        let result = try Shell.run(
            Installation.binary, ["pipeline", "run", "-f", "\(directory)/bad.yaml", "--root", directory, "--format", "json", "--restart"], environment: environment, seconds: 60)
        let report = (try? JSONParser.parse(result.output)) ?? [:]
        return Ending(failure: report["failure"] ?? [:], report: report, text: result.all)
    }

    private static let memory = "the script used too much memory", time = "the script took too long"

    /// What ends the run: what is said, the line, and the row.
    @Test(arguments: [
        ("a loop", "function transform(row) {\n  for (;;) {}\n}", time, 2, 1),
        ("a loop that catches", "function transform(row) {\n  for (;;) { try { for (;;); } catch {} }\n}", time, 2, 1),
        ("a loop when it is loaded", "let n = 0;\n\nwhile (true) {}\nfunction transform(row) { return row }", time, nil, nil),
        ("a loop in a getter of the row", "function transform(row) {\n  row.a;\n  return { get a() {\n    for (;;);\n  }, b: 1 }\n}", time, 4, 1),
        ("a regular expression that backtracks", "function transform(row) {\n  if (row.a === '7')\n    /^(?:(?:a|a)+)+$/.exec('a'.repeat(60) + 'b');\n  return row\n}", time, 3, 7),
        ("a sort that is huge", "function transform(row) {\n  const all = Array.from({ length: 2e7 }, (_, i) => (i * 7919) % 1e7);\n  all.sort();\n  return row\n}", memory, 2, 1),
        ("an array that is filled", "function transform(row) {\n  const all = Array(1e9).fill('y');\n  return row\n}", memory, nil, nil),
        ("bytes that are filled", "function transform(row) {\n\n  const all = new Uint8Array(2 ** 32 - 1).fill(1);\n  return row\n}", memory, 3, 1),
        ("a text that is repeated and cut up", "function transform(row) {\n  const all = 'x'.repeat(2 ** 29).split('');\n  return row\n}", memory, 2, 1),
        ("a replacement that grows", "function transform(row) {\n  return { a: 'a'.repeat(1e8).replace(/a/g, 'bbbbbbbbbbbbbbbb') }\n}", memory, nil, 1),
        ("arrays in a loop", "function transform(row) {\n  const all = [];\n  for (;;) all.push(new Float64Array(1 << 20).fill(1));\n}", memory, 3, 1),
        ("JSON of everything", "function transform(row) {\n  let all = [];\n  for (let i = 0; i < 5e6; i++) all.push({ a: i });\n  for (;;) JSON.parse(JSON.stringify(all));\n}", memory, nil, 1),
        ("a state that grows from row to row", "function transform(row, ctx) {\n  (ctx.state.all ??= []).push('x'.repeat(1 << 20) + row.a);\n  return row\n}", memory, nil, nil),
    ] as [(String, String, String, Int?, Int?)])
    func whatRunsAwayIsEndedWithItsLine(name: String, script: String, what: String, line: Int?, row: Int?) throws {
        let ending = try run(script)
        let failure = ending.failure
        #expect(failure["what"]?.string == what && failure["severity"] == "fatal", "\(name): \(ending.text)")
        #expect(failure["category"]?.string == (what == Self.time ? "script" : "resource"), "\(name): \(ending.text)")
        #expect(failure["where"]?["step"] == "bad" && (failure["where"]?["line"]?.int ?? 0) >= 1, "\(name): \(ending.text)")
        // The engine places a loop that calls nothing where its function begins.
        if let line { #expect((Int64(line - 1)...Int64(line)).contains(failure["where"]?["line"]?.int ?? 0), "\(name): \(ending.text)") }
        if let row { #expect(failure["where"]?["row"]?.int == Int64(row), "\(name): \(ending.text)") }
        #expect(failure["why"]?.string?.contains(what == Self.time ? "200 ms" : "64 MiB") == true && failure["fix"]?.string?.contains(what == Self.time ? "timeLimit" : "memoryLimit") == true, "\(name): \(ending.text)")
        #expect(!FileManager.default.fileExists(atPath: "\(directory)/out/rows.csv"), "\(name): something appeared")
        #expect((try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/out"))?.filter { $0.hasPrefix(".") } ?? [] == [], "\(name): a hidden file is left that nobody goes on from")
    }

    /// What is one row's fault: every row goes to the dead letters, with the line; as not one is left, the run says so.
    @Test(arguments: [
        ("throws", "function transform(row) {\n  throw new Error('no ' + row.a)\n}", "no 1", 2),
        ("calls itself for ever", "function f(n) {\n  return f(n + 1) + 1\n}\nfunction transform(row) { f(0); return row }", "Maximum call stack", 2),
        ("a number", "function transform(row) { return 5 }", "transform returned the number", nil), ("a text", "function transform(row) { return 'x' + row.a }", "transform returned the string", nil),
        ("a list of numbers", "function transform(row) { return [row.a, 2] }", "every element must be a row", nil),
        ("a getter that throws", "function transform(row) {\n  return { get a() {\n    throw new Error('mine') } } }", "mine", 3),
        ("a Proxy that throws", "function transform(row) { row.a;\n  return new Proxy({}, { get() { throw new Error('trap') }, ownKeys() { throw new Error('keys') } }) }", "trap", 2),
        ("a cell that is no cell", "function transform(row) { row.a = { toString() { for (;;); } }; return row }", "a cell is text", nil),
        ("eval", "function transform(row) {\n  return eval('row') }", "eval", 2), ("a constructor that compiles", "function transform(row) {\n  return transform.constructor('return 1')() }", "switched off", 2),
        ("files", "function transform(row) {\n  const fs = require('fs'); return row }", "there is no module", 2), ("a network", "function transform(row) {\n  return fetch('http://127.0.0.1/') }", "fetch", 2),
        ("the process", "function transform(row) {\n  process.exit(0) }", "process", 2),
        ("WebAssembly", "function transform(row) {\n  return new WebAssembly.Memory({ initial: 1e5 }) }", "WebAssembly", 2),
        ("a wait", "function transform(row) {\n  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) }", "Can't find variable", 2),
        ("a prototype", "function transform(row) {\n  Object.prototype.x = 1; return row }", "ctx.state", 2),
        ("a prototype by way of the row", "function transform(row) {\n  row.constructor.prototype.x = 1; return row }", "ctx.state", 2),
    ] as [(String, String, String?, Int?)])
    func whatIsARowsFaultGoesToTheDeadLetters(name: String, script: String, says: String?, line: Int?) throws {
        let ending = try run(script)
        #expect(ending.failure["what"] == "every row was rejected" && ending.report["rows"]?["rowsDeadLettered"] == 600 && ending.report["balanced"] == true, "\(name): \(ending.text)")
        let problem = ending.report["errors"]?[0]
        #expect(problem?["where"]?["row"] == 1 && problem?["fix"]?.string?.isEmpty == false && problem?["category"] == "script", "\(name): \(ending.text.prefix(1500))")
        if let says { #expect(problem?["why"]?.string?.contains(says) == true, "\(name): \(problem?.text ?? "")") }
        if let line { #expect(problem?["where"]?["line"]?.int == Int64(line), "\(name): \(problem?.text ?? "")") }
    }

    /// What waits is refused before the first row.
    @Test(arguments: [
        ("async function transform(row) { return row }", 1), ("function transform(row) {\n  return import('fs') }", 2),
        ("function transform(row) {\n  const f = () => Promise.resolve().then(f); f(); return row }", 2),
    ])
    func whatWaitsIsRefused(script: String, line: Int) throws {
        let ending = try run(script)
        #expect(ending.failure["what"] == "the script can't be used" && ending.failure["where"]?["line"]?.int == Int64(line), "\(ending.text)")
        #expect(ending.failure["why"]?.string?.contains("a script can't wait") == true && ending.report["rows"]?["rowsRead"] == 0, "\(ending.text)")
    }

    /// Names of columns that are names of the language: the cells come out as they went in.
    @Test func oddColumnNamesAreOnlyNames() throws {
        try "__proto__,constructor,7,7b,hasOwnProperty\n1,2,3,4,5\n".write(toFile: "\(directory)/in/rows.csv", atomically: true, encoding: .utf8)
        let ending = try run("function transform(row) { row.constructor = row['__proto__'] + row[7] + row.hasOwnProperty; return row }")
        #expect(ending.report["outcome"] == "Succeeded", "\(ending.text)")
        #expect(try String(contentsOfFile: "\(directory)/out/rows.csv", encoding: .utf8) == "__proto__,constructor,7,7b,hasOwnProperty\n1,135,3,4,5\n")
    }
}
