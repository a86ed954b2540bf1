@testable import Delimited

/// Further situations of the kind, which no suite has in just this form.
enum MoreCases {
    private static func Case(
        _ name: String, _ text: String, _ cells: [[String?]], faults: [String] = [], _ dialect: Dialect = Dialect(header: false), ragged: RaggedRows = .fault, nulls: [String] = []
    ) -> ConformanceCase {
        .reads(name, text, cells, faults: faults) { options in
            options.dialect = dialect
            options.raggedRows = ragged
            options.nullMarkers = nulls
        }
    }

    static let headed = Dialect(header: true)

    /// What ordinary programs write.
    static let spectrum: [ConformanceCase] = [
        Case("spectrum: simple", "x,y\n7,8\n", [["7", "8"]], headed),
        Case("spectrum: simple with CRLF", "x,y\r\n7,8\r\n", [["7", "8"]], headed),
        Case("spectrum: comma in quotes", "name,street,town\nAda,\"1, Mill Lane\",Bath\n", [["Ada", "1, Mill Lane", "Bath"]], headed),
        Case("spectrum: empty cells", "x,y,z\n1,\"\",\"\"\n2,3,4\n", [["1", "", ""], ["2", "3", "4"]], headed),
        Case("spectrum: empty cells with CRLF", "x,y,z\r\n1,\"\",\"\"\r\n2,3,4\r\n", [["1", "", ""], ["2", "3", "4"]], headed),
        Case("spectrum: escaped quotes", "x,y\n1,\"he \"\"said\"\" so\"\n3,4\n", [["1", "he \"said\" so"], ["3", "4"]], headed),
        Case("spectrum: JSON", "key,val\n1,\"{\"\"kind\"\": \"\"Point\"\", \"\"at\"\": [10.0, 53.5]}\"\n", [["1", "{\"kind\": \"Point\", \"at\": [10.0, 53.5]}"]], headed),
        Case("spectrum: newlines", "x,y,z\n1,2,3\n\"first\nsecond\",5,6\n7,8,9\n", [["1", "2", "3"], ["first\nsecond", "5", "6"], ["7", "8", "9"]], headed),
        Case("spectrum: newlines with CRLF", "x,y\r\n\"first\r\nsecond\",5\r\n7,8\r\n", [["first\r\nsecond", "5"], ["7", "8"]], headed),
        Case("spectrum: quotes and newlines", "x,y\n1,\"so \n\"\"it\"\" \nis\"\n3,4\n", [["1", "so \n\"it\" \nis"], ["3", "4"]], headed),
        Case("spectrum: UTF-8", "x,y,z\n1,2,3\n4,5,ʤ和€\n", [["1", "2", "3"], ["4", "5", "ʤ和€"]], headed),
        Case("spectrum: coordinates", "phone,place\n0405,\"(53.55, 9.99)\n\"\n", [["0405", "(53.55, 9.99)\n"]], headed),
    ]

