import Rows
import Testing

@testable import Delimited

/// What the reader makes of delimited text, case by case.
@Suite struct ReaderTests {
    /// A text, and its rows without header: nil stands for a null.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let cells: [[String?]]
        var dialect = Dialect(header: false)
        var ragged = RaggedRows.fault
        var nulls: [String] = []
        var testDescription: String { name }
    }

    static let plain: [Case] = [
        Case(name: "two rows", text: "a,b\nc,d\n", cells: [["a", "b"], ["c", "d"]]),
        Case(name: "no line end at the end", text: "a,b\nc,d", cells: [["a", "b"], ["c", "d"]]),
        Case(name: "CRLF", text: "a,b\r\nc,d\r\n", cells: [["a", "b"], ["c", "d"]]),
        Case(name: "CRLF and LF mixed", text: "a,b\nc,d\r\ne,f\n", cells: [["a", "b"], ["c", "d"], ["e", "f"]]),
        Case(name: "a lone CR is text", text: "a\rb,c\n\r\r,d\n", cells: [["a\rb", "c"], ["\r\r", "d"]]),
        Case(name: "CR at the end of the input", text: "a,b\r", cells: [["a", "b"]]),
        Case(name: "one cell", text: "a", cells: [["a"]]),
        Case(name: "one column", text: "a\nbc\r\n\nd", cells: [["a"], ["bc"], ["d"]]),
        Case(name: "empty cells", text: ",\n,\n", cells: [["", ""], ["", ""]]),
        Case(name: "an empty last cell at the end", text: "a,", cells: [["a", ""]]),
        Case(name: "blank lines are no rows", text: "\n\na,b\n\r\n\nc,d\n\n", cells: [["a", "b"], ["c", "d"]]),
        Case(name: "blanks are text", text: " a , b\n\t,c \n", cells: [[" a ", " b"], ["\t", "c "]]),
        Case(name: "NUL is text", text: "a\0b,c\n", cells: [["a\0b", "c"]]),
        Case(name: "beyond ASCII", text: "ä,€\n😀,ß\n", cells: [["ä", "€"], ["😀", "ß"]]),
    ]

    static let quoted: [Case] = [
        Case(name: "quoted", text: #""a","b""# + "\n", cells: [["a", "b"]]),
        Case(name: "quoted delimiter", text: #""a,b",c"# + "\n", cells: [["a,b", "c"]]),
        Case(name: "quoted line ends", text: "\"a\nb\",\"c\r\nd\"\n\"\n\",x", cells: [["a\nb", "c\r\nd"], ["\n", "x"]]),
        Case(name: "doubled quotes", text: #""a ""b"" c","""","""""""# + "\n", cells: [[#"a "b" c"#, #"""#, #""""#]]),
        Case(name: "an empty quoted cell is text", text: #""","a""# + "\n", cells: [["", "a"]], nulls: [""]),
        Case(name: "quoted, then CRLF", text: "\"a\",\"b\"\r\n\"c\",\"d\"\r\n", cells: [["a", "b"], ["c", "d"]]),
        Case(name: "a lone CR inside quotes", text: "\"a\rb\",c\n", cells: [["a\rb", "c"]]),
        Case(name: "a quote in an unquoted cell is text", text: "5\" disk,a\"\"b\nx\",\"y\"\n", cells: [["5\" disk", "a\"\"b"], ["x\"", "y"]]),
        Case(name: "a quote after a blank is text", text: "a, \"b\nc,d", cells: [["a", " \"b"], ["c", "d"]]),
        Case(name: "JSON in a cell", text: #"1,"{""a"": ""b,c""}""# + "\n", cells: [["1", #"{"a": "b,c"}"#]]),
        Case(name: "quoted beyond ASCII", text: "\"ä\",\"€\"\"\"\n", cells: [["ä", "€\""]]),
        Case(name: "only quoted line ends", text: "\"\n\n\n\"", cells: [["\n\n\n"]]),
        Case(name: "quoted at the end without line end", text: "a,\"b\"", cells: [["a", "b"]]),
        Case(name: "quoted at the end, then CR", text: "a,\"b\"\r", cells: [["a", "b"]]),
    ]

    static let dialects: [Case] = [
        Case(name: "tabs", text: "a\tb,c\n", cells: [["a", "b,c"]], dialect: Dialect(delimiter: 9, header: false)),
        Case(name: "bars", text: "a|\"b|c\"\n", cells: [["a", "b|c"]], dialect: Dialect(delimiter: 0x7C, header: false)),
        Case(name: "semicolons", text: "1,5;2\n", cells: [["1,5", "2"]], dialect: Dialect(delimiter: 0x3B, header: false)),
        Case(name: "unit separators", text: "a\u{1F}b\n", cells: [["a", "b"]], dialect: Dialect(delimiter: 0x1F, header: false)),
        Case(name: "NUL as delimiter", text: "a\0b\n", cells: [["a", "b"]], dialect: Dialect(delimiter: 0, header: false)),
        Case(name: "another quote", text: "'a,b','it''s',\"\n", cells: [["a,b", "it's", "\""]], dialect: Dialect(quote: 0x27, header: false)),
        Case(name: "quoting off", text: "\"a,b\"\n\"\",\"c\nd,e", cells: [["\"a", "b\""], ["\"\"", "\"c"], ["d", "e"]], dialect: Dialect(quote: nil, header: false)),
        Case(
            name: "comments", text: "# one, \"two\na,b\n#\n# \"open,\"x\nc,d\n\"#e\",#f\n#last", cells: [["a", "b"], ["c", "d"], ["#e", "#f"]],
            dialect: Dialect(comment: 0x23, header: false)),
        Case(
            name: "quoted line ends next to comments", text: "\"a\n#b\",c\n#x\n", cells: [["a\n#b", "c"]], dialect: Dialect(comment: 0x23, header: false)),
        Case(name: "missing cells are padded", text: "a,b,c\nd\n\ne,f\n", cells: [["a", "b", "c"], ["d", nil, nil], ["e", "f", nil]], ragged: .pad),
        Case(name: "extra cells are dropped", text: "a,b\nc,d,e\nf,g\n", cells: [["a", "b"], ["c", "d"], ["f", "g"]], ragged: .pad),
        Case(name: "empty is null", text: "a,,\"\"\n,b,c\n", cells: [["a", nil, ""], [nil, "b", "c"]], nulls: [""]),
        Case(name: "markers", text: "NULL,\"NULL\",-\n,NULLS,N\n", cells: [[nil, "NULL", nil], ["", "NULLS", "N"]], nulls: ["NULL", "-"]),
    ]

    @Test(arguments: plain + quoted + dialects)
    func readsAsTheRulesSay(test: Case) throws {
        var options = ReaderOptions(dialect: test.dialect)
        options.raggedRows = test.ragged
        options.nullMarkers = test.nulls
        // The same whatever a batch holds, down to pieces that cut every cell.
        for (bytes, rows) in [(256 << 10, 4096), (1024, 16)] {
            let read = try readText(test.text, options, batchBytes: bytes, rows: rows)
            #expect(read.cells == test.cells)
            #expect(read.faults.isEmpty)
        }
    }

    @Test func theHeaderNamesTheColumns() throws {
        let read = try readText("id,\"na\"\"me\",id,__proto__,1\r\n1,2,3,4,5\r\n")
        #expect(read.header == ["id", "na\"me", "id_2", "__proto__", "1"])
        #expect(read.cells == [["1", "2", "3", "4", "5"]])
        #expect(read.rows.map(\.number) == [1])
    }

    @Test func withoutHeaderTheDocumentNamesThem() throws {
        var options = ReaderOptions(dialect: Dialect(header: false))
        #expect(try readText("1,2\n", options).header == ["column1", "column2"])
        options.columns = ["a", "b"]
        let read = try readText("1,2\n3\n", options)
        #expect(read.header == ["a", "b"])
        #expect(read.faults == [.init(number: 2, reason: .tooFewCells(expected: 2, found: 1), original: "3")])
    }

    @Test func declaredColumnsMustBeInTheHeader() throws {
        var options = ReaderOptions()
        options.columns = ["b", "a"]
        #expect(try readText("a,b,c\n1,2,3\n", options).header == ["a", "b", "c"])
        options.columns = ["d"]
        #expect(throws: DelimitedError.self) { try readText("a,b,c\n", options) }
    }

    @Test func anEmptyFileHasNoRows() throws {
        for text in ["", "\n", "\r\n\n", "a,b\n", "a,b"] { #expect(try readText(text).rows.isEmpty) }
        var options = ReaderOptions(dialect: Dialect(comment: 0x23))
        options.columns = ["x"]
        let read = try readText("# nothing\n", options)
        #expect(read.header == ["x"] && read.rows.isEmpty)
    }

    @Test func raggedRowsAreFaultsWithTheirPlace() throws {
        let read = try readText("a,b\n1,2\n3\n4,5,6\n\n7,8\n")
        #expect(read.cells == [["1", "2"], ["7", "8"]])
        #expect(
            read.faults == [
                .init(number: 2, reason: .tooFewCells(expected: 2, found: 1), original: "3"),
                .init(number: 3, reason: .tooManyCells(expected: 2, found: 3), original: "4,5,6"),
            ])
        #expect(read.rows.map(\.number) == [1, 4])
        #expect(read.rows.map(\.offset) == [4, 17])
    }

    @Test func textAfterAClosingQuoteCostsOneRow() throws {
        let read = try readText("a,b\n\"x\"y,1\n2,\"z\" \n\"u\"v\"w,x\n3,4\n")
        #expect(read.cells == [["3", "4"]])
        #expect(read.faults.map(\.reason) == [.textAfterClosingQuote, .textAfterClosingQuote, .textAfterClosingQuote])
        #expect(read.faults.map(\.original) == ["\"x\"y,1", "2,\"z\" ", "\"u\"v\"w,x"])
    }

    @Test func aQuoteThatNeverClosesCostsOneLine() throws {
        let read = try readText("a,b\n1,2\n\"open,3\n4,5\n6,7")
        #expect(read.cells == [["1", "2"], ["4", "5"], ["6", "7"]])
        #expect(read.faults == [.init(number: 2, reason: .unterminatedQuote, original: "\"open,3")])
        #expect(read.rows.map(\.number) == [1, 3, 4])
    }

    @Test func anOpenQuoteBeforeTheRowLimitCostsOneLine() throws {
        var options = ReaderOptions()
        options.rowLimit = 2000
        let text = "a,b\n\"open,3\n" + String(repeating: "4,5\n", count: 3000)
        let read = try readText(text, options)
        #expect(read.rows.count == 3000)
        #expect(read.faults.map(\.reason) == [.unterminatedQuote])
    }

    @Test func aRowOverTheLimitCostsThatRow() throws {
        var options = ReaderOptions()
        options.rowLimit = 1000
        let long = String(repeating: "x", count: 10_000)
        for bytes in [1024, 4096, 256 << 10] {
            let read = try readText("a,b\n1,2\n\(long),3\n\"\(long)\n\",4\n5,6\n\(long)", options, batchBytes: bytes)
            #expect(read.cells == [["1", "2"], ["5", "6"]], "\(bytes)")
            #expect(read.faults.map(\.reason) == Array(repeating: .tooLong(limit: 1000), count: 2) + [.unterminatedQuote, .tooLong(limit: 1000)])
            #expect(read.faults.map(\.number) == [2, 3, 4, 6])
            #expect(read.rows.first?.offset == 4)
            #expect(read.rows.last?.offset == Int64(4 + 4 + 10_003 + 10_006))
        }
    }

    @Test func aRowUpToTheLimitIsRead() throws {
        var options = ReaderOptions()
        options.rowLimit = 3 << 20
        let long = String(repeating: "x\"\"\n", count: 500_000)
        let read = try readText("a,b\n1,\"\(long)\"\n2,3\n", options)
        #expect(read.cells.map(\.first) == [["1"], ["2"]].map { $0[0] })
        #expect(read.cells.first?[1]?.utf8.count == 1_500_000)
    }

    @Test func tooManyOpenQuotesEndTheReading() throws {
        // Each line opens a quote that only the end closes, and is cut short: the last bound is on how often.
        var options = ReaderOptions(dialect: Dialect(header: false))
        options.rowLimit = 64
        let text = String(repeating: "\"open\n" + String(repeating: "y\n", count: 40), count: 2000)
        #expect(throws: DelimitedError.self) { try readText(text, options) }
    }

    @Test func invalidTextIsAFaultOfItsRow() throws {
        let scratch = try Scratch()
        let path = try scratch.file("bad", Array("a,b\nok,1\nx".utf8) + [0xFF, 0xC3] + Array(",2\nü,3\n".utf8))
        let read = try readAll([path])
        #expect(read.cells == [["ok", "1"], ["ü", "3"]])
        #expect(read.faults.map(\.number) == [2])
        #expect(read.faults.map(\.reason) == [.invalidText])
        withExtendedLifetime(scratch) {}
    }

    @Test func aHeaderThatIsNoTextEndsTheReading() throws {
        let scratch = try Scratch()
        let path = try scratch.file("bad", [0x61, 0xE4, 0x0A, 0x31, 0x0A])
        #expect(throws: DelimitedError.self) { try readAll([path]) }
        var options = ReaderOptions()
        options.encoding = .latin1
        #expect(try readAll([path], options).header == ["aä"])
        withExtendedLifetime(scratch) {}
    }
}
