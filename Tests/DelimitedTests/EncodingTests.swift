import Compression
import Glibc
import Rows
import Testing

@testable import Delimited

/// Outputs in other encodings than UTF-8: the bytes, what an encoding lacks, and files continued from any place.
@Suite struct EncodingTests {
    static func style(_ encoding: TextEncoding, mark: Bool = false) -> WritingStyle {
        var style = WritingStyle()
        style.encoding = encoding
        style.byteOrderMark = mark
        return style
    }

    static func written(_ rows: [[String]], _ style: WritingStyle, dialect: Dialect = Dialect(header: false), compression: CompressionFormat? = nil) throws -> [UInt8] {
        let scratch = try Scratch()
        let file = try OutputFile(path: scratch.path + "/out", id: "t", compression: compression, encoding: style.encoding)
        try file.open()
        let columns = rows.first?.count ?? 0
        let writer = try DelimitedWriter(file, dialect: dialect, style: style, columns: (0..<columns).map { OutputColumn("c\($0)") })
        try writer.writeHeader()
        for chunk in stride(from: 0, to: rows.count, by: 1000) { try writer.write(batch(Array(rows[chunk..<min(chunk + 1000, rows.count)]))) }
        try file.commit()
        return try WriterTests.contents(file.path)
    }

    static func batch(_ rows: [[String]]) -> RowBatch {
        let batch = RowBatch(sourceColumns: 0, rows: max(rows.count, 16), bytes: 64, exactly: true)
        batch.rowCount = rows.count
        batch.columns = (rows.first ?? []).indices.map { column in
            let text = TextColumn(capacity: rows.count)
            for (row, cells) in rows.enumerated() { text.set(cells[column], at: row) }
            return .text(text)
        }
        return batch
    }

    @Test(arguments: [
        (TextEncoding.utf16, true, [0xFF, 0xFE, 0x61, 0x00, 0x2C, 0x00, 0xAC, 0x20, 0x0A, 0x00] as [UInt8]),
        (.utf16LittleEndian, false, [0x61, 0x00, 0x2C, 0x00, 0xAC, 0x20, 0x0A, 0x00]),
        (.utf16BigEndian, true, [0xFE, 0xFF, 0x00, 0x61, 0x00, 0x2C, 0x20, 0xAC, 0x00, 0x0A]),
        (.windows1252, false, [0x61, 0x2C, 0x80, 0x0A]),
        (.utf8, true, [0xEF, 0xBB, 0xBF, 0x61, 0x2C, 0xE2, 0x82, 0xAC, 0x0A]),
    ])
    func theBytes(encoding: TextEncoding, mark: Bool, bytes: [UInt8]) throws {
        #expect(try Self.written([["a", "€"]], Self.style(encoding, mark: mark)) == bytes)
    }

    @Test func charactersBeyondTheFirstPlaneAreTwoUnits() throws {
        #expect(try Self.written([["😀"]], Self.style(.utf16BigEndian)) == [0xD8, 0x3D, 0xDE, 0x00, 0x00, 0x0A])
        #expect(try Self.written([["\u{10FFFF}"]], Self.style(.utf16LittleEndian)) == [0xFF, 0xDB, 0xFF, 0xDF, 0x0A, 0x00])
    }

    /// Every byte is a character of Latin-1 and of Windows-1252: what was read is written as the same byte.
    @Test(arguments: [TextEncoding.latin1, .windows1252])
    func everyByteComesBack(encoding: TextEncoding) throws {
        let scratch = try Scratch()
        let bytes = (0...255).flatMap { byte -> [UInt8] in [0x0A, 0x0D, 0x22, 0x2C].contains(byte) ? [] : [UInt8(byte), 0x2C, 0x78, 0x0A] }
        let reader = try DelimitedReader(inputs: [scratch.file("in", bytes)], options: ReaderOptions(dialect: Dialect(header: false), encoding: encoding, nullMarkers: []))
        let file = try OutputFile(path: scratch.path + "/out", id: "t", encoding: encoding)
        try file.open()
        let writer = try DelimitedWriter(file, dialect: Dialect(header: false), style: Self.style(encoding), columns: [OutputColumn("a"), OutputColumn("b")])
        let batch = RowBatch(sourceColumns: 2)
        while try reader.read(into: batch) {
            #expect(batch.faults.isEmpty && writer.refusals(batch).isEmpty)
            try writer.write(batch)
        }
        try file.commit()
        #expect(try WriterTests.contents(file.path) == bytes)
    }

