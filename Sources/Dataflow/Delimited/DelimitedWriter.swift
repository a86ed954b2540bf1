import Rows
import TextScan

/// Writes the selected rows of batches as delimited text.
///
/// A cell that stands in the input is copied as it stood, quotes and all, when input and output quote the same way; columns that stand side by
/// side in both are copied as one piece. Other cells are quoted only where they must be: when they hold the delimiter, the quote, a
/// line end, or are empty without being null. With an escape character in the dialect, it stands before quotes inside quotes and before itself
/// everywhere; where there are no quotes, before delimiters and line ends too. One owner.
public final class DelimitedWriter {
    let file: OutputFile
    let dialect: Dialect
    let style: WritingStyle
    let encoder: TextEncoder?
    let nullMarker: [UInt8]
    /// Every cell is looked at: nothing is copied by the run.
    private let looksAtEveryCell: Bool
    private let columns: [OutputColumn]
    let formats: FormatTable
    let scratch = TextScratch()
    /// Rows written through this writer.
    public private(set) var rows: Int64 = 0
    /// Bytes that make a cell of this dialect need quotes.
    let special: (UInt8, UInt8, UInt8, UInt8)
    /// How its cells are read again.
    let syntax: CellSyntax

    public init(_ file: OutputFile, dialect: Dialect, style: WritingStyle = WritingStyle(), columns: [OutputColumn]) throws(DelimitedError) {
        if let problem = dialect.problem ?? style.problem(dialect) { throw DelimitedError(.options, path: file.path, problem) }
        guard file.encoding == style.encoding else { throw DelimitedError(.options, path: file.path, "the file is of \(file.encoding.rawValue): open it in the encoding of its writer") }
        self.file = file
        self.dialect = dialect
        self.style = style
        encoder = TextEncoder(style.encoding)
        if dialect.header, let encoder, let column = columns.first(where: { encoder.firstLacking($0.name) != nil }) {
            throw DelimitedError(.options, path: file.path, "\(style.encoding.rawValue) lacks a character of the column name \"\(column.name)\": rename the column, or write utf-8")
        }
        nullMarker = Array(style.nullMarker.utf8)
        looksAtEveryCell = style.quotesAll || !style.nullMarker.isEmpty
        self.columns = columns
        syntax = CellSyntax(delimiter: dialect.delimiter, quote: dialect.quote, escape: dialect.escape, escapeSequences: dialect.escapeSequences)
        special = (dialect.delimiter, dialect.quote ?? 0x0A, 0x0A, 0x0D)
        formats = FormatTable(columns, special: [special.0, special.1, special.2, special.3] + [dialect.comment, dialect.escape].compactMap { $0 })
    }

    /// The header, at the start of a new file; nothing for a dialect without.
    public func writeHeader() throws(DelimitedError) {
        if style.byteOrderMark {
            put(0xEF)
            put(0xBB)
            put(0xBF)
        }
        guard dialect.header else { return }
        for (place, column) in columns.enumerated() {
            if place > 0 { put(dialect.delimiter) }
            let name = Array(column.name.utf8)
            let copy = scratch.bytes(name.count)
            for (at, byte) in name.enumerated() { copy[at] = byte }
            try putText(UnsafeBufferPointer(start: copy, count: name.count), isAlone: columns.count == 1, startsRow: place == 0, emptyIsText: false)
        }
        endLine()
        try file.flushIfFull()
    }

    func endLine() {
        if style.endsLinesWithCRLF { put(0x0D) }
        put(0x0A)
    }

    // MARK: batches

    /// Writes the selected rows; the batch has the columns the writer was made for, in their order.
    public func write(_ batch: RowBatch) throws(DelimitedError) {
        let count = batch.selectedCount
        guard count > 0 else { return }
        guard batch.columns.count == formats.count else {
            throw DelimitedError(.options, path: file.path, "a batch has \(batch.columns.count) columns, the output \(formats.count): every batch of an output has its columns")
        }
        rows += Int64(count)
        // Comments are a matter of a row's first byte: a row that came through may still not be written as one.
        let plan = WriterPlan(batch, copies: batch.syntax == syntax && dialect.comment == nil && !looksAtEveryCell, formats: formats)
        if looksAtEveryCell { return try writeEveryCell(batch, count, plan.pieces) }
        if let runs = plan.runs, !runs.isEmpty {
            let firstEnd = Int(batch.rowEnds[batch.selectedRow(0)])
            let isWhole = !style.endsLinesWithCRLF && runs.count == 1 && runs[0] == (0, batch.sourceColumnCount - 1) && batch.hasAdjacentCells
            if isWhole, firstEnd < batch.byteCount, batch.bytes[firstEnd] == 0x0A { try writeWholeRows(batch, count) } else { try writeRuns(batch, count, runs) }
        } else {
            try writeMixed(batch, count, plan.pieces)
        }
    }