    /// As Python's module reads.
    static let python: [ConformanceCase] = [
        Case("python: nothing", "", []),
        Case("python: only a line end", "\r\n", []),
        Case("python: an unfinished quoted cell at the end", "\"open", [], faults: ["UnterminatedQuote"]),
        Case("python: a quoted quote at the end", "\"x\"\"\"", [["x\""]]),
        Case("python: three quotes are open", "\"\"\"", [], faults: ["UnterminatedQuote"]),
        Case("python: text after the closing quote", "\"x\"y", [], faults: ["TextAfterClosingQuote"]),
        Case("python: a blank after the closing quote", "\"x\" ,y", [], faults: ["TextAfterClosingQuote"]),
        Case("python: lone CR between cells", "a,b\rc,d", [["a", "b\rc", "d"]]),
        Case("python: CRLF in a quoted cell", "\"a\r\nb\",c", [["a\r\nb", "c"]]),
        Case("python: NUL in a cell", "a,\0b\0,c", [["a", "\0b\0", "c"]]),
        Case("python: NUL in a quoted cell", "\"\0\"\"\",x", [["\0\"", "x"]]),
        Case("python: quoting off", "1,\",3,\",5", [["1", "\"", "3", "\"", "5"]], Dialect(quote: nil, header: false)),
        Case("python: quotes inside and around", "1,\"2,\"\"3\"\",4\",5", [["1", "2,\"3\",4", "5"]]),
        Case("python: another quote character", "1,|a,||b|,2", [["1", "a,|b", "2"]], Dialect(quote: 0x7C, header: false)),
        Case("python: blanks before a quote", "a, \"b, c\"", [["a", " \"b", " c\""]]),
        Case("python: spreadsheet formulas", "a,=\"07\",b", [["a", "=\"07\"", "b"]]),
        Case("python: a delimiter at each end", ",x,", [["", "x", ""]]),
        Case("python: only delimiters", ",,,", [["", "", "", ""]]),
        Case("python: tabs and quotes", "a\t\"b\tc\"\td", [["a", "b\tc", "d"]], Dialect(delimiter: 9, header: false)),
        Case("python: a cell of nothing in quotes", "\"\"", [[""]]),
        Case("python: nothing in quotes first", "\"\",y", [["", "y"]]),
        Case("python: nothing in quotes last", "x,\"\"", [["x", ""]]),
        Case("python: one quote in quotes", "\"\"\"\"", [["\""]]),
        Case("python: two quotes in quotes", "\"\"\"\"\"\"", [["\"\""]]),
        Case("python: doubled quotes inside", "x\"\"y", [["x\"\"y"]]),
        Case("python: quotes around a part", "x\"y\"z", [["x\"y\"z"]]),
        Case("python: quotes around the start", "\"x\"y", [], faults: ["TextAfterClosingQuote"]),
        Case("python: a lone quote inside", "x\"y", [["x\"y"]]),
        Case("python: two quoted pieces", "\"x\" \"y\"", [], faults: ["TextAfterClosingQuote"]),
        Case("python: a blank before quotes", " \"x\"", [[" \"x\""]]),
        Case("python: a quoted cell alone", "\"x\"", [["x"]]),
        Case("python: a cell that ends with a quote", "7,7,5\",", [["7", "7", "5\"", ""]]),
        Case("python: quoted line ends and blank lines", "\"one\ntwo\"\n\n\"three\n\nfour\"\n", [["one\ntwo"], ["three\n\nfour"]]),
        Case("python: a row of blanks", "   \n\t\n", [["   "], ["\t"]]),
        Case("python: quotes in quotes off", "\"\"\"x\"", [["\"\"\"x\""]], Dialect(quote: nil, header: false)),
        Case("python: apostrophes as quotes", "'it''s',x", [["it's", "x"]], Dialect(quote: 0x27, header: false)),
        Case("python: a delimiter that is a letter", "onetwo", [["one", "wo"]], Dialect(delimiter: 0x74, header: false)),
        Case("python: a blank as delimiter", "a b  c", [["a", "b", "", "c"]], Dialect(delimiter: 0x20, header: false)),
        Case("python: characters beyond the first plane", "\u{1F600},\u{10FFFF}\n", [["\u{1F600}", "\u{10FFFF}"]]),
        Case("python: LF, then CR at the end", "a,b\n\r", [["a", "b"]]),
        Case("python: CRLF twice", "a\r\n\r\nb\r\n", [["a"], ["b"]]),
        Case("python: a long cell", String(repeating: "z", count: 70_000) + ",y", [[String(repeating: "z", count: 70_000), "y"]]),
    ]

