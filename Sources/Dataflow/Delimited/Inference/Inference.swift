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
        let guess = DialectGuess.best(sample.bytes, atEnd: sample.isWhole)
        options.dialect = guess.dialect
        return try look(path, options, guess, limits)
    }

    private static func look(_ path: String, _ options: ReaderOptions, _ guess: DialectGuess, _ limits: InferenceLimits) throws(DelimitedError) -> InferredTable {
        var options = options
        options.nullMarkers = [""]
        let reader = try DelimitedReader(inputs: [path], options: options)
        let batch = RowBatch(sourceColumns: reader.header.count)
        var columns = reader.header.map { ColumnLook(name: $0) }
        let scratch = TextScratch()
        var (rows, faults, isWhole) = (0, 0, true)
        while try reader.read(into: batch) {
            if rows >= limits.rows {
                isWhole = false
                break
            }
            rows += batch.rowCount
            faults += batch.faults.count
            for column in columns.indices {
                for place in 0..<batch.selectedCount {
                    let text = batch.text(batch.sourceCells(column)[batch.selectedRow(place)], in: UnsafePointer(batch.bytes), scratch: scratch)
                    columns[column].look(at: text)
                }
            }
        }
        withExtendedLifetime(scratch) {}
        // A marker counts where it stands among values of a type.
        let markers = ColumnLook.markers.filter { marker in columns.contains { $0.isTyped && $0.markersSeen.contains(marker) } }
        let inferred = columns.map { $0.inferred(markers: markers) }
        var notes = guess.notes + columns.compactMap(\.note)
        if faults > 0 { notes.append("\(faults) of \(rows) rows don't fit: they would be errors (see raggedRows and quote)") }
        if !isWhole { notes.append("only the first \(rows) rows were looked at") }
        if rows == 0 { notes.append("there are no rows: every column is taken for text") }
        return InferredTable(
            dialect: guess.dialect, encoding: options.encoding, nullMarkers: [""] + markers, columns: inferred, rows: rows, faults: faults, isWhole: isWhole,
            notes: notes)
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