    /// Rows as they stand, and as many of them in one copy as follow one another.
    private func writeWholeRows(_ batch: RowBatch, _ count: Int) throws(DelimitedError) {
        let bytes = UnsafePointer(batch.bytes)
        var from = 0
        var to = 0
        for place in 0..<count {
            let row = batch.selectedRow(place)
            let start = Int(batch.rowStarts[row])
            let end = Int(batch.rowEnds[row])
            // The byte behind a row is its line feed, unless the row ends the input or stands before a CR.
            if start == to, end < batch.byteCount, bytes[end] == 0x0A {
                to = end + 1
                continue
            }
            if to > from { try file.append(UnsafeRawBufferPointer(start: bytes + from, count: to - from)) }
            if end < batch.byteCount, bytes[end] == 0x0A {
                (from, to) = (start, end + 1)
            } else {
                try file.append(UnsafeRawBufferPointer(start: bytes + start, count: end - start))
                put(0x0A)
                (from, to) = (end, end)
            }
        }
        if to > from { try file.append(UnsafeRawBufferPointer(start: bytes + from, count: to - from)) }
    }

    /// Only copies: the loop of select and rename.
    ///
    /// Ranges lie within the batch's bytes (its guarantee), behind which 64 may be read; `at` stays below `limit` by the test before each
    /// copy, and the room has 64 bytes of slack.
    private func writeRuns(_ batch: RowBatch, _ count: Int, _ runs: [(first: Int, last: Int)]) throws(DelimitedError) {
        let bytes = UnsafePointer(batch.bytes)
        let delimiter = dialect.delimiter
        let endsWithCRLF = style.endsLinesWithCRLF
        let cells = runs.map { (first: UnsafePointer(batch.sourceCells($0.first)), last: UnsafePointer(batch.sourceCells($0.last))) }
        var place = 0
        while place < count {
            try file.flushIfFull()
            var at = file.room + file.used
            let limit = file.room + file.capacity
            let begin = at
            var needed = 0
            cells.withUnsafeBufferPointer { cells in
                rows: while place < count {
                    let row = batch.selectedRow(place)
                    let rowStart = at
                    for run in cells {
                        let start = run.first[row].offset
                        let last = run.last[row]
                        let length = last.offset &+ last.length &- start
                        if limit - at <= length &+ 1 {
                            needed = length &+ 1
                            at = rowStart
                            break rows
                        }
                        copyShort(at, bytes + start, length)
                        at += length
                        at.pointee = delimiter
                        at += 1
                    }
                    // The line end takes the last delimiter's place; a second byte of it goes into the slack.
                    if endsWithCRLF {
                        (at - 1).pointee = 0x0D
                        at += 1
                    }
                    (at - 1).pointee = 0x0A
                    place &+= 1
                }
            }
            file.used += at - begin
            if needed > 0 {
                // Full: the next row starts in an emptier buffer, or in one made large enough for it.
                let bound = rowBound(batch, batch.selectedRow(place), runs)
                if at > begin {
                    try file.flushFull()
                } else if bound > Self.hugeBytes {
                    try writeHuge(batch, batch.selectedRow(place), runs)
                    place += 1
                } else {
                    file.reserve(bound)
                }
            }
        }
    }

    /// Text of so many bytes isn't copied into the room, which would become as large, but goes from where it stands.
    static let hugeBytes = 1 << 20

    private func writeHuge(_ batch: RowBatch, _ row: Int, _ runs: [(first: Int, last: Int)]) throws(DelimitedError) {
        for (place, run) in runs.enumerated() {
            if place > 0 { put(dialect.delimiter) }
            let (first, last) = (batch.sourceCells(run.first)[row], batch.sourceCells(run.last)[row])
            try putLong(UnsafePointer(batch.bytes) + first.offset, last.offset + last.length - first.offset)
        }
        endLine()
    }

    private func putLong(_ start: UnsafePointer<UInt8>, _ count: Int) throws(DelimitedError) {
        if count > Self.hugeBytes { try file.append(UnsafeRawBufferPointer(start: start, count: count)) } else { putRaw(start, count) }
    }

    private func rowBound(_ batch: RowBatch, _ row: Int, _ runs: [(first: Int, last: Int)]) -> Int {
        runs.reduce(2) { sum, run in
            let last = batch.sourceCells(run.last)[row]
            return sum + last.offset + last.length - batch.sourceCells(run.first)[row].offset + 2
        }
    }

    // MARK: cells

    /// Nulls and empty text, untouched cells of computed columns, cells of another dialect, whatever needs quotes.
    func putRare(_ batch: RowBatch, _ piece: WriterPlan.Piece, _ row: Int, _ isAlone: Bool, _ startsRow: Bool) throws(DelimitedError) {
        if let cells = piece.cells, let bytes = piece.bytes, !cells[row].isUntouched {
            let cell = cells[row]
            if cell.isNull { return putNull(isAlone) }
            return try putText(UnsafeBufferPointer(start: bytes + cell.offset, count: cell.length), isAlone: isAlone, startsRow: startsRow)
        }
        guard let first = piece.first else { return putNull(isAlone) }
        try putCell(batch, first[row], UnsafePointer(batch.bytes), isAlone, startsRow)
    }

