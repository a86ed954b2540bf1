import Rows
import Testing

@testable import Delimited

/// Escape characters, as exports of MySQL and other programs have them: read, written, copied, and found out.
@Suite struct EscapeTests {
    static let mysql = Dialect(delimiter: 0x09, quote: nil, escape: 0x5C, header: false)
    static let quoted = Dialect(escape: 0x5C, header: false)

    static let cases: [(name: String, text: String, dialect: Dialect, cells: [[String?]], faults: [String])] = [
        ("a delimiter", #"a\,b,c"#, quoted, [["a,b", "c"]], []),
        ("a quote first", #"\"a,b"#, quoted, [["\"a", "b"]], []),
        ("quotes inside quotes", #""say \"so\"",b"#, quoted, [["say \"so\"", "b"]], []),
        ("both kinds of quotes inside quotes", #""a\"b""c",d"#, quoted, [["a\"b\"c", "d"]], []),
        ("itself", #"a\\,\\"#, quoted, [["a\\", "\\"]], []),
        ("itself before a closing quote", #""a\\","b""#, quoted, [["a\\", "b"]], []),
        ("any letter", #"\a,\N"#, quoted, [["a", "N"]], []),
        ("a delimiter inside quotes, where it needs none", #""a\,b",c"#, quoted, [["a,b", "c"]], []),
        ("doubled quotes outside quotes stay", #"a""b\,c,d"#, quoted, [["a\"\"b,c", "d"]], []),
        ("a line end", "a\\\nb,c\nd,e\n", quoted, [["a\nb", "c"], ["d", "e"]], []),
        ("CR and LF one by one", "a\\\r\\\nb,c\r\nd,e\r\n", quoted, [["a\r\nb", "c"], ["d", "e"]], []),
        ("a CR before the line's end", "a,b\\\r\nc,d\n", quoted, [["a", "b\r"], ["c", "d"]], []),
        ("a CR before the input's end", "a,b\\\r", quoted, [["a", "b\r"]], []),
        ("nothing behind it", "a,b\\", quoted, [["a", "b\\"]], []),
        ("a line end behind it, then nothing", "a,b\\\n", quoted, [["a", "b\n"]], []),
        ("a line of it", "\\\n,b\n", quoted, [["\n", "b"]], []),
        ("a quote that doesn't close", #""a\","#, quoted, [], ["UnterminatedQuote"]),
        ("an escaped quote behind a closing one", "\"a\"\\\",b\nc,d\n", quoted, [["c", "d"]], ["TextAfterClosingQuote"]),
        ("a comment mark", "\\#a,b\n#c,d\n", Dialect(escape: 0x5C, comment: 0x23, header: false), [["#a", "b"]], []),
        ("a comment that ends with it", "#a\\\nb,c\n", Dialect(escape: 0x5C, comment: 0x23, header: false), [["b", "c"]], []),
        ("MySQL: tab, line feed and backslash", "1\ta\\\tb\\\nc\\\\\t2\n", mysql, [["1", "a\tb\nc\\", "2"]], []),
        ("quotes mean nothing", "\"a\\\t\"\tb\n", mysql, [["\"a\t\"", "b"]], []),
        ("another escape character", "a^,b,^^\n", Dialect(escape: 0x5E, header: false), [["a,b", "^"]], []),
        ("no escape character", "a\\,b\n", Dialect(header: false), [["a\\", "b"]], []),
    ]

    @Test(arguments: cases.indices)
    func reads(index: Int) throws {
        let test = Self.cases[index]
        var options = ReaderOptions(dialect: test.dialect)
        options.nullMarkers = []
        for batchBytes in [256 << 10, 1024] {
            let read = try readText(test.text, options, batchBytes: batchBytes)
            #expect(read.cells.map { $0.map { $0.map { Array($0.utf8) } } } == test.cells.map { $0.map { $0.map { Array($0.utf8) } } }, "\(test.name)")
            #expect(read.faults.map(\.reason.rule) == test.faults, "\(test.name)")
        }
    }

    @Test func theMarkerOfNullIsWhatStandsThere() throws {
        var options = ReaderOptions(dialect: Self.mysql)
        options.nullMarkers = ["\\N"]
        #expect(try readText("\\N\t\\\\N\tN\t\\\\\\N\n", options).cells == [[nil, "\\N", "N", "\\N"]])
    }

    /// The splitter, with its scanner and its short ways, finds what the parser finds byte by byte.
    @Test func theSplitterFindsWhatTheParserFinds() throws {
        var generator = ScannerTests.Generator(state: 7)
        let scratch = try Scratch()
        for round in 0..<1500 {
            let alphabet = [Array("ab,\\\n".utf8), Array("a,\"\\\n".utf8), Array("aaaaaaaa,,\\\"\n".utf8), Array("\"\\,".utf8), Array("a\r\n\\,\"".utf8), Array("#\\\n,a".utf8)][round % 6]
            let text = (0..<Int.random(in: 0...200, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0x61 }
            let dialect = Dialect(quote: round % 5 == 0 ? nil : 0x22, escape: 0x5C, header: false)
            var expected: [[String]?] = []
            var parser = RowParser(dialect)
            text.withUnsafeBufferPointer { buffer in
                guard let bytes = buffer.baseAddress else { return }
                var at = 0
                while at < text.count, case .row(let end, let next) = parser.parse(bytes, from: at, to: text.count, atEnd: true) {
                    let scratch = TextScratch()
                    if end > at {
                        expected.append(
                            parser.fault != nil
                                ? nil
                                : parser.cells.map { cell in
                                    let content = UnsafeBufferPointer(start: bytes + cell.contentOffset, count: cell.contentLength)
                                    return String(decoding: scratch.unescape(content, isQuoted: cell.isQuoted, dialect.syntax), as: UTF8.self)
                                })
                    }
                    at = next
                }
            }
            let read = try PythonDifferenceTests.ours(
                .init(text: text, dialect: dialect), path: scratch.file("t", text), batchBytes: round % 2 == 0 ? 1024 : 1 << 16)
            let found = read.rows.map { $0.map { $0.map { String(decoding: $0, as: UTF8.self) } } }
            // The parser stops where a quote never closes, the reader goes on in the next line.
            try #require(found == Array(expected.prefix(found.count)) && (read.isCut || found.count == expected.count), "\(String(decoding: text, as: UTF8.self).debugDescription), \(dialect)")
        }
    }

    static let styles: [(Dialect, WritingStyle)] = {
        var styles: [(Dialect, WritingStyle)] = []
        for dialect in [quoted, mysql, Dialect(header: false), Dialect(delimiter: 0x3B, quote: 0x27, escape: 0x5E, comment: 0x23, header: false)] {
            for marker in ["", "\\N", "NULL"] {
                var style = WritingStyle()
                style.nullMarker = marker
                styles.append((dialect, style))
                guard dialect.quote != nil else { continue }
                style.quotesAll = true
                styles.append((dialect, style))
            }
        }
        return styles
    }()

    static let pieces = ["a", "\\", "\\\\", "\\N", "NULL", "\"", "'", ",", ";", "\t", "\n", "\r\n", "\r", "^", "#", "ü€", " ", "N"]

    /// What is written in one dialect, read, written in a second one and read again is what it was.
    @Test(arguments: styles.indices)
    func roundTrips(first: Int) throws {
        var generator = ScannerTests.Generator(state: UInt64(first))
        // Another third of the others for each.
        for second in Self.styles.indices where (first + second) % 3 == 0 {
            let columns = Int.random(in: 2...4, using: &generator)
            let (dialect, style) = Self.styles[first]
            // Nothing but a marker tells null from nothing where there are no quotes.
            let distinguishes = dialect.quote != nil || !style.nullMarker.isEmpty
            let (other, otherStyle) = Self.styles[second]
            let batch = RowBatch(sourceColumns: 0, rows: 64, bytes: 64)
            batch.rowCount = 20
            let texts = (0..<columns).map { _ in TextColumn(capacity: 64) }
            batch.columns = texts.map { .text($0) }
            var rows: [[String?]] = []
            for row in 0..<batch.rowCount {
                rows.append(
                    texts.map { column in
                        let cell = (0..<Int.random(in: 0...3, using: &generator)).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
                        let isNull = Int.random(in: 0..<6, using: &generator) == 0 || (cell.isEmpty && !(distinguishes && (other.quote != nil || !otherStyle.nullMarker.isEmpty)))
                        if isNull { column.setNull(at: row) } else { column.set(cell, at: row) }
                        return isNull ? nil : cell
                    })
            }
            let scratch = try Scratch()
            let file = try OutputFile(path: "\(scratch.path)/out", id: "test")
            try file.open()
            try DelimitedWriter(file, dialect: dialect, style: style, columns: texts.map { _ in OutputColumn("x") }).write(batch)
            try file.commit()
            let text = try WriterTests.text(file.path)
            let names = (0..<columns).map { "c\($0)" }
            func read(_ text: String, _ dialect: Dialect, _ style: WritingStyle) throws -> [[String?]] {
                var options = ReaderOptions(dialect: dialect, columns: names)
                options.nullMarkers = [style.nullMarker]
                let read = try readText(text, options)
                #expect(read.faults.isEmpty)
                return read.cells
            }
            try #require(try read(text, dialect, style) == rows, "\(dialect) \(style): \(text.debugDescription)")
            var options = ReaderOptions(dialect: dialect, columns: names)
            options.nullMarkers = [style.nullMarker]
            let again = try WriterTests.rewritten(text, options, to: other, style: otherStyle)
            var expected = rows
            if dialect.quote != nil || other.quote != nil || !otherStyle.nullMarker.isEmpty {
                // A marker of the input that isn't the output's is written as it was.
                let markers = otherStyle.nullMarker.isEmpty ? ["", style.nullMarker] : [otherStyle.nullMarker]
                var back = ReaderOptions(dialect: other, columns: names)
                back.nullMarkers = markers
                let found = try readText(again, back).cells
                if markers.contains("NULL") || markers.contains("\\N"), otherStyle.nullMarker.isEmpty {
                    // Text of the marker's letters isn't quoted in an output that has none, and nothing stays nothing as it stood.
                    func told(_ rows: [[String?]]) -> [[String?]] { rows.map { $0.map { $0 == style.nullMarker || $0 == "" ? nil : $0 } } }
                    expected = told(expected)
                    try #require(told(found) == expected, "\(dialect) \(style) to \(other) \(otherStyle): \(again.debugDescription)")
                } else {
                    try #require(found == expected, "\(dialect) \(style) to \(other) \(otherStyle): \(again.debugDescription)")
                }
            }
        }
    }

    @Test func writesWhatOtherProgramsRead() throws {
        let text = "a\tb\n1\tx, \"y\" \\ z\n"
        var tsv = ReaderOptions(dialect: Dialect(delimiter: 0x09, quote: nil))
        tsv.nullMarkers = [""]
        #expect(try WriterTests.rewritten(text, tsv, to: Dialect(escape: 0x5C)) == "a,b\n1,\"x, \\\"y\\\" \\\\ z\"\n")
        #expect(try WriterTests.rewritten(text, tsv, to: Dialect(quote: nil, escape: 0x5C)) == "a,b\n1,x\\, \"y\" \\\\ z\n")
        #expect(try WriterTests.rewritten(text, tsv, to: .csv) == "a,b\n1,\"x, \"\"y\"\" \\ z\"\n")
        // Untouched cells of the same dialect are copied as they stood.
        let escaped = "a,b\n1,x\\,\\y\n\"2\\\"\",z\n"
        #expect(try WriterTests.rewritten(escaped, ReaderOptions(dialect: Dialect(escape: 0x5C)), to: Dialect(escape: 0x5C)) == escaped)
        #expect(try WriterTests.rewritten(escaped, ReaderOptions(dialect: Dialect(escape: 0x5C)), to: .csv) == "a,b\n1,\"x,y\"\n\"2\"\"\",z\n")
    }

    @Test(arguments: [
        ("id,text\n1,\"say \\\"so\\\"\"\n2,\"a, \\\"b\\\"\"\n3,c\n", UInt8(0x5C) as UInt8?, 0x22 as UInt8?),
        ("id\ttext\n1\ta\\\tb\n2\tc\n3\td\\\ne\n", 0x5C, nil),
        ("id,path\n1,C:\\data\\\n2,\"D:\\x, y\\\"\n3,E:\\\n", nil, 0x22),
        ("id,text\n1,a\\b\n2,c\\\\d\n", nil, 0x22),
        ("id,text\n1,\"a \"\"b\"\"\"\n", nil, 0x22),
    ])
    func inferFindsThem(text: String, escape: UInt8?, quote: UInt8?) throws {
        let table = try InferenceTests.infer(text)
        #expect(table.dialect.escape == escape)
        if escape != nil { #expect(table.faults == 0 && table.columns.count == 2) }
        if quote != nil { #expect(table.dialect.quote == quote) }
    }

    @Test(arguments: [
        Dialect(escape: 0x2C), Dialect(escape: 0x22), Dialect(escape: 0x0A), Dialect(escape: 0x0D), Dialect(escape: 0xC3), Dialect(escape: 0x23, comment: 0x23),
    ])
    func whatCantBeAnEscapeIsRefused(dialect: Dialect) {
        #expect(dialect.problem != nil)
        #expect(throws: DelimitedError.self) { try readText("a\n", ReaderOptions(dialect: dialect)) }
    }
}
