import Glibc
import Hashing
import Rows

/// Reads delimited files into batches: opens, decompresses, decodes, cuts into rows, checks what can be checked of text.
///
/// All files must have the same columns. Nothing is allocated per row; what is wrong with a row becomes a `RowFault` of its batch, and the
/// row stays in the batch, deselected. An error thrown ends the reading. One owner; calls block while the input does.
public final class DelimitedReader {
    /// The inputs, in the order they are read.
    public let inputs: [String]
    public let options: ReaderOptions
    /// The names of the columns, as the header or the document has them. Empty only when there is neither header nor row nor declaration.
    /// A name that the header repeats has got a number; see `notices`.
    public internal(set) var header: [String] = []
    /// What is remarkable about the inputs opened so far, in their order; after a resumption only from the file gone on with.
    public internal(set) var notices: [InputNotice] = []

    var opened: OpenedInput?
    var splitter: RowSplitter?
    private var markers: NullMarkers
    var carried = CarriedText()
    var ended = false
    /// The rest of an overlong row's line is to be skipped.
    var skipsLine = false
    /// What `carried` starts at, in the decompressed input.
    var offset: Int64 = 0
    var file = 0
    var rowNumber: Int64 = 1
    var ordinal: Int64 = 1
    var finished: [ReaderPosition.Fingerprint] = []
    private var bytesPerRow = 0.0
    let batchBytes: Int

    /// Rows of one file whose quote never closes; a file with more of them isn't what the dialect says.
    static let recoveryLimit = 1000

    /// - Parameters:
    ///   - inputs: paths, `-` for standard input; globs are the caller's to expand, see `InputPaths`.
    ///   - position: where to go on, from `position` of a reader of the same inputs and options.
    ///   - batchBytes: of input for one batch, unless a row is longer.
    public init(
        inputs: [String], options: ReaderOptions = ReaderOptions(), resumingAt position: ReaderPosition? = nil, batchBytes: Int = 256 << 10
    ) throws(DelimitedError) {
        if let problem = options.dialect.problem { throw DelimitedError(.options, problem) }
        guard options.rowLimit > 0, options.rowLimit <= CellRef.maximumLength / 2 else {
            throw DelimitedError(.options, "rowLimit: must be between 1 and \(CellRef.maximumLength / 2) bytes")
        }
        guard !inputs.isEmpty else { throw DelimitedError(.notFound, "there is no input; name at least one file") }
        self.inputs = inputs
        self.options = options
        self.batchBytes = max(batchBytes, 1024)
        markers = NullMarkers(options.nullMarkers)
        if let position {
            try resume(position)
        } else {
            try openFile()
        }
    }

    /// Bytes of all inputs as they stand on the disk; nil when one of them isn't a regular file.
    public var bytesTotal: Int64? {
        var sum: Int64 = 0
        for path in inputs {
            var info = stat()
            guard path != FileSource.standardInput, stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
            sum += Int64(info.st_size)
        }
        return sum
    }

    /// Bytes read so far of all inputs, as they stand on the disk.
    public var bytesRead: Int64 { finished.reduce(0) { $0 + $1.bytes } + (opened?.file.bytesRead ?? 0) }

    /// Where the next row starts. Cheap.
    public var position: ReaderPosition {
        ReaderPosition(file: file, offset: offset, rowNumber: rowNumber, ordinal: ordinal, fingerprint: opened?.file.fingerprint, finished: finished)
    }

    /// The inputs read so far, with their size and hash: those read to their end.
    public var lineage: [(path: String, fingerprint: ReaderPosition.Fingerprint)] { Array(zip(inputs, finished)).map { ($0.0, $0.1) } }

    // MARK: reading

    /// Fills the batch with the next rows of one file; false when there are none left.
    ///
    /// - Parameter rows: at most so many, for a caller who must stop at a certain row.
    public func read(into batch: RowBatch, rows: Int = .max) throws(DelimitedError) -> Bool {
        while opened != nil {
            if try fill(batch, rows: rows) { return true }
            try nextFile()
        }
        clear(batch)
        return false
    }

    /// Makes it a batch without rows that has the input's columns, as steps expect of every batch.
    public func clear(_ batch: RowBatch) {
        batch.prepare(sourceColumns: header.count)
        batch.columns.removeAll(keepingCapacity: true)
        for column in header.indices { batch.columns.append(.source(column)) }
    }

