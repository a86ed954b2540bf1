import Foundation
import Kernel
import TestSupport
import Testing

/// Pipelines on the whole of Millwright: the samples applied with kubectl, runs by hand, by watch, killed with everything else, paused, replayed.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineServerTests {
    private func phase(_ installation: Installation, _ run: String) throws -> String? { try installation.get("dpr", run)?["status"]?["phase"]?.string }

    private func waitFor(_ installation: Installation, _ run: String, _ phases: Set<String>, seconds: Int = 120) throws {
        do { try waitUntil("run \(run) is \(phases.sorted().joined(separator: " or "))", seconds: seconds) { phases.contains(try phase(installation, run) ?? "") } } catch let error as NeverHappened {
            throw NeverHappened(what: "\(error.what); it is \(try installation.get("dpr", run)?["status"]?.text ?? "gone")", seconds: error.seconds)
        }
    }

    private func run(_ name: String, _ pipeline: String, _ more: String = "") -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipelineRun
        metadata: {name: \(name)}
        spec: {pipelineRef: {name: \(pipeline)}\(more)}
        """
    }

    @Test func samplesRunAndARunOutlivesEverybody() throws {
        let installation = try Installation("pipelines")
        defer { installation.tearDown() }
        try installation.start()
        let root = "\(installation.dataDirectory)/pipelines/default"
        try installation.makePipelineDirectory()
        try FileManager.default.copyItem(atPath: "manifests/pipelines/data", toPath: "\(root)/data")
        for name in ["orders", "readings", "customers", "schedule", "run"] {
            try installation.apply(try String(contentsOfFile: "manifests/pipelines/\(name).yaml", encoding: .utf8))
        }
        try waitFor(installation, "orders-by-hand", ["Succeeded", "Failed"])
        let status = try installation.get("dpr", "orders-by-hand")?["status"]
        #expect(status?["phase"] == "Succeeded" && status?["progress"]?["rowsRead"] == 400 && status?["progress"]?["rowsRejected"] == 4, "\(status?.text ?? "")")
        let report = status?["reportRef"]?["path"]?.string ?? ""
        #expect(FileManager.default.fileExists(atPath: report + "/report.html"))

        // The watched one has taken its file by itself, once.
        try waitUntil("a run of readings has succeeded") { try installation.get("dp", "readings")?["status"]?["runs"]?["succeeded"] == 1 }
        #expect(FileManager.default.fileExists(atPath: "\(root)/out/summary.csv"))
        // The schedule knows its next time, by the clock of Berlin.
        try waitUntil("the schedule waits") { try installation.get("runschedule", "orders-daily")?["status"]?["nextScheduleTime"] != nil }

        // The dead letters again, mended by a looser rule: only they.
        try installation.apply(run("again", "orders", ", replay: {runRef: {name: orders-by-hand}}"))
        try waitFor(installation, "again", ["Succeeded", "Failed"])
        let again = try installation.get("dpr", "again")?["status"]
        #expect(again?["progress"]?["rowsRead"] == 4, "\(again?.text ?? "")")

        // A long run, and kill -9 of everything in the middle.
        var text = "id,name\n"
        for row in 0..<600_000 { text += "\(row),name of row \(row)\n" }
        try text.write(toFile: "\(root)/data/long.csv", atomically: true, encoding: .utf8)
        try installation.apply(
            """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: long}
            spec:
              source: {delimited: {path: data/long.csv, columns: [{name: id, type: integer, unique: true}]}}
              steps: [{name: half, filter: {expression: "row.id % 2 == 0"}}]
              outputs: [{name: out, delimited: {path: out/long.csv}}]
            """)
        try installation.apply(run("long", "long"))
        try waitFor(installation, "long", ["Running", "Succeeded"])
        installation.killHard()
        try installation.start()
        try waitFor(installation, "long", ["Succeeded", "Failed"], seconds: 180)
        let long = try installation.get("dpr", "long")?["status"]
        #expect(long?["phase"] == "Succeeded" && long?["progress"]?["rowsWritten"] == 300_000, "\(long?.text ?? "")")
        let written = try String(contentsOfFile: "\(root)/out/long.csv", encoding: .utf8)
        #expect(written.utf8.count == text.split(separator: "\n").enumerated().filter { $0.offset == 0 || ($0.offset - 1) % 2 == 0 }.reduce(0) { $0 + $1.element.utf8.count + 1 })

        // Paths that lead out are refused, with the way out.
        try installation.apply(
            """
            apiVersion: millwright.dev/v1alpha1
            kind: DataPipeline
            metadata: {name: outside}
            spec:
              source: {delimited: {path: /etc/passwd, delimiter: ":", header: false, columns: [{name: user}]}}
              outputs: [{name: out, delimited: {path: out/stolen.csv}}]
            """)
        try waitUntil("the path is refused") {
            try installation.get("dp", "outside")?["status"]?["conditions"]?.array?.contains { $0["type"] == "Valid" && $0["reason"] == "PathRefused" } == true
        }
        // Cancelled before it began, and one without a pipeline.
        try installation.apply(run("never", "orders", ", cancel: true"))
        try waitFor(installation, "never", ["Cancelled"])
        try installation.apply(run("orphan", "nothing"))
        try waitUntil("the missing pipeline is said") {
            try installation.get("dpr", "orphan")?["status"]?["conditions"]?.array?.contains { $0["reason"] == "PipelineMissing" } == true
        }
        #expect(try installation.stop() == 0)
    }
}
