import Compression
import Dataflow
import Delimited
import Hashing
import RowSteps
import Rows

/// Dead letters as a CSV file: where each row came from, which rule it broke and why, what to do, and the row as it stood.
///
/// Its last column holds the row's original text, so that a replay reads exactly what the input had.
public final class DeadLetterFile: DeadLetterSink {
    /// The columns, in order. `row` counts in its file, `ordinal` over all files of the run. `original` is what a replay reads.
    public static let columns = ["file", "row", "ordinal", "byte", "column", "rule", "what", "why", "fix", "original"]

    private let file: OutputFile
    private let batch: RowBatch
    private let cells: [TextColumn]
    private var writer: DelimitedWriter?
    private var rowsBefore: Int64 = 0

    public init(path: String, runID: String, compression: CompressionFormat? = nil, sha256: Bool = false) throws(PipelineProblem) {
        do throws(DelimitedError) {
            file = try OutputFile(path: path, id: "rejected.\(runID)", compression: compression, sha256: sha256)
        } catch { throw PipelineProblem(output: error) }
        let batch = RowBatch(sourceColumns: 0, rows: 16, bytes: 64)
        batch.rowCount = 1
        cells = Self.columns.map { _ in TextColumn(capacity: 1) }
        batch.columns = cells.map { .text($0) }
        self.batch = batch
    }

    public func open(at position: [UInt8]?) throws(PipelineProblem) {
        let state = try position.map { bytes throws(PipelineProblem) in try FileRowOutput.decode(bytes) }
        rowsBefore = state?.rows ?? 0
        do throws(DelimitedError) {
            try file.open(at: state?.position)
            let writer = try DelimitedWriter(file, dialect: .csv, columns: Self.columns.map { OutputColumn($0) })
            if state == nil { try writer.writeHeader() }
            self.writer = writer
        } catch { throw PipelineProblem(output: error) }
    }

    public func write(_ rejection: RowRejection, file name: String) throws(PipelineProblem) {
        for cell in cells { cell.reset() }
        let problem = rejection.problem
        let texts: [String?] = [
            name, String(rejection.row), String(rejection.ordinal), String(rejection.byte), problem.place.column, rejection.rule, problem.what, problem.why, problem.fix,
        ]
        for (cell, text) in zip(cells, texts) {
            if let text { cell.set(text, at: 0) } else { cell.setNull(at: 0) }
        }
        rejection.original.withUnsafeBufferPointer { cells[cells.count - 1].set($0, at: 0) }
        do throws(DelimitedError) {
            try writer?.write(batch)
        } catch { throw PipelineProblem(output: error) }
    }

    public func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] {
        do throws(DelimitedError) {
            return FileRowOutput.encode(try file.flush(), rows: rowsBefore + (writer?.rows ?? 0))
        } catch { throw PipelineProblem(output: error) }
    }

    public func commit() throws(PipelineProblem) -> OutputSummary? {
        let rows = rowsBefore + (writer?.rows ?? 0)
        guard rows > 0 else {
            file.abort()
            return nil
        }
        do throws(DelimitedError) {
            let whole = try file.commit()
            return OutputSummary(name: "deadLetter", path: file.path, rows: rows, bytes: whole.bytes, hash: XXH3.text(whole.hash), sha256: whole.sha256Text)
        } catch { throw PipelineProblem(output: error) }
    }

    public func publishCopy() throws(PipelineProblem) -> OutputSummary? {
        let rows = rowsBefore + (writer?.rows ?? 0)
        guard rows > 0 else { return nil }
        do throws(DelimitedError) {
            _ = try file.flush()
            let whole = try file.publishCopy()
            return OutputSummary(name: "deadLetter", path: file.path, rows: rows, bytes: whole.bytes, hash: XXH3.text(whole.hash), sha256: whole.sha256Text)
        } catch { throw PipelineProblem(output: error) }
    }

    public func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary? {
        let state = try FileRowOutput.decode(position)
        rowsBefore = state.rows
        writer = nil
        if state.rows > 0 {
            do throws(DelimitedError) {
                try file.open(at: state.position)
            } catch { throw PipelineProblem(output: error) }
        }
        return try commit()
    }

    public func suspend() { file.suspend() }
    public func abort() { file.abort() }
}
