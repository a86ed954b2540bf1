import Compression
import Dataflow
import Delimited
import Hashing
import RowSteps
import Rows

/// A file as an output of a run: delimited text or JSON Lines, compressed or not, visible only when the run commits.
public final class FileRowOutput: RowOutput {
    public enum Form: Sendable, Hashable {
        case delimited(Dialect, WritingStyle = WritingStyle())
        case jsonLines
    }

    private enum Writer {
        case delimited(DelimitedWriter)
        case jsonLines(JSONLinesWriter)
    }

    public let name: String
    private let form: Form
    private let hasDecimalComma: Bool
    private let file: OutputFile
    private var writer: Writer?
    private var rowsBefore: Int64 = 0
    private var columns: [String] = []

    /// - Parameters:
    ///   - path: `-` is standard output: neither atomic nor resumable.
    ///   - runID: the temporary file beside the output carries it.
    ///   - hasDecimalComma: decimals and floats whose column has no format are written with a comma; JSON has its own form.
    public init(
        name: String, path: String, form: Form, compression: CompressionFormat? = nil, runID: String, sha256: Bool = false, hasDecimalComma: Bool = false
    ) throws(PipelineProblem) {
        self.hasDecimalComma = hasDecimalComma
        self.name = name
        self.form = form
        let encoding = if case .delimited(_, let style) = form { style.encoding } else { TextEncoding.utf8 }
        do throws(DelimitedError) {
            file = try OutputFile(path: path, id: "\(name).\(runID)", compression: compression, encoding: encoding, sha256: sha256)
        } catch { throw PipelineProblem(output: error) }
    }

    public var bytesWritten: Int64 { file.bytesWritten }

    public func open(columns: [StepColumn], at position: [UInt8]?) throws(PipelineProblem) {
        self.columns = columns.map(\.name)
        let written = try columns.map { column throws(PipelineProblem) in try self.written(column) }
        let state = try position.map { bytes throws(PipelineProblem) in try Self.decode(bytes) }
        rowsBefore = state?.rows ?? 0
        do throws(DelimitedError) {
            try file.open(at: state?.position)
            switch form {
            case .jsonLines: writer = .jsonLines(JSONLinesWriter(file, columns: written))
            case .delimited(let dialect, let style):
                let delimited = try DelimitedWriter(file, dialect: dialect, style: style, columns: written)
                writer = .delimited(delimited)
                if state == nil { try delimited.writeHeader() }
            }
        } catch { throw PipelineProblem(output: error) }
    }

    private func written(_ column: StepColumn) throws(PipelineProblem) -> OutputColumn {
        do throws(ValueFormat.Unusable) {
            let format = column.format ?? (hasDecimalComma && (column.type == .decimal || column.type == .float) ? "0,#" : nil)
            return OutputColumn(column.name, try ValueFormat(column.type, format))
        } catch {
            throw PipelineProblem(
                .fatal, .configuration, what: "column \(column.name) can't be written", at: .init(column: column.name),
                why: "its format \(column.format ?? "") can't be used: \(error.reason)", fix: "Correct the column's format")
        }
    }

    public func write(_ batch: RowBatch) throws(PipelineProblem) {
        do throws(DelimitedError) {
            switch writer {
            case .delimited(let writer): try writer.write(batch)
            case .jsonLines(let writer): try writer.write(batch)
            case nil: break
            }
        } catch { throw PipelineProblem(output: error) }
    }

    public var mayRefuse: Bool {
        if case .delimited(let writer) = writer { writer.mayRefuse } else { false }
    }

    public func refusals(_ batch: RowBatch) -> [RowRefusal] {
        guard case .delimited(let writer) = writer else { return [] }
        return writer.refusals(batch).map { refusal in
            let column = columns.indices.contains(refusal.column) ? columns[refusal.column] : nil
            return RowRefusal(
                row: refusal.row, rule: refusal.reason.rule,
                PipelineProblem(
                    .error, .data, what: "column \(column ?? "") can't be written to output \(name)", at: .init(column: column), why: refusal.reason.why, fix: refusal.reason.fix))
        }
    }

    private var rows: Int64 {
        switch writer {
        case .delimited(let writer): rowsBefore + writer.rows
        case .jsonLines(let writer): rowsBefore + writer.rows
        case nil: rowsBefore
        }
    }

    public func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] {
        do throws(DelimitedError) {
            return Self.encode(try file.flush(), rows: rows)
        } catch { throw PipelineProblem(output: error) }
    }

    public func commit() throws(PipelineProblem) -> OutputSummary {
        do throws(DelimitedError) {
            let whole = try file.commit()
            return OutputSummary(name: name, path: StandardStreams.shown(file.path), rows: rows, bytes: whole.bytes, hash: XXH3.text(whole.hash), sha256: whole.sha256Text)
        } catch { throw PipelineProblem(output: error) }
    }

    public func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary {
        let state = try Self.decode(position)
        rowsBefore = state.rows
        writer = nil
        do throws(DelimitedError) {
            try file.open(at: state.position)
        } catch { throw PipelineProblem(output: error) }
        return try commit()
    }

    public func suspend() { file.suspend() }
    public func abort() { file.abort() }

    // MARK: positions as bytes

    static func encode(_ position: OutputPosition, rows: Int64) -> [UInt8] {
        var writer = StateWriter()
        writer.put(1)
        writer.put(rows)
        writer.put(position.bytes)
        writer.put(Int64(bitPattern: position.hash))
        writer.put(position.waiting)
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(PipelineProblem) -> (position: OutputPosition, rows: Int64) {
        var reader = StateReader(bytes)
        do throws(StateReader.Malformed) {
            guard try reader.int() == 1 else { throw StateReader.Malformed() }
            let rows = try reader.int64()
            let position = OutputPosition(bytes: try reader.int64(), hash: UInt64(bitPattern: try reader.int64()), waiting: try reader.data())
            guard rows >= 0, position.bytes >= 0, reader.isAtEnd else { throw StateReader.Malformed() }
            return (position, rows)
        } catch {
            throw PipelineProblem(
                .fatal, .checkpoint, what: "the checkpoint's place in an output can't be used", why: "it is damaged or of another version", fix: "Start the run anew")
        }
    }
}