    /// As Go's package reads.
    static let go: [ConformanceCase] = [
        Case("go: CRLF, then LF", "p,q\r\nr,s\n", [["p", "q"], ["r", "s"]]),
        Case("go: a bare CR", "p,q\rr,s\r\n", [["p", "q\rr", "s"]]),
        Case(
            "go: the RFC's example", "#f1,f2,f3\n\"aa\",\"bb\",\"c\"\"c\"\"c\"\n\"xx\",\"y\n\ny\",\"z,z\"\n",
            [["#f1", "f2", "f3"], ["aa", "bb", "c\"c\"c"], ["xx", "y\n\ny", "z,z"]]),
        Case("go: no line end at the end", "p,q,r", [["p", "q", "r"]]),
        Case("go: semicolons", "p;q;r\n", [["p", "q", "r"]], Dialect(delimiter: 0x3B, header: false)),
        Case("go: several lines in one cell", "\"two\nlines\",\"one line\",\"three\nlines\nof text\"", [["two\nlines", "one line", "three\nlines\nof text"]]),
        Case("go: blank lines", "p,q,r\n\nd,e,f\n\n", [["p", "q", "r"], ["d", "e", "f"]]),
        Case("go: leading blanks stay", " p,  q,   r\n", [[" p", "  q", "   r"]]),
        Case("go: comments", "#1,2,3\np,q,r\n#note", [["p", "q", "r"]], Dialect(comment: 0x23, header: false)),
        Case("go: no comments", "#1,2,3\np,q,r", [["#1", "2", "3"], ["p", "q", "r"]]),
        Case("go: bare quotes", "p \"word\",\"1\"\"2\",r\",q", [["p \"word\"", "1\"2", "r\"", "q"]]),
        Case("go: bare doubled quotes", "p\"\"q,r", [["p\"\"q", "r"]]),
        Case("go: a bare quote in an unquoted cell", "p \"word,\"q\"", [["p \"word", "q"]]),
        Case("go: a wrong trailing quote", "\"p word\"q,r", [], faults: ["TextAfterClosingQuote"]),
        Case("go: an odd number of cells", "p,q,r\nd,e", [["p", "q", "r"]], faults: ["TooFewCells"]),
        Case("go: cells at will", "p,q,r\nd,e,f,g\nh", [["p", "q", "r"], ["d", "e", "f"], ["h", nil, nil]], ragged: .pad),
        Case("go: a trailing delimiter at the end of the input", "p,q,r,", [["p", "q", "r", ""]]),
        Case("go: a trailing delimiter in each line", "p,q,r,\nd,e,f,\n", [["p", "q", "r", ""], ["d", "e", "f", ""]]),
        Case("go: trailing delimiter, CRLF", "p,q,\r\n", [["p", "q", ""]]),
        Case("go: a start of quotes and no end", "p,q\n\"r,\ns,t\n", [["p", "q"], ["s", "t"]], faults: ["UnterminatedQuote"]),
        Case("go: CRLF within quotes, then a bare quote", "\"p\r\nq\",r\"\r\n", [["p\r\nq", "r\""]]),
        Case("go: binary in a cell", "x09\u{1}pc\u{2}\u{3},y\n", [["x09\u{1}pc\u{2}\u{3}", "y"]]),
        Case("go: trailing CRs", "p,q\r\r\n", [["p", "q\r"]]),
        Case("go: trailing CR at the end", "p,q\r", [["p", "q"]]),
        Case("go: quoted, trailing CR", "p,\"q\"\r", [["p", "q"]]),
        Case("go: quoted, two trailing CRs", "p,\"q\"\r\r\n", [], faults: ["TextAfterClosingQuote"]),
        Case("go: CRs inside a cell", "p,q\rr\rs\n", [["p", "q\rr\rs"]]),
        Case("go: two CRs at the end of a row", "p\r\r\nq\n", [["p\r"], ["q"]]),
        Case("go: CR, then CRLF, then a row", "p\r\r\nq", [["p\r"], ["q"]]),
        Case("go: CRLF and CRs", "p\r\n\rq\n", [["p"], ["\rq"]]),
        Case("go: several cells, then CRs", "p,q\r\r\nr,s\r\r\n", [["p", "q\r"], ["r", "s\r"]]),
        Case("go: blank lines inside quotes", "\"p\n\n\nq\",r\n", [["p\n\n\nq", "r"]]),
        Case("go: a comment after a quoted line end", "\"p\n#q\",r\n#s\nt,u\n", [["p\n#q", "r"], ["t", "u"]], Dialect(comment: 0x23, header: false)),
        Case("go: a comment at the end without a line end", "p,q\n#r", [["p", "q"]], Dialect(comment: 0x23, header: false)),
        Case("go: a quoted comment mark", "\"#p\",q\n", [["#p", "q"]], Dialect(comment: 0x23, header: false)),
        Case("go: one cell a row", "p\nq\nr\n", [["p"], ["q"], ["r"]]),
        Case("go: fewer, then more cells", "p,q\nr\ns,t,u\nv,w\n", [["p", "q"], ["v", "w"]], faults: ["TooFewCells", "TooManyCells"]),
        Case("go: a delimiter inside quotes after a doubled quote", "\"p\"\",q\",r\n", [["p\",q", "r"]]),
        Case("go: only quotes in two rows", "\"\"\n\"\"\n", [[""], [""]]),
        Case("go: a row that begins with a delimiter", ",p\n,q\n", [["", "p"], ["", "q"]]),
        Case("go: even quotes", "\"\"\"\"\"\"\"\",x", [["\"\"\"", "x"]]),
        Case("go: odd quotes", "\"\"\"\"\"\"\",x", [], faults: ["UnterminatedQuote"]),
        Case("go: a quote in the middle of many", "\"p\"\"q\",\"\"\"\",\"\"", [["p\"q", "\"", ""]]),
        Case(
            "go: a huge number of lines in one cell", "a,\"" + String(repeating: "q\n", count: 5000) + "\",b", [["a", String(repeating: "q\n", count: 5000), "b"]]),
    ]

