import Rows

/// Writes the selected rows of batches as delimited text.
///
/// A cell that stands in the input is copied as it stood, quotes and all, when input and output quote the same way; columns that stand side by
/// side in both are copied as one piece. Other cells are quoted only where they must be: when they hold the delimiter, the quote, a
/// line end, or are empty without being null. One owner.
public final class DelimitedWriter {
    private let file: OutputFile
    private let dialect: Dialect
    private let columns: [OutputColumn]
    private let scratch = TextScratch()
    /// Rows written through this writer.
    public private(set) var rows: Int64 = 0
    /// Bytes that make a cell of this dialect need quotes.
    private let special: [Bool]

    public init(_ file: OutputFile, dialect: Dialect, columns: [OutputColumn]) throws(DelimitedError) {
        if let problem = dialect.problem { throw DelimitedError(.options, path: file.path, problem) }
        self.file = file
        self.dialect = dialect
        self.columns = columns
        var special = [Bool](repeating: false, count: 256)
        for byte in [dialect.delimiter, dialect.quote ?? 0x0A, 0x0A, 0x0D] { special[Int(byte)] = true }
        self.special = special
    }

    /// The header, at the start of a new file; nothing for a dialect without.
    public func writeHeader() throws(DelimitedError) {
        guard dialect.header else { return }
        for (place, column) in columns.enumerated() {
            if place > 0 { put(dialect.delimiter) }
            let name = Array(column.name.utf8)
            let copy = scratch.bytes(name.count)
            for (at, byte) in name.enumerated() { copy[at] = byte }
            try putText(UnsafeBufferPointer(start: copy, count: name.count), isAlone: columns.count == 1, startsRow: place == 0, emptyIsText: false)
        }
        put(0x0A)
        try file.flushIfFull()
    }

    // MARK: batches

    /// What a column costs in this batch.
    private enum Piece {
        /// Source columns first ... last, side by side: one copy.
        case run(first: Int, last: Int)
        /// A source column whose text is written in another dialect.
        case source(Int)
        case text(TextColumn)
        case value(Column, ValueFormat)
    }

    public func write(_ batch: RowBatch) throws(DelimitedError) {
        let count = batch.selectedCount
        guard count > 0 else { return }
        rows += Int64(count)
        let pieces = plan(batch)
        let firstEnd = Int(batch.rowEnds[batch.selectedRow(0)])
        if case .run(0, batch.sourceColumnCount - 1)? = pieces.first, pieces.count == 1, batch.hasAdjacentCells, firstEnd < batch.byteCount, batch.bytes[firstEnd] == 0x0A {
            try writeWholeRows(batch, count)
        } else if let runs = Self.runs(pieces) {
            try writeRuns(batch, count, runs)
        } else {
            for place in 0..<count { try writeRow(batch, batch.selectedRow(place), pieces) }
        }
    }

    private func plan(_ batch: RowBatch) -> [Piece] {
        // Comments are a matter of a row's first byte: a row that came through may still not be written as one.
        let sameDialect = batch.delimiter == dialect.delimiter && batch.quote == dialect.quote && dialect.comment == nil
        var pieces: [Piece] = []
        for (place, column) in batch.columns.enumerated() {
            if let text = column.text {
                pieces.append(.text(text))
            } else if let source = column.source, source >= 0, source < batch.sourceColumnCount {
                guard sameDialect else {
                    pieces.append(.source(source))
                    continue
                }
                if case .run(let first, let last)? = pieces.last, last + 1 == source, batch.hasAdjacentCells {
                    pieces[pieces.count - 1] = .run(first: first, last: source)
                } else {
                    pieces.append(.run(first: source, last: source))
                }
            } else {
                pieces.append(.value(column, place < columns.count ? columns[place].format : ValueFormat(plain: column.type)))
            }
        }
        // A row of one empty cell would be a blank line, which is none.
        if batch.columns.count == 1, case .run(let only, _)? = pieces.first { return [.source(only)] }
        return pieces
    }

