import Foundation
import Kernel
import PostgresLoad
import TestSupport
import Testing

/// What runs leave that crashed and that nobody goes on with: it is cleared away, and what is known of them is said.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineLeftoverTests {
    /// Longer than any test waits, and checkpoints all along: a few milliseconds for each row.
    private func document(_ name: String, outputs: String = "", third: String = "return row") -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: \(name)}
        spec:
          source: {delimited: {path: in/rows.csv, columns: [{name: id, type: integer}]}}
          steps:
          - name: check
            javascript:
              columns: [id, name, x]
              source: 'function transform(row, ctx) { let x = row.id; for (let i = 0; i < 400000; i++) x = (x * 31 + i) % 1000003; row.x = x; if (row.id % 3 == 0) { ctx.send("more", row); return null } if (row.id % 3 == 1) { \(third) } return row }'
          outputs: [{name: plain, delimited: {path: out/\(name).csv}}, {name: more, delimited: {path: out/\(name)-more.csv.gz}}\(outputs)]
        ---

        """
    }

    private static let rows = 100_000

    private func hidden(_ installation: Installation) -> [String] { installation.files("out").filter { $0.hasPrefix(".") } }
    private func workDirectories(_ installation: Installation) -> [String] { installation.files("../.millwright/runs") }

    /// Kills each worker as soon as it is there, until Millwright gives the run up: five in a row that came no further.
    private func killWorkers(_ installation: Installation, of run: String) throws {
        var killed: Set<Int32> = []
        // Nothing is asked in between: a worker that lives for long makes a checkpoint, and is counted anew.
        try waitUntil("five workers have come and gone", seconds: 90, every: 5) {
            for pid in installation.workers where kill(pid, SIGKILL) == 0 { killed.insert(pid) }
            return killed.count >= 5
        }
        try waitUntil("run \(run) is given up", seconds: 90) {
            for pid in installation.workers { kill(pid, SIGKILL) }
            return try installation.phase(ofRun: run) == "Failed"
        }
    }

    @Test func aRunWhoseWorkerKeepsCrashingIsReportedAndWhatItLeftGoesWithIt() throws {
        let installation = try Installation("leftover")
        let warehouse = try PlainPostgres()
        defer {
            installation.tearDown()
            warehouse.remove()
        }
        installation.environment["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] = "1"
        try LoadConnection(url: warehouse.url).run("CREATE TABLE rows (id bigint, name text, x int)")
        try installation.start()
        try installation.makePipelineDirectory()
        try installation.apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: warehouse}
            stringData: {url: "\(warehouse.url)"}
            ---

            """)
        try installation.writeInput("in/rows.csv", Documents.rows(0..<Self.rows))
        try installation.apply(
            document("crash", outputs: ", {name: table, postgresql: {connectionSecretRef: {name: warehouse}, table: rows}}", third: #"ctx.send("table", row); return null"#)
                + Documents.run("crash", "crash"))
        // One that is cancelled when nobody has it.
        try installation.apply(document("abandoned") + Documents.run("abandoned", "abandoned"))
        try waitUntil("both runs have checkpoints and hidden files") {
            try ["crash", "abandoned"].allSatisfy { run in
                let phase = try installation.phase(ofRun: run)
                guard phase != "Failed" else { throw NeverHappened(what: "run \(run) runs: \(try installation.get("dpr", run)?["status"]?.text ?? "")", seconds: 0) }
                return try installation.get("dpr", run)?["status"]?["checkpoint"]?["number"]?.int ?? 0 > 1 && installation.hiddenBytes("out", containing: run) > 0
            }
        }
        #expect(workDirectories(installation).count == 2)

        // kill -9 of everything; what is hidden lies there.
        installation.killHard()
        let left = hidden(installation)
        #expect(left.contains { $0.contains("crash") } && left.contains { $0.contains("abandoned") }, "\(left)")
        try installation.start()
        try installation.patchRun("abandoned", #"{"cancel":true}"#)
        let cancelled = try installation.waitForRun("abandoned", ["Cancelled"])
        #expect(cancelled["outputs"]?.array?.isEmpty != false, "\(cancelled.text)")
        try waitUntil("what the cancelled run left is gone") { !hidden(installation).contains { $0.contains("abandoned") } && workDirectories(installation).count == 1 }

        try killWorkers(installation, of: "crash")
        let failed = try #require(try installation.get("dpr", "crash")?["status"])
        let ready = failed["conditions"]?.array?.first { $0["type"] == "Ready" }
        #expect(ready?["reason"] == "WorkerFailed" && ready?["message"]?.string?.contains("in a row without coming further") == true, "\(failed.text)")
        // The report says that its books aren't closed.
        let path = try #require(failed["reportRef"]?["path"]?.string)
        let report = try JSONParser.parse(try String(contentsOfFile: "\(path)/report.json", encoding: .utf8))
        let read = report["rows"]?["rowsRead"]?.int ?? 0
        #expect(report["outcome"] == "Failed" && read > 0 && read < Int64(Self.rows) && report["balanced"] != true, "\(report.text)")
        #expect(report["failure"]?["why"]?.string?.contains("SIGKILL") == true || report["failure"]?["why"]?.string?.contains("signal 9") == true, "\(report["failure"]?.text ?? "")")
        #expect(report["failure"]?["fix"]?.string?.isEmpty == false && report["attempts"]?.int ?? 0 >= 5, "\(report.text)")
        let html = try String(contentsOfFile: "\(path)/report.html", encoding: .utf8)
        #expect(html.contains("Failed") && html.contains("crash"))
        // It can be gone on with: what it wrote stays for that, and nothing of it has appeared.
        #expect(hidden(installation).contains { $0.contains("crash") } && installation.output("out/crash.csv") == nil, "\(installation.files("out"))")
        let database = try LoadConnection(url: warehouse.url)
        #expect(try database.run("SELECT count(*) FROM rows").rows == [["0"]])
        func staging() throws -> [[String?]] { try database.run("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'millwright_stage%'").rows }
        #expect(try staging().count == 1)

        // Deleted, nobody can go on from there: files, staging tables and its directory go, also when everything crashes meanwhile.
        #expect(try installation.kubectl(["delete", "dpr", "crash", "--wait=false"]).status == 0)
        installation.killHard()
        try installation.start()
        try waitUntil("the run's object is gone") { try installation.get("dpr", "crash") == nil }
        #expect(hidden(installation).isEmpty && workDirectories(installation).isEmpty, "\(hidden(installation)) \(workDirectories(installation))")
        #expect(try staging().isEmpty)
    }

    /// The finalizer was taken off by force: nobody tells Millwright that the run is gone. A day later its record lets go of what only it could use.
    @Test func aRecordWhoseObjectIsGoneIsEndedAndItsCheckpointForgotten() throws {
        let installation = try Installation("orphan")
        let server = try PostgresServer()
        defer {
            installation.tearDown()
            server.stop()
        }
        let url = try server.url(through: server.endpoint.host)
        installation.environment["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] = "1"
        installation.environment["MILLWRIGHT_DATABASE_URL"] = url
        try installation.start()
        try installation.makePipelineDirectory()
        try installation.writeInput("in/rows.csv", Documents.rows(0..<Self.rows))
        try installation.apply(document("orphan") + Documents.run("orphan", "orphan"))
        try waitUntil("the run has a checkpoint") {
            try installation.get("dpr", "orphan")?["status"]?["checkpoint"]?["number"]?.int ?? 0 > 1
        }
        let uid = try #require(try installation.get("dpr", "orphan")?["metadata"]?["uid"]?.string)
        installation.killHard()
        // Millwright is away, and its object goes from the store as if another backup had been restored; and time goes by.
        let database = try LoadConnection(url: url)
        installation.extraArguments = ["--without-controllers"]
        try installation.start()
        try database.run("UPDATE millwright_pipelines.runs SET started_at = now() - interval '3 days', last_end = NULL, checkpoint_at = now() - interval '2 days', lease_until = now() - interval '2 days'")
        #expect(try installation.kubectl(["patch", "dpr", "orphan", "--type", "merge", "-p", #"{"metadata":{"finalizers":null}}"#]).status == 0)
        #expect(try installation.kubectl(["delete", "dpr", "orphan"]).status == 0)
        #expect(try database.run("SELECT phase, checkpoint IS NULL FROM millwright_pipelines.runs WHERE uid = '\(uid)'").rows == [["Running", "f"]])
        installation.killHard()
        installation.extraArguments = []
        try installation.start()
        try waitUntil("the record is ended", seconds: 150) { try database.run("SELECT phase FROM millwright_pipelines.runs WHERE uid = '\(uid)'").rows == [["Failed"]] }
        #expect(try database.run("SELECT reason, checkpoint IS NULL, leaves, owner IS NULL FROM millwright_pipelines.runs WHERE uid = '\(uid)'").rows == [["RecordMissing", "t", "f", "t"]])
        // The worker that checks the pipeline, which is still there, may be about.
        try waitUntil("no worker stays", seconds: 10) { installation.workers.isEmpty }
    }

    /// Without a server: kill -9 of the command, then the same pipeline from its beginning, or another document of the name.
    @Test(.enabled(if: PlainPostgres.isThere)) func whatAKilledCommandLeftGoesWhenItBeginsAnew() throws {
        let directory = "/tmp/mwt-left-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: "\(directory)/in", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Documents.rows(0..<20_000).write(toFile: "\(directory)/in/rows.csv", atomically: true, encoding: .utf8)
        func write(_ output: String) throws {
            try """
                apiVersion: millwright.dev/v1alpha1
                kind: DataPipeline
                metadata: {name: left}
                spec:
                  source: {delimited: {path: in/rows.csv, columns: [{name: id, type: integer}]}}
                  steps: [{name: sorted, sort: {keys: [{column: id, order: Descending}]}}]
                  outputs: [{name: out, delimited: {path: out/\(output).csv.gz}}]
                """.write(toFile: "\(directory)/left.yaml", atomically: true, encoding: .utf8)
        }
        func everything() -> [String] { (FileManager.default.enumerator(atPath: "\(directory)/out")?.compactMap { $0 as? String } ?? []).sorted() }
        func crash() throws {
            let process = try BackgroundProcess(
                Installation.binary, ["pipeline", "run", "-f", "\(directory)/left.yaml", "--root", directory], environment: ["MILLWRIGHT_CHECKPOINT_EVERY_BATCH": "1"], log: "\(directory)/log")
            try waitUntil("it has a checkpoint and spill files", every: 1) { everything().contains { $0.contains("/spill/") } && everything().contains { $0.hasSuffix("/checkpoint") } || !process.isRunning }
            #expect(process.isRunning, "it ended before it could be killed")
            process.killTree()
            #expect(everything().contains { $0.hasSuffix(".partial") } && everything().contains { $0.contains("/spill/") }, "\(everything())")
        }
        for restart in [true, false] {
            try write("one")
            try crash()
            // Another document of the name can't go on from there either.
            if !restart { try write("two") }
            let again = try Shell.run(Installation.binary, ["pipeline", "run", "-f", "\(directory)/left.yaml", "--root", directory] + (restart ? ["--restart"] : []))
            #expect(again.status == 0, "\(again.all)")
            #expect(everything() == [restart ? "one.csv.gz" : "two.csv.gz"], "\(everything())")
            try FileManager.default.removeItem(atPath: "\(directory)/out")
        }
    }
}
