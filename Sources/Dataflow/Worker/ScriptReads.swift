import JavaScript
import Kernel
import Resources
import RowSteps

/// Says, when a script's step is made, which columns the script reads that no row has: most likely slips of the pen.
///
/// Warnings and no errors: a script may test whether a column is there.
struct ScriptReads: RowStepFactory {
    let factory: JavaScriptStepFactory
    /// The step's own source; what modules do with a row isn't followed.
    let text: String
    /// As the document lists them; nil: what the text shows.
    let columns: [String]?
    /// Columns declared as the script's output.
    let output: [String]
    let notice: @Sendable (PipelineProblem) -> Void

    func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        let step = try factory.makeStep(name: name, input: input, context: context)
        let shape = ScriptShape(text)
        let there = input.map(\.name)
        for column in shape.reads ?? [] where !shape.writes.contains(column) && !output.contains(column) {
            if there.contains(column) {
                guard let columns, !columns.contains(column) else { continue }
                notice(
                    problem(
                        column, name, "the script reads a column that it isn't given",
                        why: "columns lists \(columns.joined(separator: ", ")), so \(Self.member(column)) is undefined", fix: "Add \(column) to columns"))
            } else {
                let near = there.first { $0.lowercased() == column.lowercased() } ?? Spelling.nearest(to: column, among: there + shape.writes)
                notice(
                    problem(
                        column, name, "the script reads a column that no row has",
                        why: "\(Self.member(column)) is read and never set; the columns that reach it are \(there.prefix(30).joined(separator: ", "))"
                            + (near.map { "; did you mean \($0)?" } ?? ""),
                        fix: near.map { "Write \(Self.member($0)), or leave it where the script only asks whether it is there" } ?? "Correct the name, or leave it where the script only asks whether it is there"))
            }
        }
        return step
    }

    private func problem(_ column: String, _ step: String, _ what: String, why: String, fix: String) -> PipelineProblem {
        PipelineProblem(.warning, .script, what: what, at: .init(column: column, step: step, line: ScriptLines.naming(column, in: text)), why: why, fix: fix)
    }

    private static func member(_ column: String) -> String {
        let isPlain = column.utf8.allSatisfy { $0 == 0x5F || $0 == 0x24 || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
        return isPlain && column.first?.isNumber == false ? "row.\(column)" : "row[\(JSON.string(column).text)]"
    }
}
