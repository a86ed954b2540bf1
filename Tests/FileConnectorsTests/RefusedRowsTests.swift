import Dataflow
import Delimited
import Glibc
import RowSteps
import TestSupport
import Testing

@testable import FileConnectors

/// Rows that an output can't write are rejected like any other: in the dead letters, in the books, by the budget; and a run continued has the same files.
@Suite struct RefusedRowsTests {
    /// Ends the run when so many checkpoints were saved.
    final class Store: CheckpointStore {
        var bytes: [UInt8]?
        var left: Int

        init(_ left: Int = .max) { self.left = left }

        func load() throws(PipelineProblem) -> [UInt8]? { bytes }
        func save(_ checkpoint: [UInt8]) throws(PipelineProblem) {
            if left == 0 { throw PipelineProblem(.fatal, .defect, what: "killed", why: "the test wants it", fix: "Resume") }
            left -= 1
            bytes = checkpoint
        }
        func finish() throws(PipelineProblem) { bytes = nil }
        func remove() throws(PipelineProblem) { bytes = nil }
    }

    struct Run {
        let directory: String
        var policy = ErrorPolicy.deadLetter
        var budget = ErrorBudget()

        func callAsFunction(_ store: Store = Store()) throws -> PipelineReport {
            var job = PipelineJob(
                runID: "r", startMicroseconds: 0, columns: [ColumnRule(name: "n", type: .integer)], policy: policy, budget: budget, workDirectory: directory,
                checkpointInterval: .everyBatch)
            job.limits = .init(threads: 1, batchBytes: 1024)
            let source = try DelimitedRowSource(paths: [directory + "/in.csv"], options: ReaderOptions(), batchBytes: 1024)
            let output = try FileRowOutput(name: "out", path: directory + "/out.csv", form: .delimited(.csv, FileConnectorsTests.style(.latin1)), runID: "r")
            return PipelineEngine(job, source: source, outputs: [output], deadLetters: try DeadLetterFile(path: directory + "/dead.csv", runID: "r"), checkpoints: store).run()
        }
    }

    static func rows(_ count: Int) -> String {
        "n,text\n" + (0..<count).map { "\($0 % 11 == 5 ? "x" : "\($0)"),\($0 % 7 == 3 ? "Ω \($0)" : "ü \($0)")\n" }.joined()
    }

    @Test func theyAreDeadLettersInTheInputsOrder() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try FileConnectorsTests.write(Self.rows(5000), to: directory.path + "/in.csv")
        let run = Run(directory: directory.path)
        let report = try run()
        #expect(report.outcome == .succeeded)
        let refused = (0..<5000).filter { $0 % 11 != 5 && $0 % 7 == 3 }.count
        let bad = (0..<5000).filter { $0 % 11 == 5 }.count
        #expect(report.account.isBalanced && report.account.deadLettered == Int64(refused + bad) && report.account.written == Int64(5000 - refused - bad))
        let dead = try FileConnectorsTests.contents(directory.path + "/dead.csv")
        let numbers = dead.split(separator: "\n").dropFirst().compactMap { Int($0.split(separator: ",", omittingEmptySubsequences: false)[1]) }
        #expect(numbers == (0..<5000).filter { $0 % 11 == 5 || $0 % 7 == 3 }.map { $0 + 1 })
        #expect(dead.contains(",text,Encoding,"))
        #expect(dead.contains("'Ω' (U+03A9), which iso-8859-1 doesn't have"))
        let out = try FileConnectorsTests.bytes(directory.path + "/out.csv")
        #expect(!out.contains(0xC3) && out.filter { $0 == 0xFC }.count == 5000 - refused - bad)

        for stop in stride(from: 1, to: 12, by: 5) {
            unlink(directory.path + "/out.csv")
            unlink(directory.path + "/dead.csv")
            let store = Store(stop)
            #expect(try run(store).outcome == .failed)
            store.left = .max
            let resumed = try run(store)
            #expect(resumed.outcome == .succeeded && resumed.account == report.account)
            #expect(try FileConnectorsTests.bytes(directory.path + "/out.csv") == out)
            #expect(try FileConnectorsTests.contents(directory.path + "/dead.csv") == dead)
        }
    }

    @Test func thePolicyAndTheBudgetDecide() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try FileConnectorsTests.write("n,text\n1,ü\n2,Ω\n3,ö\n", to: directory.path + "/in.csv")
        var run = Run(directory: directory.path)
        run.policy = .skip
        let skipped = try run()
        #expect(skipped.outcome == .succeeded && skipped.account.skipped == 1 && skipped.account.written == 2)
        run.policy = .fail
        let failed = try run()
        #expect(failed.outcome == .failed && failed.failure?.place.row == 2 && failed.failure?.place.column == "text")
        run.policy = .deadLetter
        run.budget = ErrorBudget(rows: 0)
        #expect(try run().failure?.category == .budget)
    }
}
