import Compression
import Rows

/// Finds out what a delimited file is: encoding, dialect, columns, types and the rules its values keep.
public enum Inference {
    /// - Parameter path: a file; it is read from its beginning, twice.
    public static func infer(_ path: String, limits: InferenceLimits = InferenceLimits()) throws(DelimitedError) -> InferredTable {
        guard path != FileSource.standardInput else {
            throw DelimitedError(.options, "standard input can't be looked at and then read: save it to a file first")
        }
        let encoding = try encoding(of: path)
        var options = ReaderOptions(encoding: encoding)
        let sample = try text(of: path, options: options, count: limits.dialectBytes)
        guard !sample.bytes.isEmpty else { throw DelimitedError(.header, path: path, "it is empty: there is nothing to infer from") }
        guard sample.bytes.contains(0x0A) || !sample.bytes.dropLast().contains(0x0D) else {
            throw DelimitedError(.options, path: path, "its lines end with carriage returns alone, as on old Macs; convert it: tr '\\r' '\\n' < FILE > NEW")
        }
        var guess = DialectGuess.best(sample.bytes, atEnd: sample.isWhole)
        options.dialect = guess.dialect
        var table = try look(path, options, guess, limits)
        // What the sample didn't have may stand further down.
        if table.invalidText, options.encoding == .utf8 {
            options.encoding = .windows1252
            table = try look(path, options, guess, limits)
        }
        var tried: Set<UInt8> = []
        while table.result.columns.count == 1, table.tooWide > 0, guess.dialect.delimiter != 0x1F {
            tried.insert(guess.dialect.delimiter)
            guess.dialect.delimiter = DialectGuess.absent(in: sample.bytes, except: tried)
            options.dialect = guess.dialect
            table = try look(path, options, guess, limits)
        }
        // So many short rows are a habit of who wrote them.
        if table.tooNarrow > 2, table.tooNarrow * 50 > table.result.rows {
            options.raggedRows = .pad
            guess.notes.append("\(table.tooNarrow) of \(table.result.rows) rows have fewer cells than the first one: missing cells are null (raggedRows: Pad)")
            table = try look(path, options, guess, limits)
        }
        return table.result
    }

    /// What a look found, and what of it may be the guess's fault.
    private struct Look {
        var result: InferredTable
        var invalidText = false
        var tooWide = 0
        var tooNarrow = 0
    }

    private static func look(_ path: String, _ options: ReaderOptions, _ guess: DialectGuess, _ limits: InferenceLimits) throws(DelimitedError) -> Look {
        var options = options
        options.nullMarkers = [""] + guess.nullMarkers
        let reader = try DelimitedReader(inputs: [path], options: options)
        let batch = RowBatch(sourceColumns: reader.header.count)
        var columns = reader.header.map { ColumnLook(name: $0) }
        let scratch = TextScratch()
        var (rows, faults, isWhole) = (0, 0, true)
        var (invalidText, tooWide, tooNarrow) = (false, 0, 0)
        while try reader.read(into: batch, rows: max(1, limits.rows - rows)) {
            if rows >= limits.rows {
                isWhole = false
                break
            }
            rows += batch.rowCount
            faults += batch.faults.count
            for fault in batch.faults {
                switch fault.reason {
                case .invalidText: invalidText = true
                case .tooManyCells: tooWide += 1
                case .tooFewCells: tooNarrow += 1
                default: break
                }
            }
            for column in columns.indices {
                for place in 0..<batch.selectedCount {
                    let cell = batch.sourceCells(column)[batch.selectedRow(place)]
                    columns[column].look(at: batch.text(cell, in: UnsafePointer(batch.bytes), scratch: scratch), isQuoted: cell.isQuoted)
                }
            }
        }
        withExtendedLifetime(scratch) {}
        // A marker counts where it stands among values of a type.
        let markers = ColumnLook.markers.filter { marker in columns.contains { $0.isTyped && $0.markersSeen.contains(marker) } }
        let inferred = columns.map { $0.inferred(markers: markers, isWhole: isWhole) }
        var notes = guess.notes + columns.compactMap(\.note)
        if faults > 0 { notes.append("\(faults) of \(rows) rows \(faults == 1 ? "doesn't fit the dialect: it would be an error" : "don't fit the dialect: they would be errors") (see raggedRows and quote)") }
        if !isWhole { notes.append("only the first \(rows) rows were looked at: the types are theirs, and rules that later rows may break were left out") }
        if rows == 0 { notes.append("there are no rows: every column is taken for text") }
        let result = InferredTable(
            dialect: guess.dialect, encoding: options.encoding, nullMarkers: [""] + guess.nullMarkers + markers.filter { !guess.nullMarkers.contains($0) }, raggedRows: options.raggedRows, columns: inferred, rows: rows, faults: faults, isWhole: isWhole,
            notes: notes)
        return Look(result: result, invalidText: invalidText, tooWide: tooWide, tooNarrow: tooNarrow)
    }

    /// By the mark, by the zeros of UTF-16, by whether it is UTF-8; else Windows-1252, which Latin-1 text is as well.
    private static func encoding(of path: String) throws(DelimitedError) -> TextEncoding {
        // Latin-1 takes every byte for a character: what comes out says what went in.
        let raw = try OpenedInput(path: path, options: ReaderOptions(encoding: .utf8))
        if raw.width == .utf16 { return .utf16 }
        if raw.start == 3 { return .utf8 }
        let (bytes, isWhole) = try read(raw.text, 64 << 10)
        let (even, odd) = bytes.enumerated().reduce((0, 0)) { sums, byte in
            byte.element != 0 ? sums : byte.offset % 2 == 0 ? (sums.0 + 1, sums.1) : (sums.0, sums.1 + 1)
        }
        if odd > bytes.count / 5, even * 10 < odd { return .utf16LittleEndian }
        if even > bytes.count / 5, odd * 10 < even { return .utf16BigEndian }
        let fault = bytes.withUnsafeBufferPointer { buffer in buffer.baseAddress.flatMap { UTF8Check.firstFault($0, buffer.count) } }
        // The sample may end inside a character.
        guard let fault, isWhole || fault < bytes.count - 3 else { return .utf8 }
        return .windows1252
    }

    private static func text(of path: String, options: ReaderOptions, count: Int) throws(DelimitedError) -> (bytes: [UInt8], isWhole: Bool) {
        try read(try OpenedInput(path: path, options: options).text, count)
    }

    private static func read(_ source: any ByteSource, _ count: Int) throws(DelimitedError) -> (bytes: [UInt8], isWhole: Bool) {
        let room = ByteRoom(count)
        var filled = 0
        while filled + 4 <= count {
            let more = try source.read(into: room[filled, count])
            if more == 0 { return (Array(room[0, filled]), true) }
            filled += more
        }
        return (Array(room[0, filled]), false)
    }
}
