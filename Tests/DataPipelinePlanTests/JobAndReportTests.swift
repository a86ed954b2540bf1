import Foundation
import Kernel
import PipelineJobs
import PipelineReports
import Resources
import Testing
@testable import DataPipelinePlan

@Suite struct JobAndReportTests {
    @Test func aJobReadsAsItWasWritten() throws {
        var job = WorkerJob(runID: "r", pipeline: "p", startMicroseconds: 5, spec: ["a": 1], baseDirectory: "/b", workDirectory: "/w")
        #expect(WorkerJob(try JSONParser.parse(job.json.text)) == job)
        job.purpose = .profile
        job.parameters = ["day": "1"]
        job.texts = ["c/k": "function"]
        job.connections = ["db": "url"]
        job.allowedPrefixes = ["/b", "/c"]
        job.inputFiles = ["x", "y"]
        job.inputOverride = "-"
        job.outputOverride = "/o"
        job.outputSuffix = "replay"
        job.runName = "orders-x7f2"
        job.replay = .init(path: "/d", hash: "xxh3:1", columns: ["a"], isUndecoded: true)
        job.seedID = "r0"
        job.keepsCheckpointOfFailure = true
        job.settledLoads = ["r1", "r2"]
        job.clearsAway = true
        job.checkpoints = .parent([1, 2, 3])
        job.checkpointsEveryBatch = true
        job.threads = 3
        job.rowLimit = 9
        job.limits.memory = 1
        job.limits.processor = 2
        job.limits.openFiles = 3
        job.limits.fileSize = 4
        job.limits.user = (65534, 65533)
        #expect(WorkerJob(try JSONParser.parse(job.json.text)) == job)
        job.checkpoints = .parent(nil)
        #expect(WorkerJob(job.json) == job)
        job.checkpoints = .file("/c")
        #expect(WorkerJob(job.json) == job)
        #expect(WorkerJob(["runID": "r"]) == nil)
    }

