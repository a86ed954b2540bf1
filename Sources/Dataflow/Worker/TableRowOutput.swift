import Dataflow
import PostgresLoad
import RowSteps
import Rows

/// A table of a PostgreSQL database as an output of a run: exactly once (see `TableLoad`).
final class TableRowOutput: RowOutput {
    let name: String
    private let url: String
    private let target: TableLoad.Target
    private let loadID: String
    private let settled: [String]
    /// Bytes of the input read so far, for the note of the load.
    private let inputOffset: () -> Int64
    private var load: TableLoad?
    private var columns: [StepColumn] = []
    private var encoder: CopyEncoder?
    private(set) var bytesWritten: Int64 = 0

    /// - Parameter settled: runs whose notes can go.
    init(name: String, url: String, target: TableLoad.Target, runID: String, settled: [String], inputOffset: @escaping () -> Int64) {
        self.name = name
        self.url = url
        self.target = target
        self.inputOffset = inputOffset
        loadID = "\(runID)/\(name)"
        self.settled = settled
    }

    private var table: String { "\(target.schema).\(target.table)" }

    func open(columns: [StepColumn], at position: [UInt8]?) throws(PipelineProblem) {
        self.columns = columns
        encoder = CopyEncoder()
        let rows = try position.map { bytes throws(PipelineProblem) in try Self.decode(bytes).rows }
        try begin(columns.map(\.name), at: rows)
    }

    private func begin(_ names: [String], at rows: Int64?) throws(PipelineProblem) {
        do throws(LoadError) {
            let load = TableLoad(try LoadConnection(url: url), target: target, id: loadID)
            try load.open(columns: names, at: rows)
            self.load = load
        } catch { throw problem(error, isOpening: rows != nil) }
    }

    func write(_ batch: RowBatch) throws(PipelineProblem) {
        guard let load, let encoder else { return }
        encoder.encode(batch, firstNumber: load.nextNumber)
        do throws(LoadError) {
            try encoder.withBytes { bytes throws(LoadError) in try load.write(bytes, rows: Int64(batch.selectedCount)) }
        } catch { throw problem(error) }
        bytesWritten += Int64(encoder.count)
    }

    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] {
        guard let load else { return [] }
        do throws(LoadError) {
            var writer = StateWriter()
            writer.put(try load.flush())
            writer.put(columns.count)
            for column in columns { writer.put(column.name) }
            return writer.bytes
        } catch { throw problem(error) }
    }

    private static func decode(_ bytes: [UInt8]) throws(PipelineProblem) -> (rows: Int64, columns: [String]) {
        do throws(StateReader.Malformed) {
            var reader = StateReader(bytes)
            let rows = try reader.int64()
            var columns: [String] = []
            for _ in 0..<(try reader.count()) { columns.append(try reader.text()) }
            return (rows, columns)
        } catch {
            throw PipelineProblem(.fatal, .checkpoint, what: "the checkpoint can't be used", why: "its place in a table is damaged", fix: "Start a new run")
        }
    }

    func commit() throws(PipelineProblem) -> OutputSummary {
        guard let load else { return summary(0) }
        do throws(LoadError) { try load.commit(inputOffset: inputOffset(), forgetting: settled) } catch { throw problem(error) }
        return summary(load.staged)
    }

    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary {
        let start = try Self.decode(position)
        try begin(start.columns, at: start.rows)
        return try commit()
    }

    private func summary(_ rows: Int64) -> OutputSummary { OutputSummary(name: name, path: table, rows: rows, bytes: bytesWritten) }

    func suspend() { load = nil }

    func abort() {
        // What can't be removed now has the run's name and is removed when the run is tried again.
        do throws(LoadError) {
            if let load { try load.abort() } else { try TableLoad(try LoadConnection(url: url), target: target, id: loadID).abort() }
        } catch { _ = error }
        load = nil
    }

    private func problem(_ error: LoadError, isOpening: Bool = false) -> PipelineProblem {
        let fix: String
        switch error.sqlState {
        case "42P01": fix = "Create table \(table), or mend postgresql.table"
        case "42703": fix = "Give the table that column, or leave it out with a select or rename it with a rename step"
        case "42501": fix = "Grant the connection's user insert on \(table) and create on schema \(target.schema)"
        case "23505": fix = "Use mode Upsert with those keys, or remove the rows that are there"
        case "42P10": fix = "Create a unique index on the columns of postgresql.keys"
        case let state where state.hasPrefix("22"): fix = "Cast the column to the table's type, or reject such values by a column's type or constraint"
        case let state where state.hasPrefix("23"): fix = "Reject such rows by a column's constraint, or mend the table's rule"
        default: fix = error.isTransient ? "The run tries again by itself; check the database if it stays away" : "Mend what the database complains about, then run again"
        }
        let isSpoilt = isOpening && (error.message.contains("staging table") || error.sqlState == "42P01")
        return PipelineProblem(
            .fatal, isSpoilt ? .checkpoint : .output, what: "output \(name) can't be written to table \(table)", at: .init(), why: error.description, fix: fix,
            isTransient: error.isTransient)
    }
}
