import Foundation
import Kernel
import TestSupport
import Testing

/// What a server says of pipelines before they run, and of runs that can't be what their author meant: read with kubectl, as he would.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineWarningTests {
    private func pipeline(_ name: String, _ source: String, steps: String = "[]", more: String = "") -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: \(name)}
        spec:
          source: {delimited: \(source)}
          steps: \(steps)
          outputs: [{name: o, delimited: {path: out/\(name).csv}}]
        \(more)
        ---

        """
    }

    private func condition(_ installation: Installation, _ type: String, of pipeline: String) throws -> Condition? {
        try installation.get("dp", pipeline)?["status"]?["conditions"]?.array?.compactMap { Condition($0) }[type]
    }

    private func waitForReason(_ installation: Installation, _ pipeline: String, _ reason: String) throws -> String {
        var found: Condition?
        do {
            try waitUntil("pipeline \(pipeline) is \(reason)", seconds: 60) {
                found = try condition(installation, "Valid", of: pipeline)
                return found?.reason == reason
            }
        } catch let error as NeverHappened { throw NeverHappened(what: "\(error.what); it is \(found?.reason ?? "nothing"): \(found?.message ?? "")", seconds: error.seconds) }
        return found?.message ?? ""
    }

    @Test func whatValidateWarnsOfStandsInThePipelinesConditions() throws {
        let installation = try Installation("warnings")
        defer { installation.tearDown() }
        try installation.start()
        try installation.writeInput("in/semi.csv", "id;qty\n1;2\n")
        try installation.writeInput("in/a.csv", "id,qty\n1,2\n")
        let filter = "[{name: f, filter: {expression: \"(row.qty > 1\"}}]"
        try installation.apply(
            pipeline("semi", "{path: in/semi.csv}")
                + pipeline("script", "{path: in/a.csv}", steps: "[{name: j, javascript: {source: \"function transform(row) {\\n  if (row.qtyy) row.x = 1\\n  return row }\"}}]")
                + pipeline("shared", "{path: in/a.csv}", more: "  concurrencyPolicy: Allow")
                + pipeline("plain", "{path: in/a.csv}")
                // Without its input only what its columns could put right is borne.
                + pipeline("early", "{path: in/later.csv, columns: [{name: id}]}", steps: "[{name: f, filter: {expression: \"row.qty != ''\"}}]")
                + pipeline("bracket", "{path: in/later.csv, columns: [{name: qty, type: integer}]}", steps: filter)
                + pipeline("circle", "{path: in/a.csv}", more: "  onSuccess: [{pipelineRef: {name: circle}}]")
                + pipeline("pipe", "{path: \"-\"}")
                + pipeline("example", "{path: in/a.csv}", more: "  tests: [{name: t, input: {qtyy: \"2\"}, expect: {qty: \"2\"}}]"))
        #expect(try waitForReason(installation, "semi", "AcceptedWithWarnings").contains("Set delimiter: \";\""))
        #expect(try waitForReason(installation, "script", "AcceptedWithWarnings").contains("did you mean qty? (column qtyy, step j, line 2)"))
        #expect(try waitForReason(installation, "shared", "AcceptedWithWarnings").contains("${ run.name }"))
        #expect(try waitForReason(installation, "plain", "Accepted").isEmpty)
        #expect(try waitForReason(installation, "early", "Accepted").isEmpty)
        #expect(try waitForReason(installation, "bracket", "InvalidExpression").contains("is never closed"))
        #expect(try waitForReason(installation, "example", "InvalidSpec").contains("did you mean qty?"))
        #expect(try waitForReason(installation, "circle", "InvalidSpec").contains("each of its runs would begin another"))
        #expect(try waitForReason(installation, "pipe", "PathRefused").contains("standard input is only for 'millwright pipeline run'"))
        // Where people look.
        let table = try installation.kubectl(["get", "dp", "semi", "-o", "wide"]).output
        #expect(table.contains("True") && table.contains("ready to run, with 1 warning: see condition Valid"), "\(table)")
        #expect(try installation.kubectl(["describe", "dp", "semi"]).output.contains("the input is read as one column"))
        // Put right, it is forgotten.
        try installation.apply(pipeline("semi", "{path: in/semi.csv, delimiter: \";\"}"))
        #expect(try waitForReason(installation, "semi", "Accepted").isEmpty)

        // Runs that name what isn't there, or what is another's.
        try installation.apply(Documents.run("first", "plain"))
        try installation.waitForRun("first", ["Succeeded"])
        try installation.apply(
            Documents.run("other", "script", ", replay: {runRef: {name: first}}") + Documents.run("nobody", "plain", ", replay: {runRef: {name: frist}}")
                + Documents.run("parameter", "plain", ", parameters: {day: x}"))
        for (run, words) in [("other", "run first is one of pipeline plain"), ("nobody", "there is no run frist in namespace default"), ("parameter", "is not a parameter of the pipeline")] {
            try installation.waitForRun(run, ["Failed"])
            #expect(try installation.runCondition("Ready", of: run)?.message.contains(words) == true, "\(run)")
        }
    }

    /// A directory that root made is none for a worker: the command that helps names a directory that is there.
    @Test(.enabled(if: geteuid() == 0)) func aDirectoryOfRootIsToldWithTheCommandThatHelps() throws {
        let installation = try Installation("rootdir")
        defer { installation.tearDown() }
        try FileManager.default.createDirectory(atPath: "\(installation.pipelineDirectory)/in", withIntermediateDirectories: true)
        try "id,qty\n1,2\n".write(toFile: "\(installation.pipelineDirectory)/in/a.csv", atomically: true, encoding: .utf8)
        try installation.start()
        try installation.apply(pipeline("p", "{path: in/a.csv}") + Documents.run("refused", "p"))
        try installation.waitForRun("refused", ["Failed"])
        let message = try installation.runCondition("Ready", of: "refused")?.message ?? ""
        let command = "chown \(Installation.worker):\(Installation.worker) \(installation.pipelineDirectory)"
        #expect(message.contains(command + ".") && !message.contains(command + "/"), "\(message)")
        #expect(try Shell.run("/bin/sh", ["-c", command]).status == 0)
        try installation.apply(Documents.run("let-in", "p"))
        try installation.waitForRun("let-in", ["Succeeded"])
    }
}
