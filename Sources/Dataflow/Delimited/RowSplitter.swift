import Glibc
import Rows
import TextScan

/// Cuts the bytes of a batch into rows and cells.
///
/// The scanner gives positions a few thousand bytes at a time; a row whose positions are what a plain row has takes the short way,
/// every other one goes cell by cell, and a row with a quote where none may open is read by `RowParser`.
final class RowSplitter {
    private var scanner: TextScanner
    private var parser: RowParser
    private let delimiter: UInt8
    /// 0 with `quotedFlag` 0 when quotes mean nothing.
    private let quote: UInt8
    private let quotedFlag: UInt64
    private let escape: UInt8?
    private let comment: UInt8?
    private let columns: Int
    private let pads: Bool
    /// What is wrong by the scanner's parity may be right by these rules, and is read again by the parser.
    private let readsFaultsAgain: Bool
    private let rowLimit: Int
    /// `nullFlag` when an empty unquoted cell is a null.
    private let emptyFlag: UInt64
    private let positions: UnsafeMutablePointer<UInt32>
    /// Rows cut short because their quote never closed.
    private(set) var recoveries = 0

    /// Bytes scanned at a time: their positions stay in the first-level cache, and so do they until they are cut.
    private static let chunk = 16 << 10
    /// After such rows the scan starts again behind them: small at first, so that a file full of them isn't scanned over and over.
    private static let firstChunk = 512

    init(options: ReaderOptions, columns: Int, variant: TextScanner.Variant = .best) {
        let dialect = options.dialect
        scanner = TextScanner(delimiter: dialect.delimiter, quote: dialect.quote, escape: dialect.escape, variant: variant)
        parser = RowParser(dialect)
        delimiter = dialect.delimiter
        quote = dialect.quote ?? 0
        quotedFlag = dialect.quote == nil ? 0 : CellRef.quotedFlag
        escape = dialect.escape
        comment = dialect.comment
        self.columns = max(columns, 1)
        pads = options.raggedRows == .pad
        readsFaultsAgain = dialect.quote != nil && (dialect.lenientQuotes || dialect.trim == .both)
        rowLimit = options.rowLimit
        emptyFlag = options.nullMarkers.contains("") ? CellRef.nullFlag : 0
        positions = .allocate(capacity: Self.chunk + TextScanner.slack)
    }

    deinit { positions.deallocate() }

    // What the splitting of one batch goes through; reset by `split`.
    private var row = 0
    private var rowStart = 0
    private var scanned = 0
    private var next = 0
    private var count = 0
    private var irregular = false
    private var chunk = RowSplitter.chunk

    /// Whether a byte beyond ASCII was among those scanned for the last batch.
    private(set) var sawHighBytes = false

    /// Cuts `batch.bytes[0 ..< byteCount]`, whose first byte starts a row, and sets the batch's rows, cells and faults.
    ///
    /// - Parameters:
    ///   - rows: at most so many.
    ///   - atEnd: nothing follows these bytes.
    /// - Returns: where the first row starts that wasn't cut (`byteCount` when all were).
    func split(_ batch: RowBatch, rows limit: Int, atEnd: Bool) -> Int {
        let limit = min(limit, batch.rowCapacity)
        row = 0
        rowStart = 0
        leavesLine = false
        scanner.sawHighBytes = false
        restart(at: 0, chunk: Self.chunk)
        while row < limit, !leavesLine {
            plainRows(batch, limit: limit)
            guard row < limit else { break }
            if !anyRow(batch, atEnd: atEnd) { break }
        }
        batch.rowCount = row
        parser.dialect.trim(batch, columns: columns, emptyFlag: emptyFlag)
        if columns == 1, emptyFlag != 0 { takeLoneNulls(batch) }
        sawHighBytes = scanner.sawHighBytes
        return rowStart
    }

    /// In a table of one column a null without text would be a blank line, which is no row, so that it is written as two quotes. They are read as it.
    private func takeLoneNulls(_ batch: RowBatch) {
        let cells = batch.sourceCells(0)
        for row in 0..<batch.rowCount where cells[row].isQuoted && cells[row].length == 2 {
            cells[row] = CellRef(offset: cells[row].offset, length: 0, flags: CellRef.nullFlag)
        }
    }