    private func fill(_ batch: RowBatch, rows: Int) throws(DelimitedError) -> Bool {
        guard let opened, let splitter, !header.isEmpty else { return false }
        batch.prepare(sourceColumns: header.count)
        batch.syntax = options.dialect.syntax
        let rows = min(rows, batch.rowCapacity)
        // As much as the rows will need: what is left over has to be copied.
        var target = max(4096, min(batchBytes, Int(bytesPerRow * Double(rows) * 1.02) + 512))
        if bytesPerRow == 0 { target = batchBytes }
        batch.reserve(bytes: max(target, carried.bytes.count))
        carried.bytes.withUnsafeBufferPointer { if let start = $0.baseAddress { batch.bytes.update(from: start, count: $0.count) } }
        batch.byteCount = carried.bytes.count
        while true {
            while !ended, batch.byteCount < target { ended = try opened.read(into: batch, to: target) == 0 }
            if skipsLine { skipLine(batch) }
            if skipsLine { continue }
            var consumed = splitter.split(batch, rows: rows, atEnd: ended)
            if batch.rowCount == 0, !ended {
                // No row ends here yet: blank lines and comments go, and more is read.
                drop(consumed, of: batch, opened)
                if batch.byteCount <= options.rowLimit {
                    target = min(max(batch.byteCount * 2, target), options.rowLimit + 1)
                    batch.reserve(bytes: target)
                    continue
                }
                consumed = splitter.takeOverlong(batch)
            }
            // At the input's end there is no line left.
            skipsLine = splitter.leavesLine && !ended
            complete(batch, consumed, opened, splitter)
            guard splitter.recoveries <= Self.recoveryLimit else {
                throw DelimitedError(
                    .limit, path: inputs[file], offset: offset,
                    "more than \(Self.recoveryLimit) rows have a quote that never closes: quotes mean nothing in this file (turn quoting off), or the delimiter is another")
            }
            return batch.rowCount > 0
        }
    }

    /// The batch is cut: faults out of the selection, marks, offsets, and the rest kept for the next one.
    private func complete(_ batch: RowBatch, _ consumed: Int, _ opened: OpenedInput, _ splitter: RowSplitter) {
        batch.file = file
        batch.firstRowNumber = rowNumber
        batch.firstOrdinal = ordinal
        batch.origin = InputOrigin(base: offset, width: opened.width)
        batch.columns.removeAll(keepingCapacity: true)
        for column in header.indices { batch.columns.append(.source(column)) }
        if splitter.sawHighBytes { batch.noteInvalidText(consumed) }
        markers.mark(batch, header: header, looksAt: options.looksAt)
        batch.deselectFaults()
        let rest = UnsafeBufferPointer(start: UnsafePointer(batch.bytes) + consumed, count: batch.byteCount - consumed)
        carried.keep(rest)
        offset += Int64(batch.origin.inputLength(of: UnsafeBufferPointer(start: batch.bytes, count: consumed)))
        batch.byteCount = consumed
        rowNumber += Int64(batch.rowCount)
        ordinal += Int64(batch.rowCount)
        if batch.rowCount > 0 { bytesPerRow = Double(consumed) / Double(batch.rowCount) }
    }

    private func drop(_ count: Int, of batch: RowBatch, _ opened: OpenedInput) {
        guard count > 0 else { return }
        let origin = InputOrigin(base: offset, width: opened.width)
        offset += Int64(origin.inputLength(of: UnsafeBufferPointer(start: batch.bytes, count: count)))
        batch.bytes.update(from: batch.bytes + count, count: batch.byteCount - count)
        batch.byteCount -= count
    }

    /// Behind an overlong row: everything up to the line's end goes.
    private func skipLine(_ batch: RowBatch) {
        guard let opened else { return }
        if let found = memchr(batch.bytes, 0x0A, batch.byteCount) {
            drop(UnsafeRawPointer(found) - UnsafeRawPointer(batch.bytes) + 1, of: batch, opened)
            skipsLine = false
        } else {
            drop(batch.byteCount, of: batch, opened)
            if ended { skipsLine = false }
        }
    }
}
