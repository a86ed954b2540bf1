import Foundation
import Kernel
import PostgresLoad
import TestSupport
import Testing

/// kill -9 of a whole run at every boundary there is: before and after each write, sync, rename and removal of the command and its worker, and each
/// message to a database. Gone on with, the outputs are byte for byte those of a run that nobody disturbed.
///
/// MILLWRIGHT_KILL_POINTS=all takes every one; else a few of each kind of pipeline, chosen by a seed.
@Suite(.serialized, .enabled(if: CrashTrace.isAllowed)) final class PipelineKillPointTests {
    private let directory: String
    private var environment = ["MILLWRIGHT_CHECKPOINT_EVERY_BATCH": "1"]

    init() throws {
        directory = "/tmp/mwt-crash-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory + "/in", withIntermediateDirectories: true)
        var text = "id,name,qty,price\n"
        for row in 0..<500 {
            let name = row % 11 == 0 ? "\"line\nbreak \(row)\"" : row % 7 == 0 ? "\"a \"\"quoted\"\" one\"" : "name \(row % 131) \(String(repeating: "x", count: row % 40))"
            text += "\((row * 7919) % 500),\(name),\(row % 97 == 3 ? "x" : "\(row % 50)"),\(row % 100).\(10 + row % 90)\n"
        }
        try text.write(toFile: "\(directory)/in/data.csv", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func document(steps: String, outputs: String) throws -> String {
        let text = """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: crash}
            spec:
              source: {delimited: {path: in/data.csv, columns: [{name: qty, type: integer, required: true}, {name: price, type: decimal}]}}
              steps:
            \(steps)
              outputs:
            \(outputs)
              errors: {policy: DeadLetter, deadLetter: {path: out/dead.csv}}
            """
        let path = "\(directory)/crash.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func trace(_ document: String) -> CrashTrace {
        CrashTrace(
            Installation.binary, ["pipeline", "run", "-f", document, "--root", directory, "--threads", "1", "--report", "\(directory)/report"], environment: environment, log: "\(directory)/log")
    }

    /// Every file below `out`, hidden ones included.
    private func files() -> [String: Data] {
        var found: [String: Data] = [:]
        let root = "\(directory)/out"
        for name in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? [] {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isDirectory), !isDirectory.boolValue else { continue }
            found[name] = FileManager.default.contents(atPath: "\(root)/\(name)")
        }
        return found
    }

    private var log: String { String(((try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? "").suffix(800)) }

    /// - Parameters:
    ///   - table: the rows of the database, in an order; nil without one.
    ///   - clear: takes the database back to its beginning.
    private func enumerate(_ name: String, _ document: String, stateIn state: String = "out", table: () throws -> String? = { nil }, clear: () throws -> Void = {}) throws {
        let undisturbed = try trace(document).run(last: nil)
        guard undisturbed.status == 0 else { throw CrashTrace.Refused(description: "\(name): the undisturbed run ended with \(undisturbed.status ?? -1): \(log)") }
        let expected = files(), expectedTable = try table()
        let stateDirectory = "\(directory)/\(state)/.crash.millwright"
        let rows = try JSONParser.parse(try String(contentsOfFile: "\(directory)/report/report.json", encoding: .utf8))["rows"]
        let wantsAll = ProcessInfo.processInfo.environment["MILLWRIGHT_KILL_POINTS"] == "all"
        var random = Splitmix(state: Splitmix.seed)
        let kinds = Dictionary(grouping: undisturbed.moments.indices) { undisturbed.moments[$0] }
        // Of each kind of moment one, as many kinds as fit; all of them are more than a minute's work.
        let sample = kinds.keys.sorted().shuffled(using: &random).prefix(9).compactMap { kinds[$0]?.randomElement(using: &random) }
        let points = wantsAll ? Array(undisturbed.moments.indices) : sample
        print("\(name): \(undisturbed.moments.count) moments of \(kinds.count) kinds, \(points.count) of them the last; seed \(Splitmix.seed)")
        var died = 0
        for point in points {
            try? FileManager.default.removeItem(atPath: "\(directory)/out")
            try? FileManager.default.removeItem(atPath: stateDirectory)
            try? FileManager.default.removeItem(atPath: "\(directory)/log")
            try clear()
            var last: Int? = point
            var kills: [String] = []
            while true {
                let outcome = try trace(document).run(last: last)
                guard outcome.status == nil else {
                    #expect(outcome.status == 0, "\(name) after \(kills): \(log)")
                    break
                }
                kills.append(outcome.moments.last ?? "")
                died += 1
                // Its checkpoint is gone and everything is there: it was through, and the same command would be another run.
                if !FileManager.default.fileExists(atPath: stateDirectory + "/checkpoint"), files().filter({ !$0.key.contains(".millwright/") }) == expected {
                    try? FileManager.default.removeItem(atPath: stateDirectory)
                    break
                }
                // Now and then the resumed run meets the same fate.
                last = kills.count == 1 && Bool.random(using: &random) ? Int.random(in: 0..<undisturbed.moments.count, using: &random) : nil
            }
            let found = files()
            #expect(found.keys.sorted() == expected.keys.sorted(), "\(name), killed \(kills)")
            for (file, data) in expected where found[file] != data { Issue.record("\(name): \(file) differs, killed \(kills), seed \(Splitmix.seed): \(log)") }
            #expect(try table() == expectedTable, "\(name), killed \(kills): \(log)")
            if let text = try? String(contentsOfFile: "\(directory)/report/report.json", encoding: .utf8) {
                let report = try JSONParser.parse(text)
                #expect(report["rows"] == rows && report["balanced"] == true, "\(name), killed \(kills): \(report["rows"]?.text ?? "")")
            }
        }
        #expect(died >= points.count * 9 / 10, "\(name): of \(points.count) moments only \(died) were met")
    }

    @Test func delimitedAndDeadLetters() throws {
        try enumerate(
            "delimited",
            try document(steps: "  - {name: few, filter: {expression: \"row.qty < 45\"}}\n  - {name: names, rename: {columns: {id: number}}}", outputs: "  - {name: plain, delimited: {path: out/plain.csv}}"))
    }

    @Test func severalOutputsCompressedWithAScriptAndItsState() throws {
        try enumerate(
            "several outputs",
            try document(
                steps: """
                      - name: script
                        javascript:
                          columns: [qty, price, total, seen]
                          source: |
                            function transform(row, ctx) {
                              ctx.state.sum = (ctx.state.sum ?? 0) + row.qty;
                              row.total = (row.qty * row.price).toFixed(2);
                              row.seen = ctx.state.sum;
                              if (row.qty % 3 === 0) { ctx.send("lines", row); return null }
                              if (row.qty % 3 === 1) { ctx.send("packed", row); return row }
                              return row;
                            }
                    """,
                outputs: "  - {name: zipped, delimited: {path: out/zipped.csv.gz}}\n  - {name: lines, jsonLines: {path: out/lines.jsonl}}\n  - {name: packed, delimited: {path: out/packed.csv.zst}}"))
    }

    @Test func sortAndAggregateThatSpill() throws {
        try enumerate(
            "sort and aggregate",
            try document(
                steps: "  - {name: sorted, sort: {keys: [{column: id, order: Descending}]}}\n  - {name: sums, aggregate: {groupBy: [name, id], columns: [{name: count, function: Count}, {name: sum, function: Sum, of: qty}]}}",
                outputs: "  - {name: plain, delimited: {path: out/plain.csv}}"))
    }

    @Test(.enabled(if: PlainPostgres.isThere)) func aTableAndAFile() throws {
        let server = try PlainPostgres()
        defer { server.remove() }
        try LoadConnection(url: server.url).run("CREATE TABLE rows (id bigint, name text, qty int, price numeric)")
        environment["MILLWRIGHT_CONNECTION_DB"] = server.url
        try enumerate(
            "a table and a file",
            try document(
                steps: "  - name: both\n    javascript: {columns: [id], source: 'function transform(row, ctx) { ctx.send(\"plain\", row); return row }'}",
                outputs: "  - {name: table, postgresql: {connectionSecretRef: {name: db}, table: rows}}\n  - {name: plain, delimited: {path: out/plain.csv}}"),
            table: {
                try LoadConnection(url: server.url).run("SELECT string_agg(id || '|' || name || '|' || qty || '|' || price, ';' ORDER BY id, name), count(*) FROM rows").rows.description
            },
            clear: { try LoadConnection(url: server.url).run("TRUNCATE rows") })
    }
}