    private func restart(at offset: Int, chunk: Int) {
        scanner.restart()
        scanned = offset
        next = 0
        count = 0
        irregular = false
        self.chunk = chunk
    }

    /// Rows with the expected number of cells and nothing special, as long as there are positions for them.
    ///
    /// Positions are below `batch.byteCount` and ascend, so every range below lies within the bytes; `row` is below the batch's capacity.
    private func plainRows(_ batch: RowBatch, limit: Int) {
        let bytes = UnsafePointer(batch.bytes)
        let stride = batch.rowCapacity
        let slab = batch.sourceCells(0)
        let (starts, ends) = (batch.rowStarts, batch.rowEnds)
        let (delimiter, quote, quotedFlag, emptyFlag) = (delimiter, quote, quotedFlag, emptyFlag)
        let last = columns - 1
        let positions = UnsafePointer(positions)
        // Compared as a wider number, so that "none" needs no branch of its own.
        let comment = comment.map { UInt16($0) } ?? 0x100
        let rowLimit = rowLimit
        var (row, rowStart, next) = (row, rowStart, next)
        while row < limit, count &- next > last {
            var cell = slab + row
            var cellStart = rowStart
            var at = positions + next
            var wrong: UInt8 = 0
            for _ in 0..<last {
                let position = Int(at.pointee)
                wrong |= bytes[position] ^ delimiter
                let length = position &- cellStart
                var bits = UInt64(truncatingIfNeeded: cellStart) | UInt64(truncatingIfNeeded: length) << 32
                bits |= length == 0 ? emptyFlag : 0
                if bytes[cellStart] == quote, quotedFlag != 0 {
                    bits |= quotedFlag
                    // A quoted cell is at least two bytes: the scanner shows no delimiter before the closing quote.
                    wrong |= bytes[position &- 1] ^ quote
                }
                cell.pointee = CellRef(bits: bits)
                cell += stride
                cellStart = position &+ 1
                at += 1
            }
            let position = Int(at.pointee)
            wrong |= bytes[position] ^ 0x0A
            var end = position
            if end > cellStart, bytes[end &- 1] == 0x0D { end &-= 1 }
            let length = end &- cellStart
            var bits = UInt64(truncatingIfNeeded: cellStart) | UInt64(truncatingIfNeeded: length) << 32
            bits |= length == 0 ? emptyFlag : 0
            if bytes[cellStart] == quote, quotedFlag != 0 {
                bits |= quotedFlag
                wrong |= end &- cellStart < 2 ? 1 : bytes[end &- 1] ^ quote
            }
            cell.pointee = CellRef(bits: bits)
            // Also blank lines of a table with one column, and comments.
            if wrong != 0 || end == rowStart || end &- rowStart > rowLimit || UInt16(bytes[rowStart]) == comment { break }
            starts[row] = UInt32(truncatingIfNeeded: rowStart)
            ends[row] = UInt32(truncatingIfNeeded: end)
            row &+= 1
            rowStart = position &+ 1
            next &+= columns
        }
        self.row = row
        self.rowStart = rowStart
        self.next = next
    }

