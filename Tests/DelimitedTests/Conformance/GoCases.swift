@testable import Delimited

/// Go's encoding/csv: reader_test.go by the names of its table, writer_test.go by the numbers of its own.
enum GoCases {
    private static let pad: @Sendable (inout ReaderOptions) -> Void = { $0.raggedRows = .pad }
    private static let hash: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.comment = 0x23 }
    private static let lenient: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.lenientQuotes = true }
    private static let leading: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.trim = .leading }
    private static let two = ["c0", "c1"]

    static let reading: [ConformanceCase] = [
        .reads("Simple", "k,l,m\n", [["k", "l", "m"]]),
        .reads("CRLF", "k,l\r\nm,n\r\n", [["k", "l"], ["m", "n"]]),
        .reads("BareCR", "k,l\rm,n\r\n", [["k", "l\rm", "n"]]),
        .reads("RFC4180test", "#one,two,three\n\"k\",\"l\nl\",\"m\"\n\"n,n\",\"o\"\"oo\",\"p\"\nx,y,z\n", [["#one", "two", "three"], ["k", "l\nl", "m"], ["n,n", "o\"oo", "p"], ["x", "y", "z"]]),
        .reads("NoEOLTest", "k,l,m", [["k", "l", "m"]]),
        .reads("Semicolon", "k;l;m\n", [["k", "l", "m"]]) { $0.dialect.delimiter = 0x3B },
        .reads("MultiLine", "\"2\nlines\",\"1 line\",\"3\nlines\nhere\"", [["2\nlines", "1 line", "3\nlines\nhere"]]),
        .reads("BlankLine", "k,l,m\n\nn,o,p\n\n", [["k", "l", "m"], ["n", "o", "p"]]),
        .reads("BlankLineFieldCount", "k,l\n\n\nn,o\n\n", [["k", "l"], ["n", "o"]]) { $0.columns = two },
        .reads("LeadingSpace", " k,  l,   m\n", [[" k", "  l", "   m"]]),
        .reads("Comment", "#7,8,9\nk,l,m\n#said", [["k", "l", "m"]], hash),
        .reads("NoComment", "#7,8,9\nk,l,m", [["#7", "8", "9"], ["k", "l", "m"]]),
        .reads("BareDoubleQuotes", "k\"\"l,m", [["k\"\"l", "m"]]),
        // There a mistake, here text: only a quote at a cell's start opens anything.
        .reads("BadDoubleQuotes", "k\"\"l,m\n", [["k\"\"l", "m"]]),
        .reads("BadBareQuote", "k \"said\",\"l\"", [["k \"said\"", "l"]]),
        .reads("BadTrailingQuote", "\"k said\",l\"", [["k said", "l\""]]),
        .reads("ExtraneousQuote", "\"k \"said\",\"l\"", [], faults: ["TextAfterClosingQuote"]),
        .reads("BadFieldCount", "k,l,m\nn,o", [["k", "l", "m"]], faults: ["TooFewCells"]),
        .reads("BadFieldCount1", "k,l,m", [], faults: ["TooManyCells"]) { $0.columns = two },
        .reads("FieldCount", "k,l,m\nn,o", [["k", "l", "m"], ["n", "o", nil]], pad),
        .reads("TrailingCommaEOF", "k,l,m,", [["k", "l", "m", ""]]),
        .reads("TrailingCommaEOL", "k,l,m,\n", [["k", "l", "m", ""]]),
        .reads("TrailingCommaLine3", "k,l,m\nn,o,p\nq,rs,", [["k", "l", "m"], ["n", "o", "p"], ["q", "rs", ""]]),
        .reads("NotTrailingComma3", "k,l,m, \n", [["k", "l", "m", " "]]),
        .reads(
            "CommaFieldTest", "k,l,m\nk,l,\nk,,\n,,\n\"k\",\"l\",\"m\"\n\"k\",\"l\",\"\"\n\"k\",\"\",\"\"\n\"\",\"\",\"\"\n",
            [["k", "l", "m"], ["k", "l", ""], ["k", "", ""], ["", "", ""], ["k", "l", "m"], ["k", "l", ""], ["k", "", ""], ["", "", ""]]),
        .reads("TrailingCommaIneffective1", "k,l,\nm,n,o", [["k", "l", ""], ["m", "n", "o"]]),
        // Batches are reused as records are there.
        .reads("ReadAllReuseRecord", "k,l\nm,n", [["k", "l"], ["m", "n"]]),
        .reads("StartLine1", "k,\"l\nm\"n,o", [], faults: ["TextAfterClosingQuote"]),
        // The open quote costs its line, not the rest of the file.
        .reads("StartLine2", "k,l\n\"m\n\n,n", [["k", "l"], ["", "n"]], faults: ["UnterminatedQuote"]),
        // There the line end becomes LF, here it stays.
        .reads("CRLFInQuotedField", "K,\"Good\r\nday\",L\r\n", [["K", "Good\r\nday", "L"]]),
        .reads("BinaryBlobField", bytes: [0x78, 0x41, 0xB4, 0x1C, 0x2C, 0x6B, 0x0A, 0x6C, 0x2C, 0x6D], [["l", "m"]], faults: ["InvalidText"]),
        // There text, here the half of a CRLF that the file's end cut off.
        .reads("TrailingCR", "one,two\r", [["one", "two"]]),
        .reads("QuotedFieldMultipleLF", "\"\n\n\n\"", [["\n\n\n"]]),
        .reads("MultipleCRLF", "\r\n\r\n\r\n", []),
        .reads(
            "HugeLines", String(repeating: "#pass\n", count: 10_000) + String(repeating: "+", count: 5000) + "," + String(repeating: "-", count: 5000),
            [[String(repeating: "+", count: 5000), String(repeating: "-", count: 5000)]], hash),
        .reads("LazyQuotes", "k \"said\",\"7\"8\",k\",\"l\"", [["k \"said\"", "7\"8", "k\"", "l"]], lenient),
        // There what an open quote begins ends with the file, here such a row is a fault, however lenient.
        .reads("LazyQuotes", "k \"said\",\"7\"8\",k\",\"l", [], faults: ["UnterminatedQuote"], lenient),
        .reads("BareQuotes", "k \"\"\"said\"\"\",\"7\"\"8\",\"k\"\"\",\"l\"", [["k \"\"\"said\"\"\"", "7\"8", "k\"", "l"]], lenient),
        .reads("LazyQuoteWithTrailingCRLF", "\"pre\"post\"\r\n", [["pre\"post"]], lenient),
        .reads("LazyOddQuotes", "\"\"\"\"\"\"\"", [], faults: ["UnterminatedQuote"], lenient),
        .reads("LazyOddQuotes", "\"\"\"\"\"\"\"k\"", [["\"\"\"k"]], lenient),
        .reads("TrimSpace", " k,  l,   m\n", [["k", "l", "m"]], leading),
        .reads("TrimQuote", " \"k\",\" l\",m", [["k", " l", "m"]], leading),
        .reads("TrailingCommaSpaceEOF", "k,l,m, ", [["k", "l", "m", ""]], leading),
        .reads("TrailingCommaSpaceEOL", "k,l,m, \n", [["k", "l", "m", ""]], leading),
        .reads("QuoteWithTrailingCRLF", "\"pre\"post\"\r\n", [], faults: ["TextAfterClosingQuote"]),
        .reads("DoubleQuoteWithTrailingCRLF", "\"pre\"\"post\"\r\n", [["pre\"post"]]),
        .reads("EvenQuotes", "\"\"\"\"\"\"\"\"", [["\"\"\""]]),
        .reads("OddQuotes", "\"\"\"\"\"\"\"", [], faults: ["UnterminatedQuote"]),
        .refuses("BadComma1", "k", .options) { $0.dialect.delimiter = 0x0A },
        .refuses("BadComma2", "k", .options) { $0.dialect.delimiter = 0x0D },
        .refuses("BadComma3", "k", .options) { $0.dialect.delimiter = 0xEF },
        .refuses("BadComment1", "k", .options) { $0.dialect.comment = 0x0A },
        .refuses("BadComment2", "k", .options) { $0.dialect.comment = 0x0D },
        .refuses("BadComment3", "k", .options) { $0.dialect.comment = 0xEF },
        .refuses("BadCommaComment", "k", .options) { ($0.dialect.delimiter, $0.dialect.comment) = (0x58, 0x58) },
    ]

    private static let crlf: @Sendable (inout WritingStyle) -> Void = { $0.endsLinesWithCRLF = true }

    /// A cell of nothing is null here: empty text has quotes.
    static let writing: [ConformanceCase] = [
        .writes("TestWrite 0", [["klm"]], "klm\n"),
        .writes("TestWrite 1", [["klm"]], "klm\r\n", crlf),
        .writes("TestWrite 2", [["\"klm\""]], "\"\"\"klm\"\"\"\n"),
        .writes("TestWrite 3", [["k\"l"]], "\"k\"\"l\"\n"),
        .writes("TestWrite 4", [["\"k\"l\""]], "\"\"\"k\"\"l\"\"\"\n"),
        // There quoted, here blanks are text like any other.
        .writes("TestWrite 5", [[" klm"]], " klm\n"),
        .writes("TestWrite 6", [["k,l"]], "\"k,l\"\n"),
        .writes("TestWrite 7", [["klm", "nop"]], "klm,nop\n"),
        .writes("TestWrite 8", [["klm"], ["nop"]], "klm\nnop\n"),
        .writes("TestWrite 9", [["k\nl"]], "\"k\nl\"\n"),
        // There line ends inside cells are changed as well.
        .writes("TestWrite 10", [["k\nl"]], "\"k\nl\"\r\n", crlf),
        .writes("TestWrite 11", [["k\rl"]], "\"k\rl\"\r\n", crlf),
        .writes("TestWrite 12", [["k\rl"]], "\"k\rl\"\n"),
        // There a blank line, which no reader takes for a row.
        .writes("TestWrite 13", [[""]], "\"\"\n"),
        .writes("TestWrite 14", [[nil, nil]], ",\n"),
        .writes("TestWrite 15", [[nil, nil, nil]], ",,\n"),
        .writes("TestWrite 16", [[nil, nil, "k"]], ",,k\n"),
        .writes("TestWrite 17", [[nil, "k", nil]], ",k,\n"),
        .writes("TestWrite 18", [[nil, "k", "k"]], ",k,k\n"),
        .writes("TestWrite 19", [["k", nil, nil]], "k,,\n"),
        .writes("TestWrite 20", [["k", nil, "k"]], "k,,k\n"),
        .writes("TestWrite 21", [["k", "k", nil]], "k,k,\n"),
        .writes("TestWrite 22", [["k", "k", "k"]], "k,k,k\n"),
        // There quoted for the sake of one database's import.
        .writes("TestWrite 23", [["\\."]], "\\.\n"),
    ]

    static let leftOut: [(reason: String, names: [String])] = [
        (
            "delimiters and comment marks are one ASCII character here; BadComma3 and BadComment3 show that others are refused",
            ["NonASCIICommaAndComment", "NonASCIICommaAndCommentWithQuotes", "NonASCIICommaConfusion", "NonASCIICommentConfusion"]
        ),
        ("bytes that are no UTF-8 are a fault when read and never reach a writer", ["TestWrite 24", "TestWrite 25"]),
        ("of Go's interface; outputs that refuse are in WriterTests and FileConnectorsTests", ["TestError"]),
    ]
}
