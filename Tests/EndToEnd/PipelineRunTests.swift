import Foundation
import Kernel
import TestSupport
import Testing

/// What a user does with runs on a server: pauses, cancels, runs again what was corrected, lets pipelines follow each other and watch a directory.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineRunTests {
    /// A few seconds of work, in many batches.
    private static let toil = 30_000

    @Test func runsArePausedResumedAndCancelledAndMeetByTheirPolicy() throws {
        let installation = try Installation("runs")
        defer { installation.tearDown() }
        installation.environment["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] = "1"
        try installation.start()
        try installation.writeInput("in/slow.csv", Documents.rows(0..<2000))
        let (endless, held) = (try installation.makeGate("in/endless-gate.csv"), try installation.makeGate("in/gate.csv"))
        // One that ends by itself after some seconds, and one that doesn't before it is told to.
        try installation.apply(
            Documents.slowPipeline("slow", toil: Self.toil, more: "  concurrencyPolicy: Allow") + Documents.slowPipeline("endless", toil: 1, more: "  concurrencyPolicy: Allow"))
        try installation.apply(Documents.run("paused", "slow", ", parameters: {to: paused}"))
        try waitUntil("run paused writes", every: 20) { installation.hiddenBytes("out", containing: "paused") > 0 }
        try installation.patchRun("paused", #"{"suspend":true}"#)
        try installation.apply(Documents.run("reference", "slow", ", parameters: {to: reference}") + Documents.run("cancelled", "endless", ", parameters: {to: cancelled, from: endless-gate}"))
        // Under way: progress, depth of channels and rate are to be seen.
        var metrics = ""
        endless.write("id,name\n")
        try waitUntil("metrics show the run under way") {
            endless.write((0..<4000).map { "\($0),a\n" }.joined())
            metrics = try installation.metrics()
            return metrics.contains(#"millwright_pipeline_run_rows_per_second{namespace="default",pipeline="endless",run="cancelled"}"#)
        }
        for name in ["run_rows{@,kind=\"read\"}", "channel_depth{@,channel=\"sum\"}", "channel_capacity{@,channel=\"sum\"} 4", "run_retries{@} 0"].map({ $0.replacingOccurrences(of: "@", with: #"namespace="default",pipeline="endless",run="cancelled""#) }) {
            #expect(metrics.contains("millwright_pipeline_\(name)"), "\(name): \(metrics.split(separator: "\n").filter { $0.hasPrefix("millwright_pipeline") }.joined(separator: "\n"))")
        }

        // The same in the status, at most five seconds old.
        try waitUntil("the status shows the run under way") { try installation.get("dpr", "cancelled")?["status"]?["progress"]?["rowsRead"]?.int ?? 0 > 0 }
        try installation.patchRun("cancelled", #"{"cancel":true}"#)
        let paused = try installation.waitForRun("paused", ["Paused"])
        let read = paused["progress"]?["rowsRead"]?.int ?? 0, percent = paused["progress"]?["percent"]?.int ?? -1
        #expect(read > 0 && read < 2000 && paused["progress"]?["rowsWritten"]?.int == read && percent >= 0 && percent <= 100, "\(paused.text)")
        #expect(paused["checkpoint"]?["inputOffset"]?.int ?? 0 > 0 && paused["conditions"]?.array?.contains { $0["type"] == "Reconciling" && $0["reason"] == "Paused" } == true, "\(paused.text)")
        let cancelled = try installation.waitForRun("cancelled", ["Cancelled"])
        #expect(cancelled["conditions"]?.array?.contains { $0["type"] == "Stalled" && $0["reason"] == "Cancelled" } == true, "\(cancelled.text)")
        #expect(!installation.files("out").contains { $0.contains("cancelled") }, "\(installation.files("out"))")
        #expect(!installation.files("out").contains("paused.csv") && installation.hiddenBytes("out", containing: "paused") > 0)

        try installation.patchRun("paused", #"{"suspend":false}"#)
        // Replace: the later takes the earlier one's place. Forbid: it waits, and says for whom.
        try installation.apply(Documents.slowPipeline("replace", toil: 1, more: "  concurrencyPolicy: Replace") + Documents.slowPipeline("forbid", toil: 1))
        try installation.apply(["replace-1", "forbid-1"].map { Documents.run($0, String($0.dropLast(2)), ", parameters: {from: gate}") }.joined())
        for name in ["replace-1", "forbid-1"] { try installation.waitForRun(name, ["Running"]) }
        try installation.apply(["replace-2", "forbid-2"].map { Documents.run($0, String($0.dropLast(2)), ", parameters: {from: gate}") }.joined())
        let resumed = try installation.waitForRun("paused", ["Succeeded", "Failed"])
        try installation.waitForRun("reference", ["Succeeded", "Failed"])
        #expect(resumed["phase"] == "Succeeded" && resumed["progress"]?["rowsRead"] == 2000 && resumed["progress"]?["percent"] == 100 && resumed["attempts"] == 2, "\(resumed.text)")
        let expected = try #require(installation.output("out/reference.csv"))
        #expect(installation.output("out/paused.csv") == expected && expected.count > 2000 * 20)
        // What was said of runs under way has gone with them; their rows add up.
        try waitUntil("no metrics of a run that has ended") {
            metrics = try installation.metrics()
            return !metrics.contains(#"run="paused""#) && !metrics.contains(#"run="reference""#) && metrics.contains(#"millwright_pipeline_runs_total{namespace="default",pipeline="slow",outcome="Succeeded"} 2"#)
        }
        #expect(metrics.contains(#"millwright_pipeline_rows_total{namespace="default",pipeline="slow",kind="read"}"#))

        try installation.waitForRun("replace-1", ["Cancelled"])
        try installation.waitForRun("replace-2", ["Running"])
        try waitUntil("the second one says for whom it waits") {
            let ready = try installation.runCondition("Ready", of: "forbid-2")
            return ready?.reason == "Waiting" && ready?.message.contains("run forbid-1 to end (concurrencyPolicy Forbid)") == true
        }
        try installation.patchRun("forbid-1", #"{"cancel":true}"#)
        try installation.waitForRun("forbid-2", ["Running"])
        // Deleted while it runs: first the worker ends and its files go, then the object.
        #expect(try installation.kubectl(["delete", "dpr", "forbid-2", "replace-2"]).status == 0)
        #expect(installation.workers.isEmpty && !installation.files("out").contains { $0.hasPrefix(".") }, "\(installation.files("out"))")
        #expect(installation.files("../.millwright/runs").isEmpty, "the directories of ended runs go")
        withExtendedLifetime((endless, held)) {}
    }

    @Test func whatFailedRunsAgainByTheCorrectedPipelineAndPipelinesFollowEachOther() throws {
        let installation = try Installation("again")
        let warehouse = try PlainPostgres()
        defer {
            installation.tearDown()
            warehouse.remove()
        }
        installation.environment["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] = "1"
        try installation.start()
        try installation.writeInput("in/rows.csv", Documents.rows(0..<3000))
        func pipeline(_ name: String, _ script: String, constraint: String = "self >= 0", more: String = "") -> String {
            """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: \(name)}
            spec:
              source: {delimited: {path: in/rows.csv, columns: [{name: id, type: integer, constraint: "\(constraint)"}]}}
              steps: [{name: work, javascript: {columns: [id, twice], source: "function transform(row, ctx) { \(script); return row }"}}]
            \(more.isEmpty ? "  outputs: [{name: out, delimited: {path: out/\(name).csv}}]" : more)
            ---

            """
        }
        let deadLetters = "  outputs: [{name: out, delimited: {path: out/letters.csv}}]\n  errors: {policy: DeadLetter, deadLetter: {path: out/dead.csv}}"
        let table = "  outputs: [{name: out, postgresql: {connectionSecretRef: {name: warehouse}, table: rows, mode: Append}}]"
        try installation.apply(
            pipeline("script", "row.twice = row.id > 2000 ? row.no.such : row.id * 2") + pipeline("letters", "row.twice = row.id * 2", constraint: "self % 100 != 7", more: deadLetters)
                + pipeline("table", "row.twice = row.id * 2", more: table)
                + pipeline("first", "row.twice = row.id", more: "  outputs: [{name: out, delimited: {path: out/first.csv}}]\n  onSuccess: [{pipelineRef: {name: second}}]")
                + pipeline("second", "row.twice = 1"))
        try installation.apply(Documents.run("script-1", "script") + Documents.run("letters-1", "letters") + Documents.run("table-1", "table") + Documents.run("first-1", "first"))

        // The failure says what, where and what to do, in the condition and in the columns.
        let failed = try installation.waitForRun("script-1", ["Failed", "Succeeded"])
        let ready = try installation.runCondition("Ready", of: "script-1")
        #expect(ready?.reason == "ScriptFailed" && ready?.message.contains("row 2002") == true && ready?.message.contains("in/rows.csv") == true && ready?.message.contains("Correct the script") == true, "\(failed.text)")
        let first = failed["errors"]?[0]
        #expect(first?["severity"] == "Fatal" && first?["category"] == "Script" && first?["row"] == 2002 && first?["step"] == "work" && first?["line"] == 1, "\(failed.text)")
        #expect(try installation.kubectl(["get", "dpr", "script-1"]).output.contains("ScriptFailed"))
        #expect(installation.output("out/script.csv") == nil)
        try installation.apply(pipeline("script", "row.twice = row.id * 2"))
        try installation.apply(Documents.run("script-2", "script", ", replay: {runRef: {name: script-1}, rows: Failed}"))
        let again = try installation.waitForRun("script-2", ["Failed", "Succeeded"])
        #expect(again["phase"] == "Succeeded" && again["pipelineGeneration"] == 2 && again["resumedFrom"]?["run"] == "script-1" && again["resumedFrom"]?["pipelineGeneration"] == 1, "\(again.text)")
        // Only what is behind the checkpoint: the failed run's last one, a few batches before the row.
        let offset = again["resumedFrom"]?["inputOffset"]?.int ?? 0
        #expect(again["resumedFrom"]?["rows"] == "Rest" && offset > 1000 && again["conditions"]?.array?.contains { $0["message"]?.string?.contains("behind byte \(offset)") == true } == true, "\(again.text)")
        #expect(!installation.files("out").contains { $0.hasPrefix(".script") }, "\(installation.files("out"))")
        let rows = try #require(installation.output("out/script.csv").map { String(decoding: $0, as: UTF8.self) }).split(separator: "\n")
        #expect(rows.count == 3001 && rows[2500].hasSuffix(",4998"), "\(rows.count)")

        // Dead letters by the corrected rule: they alone, beside what the first run wrote.
        let letters = try installation.waitForRun("letters-1", ["Failed", "Succeeded"])
        #expect(letters["progress"]?["rowsRejected"] == 30 && letters["progress"]?["rowsWritten"] == 2970, "\(letters.text)")
        try installation.apply(pipeline("letters", "row.twice = row.id * 2", more: deadLetters))
        try installation.apply(Documents.run("letters-2", "letters", ", replay: {runRef: {name: letters-1}}"))
        let replayed = try installation.waitForRun("letters-2", ["Failed", "Succeeded"])
        #expect(replayed["phase"] == "Succeeded" && replayed["progress"]?["rowsWritten"] == 30 && replayed["pipelineGeneration"] == 2, "\(replayed.text)")
        #expect(installation.output("out/letters.letters-2.csv").map { String(decoding: $0, as: UTF8.self).split(separator: "\n").count } == 31)

        // One pipeline after the other, once.
        try waitUntil("the second pipeline has run") { try installation.get("dp", "second")?["status"]?["runs"]?["succeeded"] == 1 }
        let followers = try installation.get("dpr")?["items"]?.array?.filter { $0["spec"]?["pipelineRef"]?["name"] == "second" } ?? []
        #expect(followers.count == 1 && followers[0]["metadata"]?["annotations"]?["millwright.dev/cause"] == "run/first-1", "\(followers.map(\.text))")

        // A Secret that is missing is waited for; a database that is away as well, with growing pauses that the status counts.
        try waitUntil("the missing Secret is said") { try installation.runCondition("Ready", of: "table-1")?.reason == "ConfigMissing" }
        try warehouse.run("CREATE TABLE rows (id bigint, name text, twice bigint)")
        warehouse.kill()
        try installation.apply("apiVersion: v1\nkind: Secret\nmetadata: {name: warehouse}\nstringData: {url: \"\(warehouse.url)\"}\n")
        var waiting: JSON?
        try waitUntil("the status counts what is tried again") {
            waiting = try installation.get("dpr", "table-1")?["status"]
            return waiting?["retries"]?.int ?? 0 >= 1
        }
        let message = waiting?["conditions"]?.array?.first { $0["type"] == "Ready" }?["message"]?.string ?? ""
        #expect(message.contains("tries again by itself, with growing pauses: output out can't be written to table public.rows"), "\(waiting?.text ?? "")")
        try warehouse.start()
        let loaded = try installation.waitForRun("table-1", ["Failed", "Succeeded"])
        #expect(loaded["phase"] == "Succeeded" && loaded["attempts"] == 1 && loaded["retries"]?.int ?? 0 >= 1, "\(loaded.text)")
        #expect(try warehouse.run("SELECT count(*), sum(twice) FROM rows") == "3000|\(2999 * 3000)")
    }

    @Test func aWatchedDirectoryGivesEachSettledFileToOneRun() throws {
        let installation = try Installation("watch")
        defer { installation.tearDown() }
        try installation.start()
        // Applied before there is a file: which columns there are nobody knows yet, so it waits for one.
        try installation.apply(
            """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: watched}
            spec:
              source: {delimited: {path: in/*.csv, columns: [{name: id, type: integer}]}}
              steps: [{name: named, filter: {expression: "row.name != ''"}}]
              outputs: [{name: out, delimited: {path: out/watched.csv}}]
              trigger: {watch: {settle: 1s}}
              successfulRunsHistoryLimit: 2
            """)
        func succeeded() throws -> Int64 { try installation.get("dp", "watched")?["status"]?["runs"]?["succeeded"]?.int ?? 0 }
        func inputs() throws -> [String] {
            let runs = try installation.get("dpr")?["items"]?.array ?? []
            return runs.compactMap { $0["metadata"]?["annotations"]?["millwright.dev/inputs"]?.string }.map { ($0 as NSString).lastPathComponent }.sorted()
        }
        try waitUntil("it is valid") { try installation.get("dp", "watched")?["status"]?["conditions"]?.array?.contains { $0["type"] == "Valid" && $0["status"] == "True" } == true }
        try installation.writeInput("in/a.csv", Documents.rows(0..<10))
        try waitUntil("the first file is taken") { try succeeded() == 1 }
        // A file that still grows is left alone; the others go.
        let growing = "\(installation.pipelineDirectory)/in/growing.csv"
        FileManager.default.createFile(atPath: growing, contents: Data(Documents.rows(0..<1).utf8))
        let handle = try #require(FileHandle(forWritingAtPath: growing))
        try installation.writeInput("in/b.csv", Documents.rows(10..<20))
        try waitUntil("the second file is taken", every: 20) {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("1,x\n".utf8))
            return try succeeded() == 2
        }
        let taken = try inputs()
        #expect(!taken.joined().contains("growing"), "\(taken)")
        try handle.close()
        try waitUntil("the file that has settled is taken") { try succeeded() == 3 }
        // Of Millwright's own runs two are kept.
        try waitUntil("the oldest run is forgotten") { try inputs().count == 2 }
        // Another life takes nothing twice: a file that comes now is the only one of its run.
        installation.killHard()
        try installation.start()
        try installation.writeInput("in/c.csv", Documents.rows(20..<25))
        try waitUntil("the file that came later is taken") { try succeeded() == 4 }
        let last = try installation.get("dp", "watched")?["status"]?["lastRun"]?.string ?? ""
        let status = try installation.waitForRun(last, ["Succeeded"])
        #expect(status["progress"]?["rowsRead"] == 5 && status["inputs"]?.array?.count == 1, "\(status.text)")
        // The same name with other content is another file.
        try installation.writeInput("in/c.csv", Documents.rows(20..<27))
        try waitUntil("the changed file is taken") { try succeeded() == 5 }
    }
}
