import Dataflow
import Delimited
import Glibc
import Platform
import RowSteps
import Rows

/// Rows that an earlier run rejected as the source of another run: as they stood in their input, and under the file, row number and byte that they
/// had there, so that messages name the input and what hangs on a row's number comes out as it would have.
public final class ReplaySource: RowSource {
    private let copy: DeadLetterCopy
    private let rows: DelimitedRowSource
    private let index: ReplayIndex
    private var cut: Set<Int> = []

    /// - Parameters:
    ///   - options: of the source as the document has it now.
    ///   - directory: the run's own: a copy of the rows is there as long as the run lives.
    public init(_ replay: DeadLetterRows, options: ReaderOptions, directory: String) throws(PipelineProblem) {
        var plain = options
        plain.dialect.header = false
        plain.dialect.skipLines = 0
        plain.columns = replay.columns
        plain.compression = .none
        switch options.encoding {
        case .latin1, .windows1252: if !replay.isUndecoded { plain.encoding = .utf8 }
        case .utf8, .utf16, .utf16LittleEndian, .utf16BigEndian: plain.encoding = .utf8
        }
        copy = try DeadLetterCopy.make(replay, options: options, directory: directory)
        rows = try DelimitedRowSource(paths: copy.paths, options: plain)
        do throws(SystemError) { index = try ReplayIndex("\(directory)/\(DeadLetterCopy.indexName)") } catch {
            throw PipelineProblem(.fatal, .resource, what: "the dead letters can't be prepared", why: "\(error)", fix: "Run again", isTransient: true)
        }
    }

    public var columns: [StepColumn] { rows.columns }
    public var bytesTotal: Int64? { rows.bytesTotal }
    public var bytesRead: Int64 { rows.bytesRead }
    public var fileNames: [String] { copy.fileNames }
    public func open(at position: [UInt8]?) throws(PipelineProblem) { try rows.open(at: position) }
    public func position() throws(PipelineProblem) -> [UInt8] { try rows.position() }
    /// The dead letters.
    public func inputs() -> [InputSummary] { copy.inputs }
    public func close() { rows.close() }

    public func read(into batch: RowBatch) throws(PipelineProblem) -> Bool {
        let hasRows = try rows.read(into: batch)
        guard batch.rowCount > 0 else { return hasRows }
        try place(batch)
        return hasRows
    }

    private func place(_ batch: RowBatch) throws(PipelineProblem) {
        let file = Int64(batch.file)
        var start = batch.inputOffset(0)
        guard var known = index.last(notBehind: file, start) else { throw Self.damaged }
        var identities: [RowIdentity] = []
        identities.reserveCapacity(batch.rowCount)
        cut.removeAll(keepingCapacity: true)
        for row in 0..<batch.rowCount {
            if row > 0 {
                let (before, here) = (Int(batch.rowStarts[row - 1]), Int(batch.rowStarts[row]))
                start += Int64(batch.origin.inputLength(of: UnsafeBufferPointer(start: batch.bytes + before, count: here - before)))
            }
            guard let entry = index.find(file, start, from: &known) else { throw Self.damaged }
            identities.append(entry.identity)
            guard entry.cut > 0 else { continue }
            cut.insert(row)
            batch.faults.removeAll { $0.row == row }
            batch.faults.append(RowFault(row: row, reason: .tooLong(limit: Int(entry.cut)), position: 0))
        }
        batch.identities = identities
        batch.file = identities.first?.file ?? 0
        guard !cut.isEmpty else { return }
        batch.faults.sort { $0.row < $1.row }
        batch.filter { !cut.contains($0) }
    }

    private static let damaged = PipelineProblem(
        .fatal, .checkpoint, what: "the run's copy of the dead letters can't be used", why: "its index does not fit its rows", fix: "Make another run of the same kind")
}
