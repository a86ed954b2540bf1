import Rows
import Testing

@testable import Delimited

/// The finer points of dialects: skipped lines, blanks around cells, quotes taken leniently, escapes with a meaning, and what of it is written.
@Suite struct DialectTests {
    static func options(_ dialect: Dialect, nulls: [String] = [""]) -> ReaderOptions { ReaderOptions(dialect: dialect, nullMarkers: nulls) }

    // MARK: lines before the header

    @Test(arguments: [TextEncoding.utf8, .utf16LittleEndian, .windows1252], ["\n", "\r\n"])
    func skippedLinesAreNeitherHeaderNorRows(encoding: TextEncoding, lineEnd: String) throws {
        let text = ["Report, \"of June", "", "# made é", "id,name", "1,k", "2,\"l", "m\"", ""].joined(separator: lineEnd)
        let bytes: [UInt8] =
            switch encoding {
            case .utf16LittleEndian: text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
            case .windows1252: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            default: Array(text.utf8)
            }
        let scratch = try Scratch()
        var options = Self.options(Dialect(skipLines: 3))
        options.encoding = encoding
        let path = try scratch.file("in", bytes)
        let read = try readAll([path, path], options)
        #expect(read.header == ["id", "name"] && read.faults.isEmpty)
        #expect(read.cells == [["1", "k"], ["2", "l\(lineEnd)m"], ["1", "k"], ["2", "l\(lineEnd)m"]])
        // Gone on with behind the first row, it is the second one, at its place.
        let reader = try DelimitedReader(inputs: [path], options: options)
        let batch = RowBatch(sourceColumns: 2)
        #expect(try reader.read(into: batch, rows: 1))
        let resumed = try DelimitedReader(inputs: [path], options: options, resumingAt: reader.position)
        #expect(try resumed.read(into: batch) && batch.rowCount == 1 && batch.rowNumber(0) == 2)
        let unit = encoding == .utf16LittleEndian ? 2 : 1
        let (before, width) = (text.unicodeScalars.prefix { $0 != "2" }.count, encoding == .utf8 ? "é".utf8.count - 1 : 0)
        #expect(batch.inputOffset(0) == Int64(before * unit + width))
    }

