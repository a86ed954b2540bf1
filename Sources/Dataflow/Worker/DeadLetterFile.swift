import Dataflow
import Delimited
import RowSteps

/// The dead letters of a run as a delimited file: where each row stood, which rule it broke and why, and the row as it was.
///
/// Columns: file, row, byte, rule, column, step, reason, original. Appears when the run ends, also when it fails; a run that rejects
/// nothing leaves none.
final class DeadLetterFile: DeadLetterSink {
    static let columns = ["file", "row", "byte", "rule", "column", "step", "reason", "original"]

    private let path: String
    private let runID: String
    private var file: OutputFile?
    private var rows: Int64 = 0

    init(path: String, runID: String) {
        self.path = path
        self.runID = runID
    }

    func open(at position: [UInt8]?) throws(PipelineProblem) {
        let start = try position.map { bytes throws(PipelineProblem) in try Self.decode(bytes) }
        rows = start?.rows ?? 0
        do throws(DelimitedError) {
            let file = try OutputFile(path: path, id: runID)
            try file.open(at: start?.position)
            self.file = file
            if start == nil { try file.append(Self.columns.joined(separator: ",") + "\n") }
        } catch { throw PipelineProblem(writing: error, output: "of the dead letters") }
    }

    func write(_ rejection: RowRejection, file name: String) throws(PipelineProblem) {
        let place = rejection.problem.place
        var line: [UInt8] = []
        line.reserveCapacity(rejection.original.count + 256)
        for (index, text) in [
            name, String(rejection.row), String(rejection.byte), rejection.rule, place.column ?? "", place.step ?? "",
            "\(rejection.problem.what): \(rejection.problem.why)",
        ].enumerated() {
            if index > 0 { line.append(0x2C) }
            Self.put(Array(text.utf8), into: &line, always: false)
        }
        line.append(0x2C)
        Self.put(rejection.original, into: &line, always: true)
        line.append(0x0A)
        do throws(DelimitedError) {
            try line.withUnsafeBytes { bytes throws(DelimitedError) in try file?.append(bytes) }
        } catch { throw PipelineProblem(writing: error, output: "of the dead letters") }
        rows += 1
    }

    private static func put(_ bytes: [UInt8], into line: inout [UInt8], always: Bool) {
        guard always || bytes.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
            line += bytes
            return
        }
        line.append(0x22)
        for byte in bytes {
            if byte == 0x22 { line.append(0x22) }
            line.append(byte)
        }
        line.append(0x22)
    }

    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] {
        guard let file else { return [] }
        do throws(DelimitedError) {
            let position = try file.flush()
            var writer = StateWriter()
            writer.put(rows)
            writer.put(position.bytes)
            writer.put(Int64(bitPattern: position.hash))
            return writer.bytes
        } catch { throw PipelineProblem(writing: error, output: "of the dead letters") }
    }

    private static func decode(_ bytes: [UInt8]) throws(PipelineProblem) -> (rows: Int64, position: OutputPosition) {
        do throws(StateReader.Malformed) {
            var reader = StateReader(bytes)
            let rows = try reader.int64()
            return (rows, OutputPosition(bytes: try reader.int64(), hash: UInt64(bitPattern: try reader.int64())))
        } catch {
            throw PipelineProblem(.fatal, .checkpoint, what: "the checkpoint can't be used", why: "its place in the dead letters is damaged", fix: "Start a new run")
        }
    }

    func commit() throws(PipelineProblem) -> OutputSummary? { try finish(file, rows: rows) }

    private func finish(_ file: OutputFile?, rows: Int64) throws(PipelineProblem) -> OutputSummary? {
        guard let file else { return nil }
        guard rows > 0 else {
            file.abort()
            return nil
        }
        do throws(DelimitedError) {
            let print = try file.commit()
            return OutputSummary(name: "deadLetters", path: path, rows: rows, bytes: print.bytes, hash: Hash.text(print.hash))
        } catch { throw PipelineProblem(writing: error, output: "of the dead letters") }
    }

    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary? {
        let start = try Self.decode(position)
        guard start.rows > 0 else { return nil }
        do throws(DelimitedError) {
            let file = try OutputFile(path: path, id: runID)
            try file.open(at: start.position)
            self.file = file
        } catch { throw PipelineProblem(writing: error, output: "of the dead letters") }
        return try finish(file, rows: start.rows)
    }

    func suspend() {
        file?.suspend()
        file = nil
    }

    func abort() {
        file?.abort()
        file = nil
    }
}
