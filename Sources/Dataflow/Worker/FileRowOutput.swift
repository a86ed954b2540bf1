import Compression
import Dataflow
import Delimited
import Hashing
import Platform
import RowSteps
import Rows

/// A file as an output of a run: delimited text or JSON Lines, compressed or not, whole or not at all.
final class FileRowOutput: RowOutput {
    enum Form: Sendable, Equatable {
        case delimited(Dialect)
        case jsonLines
    }

    /// What writes rows into the file.
    private enum Writer {
        case delimited(DelimitedWriter)
        case jsonLines(JSONLinesWriter)
    }

    let name: String
    private let path: String
    private let form: Form
    private let runID: String
    private let compression: CompressionFormat?
    private var file: OutputFile?
    private var writer: Writer?
    private var rows: Int64 = 0

    init(name: String, path: String, form: Form, compression: CompressionFormat?, runID: String) {
        self.name = name
        self.path = path
        self.form = form
        self.compression = compression
        self.runID = runID
    }

    var bytesWritten: Int64 { file?.bytesWritten ?? 0 }

    func open(columns: [StepColumn], at position: [UInt8]?) throws(PipelineProblem) {
        let start = try position.map { bytes throws(PipelineProblem) in try Self.decode(bytes) }
        let outputColumns = try Self.outputColumns(columns, output: name)
        rows = start?.rows ?? 0
        do throws(DelimitedError) {
            let file = try OutputFile(path: path, id: runID, compression: compression)
            try file.open(at: start?.position)
            self.file = file
            switch form {
            case .delimited(let dialect):
                let writer = try DelimitedWriter(file, dialect: dialect, columns: outputColumns)
                if start == nil { try writer.writeHeader() }
                self.writer = .delimited(writer)
            case .jsonLines: writer = .jsonLines(try JSONLinesWriter(file, columns: outputColumns))
            }
        } catch { throw PipelineProblem(writing: error, output: name) }
    }

    static func outputColumns(_ columns: [StepColumn], output: String) throws(PipelineProblem) -> [OutputColumn] {
        var result: [OutputColumn] = []
        for column in columns {
            do throws(ValueFormat.Unusable) { result.append(OutputColumn(column.name, try ValueFormat(column.type, column.format))) } catch {
                throw PipelineProblem(
                    .fatal, .configuration, what: "the format of column \(column.name) can't be used", at: .init(column: column.name), why: error.reason,
                    fix: "Mend the format where the column is declared or cast")
            }
        }
        return result
    }

    func write(_ batch: RowBatch) throws(PipelineProblem) {
        do throws(DelimitedError) {
            switch writer {
            case .delimited(let writer)?: try writer.write(batch)
            case .jsonLines(let writer)?: try writer.write(batch)
            case nil: return
            }
        } catch { throw PipelineProblem(writing: error, output: name) }
        rows += Int64(batch.selectedCount)
    }

    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] {
        guard let file else { return [] }
        do throws(DelimitedError) {
            let position = try file.flush()
            var writer = StateWriter()
            writer.put(rows)
            writer.put(position.bytes)
            writer.put(Int64(bitPattern: position.hash))
            writer.put(position.waiting)
            return writer.bytes
        } catch { throw PipelineProblem(writing: error, output: name) }
    }

    private static func decode(_ bytes: [UInt8]) throws(PipelineProblem) -> (rows: Int64, position: OutputPosition) {
        do throws(StateReader.Malformed) {
            var reader = StateReader(bytes)
            let rows = try reader.int64()
            return (rows, OutputPosition(bytes: try reader.int64(), hash: UInt64(bitPattern: try reader.int64()), waiting: try reader.data()))
        } catch {
            throw PipelineProblem(.fatal, .checkpoint, what: "the checkpoint can't be used", why: "its place in an output is damaged", fix: "Start a new run")
        }
    }

    func commit() throws(PipelineProblem) -> OutputSummary {
        guard let file else { return OutputSummary(name: name, path: path, rows: rows, bytes: 0) }
        do throws(DelimitedError) {
            let print = try file.commit()
            return OutputSummary(name: name, path: path, rows: rows, bytes: print.bytes, hash: Hash.text(print.hash))
        } catch { throw PipelineProblem(writing: error, output: name) }
    }

    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary {
        let start = try Self.decode(position)
        do throws(DelimitedError) {
            let file = try OutputFile(path: path, id: runID, compression: compression)
            // The last frame of a compressed file came after the position: the file under its own name is longer than it says.
            if !Files.exists(file.temporary), let whole = try FinishedFile.read(path, beginning: start.position) {
                return OutputSummary(name: name, path: path, rows: start.rows, bytes: whole.bytes, hash: Hash.text(whole.hash))
            }
            try file.open(at: start.position)
            let print = try file.commit()
            return OutputSummary(name: name, path: path, rows: start.rows, bytes: print.bytes, hash: Hash.text(print.hash))
        } catch { throw PipelineProblem(writing: error, output: name) }
    }

    func suspend() {
        file?.suspend()
        (file, writer) = (nil, nil)
    }

    func abort() {
        if let file {
            file.abort()
        } else {
            // Another process may have written it.
            do throws(DelimitedError) { try OutputFile(path: path, id: runID, compression: compression).abort() } catch { _ = error }
        }
        (file, writer) = (nil, nil)
    }
}
