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
    public private(set) var header: [String] = []
    /// What is remarkable about the inputs opened so far, in their order; after a resumption only from the file gone on with.
    public private(set) var notices: [InputNotice] = []

    private var opened: OpenedInput?
    private var splitter: RowSplitter?
    private var markers: NullMarkers
    private var carried = CarriedText()
    private var ended = false
    /// The rest of an overlong row's line is to be skipped.
    private var skipsLine = false
    /// What `carried` starts at, in the decompressed input.
    private var offset: Int64 = 0
    private var file = 0
    private var rowNumber: Int64 = 1
    private var ordinal: Int64 = 1
    private var finished: [ReaderPosition.Fingerprint] = []
    private var bytesPerRow = 0.0
    private let batchBytes: Int

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
        batch.quote = options.dialect.quote
        batch.delimiter = options.dialect.delimiter
        batch.escape = options.dialect.escape
        let rows = min(rows, batch.rowCapacity)
        // As much as the rows will need: what is left over has to be copied.
        var target = max(4096, min(batchBytes, Int(bytesPerRow * Double(rows) * 1.02) + 512))
        if bytesPerRow == 0 { target = batchBytes }
        batch.reserve(bytes: max(target, carried.bytes.count))
        carried.bytes.withUnsafeBufferPointer { if let start = $0.baseAddress { batch.bytes.update(from: start, count: $0.count) } }
        batch.byteCount = carried.bytes.count
        while true {
            while !ended, batch.byteCount < target { try readMore(opened, batch, to: target) }
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

    private func readMore(_ opened: OpenedInput, _ batch: RowBatch, to target: Int) throws(DelimitedError) {
        // Decoders need room for a character.
        batch.reserve(bytes: max(target, batch.byteCount + 4))
        let room = UnsafeMutableRawBufferPointer(start: batch.bytes + batch.byteCount, count: batch.byteCapacity - batch.byteCount)
        let wanted = UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, max(target - batch.byteCount, 4))])
        let count = try opened.text.read(into: wanted)
        batch.byteCount += count
        ended = count == 0
    }

    /// The batch is cut: faults out of the selection, marks, offsets, and the rest kept for the next one.
    private func complete(_ batch: RowBatch, _ consumed: Int, _ opened: OpenedInput, _ splitter: RowSplitter) {
        batch.file = file
        batch.firstRowNumber = rowNumber
        batch.firstOrdinal = ordinal
        batch.origin = InputOrigin(base: offset, width: opened.width)
        batch.columns.removeAll(keepingCapacity: true)
        for column in header.indices { batch.columns.append(.source(column)) }
        if splitter.sawHighBytes { checkText(batch, consumed) }
        markers.mark(batch, header: header, looksAt: options.looksAt)
        deselectFaults(batch)
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

    private func checkText(_ batch: RowBatch, _ consumed: Int) {
        guard UTF8Check.firstFault(UnsafePointer(batch.bytes), consumed) != nil else { return }
        for row in 0..<batch.rowCount {
            let start = Int(batch.rowStarts[row])
            if let at = UTF8Check.firstFault(UnsafePointer(batch.bytes) + start, Int(batch.rowEnds[row]) - start) { note(batch, row, .invalidText, at) }
        }
    }

    /// The first fault of a row counts.
    private func note(_ batch: RowBatch, _ row: Int, _ reason: RowFault.Reason, _ position: Int) {
        guard !batch.faults.contains(where: { $0.row == row }) else { return }
        batch.faults.append(RowFault(row: row, reason: reason, position: position))
    }

    private func deselectFaults(_ batch: RowBatch) {
        guard !batch.faults.isEmpty else { return }
        batch.faults.sort { $0.row < $1.row }
        var next = 0
        batch.filter { row in
            if next < batch.faults.count, batch.faults[next].row == row {
                next += 1
                return false
            }
            return true
        }
    }

    // MARK: files

    private func openFile() throws(DelimitedError) {
        let path = inputs[file]
        let input = try OpenedInput(path: path, options: options)
        opened = input
        ended = false
        skipsLine = false
        carried.clear()
        offset = input.start
        rowNumber = 1
        let (names, rowless) = try firstNames(input, path: path)
        if let rowless {
            guard options.takesEmptyFiles || !options.dialect.header else {
                let what = if case .empty = rowless { "it has no text" } else { "it has only blank lines and comments" }
                throw DelimitedError(
                    .empty, path: path,
                    "\(what), where a header with the columns' names is expected; look at what writes it, or set emptyFiles to Accept where such a file means that there are no rows")
            }
            notices.append(rowless)
        }
        try begin(names: names, path: path)
    }

    /// The names that the file's first row gives, or counts, as they stand there. Without any row: none, and a notice that says so.
    private func firstNames(_ input: OpenedInput, path: String) throws(DelimitedError) -> (names: [String]?, rowless: InputNotice?) {
        let batch = RowBatch(sourceColumns: 1, rows: 16, bytes: 4096)
        guard let row = try firstRow(input, batch, path: path) else {
            return (options.dialect.header ? nil : options.columns, batch.byteCount == 0 ? .empty(file: path) : .blank(file: path))
        }
        let origin = InputOrigin(base: offset, width: input.width)
        let used = options.dialect.header ? row.next : row.start
        offset += Int64(origin.inputLength(of: UnsafeBufferPointer(start: batch.bytes, count: used)))
        carried.keep(UnsafeBufferPointer(start: UnsafePointer(batch.bytes) + used, count: batch.byteCount - used))
        guard options.dialect.header else {
            return (options.columns.isEmpty ? (1...max(row.cells.count, 1)).map { "column\($0)" } : options.columns, nil)
        }
        guard UTF8Check.firstFault(UnsafePointer(batch.bytes) + row.start, row.next - row.start) == nil else {
            throw DelimitedError(.header, path: path, "the header is no text in the declared encoding (\(options.encoding.rawValue)): declare the encoding the file really has")
        }
        // In UTF-16 every other byte of plain text is zero. Read as bytes, names and cells would be cut apart without a word.
        let text = UnsafeBufferPointer(start: UnsafePointer(batch.bytes) + row.start, count: row.next - row.start)
        if let zero = text.firstIndex(of: 0), text.count(where: { $0 == 0 }) * 3 >= text.count {
            let guess: TextEncoding = zero % 2 == 0 ? .utf16BigEndian : .utf16LittleEndian
            throw DelimitedError(.header, path: path, offset: Int64(row.start + zero), "the header has zero bytes, as text in UTF-16 without a byte order mark: declare encoding: \(guess.rawValue)")
        }
        batch.quote = options.dialect.quote
        batch.escape = options.dialect.escape
        let scratch = TextScratch()
        let names = withExtendedLifetime(scratch) {
            row.cells.map { cell in batch.text(cell, in: UnsafePointer(batch.bytes), scratch: scratch).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        }
        return (names, nil)
    }

    private func firstRow(
        _ input: OpenedInput, _ batch: RowBatch, path: String
    ) throws(DelimitedError) -> (cells: [CellRef], start: Int, next: Int)? {
        var parser = RowParser(options.dialect)
        var target = min(batchBytes, 64 << 10)
        while true {
            while !ended, batch.byteCount < target { try readMore(input, batch, to: target) }
            var start = 0
            parsing: while start < batch.byteCount {
                if batch.bytes[start] == options.dialect.comment {
                    guard let found = memchr(batch.bytes + start, 0x0A, batch.byteCount - start) else {
                        if ended { start = batch.byteCount }
                        break parsing
                    }
                    start = UnsafeRawPointer(found) - UnsafeRawPointer(batch.bytes) + 1
                    continue
                }
                switch parser.parse(UnsafePointer(batch.bytes), from: start, to: batch.byteCount, atEnd: ended) {
                case .row(let end, let next):
                    if end == start {
                        start = next
                        continue
                    }
                    if options.dialect.header, let fault = parser.fault {
                        throw DelimitedError(.header, path: path, offset: offset, "the header can't be read, \(fault.reason): mend it, or correct delimiter and quote")
                    }
                    return (parser.cells, start, next)
                case .incomplete: break parsing
                case .unterminated:
                    if options.dialect.header {
                        throw DelimitedError(.header, path: path, offset: offset, "a quote opens in the header and never closes: close it, or turn quoting off")
                    }
                    break parsing
                }
            }
            if ended {
                guard start < batch.byteCount, !options.dialect.header else {
                    carried.clear()
                    return nil
                }
                // A single row whose quote never closes: the splitter makes a fault of it.
                return ([.empty], start, batch.byteCount)
            }
            guard target <= options.rowLimit else {
                throw DelimitedError(.header, path: path, "its first row has no end within \(options.rowLimit) bytes: is this a delimited file, and are the quotes right?")
            }
            target *= 2
        }
    }

    private func begin(names: [String]?, path: String) throws(DelimitedError) {
        // A file without any row has the columns of the others.
        let given = if let names { names } else { header.isEmpty ? try namesElsewhere() : header }
        let (names, repeated) = options.dialect.header ? ColumnNames.unique(given) : (given, [])
        if header.isEmpty { notices += repeated.map { .repeatedName(file: path, column: $0.column + 1, name: $0.name, takenAs: $0.takenAs) } }
        guard names.count <= options.columnLimit else {
            throw DelimitedError(.limit, path: path, "its first row has \(names.count) cells, more than the limit of \(options.columnLimit) columns: is the delimiter right?")
        }
        if file > 0, !header.isEmpty, names != header {
            throw DelimitedError(
                .header, path: path,
                "its columns are \(Self.list(names)), those of \(inputs[0]) are \(Self.list(header)): files read together must have the same columns in the same order")
        }
        if options.dialect.header, !names.isEmpty, let missing = options.columns.first(where: { !names.contains($0) }) {
            throw DelimitedError(.header, path: path, Self.missing(missing, names, options.dialect.delimiter))
        }
        header = names
        splitter = RowSplitter(options: options, columns: names.count)
    }

    /// The columns of the first other file that has any: of the ones behind the current file, then of those before it.
    private func namesElsewhere() throws(DelimitedError) -> [String] {
        let (keptOffset, keptCarried, keptEnd) = (offset, carried, ended)
        defer { (offset, carried, ended) = (keptOffset, keptCarried, keptEnd) }
        for path in Array(inputs[min(file + 1, inputs.count)...]) + Array(inputs[..<file]) {
            var info = stat()
            guard options.dialect.header, stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            let other = try OpenedInput(path: path, options: options)
            (offset, ended) = (other.start, false)
            if let names = try firstNames(other, path: path).names { return names }
        }
        return options.columns
    }

    private static func missing(_ column: String, _ names: [String], _ delimiter: UInt8) -> String {
        let found = "it has no column \"\(column)\", which the document declares, but \(list(names))"
        // A header that is one cell was most likely cut by something else.
        let others: [(UInt8, String)] = [(0x3B, ";"), (0x2C, ","), (0x09, "\\t"), (0x7C, "|")]
        if names.count == 1, let other = others.first(where: { $0.0 != delimiter && names[0].utf8.contains($0.0) }) {
            return "\(found); set delimiter to \"\(other.1)\""
        }
        return "\(found); correct the names in columns, or the delimiter"
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }

    private func nextFile() throws(DelimitedError) {
        guard let opened else { return }
        // What follows the last row (nothing, as a rule) belongs to the file's hash as well.
        try drain(opened)
        if let fingerprint = opened.file.wholeFingerprint() { finished.append(fingerprint) }
        self.opened = nil
        file += 1
        offset = 0
        rowNumber = 1
        if file < inputs.count { try openFile() }
    }

    private func drain(_ opened: OpenedInput) throws(DelimitedError) {
        let room = ByteRoom(64 << 10)
        while try opened.file.read(into: room.bytes) > 0 {}
    }

    private func resume(_ position: ReaderPosition) throws(DelimitedError) {
        guard position.file <= inputs.count, position.finished.count == min(position.file, inputs.count) else {
            throw DelimitedError(.changed, "the checkpoint is of other inputs: start the run anew")
        }
        guard position.file >= inputs.count || inputs[position.file] != FileSource.standardInput else {
            throw DelimitedError(.options, "standard input can't be read a second time: start the run anew, or give the input as a file")
        }
        // The header comes from the file's start, or the last file's when all are read.
        file = min(position.file, inputs.count - 1)
        if inputs[file] != FileSource.standardInput { try openFile() }
        opened = nil
        file = position.file
        finished = position.finished
        // A position at the very start means the first row behind the header.
        offset = max(position.offset, file < inputs.count && inputs[file] != FileSource.standardInput ? offset : 0)
        rowNumber = position.rowNumber
        ordinal = position.ordinal
        carried.clear()
        ended = false
        guard file < inputs.count else { return }
        let input = try OpenedInput(path: inputs[file], options: options, from: offset, expecting: position.fingerprint)
        opened = input
        offset = input.start
    }
}
