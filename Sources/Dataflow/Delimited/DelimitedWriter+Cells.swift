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
                        if cursor.limit - cursor.at <= length, try !makeRoom(&cursor, start, length) {
                            // It went from where it stands.
                        } else {
                            copyShort(cursor.at, start, length)
                            cursor.at += length
                        }
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
    ///
    /// The cursor as in `writeMixed`; text gets its quotes here where nothing in it has to be doubled or escaped.
    func writeEveryCell(_ batch: RowBatch, _ count: Int, _ plan: [WriterPlan.Piece]) throws(DelimitedError) {
        let source = UnsafePointer(batch.bytes)
        let isAlone = plan.count == 1
        let quotesAlike = batch.syntax.meansTheSame(as: syntax)
        let hasLooseQuotes = batch.syntax.hasLooseQuotes
        // A cell of the input means the same here, whatever it holds.
        let copies = quotesAlike && batch.syntax.delimiter == dialect.delimiter && dialect.comment == nil
        let maximum = formats.maximumBytes
        let (delimiter, endsWithCRLF, quote) = (dialect.delimiter, style.endsLinesWithCRLF, style.quotesAll ? dialect.quote : nil)
        let needsCare = (dialect.quote ?? 0, dialect.quote ?? 0, dialect.escape ?? dialect.quote ?? 0, dialect.quote ?? 0)
        var cursor = Cursor(file)
        try nullMarker.withUnsafeBufferPointer { (marker) throws(DelimitedError) in
            try plan.withUnsafeBufferPointer { (pieces) throws(DelimitedError) in
                for place in 0..<count {
                    if cursor.at >= cursor.full {
                        file.used = cursor.at - file.room
                        try file.flushIfFull()
                        cursor = Cursor(file)
                    }
                    let row = batch.selectedRow(place)
                    for index in pieces.indices {
                        switch pieces[index].kind {
                        case .integer, .float, .decimal, .boolean, .date, .timestamp:
                            if cursor.limit - cursor.at <= maximum + 2 { grow(&cursor, maximum + 3) }
                            try putEveryValue(&cursor, pieces[index], row, quote, isAlone, index == 0)
                        case .run, .source, .text:
                            var cell = CellRef.null
                            var base = source
                            var isSource = false
                            if let cells = pieces[index].cells, let bytes = pieces[index].bytes, !cells[row].isUntouched {
                                (cell, base) = (cells[row], bytes)
                            } else if let first = pieces[index].first {
                                (cell, isSource) = (first[row], true)
                            }
                            var start = base + cell.contentOffset
                            var length = cell.contentLength
                            var around = quote
                            var isRare = false
                            if cell.isNull {
                                around = nil
                                length = marker.count
                                if let text = marker.baseAddress { start = text } else { isRare = isAlone }
                            } else if isSource, cell.isQuoted, quotesAlike, !(hasLooseQuotes && cell.hasEscapes) {
                                around = nil
                                start = base + cell.offset
                                length = cell.length
                            } else if quote != nil {
                                isRare = cell.hasEscapes || TextSearch.first(of: needsCare, in: start, length) != length
                            } else if isSource, copies, !cell.isQuoted {
                                isRare = length == 0 ? isAlone : isMarker(start, length, marker)
                            } else {
                                isRare = cell.hasEscapes || length == 0 || dialect.escape != nil || (index == 0 && dialect.comment == start[0]) || isMarker(start, length, marker)
                                    || TextSearch.first(of: special, in: start, length) != length
                            }
                            if isRare {
                                file.used = cursor.at - file.room
                                try putRare(batch, pieces[index], row, isAlone, index == 0)
                                cursor = Cursor(file)
                            } else {
                                if cursor.limit - cursor.at <= length &+ 2 { grow(&cursor, length + 3) }
                                if let around {
                                    cursor.at.pointee = around
                                    copyText(cursor.at + 1, start, length, isMarker: false)
                                    (cursor.at + length + 1).pointee = around
                                    cursor.at += length + 2
                                } else {
                                    copyText(cursor.at, start, length, isMarker: cell.isNull)
                                    cursor.at += length
                                }
                            }
                        }
                        if cursor.limit - cursor.at < 2 { grow(&cursor, 2) }
                        cursor.at.pointee = delimiter
                        cursor.at += 1
                    }
                    if endsWithCRLF {
                        (cursor.at - 1).pointee = 0x0D
                        cursor.at += 1
                    }
                    (cursor.at - 1).pointee = 0x0A
                }
            }
        }
        file.used = cursor.at - file.room
        try file.flushIfFull()
    }

    /// Behind a marker nothing may be read, so that it isn't copied in blocks.
    @inline(__always)
    private func copyText(_ target: UnsafeMutablePointer<UInt8>, _ start: UnsafePointer<UInt8>, _ length: Int, isMarker: Bool) {
        if isMarker { target.update(from: start, count: length) } else { copyShort(target, start, length) }
    }

    /// Whether text reads like the marker of nulls.
    @inline(__always)
    private func isMarker(_ start: UnsafePointer<UInt8>, _ length: Int, _ marker: UnsafeBufferPointer<UInt8>) -> Bool {
        guard length == marker.count, length > 0 else { return false }
        for at in 0..<length where start[at] != marker[at] { return false }
        return true
    }

    /// A typed cell where every one is quoted or nulls have a text. The room has `maximumBytes` and two more.
    private func putEveryValue(
        _ cursor: inout Cursor, _ piece: WriterPlan.Piece, _ row: Int, _ quote: UInt8?, _ isAlone: Bool, _ startsRow: Bool
    ) throws(DelimitedError) {
        guard let valid = piece.isValid, valid[row] else {
            file.used = cursor.at - file.room
            putNull(isAlone)
            cursor = Cursor(file)
            return
        }
        let target = quote == nil ? cursor.at : cursor.at + 1
        let length = formats.formats[piece.column].write(piece, row, to: target)
        let isMistakable = quote == nil && nullMarker.withUnsafeBufferPointer { isMarker(target, length, $0) }
        if length > 0, formats.isSafe[piece.column], !isMistakable {
            if let quote {
                cursor.at.pointee = quote
                (target + length).pointee = quote
                cursor.at += length + 2
            } else {
                cursor.at += length
            }
            return
        }
        let copy = scratch.bytes(length)
        copy.update(from: target, count: length)
        file.used = cursor.at - file.room
        try putText(UnsafeBufferPointer(start: copy, count: length), isAlone: isAlone, startsRow: startsRow)
        cursor = Cursor(file)
    }

    /// Room for that text; false: it was huge and is written.
    @inline(never)
    private func makeRoom(_ cursor: inout Cursor, _ start: UnsafePointer<UInt8>, _ length: Int) throws(DelimitedError) -> Bool {
        guard length > Self.hugeBytes else {
            grow(&cursor, length + 1)
            return true
        }
        file.used = cursor.at - file.room
        try file.append(UnsafeRawBufferPointer(start: start, count: length))
        cursor = Cursor(file)
        return false
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