    /// As DuckDB reads.
    static let duckdb: [ConformanceCase] = [
        Case("duckdb: null text quoted and bare", "NULL,\"NULL\",x\n", [[nil, "NULL", "x"]], nulls: ["NULL"]),
        Case("duckdb: an empty null marker and quoted empty text", "1,\n2,\"\"\n", [["1", nil], ["2", ""]], nulls: [""]),
        Case("duckdb: padding short rows", "1,2,3\n4\n5,6\n", [["1", "2", "3"], ["4", nil, nil], ["5", "6", nil]], ragged: .pad),
        Case("duckdb: short rows are errors of theirs", "1,2,3\n4\n5,6,7\n", [["1", "2", "3"], ["5", "6", "7"]], faults: ["TooFewCells"]),
        Case("duckdb: mixed line ends", "1,2\r\n3,4\n5,6\r\n7,8", [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]]),
        Case("duckdb: a quoted cell over CRLF, LF and CR", "\"a\r\nb\nc\rd\",1\n", [["a\r\nb\nc\rd", "1"]]),
        Case("duckdb: a blank after a quoted cell", "\"a\" ,b\nc,d\n", [["c", "d"]], faults: ["TextAfterClosingQuote"]),
        Case("duckdb: pipes and quotes", "1|\"a|b\"|\n", [["1", "a|b", ""]], Dialect(delimiter: 0x7C, header: false)),
        Case("duckdb: a file of one quoted empty cell", "\"\"", [[""]]),
        Case("duckdb: comments between rows", "1,2\n# 3,4\n5,6\n#\n", [["1", "2"], ["5", "6"]], Dialect(comment: 0x23, header: false)),
        Case("duckdb: a comment mark inside a row", "1,#2\n3 # 4,5\n", [["1", "#2"], ["3 # 4", "5"]], Dialect(comment: 0x23, header: false)),
        Case("duckdb: a header that repeats a name", "a,a,b\n1,2,3\n", [["1", "2", "3"]], headed),
        Case("duckdb: a header of quoted names", "\"a,b\",\"c\nd\"\n1,2\n", [["1", "2"]], headed),
        Case("duckdb: rows that only hold delimiters", ",,\n,,\n", [[nil, nil, nil], [nil, nil, nil]], nulls: [""]),
        Case("duckdb: more faults than rows", "1,2\n3\n\"4\"x,5\n6,7,8\n", [["1", "2"]], faults: ["TooFewCells", "TextAfterClosingQuote", "TooManyCells"]),
        Case("duckdb: no line end, then a quoted cell", "1,\"a\"", [["1", "a"]]),
        Case("duckdb: blank lines before the header", "\n\r\nx,y\n1,2\n", [["1", "2"]], headed),
        Case("duckdb: comments before the header", "# of today\n# by hand\nx,y\n1,2\n", [["1", "2"]], Dialect(comment: 0x23, header: true)),
        Case("duckdb: a header alone", "x,y\n", [], headed),
        Case("duckdb: a header without a line end", "x,y", [], headed),
        Case("duckdb: one column with blank lines", "x\n1\n\n2\n", [["1"], ["2"]], headed),
        Case("duckdb: one column with quoted nothing", "x\n1\n\"\"\n2\n", [["1"], [""], ["2"]], headed),
        Case("duckdb: short rows with quoted line ends are padded", "1,\"a\nb\",3\n\"4\n5\"\n", [["1", "a\nb", "3"], ["4\n5", nil, nil]], ragged: .pad),
        Case("duckdb: surplus cells are dropped", "1,2\n3,4,5,\"6\n\"\n7,8\n", [["1", "2"], ["3", "4"], ["7", "8"]], ragged: .pad),
        Case("duckdb: several texts for null", "NULL,-,x\n\"-\",N/A,\"\"\n", [[nil, nil, "x"], ["-", nil, ""]], nulls: ["NULL", "-", "N/A"]),
        Case("duckdb: a null text in the middle of text", "NULLs,a NULL\n", [["NULLs", "a NULL"]], nulls: ["NULL"]),
        Case("duckdb: blanks are no null", " ,\n", [[" ", nil]], nulls: [""]),
        Case("duckdb: an open quote costs its line", "1,2\n3,\"4\n5,6\n", [["1", "2"], ["5", "6"]], faults: ["UnterminatedQuote"]),
        Case("duckdb: a tab file with commas", "1,5\t\"a\tb\"\n", [["1,5", "a\tb"]], Dialect(delimiter: 9, header: false)),
        Case("duckdb: a unit separator", "1\u{1F}\"a\u{1F}b\"\n", [["1", "a\u{1F}b"]], Dialect(delimiter: 0x1F, header: false)),
        Case("duckdb: a colon and apostrophes", "'12:30':x\n", [["12:30", "x"]], Dialect(delimiter: 0x3A, quote: 0x27, header: false)),
        Case("duckdb: quotes in quotes and delimiters", "\"a\"\",\"\"b\",\",\"\n", [["a\",\"b", ","]]),
        Case("duckdb: a cell longer than a block", "\"" + String(repeating: "ab\"\"\n", count: 3000) + "\",1\n", [[String(repeating: "ab\"\n", count: 3000), "1"]]),
        Case("duckdb: many columns", (0..<700).map { "\($0)" }.joined(separator: ","), [(0..<700).map { "\($0)" }]),
        Case("duckdb: dates, times and JSON are text here", "2026-11-20,06:00:00,\"{\"\"a\"\": [1, 2]}\"\n", [["2026-11-20", "06:00:00", "{\"a\": [1, 2]}"]]),
        Case("duckdb: emoji and combining marks", "🦆,e\u{308}\n", [["🦆", "e\u{308}"]]),
    ]

    static let all = spectrum + python + go + duckdb
}
