import Rows
import TextScan

/// Writes the selected rows of batches as JSON Lines: one object a row, members in the columns' order.
///
/// Integers, decimals (all their digits), finite floats and booleans are JSON's own; text, dates and timestamps are strings; a null, and a
/// float that is none of JSON's numbers, is null. One owner.
public final class JSONLinesWriter {
    private let file: OutputFile
    private let formats: FormatTable
    /// What stands before each value, one behind the other: `{"name":` and `,"name":`.
    private let keyBytes: UnsafeMutablePointer<UInt8>
    private let keyStarts: [Int]
    private let scratch = TextScratch()
    /// Rows written through this writer.
    public private(set) var rows: Int64 = 0

    /// - Parameter columns: names that repeat get a number, `name_2`: readers of JSON keep only one of a name.
    public init(_ file: OutputFile, columns: [OutputColumn]) {
        self.file = file
        formats = FormatTable(columns)
        var taken: Set<String> = []
        var keys: [UInt8] = []
        var starts = [0]
        for (place, column) in columns.enumerated() {
            var name = column.name
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(column.name)_\(number)"
                number += 1
            }
            var key: [UInt8] = [place == 0 ? UInt8(ascii: "{") : UInt8(ascii: ",")]
            key.append(UInt8(ascii: "\""))
            for byte in name.utf8 { Self.escape(byte) { key.append($0) } }
            keys += key + Array("\":".utf8)
            starts.append(keys.count)
        }
        keyStarts = starts
        // Short copies read behind what they copy.
        keyBytes = .allocate(capacity: keys.count + RowBatch.padding)
        keyBytes.initialize(repeating: 0, count: keys.count + RowBatch.padding)
        for (at, byte) in keys.enumerated() { keyBytes[at] = byte }
    }

    deinit { keyBytes.deallocate() }

    /// Writes the selected rows; the batch has the columns the writer was made for, in their order.
    public func write(_ batch: RowBatch) throws(DelimitedError) {
        let columns = batch.columns
        guard columns.count == formats.count else {
            throw DelimitedError(.options, path: file.path, "a batch has \(columns.count) columns, the output \(formats.count): every batch of an output has its columns")
        }
        let plan = columns.enumerated().map { piece(batch, $1, $0) }
        for place in 0..<batch.selectedCount {
            try file.flushIfFull()
            writeRow(batch, batch.selectedRow(place), plan)
            rows += 1
        }
        try file.flushIfFull()
    }

    /// Typed columns by their values, also those that have source text: 007 is no number of JSON's.
    private func piece(_ batch: RowBatch, _ column: Column, _ place: Int) -> WriterPlan.Piece {
        func values<Element>(_ kind: WriterPlan.Kind, _ values: ColumnValues<Element>) -> WriterPlan.Piece {
            var piece = WriterPlan.Piece(kind, column: place)
            piece.values = UnsafeRawPointer(values.values)
            piece.isValid = UnsafePointer(values.isValid)
            return piece
        }
        switch column {
        case .source, .text:
            var piece = WriterPlan.Piece(.text, column: place)
            if case .text(let text) = column {
                piece.cells = UnsafePointer(text.cells)
                piece.bytes = UnsafePointer(text.bytes)
            }
            if let source = column.source, source >= 0, source < batch.sourceColumnCount { piece.first = UnsafePointer(batch.sourceCells(source)) }
            return piece
        case .integer(let column): return values(.integer, column)
        case .float(let column): return values(.float, column)
        case .decimal(let column): return values(.decimal, column)
        case .boolean(let column): return values(.boolean, column)
        case .date(let column): return values(.date, column)
        case .timestamp(let column): return values(.timestamp, column)
        }
    }

    /// `at` stays within the room: every piece's bytes are asked for before they are written.
    private func writeRow(_ batch: RowBatch, _ row: Int, _ plan: [WriterPlan.Piece]) {
        var at = file.room + file.used
        var limit = file.room + file.capacity
        if plan.isEmpty {
            if limit - at < 4 { (at, limit) = grown(at, 4) }
            at.pointee = UInt8(ascii: "{")
            at += 1
        }
        for index in plan.indices {
            let piece = plan[index]
            let key = keyBytes + keyStarts[index]
            let keyLength = keyStarts[index + 1] - keyStarts[index]
            if limit - at <= keyLength &+ formats.maximumBytes { (at, limit) = grown(at, keyLength + formats.maximumBytes + 1) }
            copyShort(at, key, keyLength)
            at += keyLength
            if piece.kind == .text {
                (at, limit) = putText(batch, piece, row, at, limit)
            } else {
                guard let valid = piece.isValid, valid[row] else {
                    at += Self.put("null", at)
                    continue
                }
                at += putValue(piece, row, at)
            }
        }
        if limit - at < 4 { (at, limit) = grown(at, 4) }
        at.pointee = UInt8(ascii: "}")
        (at + 1).pointee = 0x0A
        file.used = at + 2 - file.room
    }

    private func grown(_ at: UnsafeMutablePointer<UInt8>, _ count: Int) -> (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) {
        file.used = at - file.room
        file.reserve(count)
        return (file.room + file.used, file.room + file.capacity)
    }

    private func putValue(_ piece: WriterPlan.Piece, _ row: Int, _ at: UnsafeMutablePointer<UInt8>) -> Int {
        let format = formats.formats + piece.column
        switch piece.kind {
        case .decimal:
            // The format's digits, but JSON's point and no groups.
            guard let values = piece.values else { return 0 }
            let value = values.assumingMemoryBound(to: Decimal.self)[row]
            return (format.pointee.scale.flatMap { value.rescaled(to: $0) } ?? value).write(to: at)
        case .float:
            guard let values = piece.values, values.assumingMemoryBound(to: Double.self)[row].isFinite else { return Self.put("null", at) }
            return ValueFormat.write(values.assumingMemoryBound(to: Double.self)[row], to: at)
        case .boolean:
            guard let values = piece.values else { return 0 }
            return Self.put(values.assumingMemoryBound(to: Bool.self)[row] ? "true" : "false", at)
        case .date, .timestamp:
            let text = scratch.bytes(formats.maximumBytes)
            let count = format.pointee.write(piece, row, to: text)
            return Self.putString(UnsafePointer(text), count, at)
        case .integer, .run, .source, .text: return format.pointee.write(piece, row, to: at)
        }
    }

    @inline(__always)
    private func putText(
        _ batch: RowBatch, _ piece: WriterPlan.Piece, _ row: Int, _ at: UnsafeMutablePointer<UInt8>, _ limit: UnsafeMutablePointer<UInt8>
    ) -> (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) {
        var cell = CellRef.null
        var base = UnsafePointer(batch.bytes)
        if let cells = piece.cells, let bytes = piece.bytes, !cells[row].isUntouched {
            (cell, base) = (cells[row], bytes)
        } else if let first = piece.first {
            cell = first[row]
        }
        if cell.isNull { return (at + Self.put("null", at), limit) }
        var start = base + cell.contentOffset
        var count = cell.contentLength
        if cell.hasEscapes {
            let text = batch.unescaped(cell, in: base, scratch: scratch)
            guard let address = text.baseAddress else { return (at + Self.put("\"\"", at), limit) }
            (start, count) = (address, text.count)
        }
        var (at, limit) = (at, limit)
        // At most six bytes for one, and the quotes.
        if limit - at <= count &* 6 &+ 2 { (at, limit) = grown(at, count * 6 + 3) }
        return (at + Self.putString(start, count, at), limit)
    }

    /// Behind the text 64 bytes may be read; the target has room for six times its length and the quotes.
    @inline(__always)
    private static func putString(_ text: UnsafePointer<UInt8>, _ count: Int, _ target: UnsafeMutablePointer<UInt8>) -> Int {
        var at = target
        at.pointee = UInt8(ascii: "\"")
        at += 1
        var done = 0
        while true {
            let clean = TextSearch.firstEscape(in: text + done, count &- done)
            copyShort(at, text + done, clean)
            at += clean
            done &+= clean
            if done >= count { break }
            escape(text[done]) {
                at.pointee = $0
                at += 1
            }
            done &+= 1
        }
        at.pointee = UInt8(ascii: "\"")
        return at + 1 - target
    }

    @inline(__always)
    private static func put(_ text: StaticString, _ target: UnsafeMutablePointer<UInt8>) -> Int {
        target.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    /// What stands for a byte inside a JSON string: one to six bytes.
    @inline(__always)
    private static func escape(_ byte: UInt8, _ put: (UInt8) -> Void) {
        func pair(_ second: UInt8) {
            put(UInt8(ascii: "\\"))
            put(second)
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): pair(byte)
        case 0x0A: pair(UInt8(ascii: "n"))
        case 0x0D: pair(UInt8(ascii: "r"))
        case 0x09: pair(UInt8(ascii: "t"))
        case 0x20...: put(byte)
        default:
            pair(UInt8(ascii: "u"))
            put(0x30)
            put(0x30)
            put(0x30 + (byte >> 4))
            put(byte & 15 < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
        }
    }
}