    /// A cell of the input: as it stood where that means the same here.
    private func putCell(_ batch: RowBatch, _ cell: CellRef, _ base: UnsafePointer<UInt8>, _ isAlone: Bool, _ startsRow: Bool) throws(DelimitedError) {
        if looksAtEveryCell {
            if cell.isNull { return putNull(isAlone) }
            // Quotes stay quotes.
            if cell.isQuoted, meansTheSame(cell, batch) { return putRaw(base + cell.offset, cell.length) }
        } else if batch.syntax.delimiter == dialect.delimiter, meansTheSame(cell, batch), !(startsRow && dialect.comment != nil && !cell.isQuoted), !(isAlone && cell.length == 0) {
            return try putLong(base + cell.offset, cell.length)
        }
        // A null marker is written as it was, unless it would be read as another text; a null without text as nothing.
        let content = UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength)
        if cell.isNull, content.isEmpty || (dialect.escape.map { content.contains($0) } ?? false) { return putNull(isAlone) }
        let text = cell.hasEscapes && !cell.isNull ? batch.unescaped(cell, in: base, scratch: scratch) : content
        try putText(text, isAlone: isAlone, startsRow: startsRow, emptyIsText: cell.isQuoted)
    }

    /// Whether a cell as it stands in the input means the same in the output, delimiters aside: quotes that stand for themselves must be doubled.
    func meansTheSame(_ cell: CellRef, _ batch: RowBatch) -> Bool {
        batch.syntax.meansTheSame(as: syntax) && !(batch.syntax.hasLooseQuotes && cell.isQuoted && cell.hasEscapes)
    }

    func putNull(_ isAlone: Bool) {
        if !nullMarker.isEmpty {
            return nullMarker.withUnsafeBufferPointer { if let start = $0.baseAddress { putRaw(start, $0.count) } }
        }
        // Nothing, but for the only cell of a row: that would be a blank line.
        if isAlone, let quote = dialect.quote {
            put(quote)
            put(quote)
        }
    }

    /// Text that isn't null; behind it 64 bytes may be read, as behind all text of batches.
    func putText(_ text: UnsafeBufferPointer<UInt8>, isAlone: Bool, startsRow: Bool, emptyIsText: Bool = true) throws(DelimitedError) {
        var needsQuotes = text.isEmpty ? emptyIsText || isAlone : startsRow && dialect.comment == text[0]
        // Empty text is quoted already where it could be taken for a null.
        if looksAtEveryCell, !needsQuotes { needsQuotes = style.quotesAll || (!nullMarker.isEmpty && text.elementsEqual(nullMarker)) }
        if !needsQuotes, let start = text.baseAddress { needsQuotes = TextSearch.first(of: special, in: start, text.count) < text.count }
        guard needsQuotes else {
            guard let start = text.baseAddress else { return }
            if let escape = dialect.escape, text.contains(escape) { putEscaped(text, escape, startsRow) } else { try putLong(start, text.count) }
            return
        }
        guard let quote = dialect.quote else {
            if text.isEmpty { return }
            if let escape = dialect.escape { return putEscaped(text, escape, startsRow) }
            throw DelimitedError(
                .options, path: file.path,
                "row \(rows) of the output has a cell with a delimiter or a line end in it, and quoting is off: turn quoting on, or take another delimiter")
        }
        file.reserve(text.count * 2 + 2)
        var at = file.room + file.used
        at.pointee = quote
        at += 1
        // What stands before a quote: another, or the escape character, which then stands before itself as well.
        let escape = dialect.escape ?? quote
        for byte in text {
            if byte == quote || byte == escape {
                at.pointee = escape
                at += 1
            }
            at.pointee = byte
            at += 1
        }
        at.pointee = quote
        file.used = at + 1 - file.room
    }

    /// Text without quotes around it: an escape character before all that would mean something, also before the first character of what would
    /// be taken for a null or a comment.
    private func putEscaped(_ text: UnsafeBufferPointer<UInt8>, _ escape: UInt8, _ startsRow: Bool) {
        file.reserve(text.count * 2)
        var at = file.room + file.used
        let isMistakable = (startsRow && dialect.comment == text.first) || (!nullMarker.isEmpty && text.elementsEqual(nullMarker))
        for (place, byte) in text.enumerated() {
            if byte == escape || byte == special.0 || byte == special.1 || byte == special.2 || byte == special.3 || (place == 0 && isMistakable) {
                at.pointee = escape
                (at + 1).pointee = dialect.escapeSequences.letter(for: byte)
                at += 2
            } else {
                at.pointee = byte
                at += 1
            }
        }
        file.used = at - file.room
    }

    func put(_ byte: UInt8) {
        file.reserve(1)
        file.room[file.used] = byte
        file.used += 1
    }

    private func putRaw(_ start: UnsafePointer<UInt8>, _ count: Int) {
        file.reserve(count)
        (file.room + file.used).update(from: start, count: count)
        file.used += count
    }
}
