import Dataflow
import Delimited
import FileConnectors
import Kernel
import PipelineJobs
import Platform
import Resources
import RowSteps
import Rows

/// Runs the examples of a document, each row by itself through the whole pipeline.
struct TestWork {
    private let compiler: JobCompiler
    private let channel: WorkerChannel

    init(_ compiler: JobCompiler, channel: WorkerChannel) {
        self.compiler = compiler
        self.channel = channel
    }

    func run() throws(PipelineProblem) -> Int32 {
        var results: [JSON] = []
        var isAllRight = true
        let known = try compiler.realColumns()
        for (index, test) in compiler.spec.tests.enumerated() {
            let strange = compiler.strangeColumn(of: test, known)
            let problem = strange == nil ? try failure(of: test, index, known) : strange
            isAllRight = isAllRight && problem == nil
            var result: JSON = ["name": .string(test.name), "passed": .bool(problem == nil)]
            result["message"] = problem.map { .string($0) }
            results.append(result)
        }
        channel.send(.tests(results))
        return isAllRight ? WorkerExit.succeeded : WorkerExit.failed
    }

    /// nil: it went as the document says.
    private func failure(of test: PipelineTest, _ index: Int, _ known: [String]?) throws(PipelineProblem) -> String? {
        let directory = "\(compiler.job.workDirectory)/test-\(index)"
        let input = "\(directory)/input.csv"
        do throws(SystemError) {
            try Files.makeDirectory(directory, mode: 0o700)
            try Files.write(Self.file(test, columns: known ?? compiler.spec.source.columns.map(\.name)), to: input, mode: 0o600)
        } catch {
            throw PipelineProblem(.fatal, .resource, what: "an example can't be prepared", at: .init(file: input), why: "\(error)", fix: "Make the directory writable")
        }
        var job = try compiler.pipelineJob(factories: try ScriptFactories(compiler, channel: channel).factories)
        job.limits.threads = 1
        job.fallbacks = [:]
        // Bad rows are to be seen whatever the policy does with them.
        job.policy = .deadLetter
        job.budget = ErrorBudget()
        job.workDirectory = directory
        let source = try DelimitedRowSource(paths: [input], options: ReaderOptions(columns: []))
        var outputs: [(name: String, path: String, output: FileRowOutput)] = []
        for output in compiler.spec.outputs {
            let path = "\(directory)/\(output.name).csv"
            outputs.append((output.name, path, try FileRowOutput(name: output.name, path: path, form: .delimited(.csv), runID: "test", hasDecimalComma: compiler.hasDecimalComma)))
        }
        let letters = NoLetters()
        let report = PipelineEngine(job, source: source, outputs: outputs.map { $0.output }, deadLetters: letters).run()
        if let failure = report.failure {
            return test.outcome == .rejected && failure.category == .data ? nil : "\(failure)"
        }
        let written = report.account.written, rejected = report.account.rejected
        switch test.outcome {
        case .rejected: return rejected > 0 ? nil : "was to be rejected; \(written > 0 ? "it was written" : "it was filtered")"
        case .filtered: return written == 0 && rejected == 0 ? nil : rejected > 0 ? "was to be filtered; it was rejected: \(Self.words(letters.first))" : "was to be filtered; it was written"
        case .written:
            if rejected > 0 { return "was to be written; it was rejected: \(Self.words(letters.first))" }
            if written == 0 { return "was to be written; it was filtered" }
        }
        for (name, path, _) in outputs where test.output == nil || test.output == name {
            let rows = try Self.rows(path)
            if rows.isEmpty { continue }
            let differences = rows.map { Self.difference($0, test.expect) }
            if differences.contains(where: { $0 == nil }) { return nil }
            return differences.first ?? nil
        }
        return "nothing was written to \(test.output.map { "output \($0)" } ?? "any output")"
    }

    private static func words(_ problem: PipelineProblem?) -> String { problem.map { "\($0.what): \($0.why)" } ?? "without a reason" }

    /// The example's row as a file: declared columns, then those that only the example has. Columns left out are null.
    private static func file(_ test: PipelineTest, columns: [String]) -> [UInt8] {
        let names = columns + test.input.map(\.column).filter { !columns.contains($0) }
        func quoted(_ text: String) -> String { "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" }
        let cells = names.map { name in test.input.first { $0.column == name }.map { $0.text.isEmpty ? "" : quoted($0.text) } ?? "" }
        return Array((names.map(quoted).joined(separator: ",") + "\n" + (cells.count == 1 && cells[0].isEmpty ? "\"\"" : cells.joined(separator: ",")) + "\n").utf8)
    }

    private static func rows(_ path: String) throws(PipelineProblem) -> [[String: String]] {
        guard Files.exists(path) else { return [] }
        let source = try DelimitedRowSource(paths: [path], options: ReaderOptions())
        try source.open(at: nil)
        defer { source.close() }
        let batch = RowBatch(sourceColumns: source.columns.count)
        var rows: [[String: String]] = []
        while try source.read(into: batch) {
            for row in 0..<batch.rowCount {
                var cells: [String: String] = [:]
                for (index, column) in source.columns.enumerated() { cells[column.name] = batch.string(column: index, row: row) ?? "" }
                rows.append(cells)
            }
        }
        return rows
    }

    private static func difference(_ row: [String: String], _ expected: [(column: String, text: String)]) -> String? {
        for (column, text) in expected {
            guard let found = row[column] else { return "column \(column) is missing; the row has \(row.keys.sorted().joined(separator: ", "))\(Spelling.question(column, row.keys.sorted()))" }
            if found != text { return "column \(column) was to be \(JSON.string(text).text); it is \(JSON.string(found).text)" }
        }
        return nil
    }
}
