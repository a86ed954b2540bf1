import Glibc
import Rows

/// What stands before the rows of a file: lines that are skipped, and the header. Where there is none, the first row says how many columns there are.
struct FileStart {
    /// The names that the header gives, or counts, as they stand there; nil: there is a header to be, and no row.
    private(set) var names: [String]?
    /// Set where the file has no row at all.
    private(set) var rowless: InputNotice?
    /// Where the rows start: bytes of the decompressed input.
    private(set) var offset: Int64
    /// What was read from there on.
    private(set) var rest: [UInt8] = []
    /// Nothing follows `rest`.
    private(set) var ended = false

    private let input: OpenedInput
    private let options: ReaderOptions
    private let path: String
    private let batch = RowBatch(sourceColumns: 1, rows: 16, bytes: 4096)

    /// Reads it.
    ///
    /// - Parameter bytes: to read at once.
    init(_ input: OpenedInput, path: String, options: ReaderOptions, bytes: Int) throws(DelimitedError) {
        self.input = input
        self.options = options
        self.path = path
        offset = input.start
        try skipLines()
        guard let row = try firstRow(bytes: bytes) else {
            names = options.dialect.header ? nil : options.columns
            rowless = batch.byteCount == 0 && offset == input.start ? .empty(file: path) : .blank(file: path)
            return
        }
        let used = options.dialect.header ? row.next : row.start
        if options.dialect.header {
            names = try header(row.cells, from: row.start, to: row.next)
        } else {
            names = options.columns.isEmpty ? (1...max(row.cells.count, 1)).map { "column\($0)" } : options.columns
        }
        advance(used)
        rest = Array(UnsafeBufferPointer(start: UnsafePointer(batch.bytes) + used, count: batch.byteCount - used))
    }

    private mutating func advance(_ count: Int) {
        offset += Int64(InputOrigin(base: offset, width: input.width).inputLength(of: UnsafeBufferPointer(start: batch.bytes, count: count)))
    }

    private mutating func read(to target: Int) throws(DelimitedError) {
        if try input.read(into: batch, to: target) == 0 { ended = true }
    }

    /// Lines, however long: no more of them is kept than was read at once.
    private mutating func skipLines() throws(DelimitedError) {
        var left = options.dialect.skipLines
        while left > 0 {
            if batch.byteCount == 0 { try read(to: 4096) }
            guard batch.byteCount > 0 else { return }
            var count = batch.byteCount
            if let found = memchr(batch.bytes, 0x0A, batch.byteCount) {
                count = UnsafeRawPointer(found) - UnsafeRawPointer(batch.bytes) + 1
                left -= 1
            }
            advance(count)
            batch.bytes.update(from: batch.bytes + count, count: batch.byteCount - count)
            batch.byteCount -= count
        }
    }

    private func header(_ cells: [CellRef], from start: Int, to next: Int) throws(DelimitedError) -> [String] {
        let text = UnsafeBufferPointer(start: UnsafePointer(batch.bytes) + start, count: next - start)
        guard UTF8Check.firstFault(UnsafePointer(batch.bytes) + start, text.count) == nil else {
            throw DelimitedError(.header, path: path, "the header is no text in the declared encoding (\(options.encoding.rawValue)): declare the encoding the file really has")
        }
        // In UTF-16 every other byte of plain text is zero. Read as bytes, names and cells would be cut apart without a word.
        if let zero = text.firstIndex(of: 0), text.count(where: { $0 == 0 }) * 3 >= text.count {
            let guess: TextEncoding = zero % 2 == 0 ? .utf16BigEndian : .utf16LittleEndian
            throw DelimitedError(
                .header, path: path, offset: offset + Int64(start + zero), "the header has zero bytes, as text in UTF-16 without a byte order mark: declare encoding: \(guess.rawValue)")
        }
        batch.syntax = options.dialect.syntax
        let scratch = TextScratch()
        return withExtendedLifetime(scratch) {
            cells.map { cell in
                let cell = options.dialect.trim == .none ? cell : options.dialect.trimmed(cell, in: UnsafePointer(batch.bytes))
                return batch.text(cell, in: UnsafePointer(batch.bytes), scratch: scratch).map { String(decoding: $0, as: UTF8.self) } ?? ""
            }
        }
    }

    /// The first row behind comments and blank lines, as it stands in the batch; nil: there is none.
    private mutating func firstRow(bytes: Int) throws(DelimitedError) -> (cells: [CellRef], start: Int, next: Int)? {
        var parser = RowParser(options.dialect)
        var target = bytes
        while true {
            while !ended, batch.byteCount < target { try read(to: target) }
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
                guard start < batch.byteCount, !options.dialect.header else { return nil }
                // A single row whose quote never closes: the splitter makes a fault of it.
                return ([.empty], start, batch.byteCount)
            }
            guard target <= options.rowLimit else {
                throw DelimitedError(.header, path: path, "its first row has no end within \(options.rowLimit) bytes: is this a delimited file, and are the quotes right?")
            }
            target *= 2
        }
    }
}
