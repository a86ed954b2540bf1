import Dataflow
import Kernel
import Resources
import RowSteps

/// Whether the examples of a document name columns that its rows have.
extension JobCompiler {
    /// The columns that rows have: those of the input where it is there, declared ones where they are all; nil: nobody knows.
    func realColumns() throws(PipelineProblem) -> [String]? {
        let declared = spec.source.columns.map(\.name)
        if !spec.source.header, !declared.isEmpty { return declared }
        guard job.inputOverride ?? spec.source.path != "-" else { return nil }
        // An example runs without its input; whether that can be read is for others to say.
        do throws(PipelineProblem) {
            let source = try source()
            try source.open(at: nil)
            defer { source.close() }
            return source.columns.isEmpty ? nil : source.columns.map(\.name)
        } catch { return nil }
    }

    /// What is wrong with an example's input; nil: nothing.
    func strangeColumn(of test: PipelineTest, _ known: [String]?) -> String? {
        guard let known, let strange = test.input.map(\.column).first(where: { !known.contains($0) }) else { return nil }
        return "its input has a column \(strange) that no row has; the columns are \(known.prefix(50).joined(separator: ", "))\(Spelling.question(strange, known))"
    }

    func checkExamples(_ known: [String]?) throws(PipelineProblem) {
        for (index, test) in spec.tests.enumerated() {
            guard let words = strangeColumn(of: test, known) else { continue }
            throw PipelineProblem(
                .fatal, .configuration, what: "example \(test.name) can't stand for a row", why: "spec.tests[\(index)].input: \(words)", fix: "Correct the column's name in the example")
        }
    }
}
