import Dataflow
import Delimited
import RowSteps
import Rows

/// Delimited files as the source of a run.
final class DelimitedRowSource: RowSource {
    private let inputs: [String]
    private let options: ReaderOptions
    private let batchBytes: Int
    /// Rows to read at most, for a look; nil: all.
    private let rowLimit: Int64?
    private var reader: DelimitedReader?
    private var rowsRead: Int64 = 0
    private var lineage: [InputSummary] = []
    private var readBefore: Int64 = 0

    init(inputs: [String], options: ReaderOptions, batchBytes: Int = 256 << 10, rowLimit: Int64? = nil) {
        self.inputs = inputs
        self.options = options
        self.batchBytes = batchBytes
        self.rowLimit = rowLimit
    }

    private(set) var columns: [StepColumn] = []
    var bytesTotal: Int64? { reader?.bytesTotal }
    var bytesRead: Int64 { reader?.bytesRead ?? readBefore }
    var fileNames: [String] { inputs }

    func open(at position: [UInt8]?) throws(PipelineProblem) {
        let from = try position.map { bytes throws(PipelineProblem) in try Self.decode(bytes) }
        do throws(DelimitedError) {
            let reader = try DelimitedReader(inputs: inputs, options: options, resumingAt: from, batchBytes: batchBytes)
            self.reader = reader
            columns = reader.header.map { StepColumn($0) }
        } catch { throw PipelineProblem(reading: error) }
        rowsRead = (from?.ordinal ?? 1) - 1
    }

    func read(into batch: RowBatch) throws(PipelineProblem) -> Bool {
        guard let reader else { return false }
        let left = rowLimit.map { $0 - rowsRead } ?? .max
        guard left > 0 else { return false }
        do throws(DelimitedError) {
            let hasRows = try reader.read(into: batch, rows: Int(clamping: left))
            rowsRead += Int64(batch.rowCount)
            return hasRows
        } catch { throw PipelineProblem(reading: error) }
    }

    func position() throws(PipelineProblem) -> [UInt8] {
        guard let reader else { return [] }
        let position = reader.position
        var writer = StateWriter()
        writer.put(position.file)
        writer.put(position.offset)
        writer.put(position.rowNumber)
        writer.put(position.ordinal)
        writer.put(position.fingerprint != nil)
        writer.put(position.fingerprint?.bytes ?? 0)
        writer.put(Int64(bitPattern: position.fingerprint?.hash ?? 0))
        writer.put(position.finished.count)
        for print in position.finished {
            writer.put(print.bytes)
            writer.put(Int64(bitPattern: print.hash))
        }
        return writer.bytes
    }

    private static func decode(_ bytes: [UInt8]) throws(PipelineProblem) -> ReaderPosition {
        do throws(StateReader.Malformed) {
            var reader = StateReader(bytes)
            var position = ReaderPosition(
                file: try reader.int(), offset: try reader.int64(), rowNumber: try reader.int64(), ordinal: try reader.int64())
            let hasFingerprint = try reader.bool()
            let print = ReaderPosition.Fingerprint(bytes: try reader.int64(), hash: UInt64(bitPattern: try reader.int64()))
            position.fingerprint = hasFingerprint ? print : nil
            for _ in 0..<(try reader.count()) {
                position.finished.append(ReaderPosition.Fingerprint(bytes: try reader.int64(), hash: UInt64(bitPattern: try reader.int64())))
            }
            return position
        } catch {
            throw PipelineProblem(.fatal, .checkpoint, what: "the checkpoint can't be used", why: "its place in the input is damaged", fix: "Start a new run")
        }
    }

    func inputs() -> [InputSummary] {
        guard let reader else { return lineage }
        return reader.lineage.map { InputSummary(path: $0.path, bytes: $0.fingerprint.bytes, hash: Hash.text($0.fingerprint.hash)) }
    }

    func close() {
        lineage = inputs()
        readBefore = bytesRead
        reader = nil
    }
}
