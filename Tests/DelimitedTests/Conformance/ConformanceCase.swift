import Rows
import Testing

@testable import Delimited

/// A situation as data: what goes in, and what must come out.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    enum Kind: Sendable {
        /// Rows without faults, and the rules of the faulty ones, in order. The header, where it matters.
        case reads([UInt8], ReaderOptions, cells: [[String?]], faults: [String], header: [String]?)
        /// Nothing can be read.
        case refuses([UInt8], ReaderOptions, DelimitedError.Category)
        /// Rows of text (nil: null) as these bytes, which read again are the rows.
        case writes([[String?]], Dialect, WritingStyle, String)
        /// Of the rows these can't be written.
        case cantWrite([[String?]], Dialect, rows: [Int])
        /// What `infer` finds.
        case infers(String, Dialect, columns: [String]?)
    }

    /// What the case is called where it comes from.
    let origin: String
    let kind: Kind

    var testDescription: String { origin }

    static func reads(
        _ origin: String, _ text: String, _ cells: [[String?]], faults: [String] = [], header: [String]? = nil, _ configure: (inout ReaderOptions) -> Void = { _ in }
    ) -> ConformanceCase { reads(origin, bytes: Array(text.utf8), cells, faults: faults, header: header, configure) }

    static func reads(
        _ origin: String, bytes: [UInt8], _ cells: [[String?]], faults: [String] = [], header: [String]? = nil, _ configure: (inout ReaderOptions) -> Void = { _ in }
    ) -> ConformanceCase {
        var options = ReaderOptions(dialect: Dialect(header: header != nil), nullMarkers: [])
        configure(&options)
        return ConformanceCase(origin: origin, kind: .reads(bytes, options, cells: cells, faults: faults, header: header))
    }

    static func refuses(_ origin: String, _ text: String, _ category: DelimitedError.Category, _ configure: (inout ReaderOptions) -> Void = { _ in }) -> ConformanceCase {
        refuses(origin, bytes: Array(text.utf8), category, configure)
    }

    static func refuses(_ origin: String, bytes: [UInt8], _ category: DelimitedError.Category, _ configure: (inout ReaderOptions) -> Void = { _ in }) -> ConformanceCase {
        var options = ReaderOptions()
        configure(&options)
        return ConformanceCase(origin: origin, kind: .refuses(bytes, options, category))
    }

    static func writes(
        _ origin: String, _ rows: [[String?]], _ text: String, _ dialect: Dialect = Dialect(header: false), _ configure: (inout WritingStyle) -> Void = { _ in }
    ) -> ConformanceCase {
        var style = WritingStyle()
        configure(&style)
        return ConformanceCase(origin: origin, kind: .writes(rows, dialect, style, text))
    }

    static func writes(_ origin: String, _ rows: [[String?]], _ text: String, _ configure: (inout WritingStyle) -> Void) -> ConformanceCase {
        writes(origin, rows, text, Dialect(header: false), configure)
    }

    static func cantWrite(_ origin: String, _ rows: [[String?]], _ dialect: Dialect, rows refused: [Int]) -> ConformanceCase {
        ConformanceCase(origin: origin, kind: .cantWrite(rows, dialect, rows: refused))
    }

    static func infers(_ origin: String, _ text: String, _ dialect: Dialect, columns: [String]? = nil) -> ConformanceCase {
        ConformanceCase(origin: origin, kind: .infers(text, dialect, columns: columns))
    }
}

extension ConformanceCase {
    func check() throws {
        switch kind {
        case .reads(let bytes, let options, let cells, let faults, let header):
            let scratch = try Scratch()
            let path = try scratch.file("in", bytes)
            for batchBytes in [256 << 10, 1024] {
                let read = try readAll([path], options, batchBytes: batchBytes)
                // By their bytes: composed and decomposed characters are two things.
                #expect(Self.bytes(read.cells) == Self.bytes(cells), "\(read.cells)")
                #expect(read.faults.map(\.reason.rule) == faults)
                if let header { #expect(read.header == header) }
            }
        case .refuses(let bytes, let options, let category):
            let scratch = try Scratch()
            let path = try scratch.file("in", bytes)
            let error = #expect(throws: DelimitedError.self) { try readAll([path], options) }
            #expect(error?.category == category && error?.message.isEmpty == false)
        case .writes(let rows, let dialect, let style, let text):
            let written = try Self.write(rows, dialect, style)
            #expect(written == text)
            var options = ReaderOptions(dialect: dialect, columns: (0..<(rows.first?.count ?? 1)).map { "c\($0)" }, nullMarkers: [style.nullMarker])
            options.dialect.header = dialect.header
            // Two quotes alone in a row are the null of it: nothing tells empty text from it.
            let expected = rows.map { $0.count == 1 && ($0[0] ?? "").isEmpty && style.nullMarker.isEmpty ? [nil] : $0 }
            #expect(try Self.bytes(readText(written, options).cells) == Self.bytes(expected))
        case .cantWrite(let rows, let dialect, let refused):
            let scratch = try Scratch()
            let file = try OutputFile(path: scratch.path + "/out", id: "t")
            try file.open()
            let writer = try DelimitedWriter(file, dialect: dialect, columns: rows[0].indices.map { OutputColumn("c\($0)") })
            #expect(writer.refusals(Self.batch(rows)).map(\.row) == refused)
        case .infers(let text, let dialect, let columns):
            let table = try InferenceTests.infer(text)
            #expect(table.dialect.delimiter == dialect.delimiter && table.dialect.escape == dialect.escape && table.dialect.comment == dialect.comment, "\(table.dialect)")
            #expect(table.dialect.header == dialect.header)
            #expect(table.dialect.skipLines == dialect.skipLines && table.dialect.trim == dialect.trim, "\(table.dialect)")
            #expect(table.dialect.lenientQuotes == dialect.lenientQuotes && table.dialect.escapeSequences == dialect.escapeSequences, "\(table.dialect)")
            if text.utf8.contains(0x22) || dialect.quote == 0x27 { #expect(table.dialect.quote == dialect.quote) }
            if let columns { #expect(table.columns.map(\.name) == columns) }
        }
    }

    private static func bytes(_ rows: [[String?]]) -> [[[UInt8]?]] { rows.map { $0.map { $0.map { Array($0.utf8) } } } }

    private static func write(_ rows: [[String?]], _ dialect: Dialect, _ style: WritingStyle) throws -> String {
        let scratch = try Scratch()
        let file = try OutputFile(path: scratch.path + "/out", id: "t")
        try file.open()
        let writer = try DelimitedWriter(file, dialect: dialect, style: style, columns: (0..<(rows.first?.count ?? 0)).map { OutputColumn("c\($0)") })
        try writer.writeHeader()
        try writer.write(batch(rows))
        try file.commit()
        return try WriterTests.text(file.path)
    }

    static func batch(_ rows: [[String?]]) -> RowBatch {
        let batch = RowBatch(sourceColumns: 0, rows: max(rows.count, 16), bytes: 64, exactly: true)
        batch.rowCount = rows.count
        batch.columns = (rows.first ?? []).indices.map { column in
            let text = TextColumn(capacity: max(rows.count, 16))
            for (row, cells) in rows.enumerated() {
                if let cell = cells[column] { text.set(cell, at: row) } else { text.setNull(at: row) }
            }
            return .text(text)
        }
        return batch
    }
}