    private static func runs(_ pieces: [Piece]) -> [(first: Int, last: Int)]? {
        var runs: [(first: Int, last: Int)] = []
        for piece in pieces {
            guard case .run(let first, let last) = piece else { return nil }
            runs.append((first, last))
        }
        return runs.isEmpty ? nil : runs
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
                    // The line feed takes the last delimiter's place.
                    (at - 1).pointee = 0x0A
                    place &+= 1
                }
            }
            file.used += at - begin
            if needed > 0 {
                // Full: the next row starts in an emptier buffer, or in one made large enough for it.
                if at == begin { file.reserve(rowBound(batch, batch.selectedRow(place), runs)) } else { try file.flushFull() }
            }
        }
    }

    private func rowBound(_ batch: RowBatch, _ row: Int, _ runs: [(first: Int, last: Int)]) -> Int {
        runs.reduce(2) { sum, run in
            let last = batch.sourceCells(run.last)[row]
            return sum + last.offset + last.length - batch.sourceCells(run.first)[row].offset + 2
        }
    }

    // MARK: rows

    private func writeRow(_ batch: RowBatch, _ row: Int, _ pieces: [Piece]) throws(DelimitedError) {
        let isAlone = pieces.count == 1 && batch.columns.count == 1
        for (place, piece) in pieces.enumerated() {
            if place > 0 { put(dialect.delimiter) }
            switch piece {
            case .run(let first, let last):
                let start = batch.sourceCells(first)[row].offset
                let end = batch.sourceCells(last)[row]
                putRaw(UnsafePointer(batch.bytes) + start, end.offset + end.length - start)
            case .source(let column):
                try putCell(batch, batch.sourceCells(column)[row], UnsafePointer(batch.bytes), isAlone, place == 0)
            case .text(let text):
                let cell = text.cells[row]
                if cell.isUntouched {
                    let source = text.source.flatMap { $0 < batch.sourceColumnCount ? batch.sourceCells($0)[row] : nil } ?? .null
                    try putCell(batch, source, UnsafePointer(batch.bytes), isAlone, place == 0)
                } else if cell.isNull {
                    try putNull(isAlone)
                } else {
                    try putText(UnsafeBufferPointer(start: text.bytes + cell.offset, count: cell.length), isAlone: isAlone, startsRow: place == 0)
                }
            case .value(let column, let format): try putValue(column, row, format, isAlone, place == 0)
            }
        }
        put(0x0A)
        try file.flushIfFull()
    }

    /// A cell of the input: as it stood where that means the same here.
    private func putCell(_ batch: RowBatch, _ cell: CellRef, _ base: UnsafePointer<UInt8>, _ isAlone: Bool, _ startsRow: Bool) throws(DelimitedError) {
        if batch.delimiter == dialect.delimiter, batch.quote == dialect.quote, !(startsRow && dialect.comment != nil && !cell.isQuoted), !(isAlone && cell.length == 0) {
            return putRaw(base + cell.offset, cell.length)
        }
        // A null marker is written as it was; a null without text as nothing.
        let content = UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength)
        if cell.isNull, content.isEmpty { return try putNull(isAlone) }
        let text = cell.hasEscapes ? scratch.unescape(content, quote: batch.quote ?? 0x22) : content
        try putText(text, isAlone: isAlone, startsRow: startsRow, emptyIsText: cell.isQuoted)
    }

    private func putValue(_ column: Column, _ row: Int, _ format: ValueFormat, _ isAlone: Bool, _ startsRow: Bool) throws(DelimitedError) {
        let target = scratch.bytes(format.maximumBytes)
        let count: Int? =
            switch column {
            case .source, .text: nil
            case .integer(let values): values[row].map { ValueFormat.write($0, to: target) }
            case .float(let values): values[row].map { ValueFormat.write($0, to: target) }
            case .decimal(let values): values[row].map { format.write($0, to: target) }
            case .boolean(let values): values[row].map { format.write($0, to: target) }
            case .date(let values): values[row].map { format.write(days: $0, to: target) }
            case .timestamp(let values): values[row].map { format.write(microseconds: $0, to: target) }
            }
        guard let count else { return try putNull(isAlone) }
        try putText(UnsafeBufferPointer(start: target, count: count), isAlone: isAlone, startsRow: startsRow)
    }

    private func putNull(_ isAlone: Bool) throws(DelimitedError) {
        // Nothing, but for the only cell of a row: that would be a blank line.
        if isAlone, let quote = dialect.quote {
            put(quote)
            put(quote)
        }
    }

    /// Text that isn't null.
    private func putText(_ text: UnsafeBufferPointer<UInt8>, isAlone: Bool, startsRow: Bool, emptyIsText: Bool = true) throws(DelimitedError) {
        var needsQuotes = text.isEmpty ? emptyIsText || isAlone : startsRow && dialect.comment == text[0]
        if !needsQuotes {
            special.withUnsafeBufferPointer { special in
                // An index is a byte, the table has 256 entries.
                for byte in text where special[Int(byte)] {
                    needsQuotes = true
                    break
                }
            }
        }
        guard needsQuotes else {
            if let start = text.baseAddress { putRaw(start, text.count) }
            return
        }
        guard let quote = dialect.quote else {
            if text.isEmpty { return }
            throw DelimitedError(
                .options, path: file.path,
                "row \(rows) of the output has a cell with a delimiter or a line end in it, and quoting is off: turn quoting on, or take another delimiter")
        }
        file.reserve(text.count * 2 + 2)
        var at = file.room + file.used
        at.pointee = quote
        at += 1
        for byte in text {
            at.pointee = byte
            at += 1
            if byte == quote {
                at.pointee = quote
                at += 1
            }
        }
        at.pointee = quote
        file.used = at + 1 - file.room
    }

    private func put(_ byte: UInt8) {
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
