import Foundation
import Kernel
import Platform
import PostgresLoad
import TestSupport
import Testing

/// `millwright pipeline` without a server: the samples, and runs that are killed, starved and refused. Outputs stay byte for byte the same.
@Suite(.serialized) final class PipelineCommandTests {
    private let directory: String
    private static let seed = ProcessInfo.processInfo.environment["MILLWRIGHT_SEED"].flatMap { UInt64($0) } ?? 20_261_120

    init() throws {
        directory = "/tmp/mwt-pipeline-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory + "/in", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func millwright(_ arguments: [String], environment: [String: String] = [:], seconds: Int = 120) throws -> ShellResult {
        try Shell.run(Installation.binary, ["pipeline"] + arguments, environment: environment, seconds: seconds)
    }

    private func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(directory)/\(name)") }

    // MARK: Samples

    @Test func everySampleKeepsItsPromises() throws {
        let samples = "\(directory)/samples"
        try FileManager.default.copyItem(atPath: "manifests/pipelines", toPath: samples)
        for name in ["orders", "readings", "customers"] {
            let valid = try millwright(["validate", "-f", "\(samples)/\(name).yaml", "--root", samples], environment: ["MILLWRIGHT_CONNECTION_WAREHOUSE": "host=/nowhere"])
            #expect(valid.status == 0, "\(name): \(valid.all)")
        }
        let tests = try millwright(["test", "-f", "\(samples)/orders.yaml", "--root", samples])
        #expect(tests.status == 0 && tests.output.contains("3 of 3 passed"), "\(tests.all)")
        let orders = try millwright(["run", "-f", "\(samples)/orders.yaml", "--root", samples, "--format", "json", "--report", "\(directory)/report"])
        #expect(orders.status == 0, "\(orders.all)")
        let report = try JSONParser.parse(orders.output)
        #expect(report["rows"]?["rowsRead"] == 400 && report["rows"]?["rowsDeadLettered"] == 4 && report["balanced"] == true, "\(orders.output)")
        for form in ["html", "csv", "json"] { #expect(FileManager.default.fileExists(atPath: "\(directory)/report/report.\(form)")) }
        let paid = try String(contentsOfFile: "\(samples)/out/paid-2026-11-20.csv", encoding: .utf8).split(separator: "\n")
        #expect(paid.first == "order,ordered,customer,article,qty,price,status,name,country,total")
        let readings = try millwright(["run", "-f", "\(samples)/readings.yaml", "--root", samples])
        #expect(readings.status == 0, "\(readings.all)")
        let summary = try String(contentsOfFile: "\(samples)/out/summary.csv", encoding: .utf8).split(separator: "\n")
        #expect(summary.count == 4 && summary[1].hasPrefix("P-201;bar;300;"), "\(summary)")
        // Decimals are written as the input writes them, the computed mean as well.
        #expect(summary[1].split(separator: ";").suffix(3).allSatisfy { $0.contains(",") && !$0.contains(".") }, "\(summary)")
        // Nothing is left behind.
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(samples)/out").allSatisfy { !$0.hasPrefix(".") })
    }

    /// Through a pipe, as people write it, and from a file.
    @Test(arguments: ["printf 'a,b\\n1,x\\n2,y\\n' |", "printf 'a,b\\n1,x\\n2,y\\n' >in.csv; <in.csv"]) func standardInputIsAnInput(_ before: String) throws {
        try """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: piped}
        spec:
          source: {delimited: {path: "-"}}
          steps: [{name: one, filter: {expression: "row.b == 'y'"}}]
          outputs: [{name: out, delimited: {path: out.csv}}]
        """.write(toFile: "\(directory)/piped.yaml", atomically: true, encoding: .utf8)
        let run = try Shell.run("/bin/sh", ["-c", "cd \(directory) && \(before) \(Installation.binary) pipeline run -f piped.yaml --format json"])
        #expect(run.status == 0, "\(run.all)")
        #expect(bytes("out.csv") == Data("a,b\n2,y\n".utf8))
        let report = try JSONParser.parse(run.output)
        let first = try #require(report["firstRow"]?.string.flatMap(Timestamp.init(rfc3339:)))
        #expect(try first > #require(report["started"]?.string.flatMap(Timestamp.init(rfc3339:))), "\(run.output)")
    }

    /// A look at the first rows: fewer than there are, just as many, more.
    @Test(arguments: [1, 2, 3]) func aLimitEndsTheRunAfterSoManyRows(_ limit: Int) throws {
        try "a,qty\nx,1\ny,2\n".write(toFile: "\(directory)/in/rows.csv", atomically: true, encoding: .utf8)
        try """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: look}
        spec:
          source: {delimited: {path: in/rows.csv, columns: [{name: qty, type: integer}]}}
          steps: [{name: twice, derive: {column: twice, expression: row.qty * 2, type: integer}}]
          outputs: [{name: out, delimited: {path: out.csv}}]
        """.write(toFile: "\(directory)/look.yaml", atomically: true, encoding: .utf8)
        let run = try millwright(["run", "-f", "\(directory)/look.yaml", "--root", directory, "--limit", "\(limit)"])
        #expect(run.status == 0, "\(run.all)")
        #expect(bytes("out.csv") == Data((["a,qty,twice", "x,1,2", "y,2,4"].prefix(1 + limit).joined(separator: "\n") + "\n").utf8))
    }

    /// Numbers that steps compute have the decimal sign of the document's formats; JSON has its own.
    @Test func computedNumbersHaveTheDocumentsDecimalSign() throws {
        try "id;price\n1;1,50\n2;2,25\n".write(toFile: "\(directory)/in/comma.csv", atomically: true, encoding: .utf8)
        func document(_ format: String, _ cast: String = "") -> String {
            """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: comma}
            spec:
              source: {delimited: {path: in/comma.csv, delimiter: ";", columns: [{name: id, type: integer}, {name: price, type: decimal, format: "0,00"}]}}
              steps:
              - {name: three, derive: {column: three, expression: "row.price * decimal('1.001')"}}
              - {name: half, derive: {column: half, expression: "double(row.price) / 2.0"}}
              - {name: js, javascript: {source: "function transform(row) { row.tax = row.price * 0.5; row.rate = row.price / 2; return row }", output: [{name: tax, type: decimal}, {name: rate, type: float}]}}
            \(cast)
              outputs: [{name: out, \(format)}]
            """
        }
        let delimited = "delimited: {path: out/comma.csv, delimiter: ';'}"
        for (text, file, expected) in [
            (document(delimited), "comma.csv", "id;price;three;half;tax;rate\n1;1,50;1,50150;0,75;0,75;0,75\n2;2,25;2,25225;1,125;1,125;1,125\n"),
            (document(delimited, "  - {name: plain, cast: {columns: [{name: three, type: decimal, format: '0.0'}]}}"), "comma.csv", "id;price;three;half;tax;rate\n1;1,50;1.5;0.75;0.75;0.75\n2;2,25;2.3;1.125;1.125;1.125\n"),
            (document("jsonLines: {path: out/comma.jsonl}"), "comma.jsonl", "{\"id\":1,\"price\":1.50,\"three\":1.50150,\"half\":0.75,\"tax\":0.75,\"rate\":0.75}\n{\"id\":2,\"price\":2.25,\"three\":2.25225,\"half\":1.125,\"tax\":1.125,\"rate\":1.125}\n"),
        ] {
            try text.write(toFile: "\(directory)/comma.yaml", atomically: true, encoding: .utf8)
            let run = try millwright(["run", "-f", "\(directory)/comma.yaml", "--root", directory])
            #expect(run.status == 0, "\(run.all)")
            #expect(bytes("out/\(file)").map { String(decoding: $0, as: UTF8.self) } == expected)
        }
    }

    /// Dead letters again, in the worker as a server starts it: a row is known by the place it had in the input, whatever file it is read from now,
    /// and a percentage, which is of an input's rows, doesn't count.
    @Test func aReplayKnowsItsRowsByTheirFirstPlaces() throws {
        try "id,qty\n1,2\n2,x\n3,\"y\nz\"\n4,5\n5,5\n6,5\n7,5\n8,5\n".write(toFile: "\(directory)/in/letters.csv", atomically: true, encoding: .utf8)
        func spec(_ type: String, _ constraint: String) throws -> JSON {
            try JSONParser.parse(
                """
                {"source": {"delimited": {"path": "in/letters.csv", "columns": [{"name": "qty", "type": "\(type)", "constraint": "\(constraint)"}]}}, "outputs": [{"name": "o", "delimited": {"path": "out/o.csv"}}],
                "errors": {"policy": "DeadLetter", "budget": {"percent": 30}, "deadLetter": {"path": "out/dead.csv"}}}
                """)
        }
        let document: JSON = ["apiVersion": "millwright.dev/v1alpha1", "kind": "DataPipeline", "metadata": ["name": "letters"], "spec": try spec("integer", "true")]
        try document.text.write(toFile: "\(directory)/letters.yaml", atomically: true, encoding: .utf8)
        let first = try millwright(["run", "-f", "\(directory)/letters.yaml", "--root", directory])
        #expect(first.status == 0 && first.all.contains("8 rows in = 6 written + 2 dead letters"), "\(first.all)")
        let input = "\(directory)/in/letters.csv", letters = "\(directory)/out/dead.csv"

        func replay(_ name: String, _ spec: JSON) throws -> JSON {
            let job: JSON = [
                "purpose": "run", "runID": .string(name), "pipeline": "letters", "start": 0, "spec": spec, "base": .string(directory), "work": .string("\(directory)/work-\(name)"), "threads": 1,
                "replay": ["path": .string(letters), "columns": ["id", "qty"], "undecoded": false], "outputSuffix": .string(name), "limits": [:],
            ]
            try (job.text + "\n").write(toFile: "\(directory)/job", atomically: true, encoding: .utf8)
            // Its input stays open, as its parent's does: a worker whose parent is gone ends.
            let worker = try Shell.run("/bin/sh", ["-c", "cd '\(directory)' && mkfifo pipe-\(name) && { cat job >pipe-\(name) & } && exec '\(Installation.binary)' pipeline-worker <>pipe-\(name)"])
            let messages = try worker.output.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
            return try #require(messages.last { $0["type"] == "finished" }?["report"], "\(worker.all)")
        }
        // One of two is still bad: more than the percentage, and no failure.
        let one = try replay("one", try spec("string", "!self.contains('z')"))
        #expect(one["outcome"] == "Succeeded" && one["rows"]?["rowsWritten"] == 1 && one["rows"]?["rowsDeadLettered"] == 1, "\(one.text)")
        #expect(one["errors"]?[0]?["where"]?["file"]?.string == input && one["errors"]?[0]?["where"]?["row"] == 3 && one["errors"]?[0]?["where"]?["byte"] == 15, "\(one.text)")
        #expect(one["inputs"]?[0]?["path"]?.string == letters && one["inputs"]?[0]?["bytes"]?.int == bytes("out/dead.csv").map { Int64($0.count) }, "\(one.text)")
        #expect(bytes("out/dead.one.csv").map { String(decoding: $0, as: UTF8.self).contains("\(input),3,3,15,qty,Constraint") } == true)
        // Both: nothing was mended.
        let none = try replay("none", try spec("integer", "true"))
        #expect(none["outcome"] == "Failed" && none["failure"]?["what"] == "every row was rejected" && none["failure"]?["where"]?["row"] == 2, "\(none.text)")
    }

    @Test func aDocumentInferredFromAFileRuns() throws {
        try FileManager.default.copyItem(atPath: "manifests/pipelines/data/readings.csv", toPath: "\(directory)/in/Plant readings.csv")
        let inferred = try millwright(["infer", "\(directory)/in/Plant readings.csv", "--output", "\(directory)/out/r.csv"])
        #expect(inferred.status == 0 && inferred.output.contains("delimiter: ;") && inferred.output.contains("dd.MM.yyyy HH:mm:ss"), "\(inferred.all)")
        try inferred.output.write(toFile: "\(directory)/inferred.yaml", atomically: true, encoding: .utf8)
        let run = try millwright(["run", "-f", "\(directory)/inferred.yaml"])
        #expect(run.status == 0, "\(inferred.output) \(run.all)")
    }

    @Test func theCommandLineIsExplained() throws {
        for (arguments, status, words) in [
            (["run"], 64, "-f FILE is missing"), (["rum"], 64, "did you mean 'pipeline run'"), (["run", "-f", "/nowhere.yaml"], 64, "check the path"),
            (["run", "-f", "manifests/pipelines/schedule.yaml"], 65, "holds no DataPipeline"),
            (["run", "-f", "manifests/pipelines/orders.yaml", "--set", "day"], 64, "NAME=VALUE"),
            (["run", "-f", "manifests/pipelines/orders.yaml", "--set", "day=soon"], 64, "must be a date"),
            (["run", "-f", "manifests/pipelines/orders.yaml", "--root", "/nowhere"], 64, "there is no directory"),
        ] as [([String], Int32, String)] {
            let result = try millwright(arguments)
            #expect(result.status == status && result.all.contains(words), "\(arguments): \(result.status) \(result.all)")
        }
        #expect(try millwright(["run", "--help"]).output.contains("75 interrupted or paused"))
    }

    // MARK: Runs that are disturbed

    /// Rows with quotes, line breaks and bad values; deterministic.
    private func writeInput(rows: Int) throws {
        var text = "id,name,qty,price\n"
        for row in 0..<rows {
            let name = row % 11 == 0 ? "\"line\nbreak \(row)\"" : row % 7 == 0 ? "\"a \"\"quoted\"\" one\"" : "name \(row % 131)"
            text += "\(row),\(name),\(row % 997 == 3 ? "x" : "\(row % 50)"),\(row % 100).\(10 + row % 90)\n"
        }
        try text.write(toFile: "\(directory)/in/data.csv", atomically: true, encoding: .utf8)
    }

    private func writeDocument(output: String = "out") throws -> String {
        let document = """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: kill}
            spec:
              source:
                delimited:
                  path: in/data.csv
                  columns: [{name: qty, type: integer, required: true}, {name: price, type: decimal}]
              steps:
              - {name: few, filter: {expression: "row.qty < 45"}}
              - {name: names, rename: {columns: {id: number}}}
              outputs:
              - {name: plain, delimited: {path: \(output)/plain.csv}}
              errors: {policy: DeadLetter, deadLetter: {path: \(output)/dead.csv}}
            """
        let path = "\(directory)/kill.yaml"
        try document.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func run(_ document: String, every batch: Bool = true, extra: [String] = []) throws -> BackgroundProcess {
        try BackgroundProcess(
            Installation.binary, ["pipeline", "run", "-f", document, "--root", directory] + extra, environment: batch ? ["MILLWRIGHT_CHECKPOINT_EVERY_BATCH": "1"] : [:],
            log: "\(directory)/log")
    }

    private var log: String { (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? "" }

    /// Another after each checkpoint, whose file is replaced.
    private var checkpoint: Int64? {
        var info = stat()
        guard stat("\(directory)/out/.kill.millwright/checkpoint", &info) == 0 else { return nil }
        return Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
    }

    private func undisturbed(_ document: String) throws -> [String: Data] {
        let process = try run(document)
        process.wait()
        #expect(process.status == 0, "\(log)")
        let files = ["out/plain.csv", "out/dead.csv"].reduce(into: [String: Data]()) { $0[$1] = bytes($1) }
        #expect(files.count == 2)
        try FileManager.default.removeItem(atPath: "\(directory)/out")
        return files
    }

    @Test func killedAtCheckpointsAndAnywhereTheFilesAreTheSame() throws {
        try writeInput(rows: 12_000)
        let document = try writeDocument()
        let expected = try undisturbed(document)
        var random = Splitmix(state: Self.seed)
        print("pipeline kills: seed \(Self.seed)")
        for trial in 0..<4 {
            var kills = 0
            while true {
                let process = try run(document)
                // Either so many checkpoints from now, or some moment between two.
                let checkpoints = Int.random(in: 1...25, using: &random), delay = UInt32.random(in: 0...3000, using: &random)
                var seen = Set([checkpoint])
                while process.isRunning, seen.count <= checkpoints {
                    seen.insert(checkpoint)
                    usleep(200)
                }
                guard process.isRunning, kills < 6 else {
                    process.wait()
                    break
                }
                usleep(delay)
                // Now and then only the worker: its parent goes on with it.
                if trial % 2 == 1, let worker = process.tree.last, worker != process.pid {
                    kill(worker, SIGKILL)
                    process.wait()
                    kills += 1
                    break
                }
                process.killTree()
                kills += 1
            }
            #expect(kills > 0, "the run was over before it could be killed")
            for (name, data) in expected { #expect(bytes(name) == data, "\(name) differs after \(kills) kills, trial \(trial), seed \(Self.seed): \(log.suffix(500))") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/out").sorted() == ["dead.csv", "plain.csv"])
            try FileManager.default.removeItem(atPath: "\(directory)/out")
        }
    }

    @Test func anInterruptedRunSaysHowToGoOnAndATruncatedSourceIsNoticed() throws {
        try writeInput(rows: 12_000)
        let document = try writeDocument()
        let expected = try undisturbed(document)
        let process = try run(document)
        let first = checkpoint
        while process.isRunning, checkpoint == first { usleep(200) }
        process.signal(SIGINT)
        process.wait()
        #expect(process.status == 75 && log.contains("the same command goes on"), "\(process.status) \(log)")
        #expect(bytes("out/plain.csv") == nil)

        let whole = try #require(bytes("in/data.csv"))
        try Data(whole.prefix(200)).write(to: URL(fileURLWithPath: "\(directory)/in/data.csv"))
        let cut = try run(document)
        cut.wait()
        #expect(cut.status != 0 && bytes("out/plain.csv") == nil, "\(log)")
        try whole.write(to: URL(fileURLWithPath: "\(directory)/in/data.csv"))
        let last = try run(document)
        last.wait()
        #expect(last.status == 0, "\(log)")
        for (name, data) in expected { #expect(bytes(name) == data, "\(name) differs") }
    }

    @Test func aFullDiskIsWaitedFor() throws {
        try writeInput(rows: 12_000)
        try FileManager.default.createDirectory(atPath: "\(directory)/out", withIntermediateDirectories: true)
        guard try Shell.run("/bin/mount", ["-t", "tmpfs", "-o", "size=640k", "tmpfs", "\(directory)/out"]).status == 0 else {
            print("a full disk is not tested: this machine lets nobody mount a small file system")
            #expect(!Set((ProcessInfo.processInfo.environment["MILLWRIGHT_REQUIRE"] ?? "").split(separator: ",")).contains("mount"))
            return
        }
        defer { _ = try? Shell.run("/bin/umount", ["-l", "\(directory)/out"]) }
        let document = try writeDocument()
        try Data(count: 500_000).write(to: URL(fileURLWithPath: "\(directory)/out/filler"))
        let process = try run(document, every: false)
        try waitUntil("the full disk is said", seconds: 60) { log.contains("No space left") || !process.isRunning }
        #expect(process.isRunning, "\(log)")
        try FileManager.default.removeItem(atPath: "\(directory)/out/filler")
        process.wait()
        #expect(process.status == 0, "\(log)")
        let waited = bytes("out/plain.csv")
        let again = try run(document, every: false)
        again.wait()
        #expect(again.status == 0 && waited != nil && bytes("out/plain.csv") == waited)
    }

    // MARK: A database

    @Test(.enabled(if: PlainPostgres.isThere)) func aTableGetsEveryRowOnceThoughTheDatabaseCrashes() throws {
        let server = try PlainPostgres()
        defer { server.remove() }
        try LoadConnection(url: server.url).run("CREATE TABLE rows (number bigint, name text, qty int, price numeric)")
        try writeInput(rows: 12_000)
        let document = """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: kill}
            spec:
              source:
                delimited: {path: in/data.csv, columns: [{name: qty, type: integer, onError: Skip}, {name: price, type: decimal}]}
              steps: [{name: names, rename: {columns: {id: number}}}]
              outputs: [{name: table, postgresql: {connectionSecretRef: {name: db}, table: rows}}]
              errors: {policy: Skip}
            """
        try document.write(toFile: "\(directory)/table.yaml", atomically: true, encoding: .utf8)
        let process = try BackgroundProcess(
            Installation.binary, ["pipeline", "run", "-f", "\(directory)/table.yaml", "--root", directory],
            environment: ["MILLWRIGHT_CHECKPOINT_EVERY_BATCH": "1", "MILLWRIGHT_CONNECTION_DB": server.url], log: "\(directory)/log")
        try waitUntil("rows are on their way", seconds: 60) {
            !process.isRunning || FileManager.default.fileExists(atPath: "\(directory)/.kill.millwright/checkpoint")
        }
        server.kill()
        try server.start()
        process.wait()
        #expect(process.status == 0, "\(log)")
        let fresh = try LoadConnection(url: server.url)
        let counts = try fresh.run("SELECT count(*), count(DISTINCT number) FROM rows").rows.first
        #expect(counts == ["11987", "11987"], "\(String(describing: counts)): \(log.suffix(800))")
        #expect(try fresh.run("SELECT rows FROM millwright_loads").rows == [["11987"]])
        // Refused for good: nothing appears, and the message says what to do.
        try fresh.run("ALTER TABLE rows DROP COLUMN qty")
        let refused = try millwright(["run", "-f", "\(directory)/table.yaml", "--root", directory], environment: ["MILLWRIGHT_CONNECTION_DB": server.url])
        #expect(refused.status == 1 && refused.all.contains("Give the table that column"), "\(refused.all)")
    }
}
