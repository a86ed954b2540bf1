import Kernel
import Rows

/// Keeps some columns, in the order given. Costs nothing per row.
final class SelectStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = true
    private let positions: [Int]

    init(name: String, columns: [String], input: [StepColumn]) throws(PipelineProblem) {
        self.name = name
        var positions: [Int] = []
        for column in columns { positions.append(try input.position(of: column, step: name)) }
        self.positions = positions
        outputColumns = positions.map { input[$0] }
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let columns = packet.batch.columns
        // Positions are below the number of input columns, which every packet has.
        packet.batch.columns = positions.map { columns[$0] }
    }
}

/// Gives columns new names. Costs nothing at all: names are the pipeline's, not the packets'.
final class RenameStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = true

    init(name: String, renames: [ColumnRename], input: [StepColumn]) throws(PipelineProblem) {
        self.name = name
        var columns = input
        let positions = try input.positions(of: renames.map(\.from), step: name)
        for (rename, position) in zip(renames, positions) { columns[position].name = rename.to }
        try columns.checkNames(at: positions, step: name)
        outputColumns = columns
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {}
}

extension [StepColumn] {
    /// Where the first column of that name stands.
    func position(of column: String, step: String) throws(PipelineProblem) -> Int {
        if let position = position(of: column) { return position }
        throw PipelineProblem(
            .fatal, .configuration, what: "step \(step) needs a column that isn't there", at: .init(column: column, step: step),
            why: "the columns that reach it are " + (isEmpty ? "none" : prefix(50).map(\.name).joined(separator: ", ")) + Spelling.question(column, map(\.name)),
            fix: "Correct the name, or keep the column in the steps before")
    }

    /// A step may not give a name that another column has: nobody would reach the second one.
    func checkNames(at positions: some Sequence<Int>, step: String) throws(PipelineProblem) {
        for position in positions {
            let name = self[position].name
            guard enumerated().contains(where: { $0 != position && $1.name.utf8.elementsEqual(name.utf8) }) else { continue }
            throw PipelineProblem(
                .fatal, .configuration, what: "step \(step) would make a second column \(name)", at: .init(column: name, step: step),
                why: "the rows behind it would have two of that name", fix: "Choose another name, or rename the other column before")
        }
    }

    /// Names are compared by their bytes.
    func position(of column: String) -> Int? { firstIndex { $0.name.utf8.elementsEqual(column.utf8) } }
}