    /// One row of any form, a comment, or a blank line. False: the bytes end before the row does.
    private func anyRow(_ batch: RowBatch, atEnd: Bool) -> Bool {
        let bytes = UnsafePointer(batch.bytes)
        let end = batch.byteCount
        if rowStart < end, let comment, bytes[rowStart] == comment { return skipComment(bytes, end, atEnd) }
        var column = 0
        var cellStart = rowStart
        var escapes: UInt64 = 0
        // The byte that lost its meaning last: a CR there ends no line, a quote no cell.
        var escaped = -1
        var fault: (RowFault.Reason, Int)?
        while true {
            if next == count {
                if irregular { return parsedRow(batch, atEnd: atEnd) }
                if scanned < end {
                    scan(bytes, end)
                    continue
                }
                guard atEnd else { return false }
                if scanner.isInsideQuotes { return parsedRow(batch, atEnd: true) }
                guard rowStart < end else { return false }
            }
            let isLast = next == count
            let position = isLast ? end : Int(positions[next])
            if !isLast { next += 1 }
            let byte = isLast ? 0x0A : bytes[position]
            if byte == delimiter, !isLast {
                put(batch, column, cellStart, position, escapes, escaped, &fault)
                if fault != nil, readsFaultsAgain { return parsedRow(batch, atEnd: atEnd) }
                column += 1
                cellStart = position + 1
                escapes = 0
            } else if byte == 0x0A {
                let cellEnd = position > cellStart && bytes[position - 1] == 0x0D && position - 1 != escaped ? position - 1 : position
                if column == 0, cellEnd == rowStart {
                    // A blank line is no row.
                    rowStart = min(position + 1, end)
                    return rowStart < end || !isLast
                }
                if cellEnd - rowStart > rowLimit { return overlong(batch) }
                put(batch, column, cellStart, cellEnd, escapes, escaped, &fault)
                if fault != nil, readsFaultsAgain { return parsedRow(batch, atEnd: atEnd) }
                finish(batch, cells: column + 1, end: cellEnd, fault)
                rowStart = min(position + 1, end)
                return true
            } else {
                escapes = CellRef.escapedFlag
                if byte == escape { escaped = position + 1 }
            }
        }
    }

    private func scan(_ bytes: UnsafePointer<UInt8>, _ end: Int) {
        let to = min(scanned + chunk, end)
        chunk = min(chunk * 2, Self.chunk)
        next = 0
        count = scanner.scan(bytes, from: scanned, to: to, positions: positions)
        scanned = scanner.stopped
        irregular = scanned < to
    }

    private func put(
        _ batch: RowBatch, _ column: Int, _ start: Int, _ end: Int, _ escapes: UInt64, _ escaped: Int, _ fault: inout (RowFault.Reason, Int)?
    ) {
        let length = end - start
        var flags: UInt64 = length == 0 ? emptyFlag : 0
        if quotedFlag != 0, length > 0, batch.bytes[start] == quote {
            if length >= 2, batch.bytes[end - 1] == quote, end - 1 != escaped {
                flags = quotedFlag | escapes
            } else if fault == nil {
                fault = (.textAfterClosingQuote, closed(UnsafePointer(batch.bytes), start, end))
            }
        } else if escape != nil {
            flags |= escapes
        }
        if column < columns { batch.sourceCells(column)[row] = CellRef(offset: start, length: length, flags: flags) }
    }

    /// Behind the closing quote of a cell that has more behind it: the last one that closes before the end, as nothing opens behind it.
    private func closed(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var closed = start
        var at = start + 1
        while at < end {
            if bytes[at] == escape { at += 1 } else if bytes[at] == quote { closed = at + 1 }
            at += 1
        }
        return closed
    }

    /// The row's cells are in place: its bounds, and what is wrong with their number.
    private func finish(_ batch: RowBatch, cells: Int, end: Int, _ fault: (reason: RowFault.Reason, at: Int)?) {
        var fault = fault
        if cells < columns {
            for column in cells..<columns { batch.sourceCells(column)[row] = .null }
            if !pads, fault == nil { fault = (.tooFewCells(expected: columns, found: cells), end) }
            batch.hasAdjacentCells = false
        } else if cells > columns {
            if !pads, fault == nil { fault = (.tooManyCells(expected: columns, found: cells), end) }
            batch.hasAdjacentCells = false
        }
        batch.rowStarts[row] = UInt32(truncatingIfNeeded: rowStart)
        batch.rowEnds[row] = UInt32(truncatingIfNeeded: end)
        if let fault { batch.faults.append(RowFault(row: row, reason: fault.reason, position: fault.at - rowStart)) }
        row += 1
    }

