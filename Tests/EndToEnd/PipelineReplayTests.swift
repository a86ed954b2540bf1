import Foundation
import Kernel
import TestSupport
import Testing

/// `replay.rows Failed`: only what failed, with the bytes that an undisturbed run would have written.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct PipelineReplayTests {
    private static let rows = 2000

    private func pipeline(_ name: String, _ script: String, _ errors: String) -> String {
        """
        apiVersion: millwright.dev/v1alpha1
        kind: DataPipeline
        metadata: {name: \(name)}
        spec:
          source: {delimited: {path: in/rows.csv, columns: [{name: id, type: integer, constraint: "self % 100 != 7"}]}}
          steps:
          - name: script
            javascript:
              columns: [id, value, seen]
              source: "function transform(row, ctx) { \(script); return row }"
          - {name: sorted, sort: {keys: [{column: name}]}}
          outputs: [{name: out, delimited: {path: out/\(name).csv}}, {name: packed, delimited: {path: out/\(name)-packed.csv.gz}}]
          errors: {\(errors), deadLetter: {path: out/\(name)-dead.csv}}
        ---

        """
    }

    @Test func onlyWhatFailedRunsAgainWithTheSameBytes() throws {
        let installation = try Installation("replay")
        defer { installation.tearDown() }
        installation.environment["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] = "1"
        try installation.start()
        try installation.writeInput("in/rows.csv", Documents.rows(0..<Self.rows))
        // What hangs on all rows before, on the row's number and on the clock.
        let good = "ctx.state.n = (ctx.state.n || 0) + row.id % 13; row.seen = ctx.state.n; row.value = row.id; if (row.id % 3 == 0) ctx.send('packed', row)"
        let chance = "const chance = `${Math.random()}-${Date.now()}`"
        try installation.apply(
            pipeline("budget", good, "policy: DeadLetter, budget: {rows: 15}") + pipeline("reference", good, "policy: DeadLetter")
                + pipeline("throws", "if (row.id == 1700) throw new Error('no'); \(good)", "policy: Fail").replacingOccurrences(of: ", constraint: \"self % 100 != 7\"", with: "")
                + pipeline("whole", good, "policy: Fail").replacingOccurrences(of: ", constraint: \"self % 100 != 7\"", with: "")
                + pipeline("chance", "\(chance); if (row.id % 50 == 3) throw new Error(`<${chance}>`)", "policy: DeadLetter"))
        for name in ["budget", "reference", "throws", "whole", "chance"] { try installation.apply(Documents.run("\(name)-1", name)) }
        func ended(_ run: String, _ phase: String) throws -> JSON {
            let status = try installation.waitForRun(run, ["Succeeded", "Failed"])
            #expect(status["phase"]?.string == phase, "\(run): \(status.text)")
            return status
        }
        let exceeded = try ended("budget-1", "Failed")
        #expect(exceeded["conditions"]?.array?.contains { $0["reason"] == "BudgetExceeded" } == true, "\(exceeded.text)")
        // Its dead letters are there to be looked at, although more may follow.
        #expect(try #require(installation.output("out/budget-dead.csv")).split(separator: 0x0A).count > 10)
        #expect(installation.output("out/budget.csv") == nil)
        for run in ["reference-1", "whole-1", "chance-1"] { _ = try ended(run, "Succeeded") }
        _ = try ended("throws-1", "Failed")

        try installation.apply(
            pipeline("budget", good, "policy: DeadLetter, budget: {rows: 1000}")
                + pipeline("throws", good, "policy: Fail").replacingOccurrences(of: ", constraint: \"self % 100 != 7\"", with: "") + pipeline("chance", "\(chance); row.value = chance", "policy: DeadLetter"))
        for name in ["budget", "throws", "chance"] { try installation.apply(Documents.run("\(name)-2", name, ", replay: {runRef: {name: \(name)-1}, rows: Failed}")) }
        for (name, reference) in [("budget", "reference"), ("throws", "whole")] {
            let again = try ended("\(name)-2", "Succeeded")
            let offset = again["resumedFrom"]?["inputOffset"]?.int ?? 0
            #expect(again["resumedFrom"]?["rows"] == "Rest" && offset > 10_000 && again["progress"]?["rowsRead"]?.int == Int64(Self.rows), "\(again.text)")
            for file in ["", "-packed"] {
                let ending = file.isEmpty ? ".csv" : ".csv.gz"
                let bytes = try #require(installation.output("out/\(name)\(file)\(ending)"))
                #expect(try bytes == #require(installation.output("out/\(reference)\(file)\(ending)")) && bytes.count > 1000, "\(name)\(file)")
            }
        }
        #expect(try #require(installation.output("out/budget-dead.csv")) == #require(installation.output("out/reference-dead.csv")))
        #expect(!installation.files("out").contains { $0.hasPrefix(".") }, "\(installation.files("out"))")

        // Of a run that succeeded the rejected rows alone, with the numbers and the clock they had.
        let taken = try ended("chance-2", "Succeeded")
        // Those of the constraint are rejected again, under the numbers that they had in the input.
        #expect(taken["resumedFrom"]?["rows"] == "Rejected" && taken["progress"]?["rowsRead"]?.int == 60 && taken["progress"]?["rowsWritten"]?.int == 40, "\(taken.text)")
        #expect(taken["errors"]?[0]?["row"] == 8 && taken["errors"]?[0]?["file"]?.string?.hasSuffix("in/rows.csv") == true, "\(taken.text)")
        let letters = String(decoding: try #require(installation.output("out/chance-dead.csv")), as: UTF8.self)
        let written = String(decoding: try #require(installation.output("out/chance.chance-2.csv")), as: UTF8.self)
        let said = Set(letters.split(separator: "<").dropFirst().compactMap { $0.split(separator: ">").first }.filter { $0.contains("-1") })
        #expect(said.count == 40 && said.allSatisfy { written.contains($0) }, "\(letters.prefix(600))\n\(written.prefix(600))")

        // Where it isn't sound it says so, and what nobody left undone is not done again.
        try installation.apply(pipeline("throws", "if (row.id == 1700) throw new Error('no')", "policy: Fail").replacingOccurrences(of: "!= 7", with: "!= -1") + Documents.run("throws-3", "throws"))
        _ = try ended("throws-3", "Failed")
        try installation.apply(pipeline("throws", "row.value = 1", "policy: Fail").replacingOccurrences(of: "  - {name: sorted, sort: {keys: [{column: name}]}}\n", with: "").replacingOccurrences(of: "!= 7", with: "!= -1"))
        try installation.apply(
            Documents.run("throws-4", "throws", ", replay: {runRef: {name: throws-3}, rows: Failed}") + Documents.run("nothing", "whole", ", replay: {runRef: {name: whole-1}, rows: Failed}"))
        let all = try ended("throws-4", "Succeeded")
        #expect(all["resumedFrom"]?["rows"] == "All" && all["resumedFrom"]?["message"]?.string?.contains("steps (there were 2, now there are 1)") == true, "\(all.text)")
        let nothing = try ended("nothing", "Failed")
        #expect(nothing.text.contains("nothing of it is left undone"), "\(nothing.text)")
    }
}
