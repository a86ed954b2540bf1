import Rows
import TextScan

/// Rows of which not every cell is the input's.
extension DelimitedWriter {
    /// Where the next byte goes, how far bytes may go, and where it is time to write: at hand, as asking the file for each cell is dear.
    private struct Cursor {
        var at: UnsafeMutablePointer<UInt8>
        var limit: UnsafeMutablePointer<UInt8>
        var full: UnsafeMutablePointer<UInt8>

        init(_ file: OutputFile) {
            at = file.room + file.used
            limit = file.room + file.capacity
            full = file.room + file.fullAt
        }
    }

    /// Rows of copied, computed and formatted cells.
    ///
    /// The cursor never passes its limit by more than the room's slack: each cell's bytes are asked for before they are written, at least
    /// `maximumBytes` of them for a value. What is rare is left to the functions below, which move `file.used` themselves.
    func writeMixed(_ batch: RowBatch, _ count: Int, _ plan: [WriterPlan.Piece]) throws(DelimitedError) {
        let source = UnsafePointer(batch.bytes)
        let (delimiter, special, endsWithCRLF) = (dialect.delimiter, special, style.endsLinesWithCRLF)
        // Compared as a wider number, so that "none" needs no branch of its own.
        let comment = dialect.comment.map { UInt16($0) } ?? 0x100
        // A fifth byte to look for: such texts go the longer way.
        let hasEscape = dialect.escape != nil
        let maximum = formats.maximumBytes
        let isAlone = plan.count == 1
        // Asked of the batch for each row, it would check every time that nobody writes to it.
        let selected = batch.selectedRows?.baseAddress
        var cursor = Cursor(file)
        try plan.withUnsafeBufferPointer { (pieces) throws(DelimitedError) in
            for place in 0..<count {
                if cursor.at >= cursor.full {
                    file.used = cursor.at - file.room
                    try file.flushIfFull()
                    cursor = Cursor(file)
                }
                let row = selected.map { Int($0[place]) } ?? place
                for index in pieces.indices {
                    // The cell as a range, where it is one; nil: it is rare, or already written.
                    var start: UnsafePointer<UInt8>?
                    var length = 0
                    var isRare = false
                    switch pieces[index].kind {
                    case .run:
                        guard let first = pieces[index].first, let last = pieces[index].last else { continue }
                        let (from, to) = (first[row], last[row])
                        start = source + from.offset
                        length = to.offset &+ to.length &- from.offset
                    case .source: isRare = true
                    case .text:
                        guard let cells = pieces[index].cells, let bytes = pieces[index].bytes else {
                            isRare = isAlone
                            break
                        }
                        let cell = cells[row]
                        let from = bytes + cell.offset
                        length = cell.length
                        if cell.isUntouched || length == 0 || hasEscape || TextSearch.first(of: special, in: from, length) != length || (index == 0 && comment == UInt16(from[0])) {
                            isRare = true
                        } else {
                            start = from
                        }
                    case .integer, .float, .decimal, .boolean, .date, .timestamp:
                        guard let valid = pieces[index].isValid, valid[row] else {
                            isRare = isAlone
                            break
                        }
                        if cursor.limit - cursor.at <= maximum { grow(&cursor, maximum + 1) }
                        let written = pieces[index].isPlain ? pieces[index].writePlain(row, to: cursor.at) : 0
                        cursor.at += written
                        if written == 0 { try putFormatted(&cursor, pieces[index], row, isAlone, index == 0) }
                    }
                    if let start {
                        if cursor.limit - cursor.at <= length { grow(&cursor, length + 1) }
                        copyShort(cursor.at, start, length)
                        cursor.at += length
                    } else if isRare {
                        file.used = cursor.at - file.room
                        try putRare(batch, pieces[index], row, isAlone, index == 0)
                        cursor = Cursor(file)
                    }
                    if cursor.limit - cursor.at < 2 { grow(&cursor, 2) }
                    cursor.at.pointee = delimiter
                    cursor.at += 1
                }
                // The line end takes the last delimiter's place; a second byte of it goes into the slack.
                if endsWithCRLF {
                    (cursor.at - 1).pointee = 0x0D
                    cursor.at += 1
                }
                (cursor.at - 1).pointee = 0x0A
            }
        }
        file.used = cursor.at - file.room
        try file.flushIfFull()
    }

    /// Rows of which no cell may be copied unseen: every one is quoted, or nulls have a text of their own.
    func writeEveryCell(_ batch: RowBatch, _ count: Int, _ pieces: [WriterPlan.Piece]) throws(DelimitedError) {
        let isAlone = pieces.count == 1
        for place in 0..<count {
            try file.flushIfFull()
            let row = batch.selectedRow(place)
            for (index, piece) in pieces.enumerated() {
                if index > 0 { put(dialect.delimiter) }
                switch piece.kind {
                case .integer, .float, .decimal, .boolean, .date, .timestamp:
                    guard let valid = piece.isValid, valid[row] else {
                        putNull(isAlone)
                        continue
                    }
                    let copy = scratch.bytes(formats.maximumBytes)
                    let length = formats.formats[piece.column].write(piece, row, to: copy)
                    try putText(UnsafeBufferPointer(start: copy, count: length), isAlone: isAlone, startsRow: index == 0)
                case .run, .source, .text: try putRare(batch, piece, row, isAlone, index == 0)
                }
            }
            endLine()
        }
        try file.flushIfFull()
    }

    private func grow(_ cursor: inout Cursor, _ count: Int) {
        file.used = cursor.at - file.room
        file.reserve(count)
        cursor = Cursor(file)
    }

    /// A value in a format of its own, in quotes where it needs them. The room has `maximumBytes`.
    private func putFormatted(_ cursor: inout Cursor, _ piece: WriterPlan.Piece, _ row: Int, _ isAlone: Bool, _ startsRow: Bool) throws(DelimitedError) {
        let length = formats.formats[piece.column].write(piece, row, to: cursor.at)
        if length > 0, formats.isSafe[piece.column] || (TextSearch.first(of: special, in: cursor.at, length) == length && dialect.escape == nil && !(startsRow && dialect.comment == cursor.at[0])) {
            cursor.at += length
            return
        }
        let copy = scratch.bytes(length)
        copy.update(from: cursor.at, count: length)
        file.used = cursor.at - file.room
        try putText(UnsafeBufferPointer(start: copy, count: length), isAlone: isAlone, startsRow: startsRow)
        cursor = Cursor(file)
    }
}