    @Test func messagesReadAsTheyWereWritten() throws {
        let messages: [WorkerMessage] = [
            .started(pid: 1, inForce: ["a"]), .progress(["x": 1]), .checkpoint(number: 7, bytes: [0, 255], bytesRead: 9, rows: ["rowsRead": 3]), .problem(["what": "x"]), .log(["a", "b"]),
            .finished(report: ["outcome": "Succeeded"], isTransient: true), .tests([["name": "a"]]),
        ]
        for message in messages { #expect(WorkerMessage(try JSONParser.parse(message.json.text)) == message) }
        for command in [WorkerCommand.pause, .cancel, .acknowledge(number: 3, isRefused: true)] { #expect(WorkerCommand(command.json) == command) }
        #expect(WorkerMessage(["type": "else"]) == nil && WorkerCommand(["command": "else"]) == nil)
    }

    private static func declared(_ parameters: JSON) throws -> [PipelineParameter] {
        try DataPipelineSpec([
            "parameters": parameters, "source": ["delimited": ["path": "a"]], "outputs": [["name": "o", "delimited": ["path": "b"]]],
        ]).parameters
    }

    @Test func parametersAreCompletedAndChecked() throws {
        let declared = try Self.declared([["name": "day", "type": "date", "default": "2026-11-20"], ["name": "n", "type": "integer"]])
        #expect(try ParameterValues(declared, given: ["n": "3"])["day"] == "2026-11-20")
        for (given, words) in [
            ([:], "parameters.n: must be given"), (["n": "x"], "whole number"), (["n": "1", "day": "soon"], "a date"), (["n": "1", "m": "2"], "it has day, n"),
        ] as [([String: String], String)] {
            do throws(InvalidResource) {
                _ = try ParameterValues(declared, given: given)
                Issue.record("\(given) is taken")
            } catch { #expect("\(error)".contains(words), "\(error)") }
        }
    }

    @Test func theStatusHasTheHashesThatTheReportHas() {
        let file: JSON = ["name": "o", "path": "a.csv", "bytes": 4, "rows": 1, "hash": "xxh3:00", "sha256": "sha256:11"]
        let report: JSON = ["inputs": [file], "outputs": [file]]
        #expect(RunProgress.inputs(report)?[0]?["sha256"] == "sha256:11" && RunProgress.outputs(report)?[0]?["sha256"] == "sha256:11")
        #expect(RunProgress.inputs(["inputs": [["path": "b"]]])?[0]?["sha256"] == nil)
    }

    @Test func aReportShowsTheBooksAndEscapesWhatItQuotes() {
        var facts = RunReport.Facts(
            pipeline: "<b>orders", namespace: "n", run: "r", version: "1", revision: "abc", started: Timestamp(seconds: 0), ended: Timestamp(seconds: 2), attempts: 1)
        facts.parameters = ["day": "2026-11-20"]
        let report = RunReport(
            facts,
            worker: [
                "outcome": "Succeeded", "balanced": true, "bytesRead": 5_000_000, "elapsedNanoseconds": 2_000_000_000,
                "rows": ["rowsRead": 2_000_000, "rowsWritten": 1_900_000, "rowsFiltered": 99_998, "rowsDeadLettered": 2, "rowsSkipped": 0, "rowsMerged": 0, "rowsAdded": 0],
                "inputs": [["path": "in,1.csv", "bytes": 5_000_000, "hash": "xxh3:00"]], "outputs": [["name": "o", "path": "out.csv", "rows": 1_900_000, "bytes": 4]],
                "steps": [["name": "s", "rowsIn": 5, "rowsOut": 5, "nanoseconds": 7]],
                "errors": [["severity": "error", "category": "data", "what": "a \"quote\"", "why": "<script>", "fix": "x", "where": ["row": 7]]],
            ])
        #expect(report.balance == "2,000,000 rows in = 1,900,000 written + 99,998 filtered + 2 dead letters")
        #expect(report.rowsPerSecond == 1_000_000)
        #expect(report.html.contains("it adds up") && report.html.contains("&lt;script&gt;") && !report.html.contains("<script>") && report.html.contains("&lt;b&gt;orders"))
        #expect(report.csv.contains("input,\"in,1.csv\",bytes,5000000") && report.csv.contains("\"a \"\"quote\"\"\""))
        #expect(report.json["durationSeconds"]?.double == 2)
    }

    /// What isn't to be seen yet isn't called written, and the books balance also on the way.
    @Test func aRunThatHasNotSucceededHasWrittenNothing() {
        let facts = RunReport.Facts(pipeline: "p", run: "r", version: "1", revision: "a", started: Timestamp(seconds: 0), ended: Timestamp(seconds: 1), attempts: 1)
        let paused = RunReport(facts, worker: ["outcome": "Paused", "rows": ["rowsRead": 10, "rowsWritten": 1, "rowsFiltered": 2]])
        #expect(paused.balance == "10 rows in = 1 not committed + 2 filtered + 7 under way" && !paused.isAllRejected)
        let rejected = RunReport(facts, worker: ["outcome": "Succeeded", "rows": ["rowsRead": 3, "rowsDeadLettered": 2, "rowsSkipped": 1]])
        #expect(rejected.balance == "3 rows in = 0 written + 2 dead letters + 1 skipped" && rejected.isAllRejected)
    }

    @Test func figuresAreAsPeopleReadThem() {
        #expect(Figures.grouped(-1_234_567) == "-1,234,567" && Figures.grouped(0) == "0" && Figures.grouped(999) == "999")
        #expect(Figures.short(1_620_000) == "1.62 M" && Figures.bytes(221_300_000) == "221.3 MB" && Figures.seconds(0.085) == "85 ms" && Figures.seconds(200) == "3m20s")
        #expect(Figures.fixed(0.05, 1) == "0.1" && Figures.fixed(-1.25, 1) == "-1.3" && Figures.fixed(.nan, 2) == "?")
    }

    /// A new reason is written into the contract.
    @Test func theListsOfReasonsAreWhatTheTypesHave() throws {
        var words: Set<String> = []
        for kind in ["datapipelines", "datapipelineruns"] {
            let text = try String(contentsOf: URL(fileURLWithPath: "crds/millwright.dev_\(kind).yaml"), encoding: .utf8)
            words.formUnion(text.split(whereSeparator: { !$0.isLetter }).map(String.init))
        }
        for reason in PipelineReason.allCases { #expect(words.contains(reason.rawValue), "crds/ don't list the reason \(reason.rawValue)") }
    }
}