    @Test func linesLongerThanAnyBufferAreSkipped() throws {
        let text = String(repeating: "lorem ", count: 100_000) + "\n\(String(repeating: "\"", count: 70_001))\na,b\n1,2\n"
        #expect(try readText(text, Self.options(Dialect(skipLines: 2))).cells == [["1", "2"]])
    }

    @Test func aFileOfSkippedLinesAloneIsEmpty() throws {
        var options = Self.options(Dialect(skipLines: 5))
        options.takesEmptyFiles = false
        let error = #expect(throws: DelimitedError.self) { try readText("a\nb\n", options) }
        #expect(error?.category == .empty && error?.message.contains("skipped lines") == true)
        options.takesEmptyFiles = true
        #expect(try readText("a\nb\n", options).cells.isEmpty)
    }

    // MARK: blanks

    @Test(arguments: [
        (Dialect.Trim.none, [[" k ", "l\t", " "], ["m", " n", "\\ "]], 1),
        (.leading, [["k ", "l\t", nil], ["m", "n", "\\ "], ["o", "p, q", "r"]], 0),
        (.both, [["k", "l", nil], ["m", "n", "\\"], ["o", "p, q", "r"]], 0),
    ] as [(Dialect.Trim, [[String?]], Int)])
    func blanksAroundCells(trim: Dialect.Trim, cells: [[String?]], faults: Int) throws {
        let read = try readText(" k ,l\t, \n\"m\", n,\\ \n \"o\",\t\"p, q\",r\n", Self.options(Dialect(header: false, trim: trim)))
        #expect(read.cells == cells && read.faults.count == faults)
    }

    @Test func blanksBehindClosingQuotes() throws {
        let text = "\"k\" ,\"l\"\t\r\n\"m\" n,o\n"
        #expect(try readText(text, Self.options(Dialect(header: false, trim: .leading))).faults.map(\.reason.rule) == ["TextAfterClosingQuote", "TextAfterClosingQuote"])
        let both = try readText(text, Self.options(Dialect(header: false, trim: .both)))
        #expect(both.cells == [["k", "l"]] && both.faults.map(\.reason.rule) == ["TextAfterClosingQuote"])
    }

    @Test func anEscapedBlankBelongsToTheCell() throws {
        let dialect = Dialect(quote: nil, escape: 0x5C, header: false, trim: .both)
        #expect(try readText("k\\ ,\\ l , m\\\\ \n", Self.options(dialect)).cells == [["k ", " l", "m\\"]])
    }

    @Test func namesOfAHeaderAreTrimmed() throws {
        let read = try readText("id ,\"full name\" , n\n1, k ,2\n", Self.options(Dialect(trim: .both)))
        #expect(read.header == ["id", "full name", "n"] && read.cells == [["1", "k", "2"]])
    }

    @Test func whatWasTrimmedIsWrittenWithoutItsBlanks() throws {
        let options = Self.options(Dialect(trim: .both))
        #expect(try WriterTests.rewritten("a, b ,c\n 1 , \"x, \"\"y\"\"\" , \n2,3,4\n", options, to: .csv) == "a,b,c\n1,\"x, \"\"y\"\"\",\n2,3,4\n")
    }

    // MARK: lenient quotes

    @Test(arguments: [
        ("\"foo\"bar\"\n", [["foo\"bar"]]), ("\"k \"said\" so\",x\n", [["k \"said\" so", "x"]]), ("\"a\"\"b\"c\",d\n", [["a\"b\"c", "d"]]), ("5\" disk,\"6\" disk\"\n", [["5\" disk", "6\" disk"]]),
        ("\"a\"b,c\",d\n", [["a\"b,c", "d"]]), ("\"a\"b\nc\",d\n", [["a\"b\nc", "d"]]), ("\"a\" ,b\",c\n", [["a\" ,b", "c"]]), ("\"a\"\r\n\"b\"\r\n", [["a"], ["b"]]),
        ("\"a\"\rb\"\n", [["a\"\rb"]]), ("\"\"a\"\n", [["\"a"]]),
    ])
    func quotesThatNothingFollowsCloseACell(text: String, cells: [[String?]]) throws {
        let scratch = try Scratch()
        // However the text is cut into batches.
        for ahead in [0, 1000, 1023, 1024, 4000, 16_380] {
            let path = try scratch.file("in", String(repeating: "x\n", count: ahead / 2) + text)
            var options = Self.options(Dialect(header: false, lenientQuotes: true), nulls: [])
            (options.raggedRows, options.columns) = (.pad, cells[0].indices.map { "c\($0)" })
            for batchBytes in [1024, 1 << 18] {
                let read = try readAll([path], options, batchBytes: batchBytes)
                #expect(read.faults.isEmpty && Array(read.cells.suffix(cells.count)) == cells, "\(read.cells.suffix(cells.count))")
            }
        }
    }

    @Test func aQuoteThatNeverClosesCostsItsLineAlsoThere() throws {
        let read = try readText("\"k\n\"l\"m,n\n\"o\"\n", Self.options(Dialect(header: false, lenientQuotes: true)))
        #expect(read.faults.map(\.reason.rule) == [] && read.cells == [["k\n\"l\"m,n\n\"o"]])
        let open = try readText("o\n\"k\np\n", Self.options(Dialect(header: false, lenientQuotes: true)))
        #expect(open.faults.map(\.reason.rule) == ["UnterminatedQuote"] && open.cells == [["o"], ["p"]])
    }

    /// What others can't read isn't handed on; what they can stays as it stood.
    @Test func looseQuotesAreDoubledWhereTheyAreWritten() throws {
        let options = Self.options(Dialect(lenientQuotes: true))
        let text = "a,b\n\"1\",\"x \"y\" z\"\n\"2\",\"x \"\"y\"\"\"\n3,5\" disk\n"
        let written = "a,b\n\"1\",\"x \"\"y\"\" z\"\n\"2\",\"x \"\"y\"\"\"\n3,5\" disk\n"
        #expect(try WriterTests.rewritten(text, options, to: .csv) == written)
        var all = WritingStyle()
        all.quotesAll = true
        #expect(try WriterTests.rewritten(text, options, to: .csv, style: all) == "\"a\",\"b\"\n\"1\",\"x \"\"y\"\" z\"\n\"2\",\"x \"\"y\"\"\"\n\"3\",\"5\"\" disk\"\n")
        var marked = WritingStyle()
        marked.nullMarker = "\\N"
        #expect(try WriterTests.rewritten(text, options, to: .csv, style: marked) == written)
    }

    // MARK: escapes with a meaning

    static let copied = Dialect(delimiter: 0x09, quote: nil, escape: 0x5C, escapeSequences: .cStyle, header: false)

    @Test func databasesWriteLineEndsAsLetters() throws {
        let read = try readText("1\tk\\nl\\tm\\\\n\t\\N\n2\t\\b\\f\\v\\r\\0\t\\q\\\\N\n", Self.options(Self.copied, nulls: ["\\N"]))
        #expect(read.cells == [["1", "k\nl\tm\\n", nil], ["2", "\u{8}\u{C}\u{B}\r\0", "q\\N"]])
    }

    @Test func lineEndsAreWrittenAsLetters() throws {
        var style = WritingStyle()
        style.nullMarker = "\\N"
        let rows: [[String?]] = [["k\nl\tm\\n", nil, "\r\n"], ["\\N", "N", "\\"]]
        let case1 = ConformanceCase.writes("COPY", rows, "k\\nl\\tm\\\\n\t\\N\t\\r\\n\n\\\\N\tN\t\\\\\n", Self.copied) { $0.nullMarker = "\\N" }
        try case1.check()
        // To a dialect where escapes only take meaning away the text goes, not the bytes.
        let other = Dialect(delimiter: 0x09, quote: nil, escape: 0x5C, header: false)
        #expect(try WriterTests.rewritten("k\\nl\t1\n", Self.options(Self.copied), to: other) == "k\\\nl\t1\n")
        #expect(try WriterTests.rewritten("k\\\nl\t\\n\n", Self.options(other), to: Self.copied) == "k\\nl\tn\n")
    }

    @Test(arguments: [
        Dialect(escapeSequences: .cStyle), Dialect(delimiter: 0x6E, escape: 0x5C, escapeSequences: .cStyle), Dialect(escape: 0x5C, escapeSequences: .cStyle, comment: 0x30), Dialect(quote: 0x20, trim: .leading),
        Dialect(skipLines: -1),
    ])
    func whatContradictsItselfIsRefused(dialect: Dialect) {
        #expect(dialect.problem != nil)
        #expect(throws: DelimitedError.self) { try readText("a\n", ReaderOptions(dialect: dialect)) }
    }

    @Test func aMarkerThatWouldBecomeAnEscapeIsRefused() throws {
        var style = WritingStyle()
        style.nullMarker = "null"
        #expect(style.problem(Self.copied) != nil)
        style.nullMarker = "NULL"
        #expect(style.problem(Self.copied) == nil)
    }

    // MARK: a null alone in its row

    @Test func aNullAloneInItsRowComesBack() throws {
        try ConformanceCase.writes("alone", [["k"], [nil], ["l"]], "k\n\"\"\nl\n").check()
        try ConformanceCase.writes("alone", [["k"], [nil], [""]], "k\nNULL\n\"\"\n") { $0.nullMarker = "NULL" }.check()
        // Beside another column it is nothing, as every null.
        let options = ReaderOptions(dialect: Dialect(header: false))
        let scratch = try Scratch()
        let reader = try DelimitedReader(inputs: [try scratch.file("in", "k\n\"\"\n")], options: options)
        let batch = RowBatch(sourceColumns: 1)
        #expect(try reader.read(into: batch) && batch.string(column: 0, row: 1) == nil)
    }

    // MARK: infer

    @Test func inferTellsWhatDatabasesWrote() throws {
        let table = try InferenceTests.infer("1\tk\\nl\t\\N\n2\t\"m\t3\n3\t\\\\n\t4\n")
        #expect(table.dialect == Dialect(delimiter: 0x09, quote: nil, escape: 0x5C, escapeSequences: .cStyle, header: false))
        #expect(table.nullMarkers.contains("\\N") && table.faults == 0 && table.columns[2].type == .integer && table.columns[2].nulls == 1)
        // Paths hold backslashes as well.
        #expect(try InferenceTests.infer("id\tpath\n1\tC:\\Users\\new\n2\t\\N\n").dialect.escape == nil)
    }

    @Test func inferLooksThroughBlanks() throws {
        let table = try InferenceTests.infer("id, day, text\n1, 2026-11-01, \"k, l\"\n2, 2026-11-02, \"m\"\n")
        #expect(table.dialect.trim == .leading && table.columns.map(\.name) == ["id", "day", "text"] && table.columns[1].type == .date && table.faults == 0)
    }

    @Test func aHeaderThatIsMerelyShortIsNoTitle() throws {
        #expect(try InferenceTests.infer("a,b\n1,2,\n3,4,\n5,6,\n7,8,\n").dialect.skipLines == 0)
        #expect(try InferenceTests.infer("n\n" + (0..<30).map { "\($0),5\n" }.joined()).dialect.skipLines == 0)
        #expect(try InferenceTests.infer("n\n" + (0..<30).map { "1\($0),5\($0),7\n" }.joined()).dialect.skipLines == 0)
        #expect(try InferenceTests.infer("note\n" + (0..<30).map { "so, \($0 % 3 == 0 ? "they" : "we") say\n" }.joined()).dialect.skipLines == 0)
        #expect(try InferenceTests.infer("Orders of June\nid,name,n\n1,k,2\n2,l,3\n3,m,4\n").dialect.skipLines == 1)
        #expect(try InferenceTests.infer("a\n1,\n3,\n5,\n7,\n9,\n").dialect.skipLines == 0)
    }
}