    /// More text than any buffer holds, characters across its ends, compressed or not.
    @Test(arguments: TextEncoding.allCases, [nil, .gzip, .zstd] as [CompressionFormat?])
    func longTextsComeBack(encoding: TextEncoding, compression: CompressionFormat?) throws {
        var generator = ScannerTests.Generator(state: 5)
        let pieces = encoding == .latin1 ? ["a", "ü", "é\"", "lorem ipsum, "] : encoding == .windows1252 ? ["a", "ü", "€", "—,\n"] : ["a", "ü", "€", "😀", ",\""]
        var rows = (0..<400).map { row in
            ["\(row)", (0..<Int.random(in: 0...60, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()]
        }
        // One row larger than the buffer.
        rows.append(["long", String(repeating: pieces[1] + "b" + pieces[2], count: 60_000)])
        let bytes = try Self.written(rows, Self.style(encoding, mark: encoding == .utf16), compression: compression)
        let scratch = try Scratch()
        let read = try readAll([scratch.file("in", bytes)], ReaderOptions(dialect: Dialect(header: false), encoding: encoding, nullMarkers: []))
        #expect(read.cells == rows)
        #expect(read.faults.isEmpty)
    }

    @Test func whatAnEncodingLacksIsTold() throws {
        let scratch = try Scratch()
        let rows = [["1", "Ü"], ["2", "Ω"], ["3", "€"], ["4", "\u{80}"], ["5", "plain text that is longer than a word, then 漢"], ["6", "😀😀"]]
        for (encoding, lacking) in [(TextEncoding.latin1, [1: 0x3A9, 2: 0x20AC, 4: 0x6F22, 5: 0x1F600]), (.windows1252, [1: 0x3A9, 3: 0x80, 4: 0x6F22, 5: 0x1F600]), (.utf16, [:]), (.utf8, [:])] {
            let file = try OutputFile(path: scratch.path + "/out", id: "t", encoding: encoding)
            try file.open()
            let writer = try DelimitedWriter(file, dialect: .csv, style: Self.style(encoding), columns: [OutputColumn("a"), OutputColumn("b")])
            let batch = Self.batch(rows)
            let refusals = writer.refusals(batch)
            #expect(refusals == lacking.sorted { $0.key < $1.key }.map { WriterRefusal(row: $0.key, column: 1, reason: .lacks(character: UInt32($0.value), encoding: encoding)) })
            #expect(refusals.allSatisfy { $0.reason.why.contains("U+") && !$0.reason.fix.isEmpty })
            // Written all the same they end the writing: nothing else takes their place.
            guard !lacking.isEmpty else { continue }
            #expect(throws: DelimitedError.self) {
                try writer.write(batch)
                try file.commit()
            }
        }
    }

    @Test func theSourcesCellsAndTypedOnesAreLookedAt() throws {
        let scratch = try Scratch()
        let reader = try DelimitedReader(inputs: [scratch.file("in", "a,b\nx,\"q\"\"Ω\"\ny,z\n\"ж\",w\n")])
        let batch = RowBatch(sourceColumns: 2)
        try #require(try reader.read(into: batch))
        let file = try OutputFile(path: scratch.path + "/out", id: "t", encoding: .latin1)
        try file.open()
        let writer = try DelimitedWriter(file, dialect: .csv, style: Self.style(.latin1), columns: [OutputColumn("a"), OutputColumn("b")])
        #expect(writer.refusals(batch).map(\.row) == [0, 2] && writer.refusals(batch).map(\.column) == [1, 0])
        let values = ColumnValues<Bool>(capacity: 3)
        for row in 0..<3 {
            values.values[row] = row == 1
            values.isValid[row] = true
        }
        batch.columns = [.source(1), .boolean(values)]
        let words = try DelimitedWriter(file, dialect: .csv, style: Self.style(.latin1), columns: [OutputColumn("a"), OutputColumn("b", try ValueFormat(.boolean, "да|no"))])
        #expect(words.refusals(batch).map(\.row) == [0, 1])
    }

    @Test func withoutQuotesWhatNeedsThemIsTold() throws {
        let scratch = try Scratch()
        let file = try OutputFile(path: scratch.path + "/out", id: "t")
        try file.open()
        let rows = [["a", "b"], ["a\tb", "c"], ["a", "b\nc"], ["", ""], ["\"", "x"]]
        let plain = try DelimitedWriter(file, dialect: Dialect(delimiter: 9, quote: nil), columns: [OutputColumn("a"), OutputColumn("b")])
        #expect(plain.refusals(Self.batch(rows)) == [WriterRefusal(row: 1, column: 0, reason: .needsQuotes), WriterRefusal(row: 2, column: 1, reason: .needsQuotes)])
        let escaping = try DelimitedWriter(file, dialect: Dialect(delimiter: 9, quote: nil, escape: 0x5C), columns: [OutputColumn("a"), OutputColumn("b")])
        #expect(escaping.refusals(Self.batch(rows)).isEmpty)
        let alone = try DelimitedWriter(file, dialect: Dialect(delimiter: 9, quote: nil, escape: 0x5C), columns: [OutputColumn("a")])
        #expect(alone.refusals(Self.batch([["a"], [""], ["b"]])) == [WriterRefusal(row: 1, column: 0, reason: .blankLine)])
        let quoting = try DelimitedWriter(file, dialect: .tsv, columns: [OutputColumn("a"), OutputColumn("b")])
        #expect(quoting.refusals(Self.batch(rows)).isEmpty && !quoting.mayRefuse)
        // The input's own cells stand as they stood.
        let reader = try DelimitedReader(inputs: [scratch.file("in", "a\tb\n\"x\ty\"\n")], options: ReaderOptions(dialect: Dialect(delimiter: 9, quote: nil)))
        let batch = RowBatch(sourceColumns: 2)
        try #require(try reader.read(into: batch))
        #expect(plain.refusals(batch).isEmpty)
    }

    @Test func namesMarkersAndMarksThatAnEncodingLacksAreRefused() throws {
        let scratch = try Scratch()
        let file = try OutputFile(path: scratch.path + "/out", id: "t", encoding: .latin1)
        #expect(throws: DelimitedError.self) { try DelimitedWriter(file, dialect: .csv, style: Self.style(.latin1), columns: [OutputColumn("Ω")]) }
        #expect(throws: DelimitedError.self) { try DelimitedWriter(file, dialect: .csv, style: Self.style(.latin1, mark: true), columns: [OutputColumn("a")]) }
        var style = Self.style(.latin1)
        style.nullMarker = "—"
        #expect(throws: DelimitedError.self) { try DelimitedWriter(file, dialect: .csv, style: style, columns: [OutputColumn("a")]) }
        #expect(throws: DelimitedError.self) { try DelimitedWriter(file, dialect: .csv, columns: [OutputColumn("a")]) }
    }
}