    /// A row the scanner stopped in, or whose quote is still open at the end.
    private func parsedRow(_ batch: RowBatch, atEnd: Bool) -> Bool {
        let bytes = UnsafePointer(batch.bytes)
        switch parser.parse(bytes, from: rowStart, to: batch.byteCount, atEnd: atEnd) {
        case .incomplete: return false
        case .unterminated(let opened):
            if batch.byteCount - rowStart > rowLimit { return overlong(batch) }
            cutShort(batch, at: opened)
            return true
        case .row(let end, let following):
            if end - rowStart > rowLimit { return overlong(batch) }
            for (column, cell) in parser.cells.prefix(columns).enumerated() {
                batch.sourceCells(column)[row] = cell.length == 0 ? CellRef(bits: cell.bits | emptyFlag) : cell
            }
            if parser.dialect.trim != .none { batch.hasAdjacentCells = false }
            finish(batch, cells: parser.cells.count, end: end, parser.fault)
            rowStart = following
            restart(at: following, chunk: Self.firstChunk)
            return true
        }
    }

    /// The row is its first line alone, as a fault; the next one starts behind it.
    private func cutShort(_ batch: RowBatch, at opened: Int) {
        let bytes = UnsafePointer(batch.bytes)
        let feed = lineFeed(bytes, rowStart, batch.byteCount)
        let end = feed ?? batch.byteCount
        refuse(batch, .unterminatedQuote, at: opened, end: end > rowStart && bytes[end - 1] == 0x0D ? end - 1 : end)
        recoveries += 1
        rowStart = feed.map { $0 + 1 } ?? end
        restart(at: rowStart, chunk: Self.firstChunk)
    }

    /// The row has more bytes than it may: with a line end among those it may have, it is its first line alone; else it is what fits,
    /// and everything up to the next line end goes. What becomes of it doesn't depend on how much of it the batch holds.
    private func overlong(_ batch: RowBatch) -> Bool {
        let bytes = UnsafePointer(batch.bytes)
        let fits = min(rowStart + rowLimit + 1, batch.byteCount)
        if lineFeed(bytes, rowStart, fits) != nil {
            var opened = rowStart
            if case .unterminated(let at) = parser.parse(bytes, from: rowStart, to: fits, atEnd: true) { opened = at }
            cutShort(batch, at: opened)
            return true
        }
        refuse(batch, .tooLong(limit: rowLimit), at: rowStart + rowLimit, end: min(rowStart + rowLimit, batch.byteCount))
        if let feed = lineFeed(bytes, rowStart, batch.byteCount) {
            rowStart = feed + 1
        } else {
            rowStart = batch.byteCount
            leavesLine = true
        }
        restart(at: rowStart, chunk: Self.firstChunk)
        return true
    }

    private func refuse(_ batch: RowBatch, _ reason: RowFault.Reason, at: Int, end: Int) {
        for column in 0..<columns { batch.sourceCells(column)[row] = .null }
        finish(batch, cells: columns, end: end, (reason, min(at, end)))
    }

    /// The rest of the line that the last row started is still to come and must be skipped.
    private(set) var leavesLine = false

    /// The batch holds more than the row limit of a row that doesn't end. Returns where to go on.
    func takeOverlong(_ batch: RowBatch) -> Int {
        row = 0
        rowStart = 0
        leavesLine = false
        _ = overlong(batch)
        batch.rowCount = row
        sawHighBytes = true
        return rowStart
    }

    private func skipComment(_ bytes: UnsafePointer<UInt8>, _ end: Int, _ atEnd: Bool) -> Bool {
        guard let feed = lineFeed(bytes, rowStart, end) else {
            if atEnd { rowStart = end }
            return false
        }
        rowStart = feed + 1
        while next < count, Int(positions[next]) < feed { next += 1 }
        if next < count, Int(positions[next]) == feed {
            next += 1
        } else {
            // Quotes in the comment misled the scanner, or it hasn't come so far.
            restart(at: rowStart, chunk: Self.firstChunk)
        }
        return true
    }

    private func lineFeed(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int? {
        guard from < to, let found = memchr(bytes + from, 0x0A, to - from) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
    }
}
