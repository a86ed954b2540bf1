@testable import Delimited

/// DuckDB's test/sql/copy/csv by file. Its delimiters of several bytes and its comments behind cells have no like here; its reader without strict mode
/// has one in `lenientQuotes`.
enum DuckDBCases {
    private static let pad: @Sendable (inout ReaderOptions) -> Void = { $0.raggedRows = .pad }
    private static let nulls: @Sendable (inout ReaderOptions) -> Void = { $0.nullMarkers = [""] }
    private static let hash: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.comment = 0x23 }
    private static let semicolon: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.delimiter = 0x3B }
    private static let pipe: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.delimiter = 0x7C }
    private static let mysql: @Sendable (inout ReaderOptions) -> Void = { ($0.dialect.delimiter, $0.dialect.quote, $0.dialect.escape) = (0x09, nil, 0x5C) }
    private static let numbers = (0..<1000).map { "\($0)\n" }.joined()
    private static let long = String(repeating: "ab", count: 10_000)

    static let reading: [ConformanceCase] = [
        .reads("14512.test", "one,two\n\"k\",\",\"\n", [["k", ","]], header: ["one", "two"]),
        .reads("auto/test_14177.test", "\"id\",\"text\"\n\"1\",\"one line\"\n\"2\",\"two,\nlines\nand more\"\n\"3\",\"x\"\n", [["1", "one line"], ["2", "two,\nlines\nand more"], ["3", "x"]], header: ["id", "text"]),
        .reads("auto/test_auto_5378.test", "id\tto\n1\t\\N\n2\tx\\N\n", [["1", nil], ["2", "x\\N"]], header: ["id", "to"]) { ($0.dialect.delimiter, $0.nullMarkers) = (0x09, ["\\N"]) },
        // There a column is added; here the header says how many there are.
        .reads("auto/test_auto_8231.test", "id,name\n1,k,7", [["1", "k"]], header: ["id", "name"], pad),
        .reads("auto/test_csv_auto.test", "one|two\n1|2", [["one|two"], ["1|2"]]),
        .reads("auto/test_csv_auto.test", "hello\n\0world\0\n", [["\0world\0"]], header: ["hello"]),
        .reads("auto/test_csv_auto.test", "title\n'Doc'\n", [["'Doc'"]], header: ["title"]),
        .reads("auto/test_csv_auto.test", "id,name,at\n1,Kim,AL\n2,Pat\n3,Wim,\n4,Jo,CA,more\n5,Lu,OR\n", [["1", "Kim", "AL"], ["3", "Wim", nil], ["5", "Lu", "OR"]], faults: ["TooFewCells", "TooManyCells"], header: ["id", "name", "at"], nulls),
        .reads("auto/test_csv_auto.test", "a,b\n1,2\n1,2\n\n\n\n", [["1", "2"], ["1", "2"]], header: ["a", "b"]),
        .reads("auto/test_double_quoted_header.test", "\"big \"\"one\",name\n1,kim\n", [["1", "kim"]], header: ["big \"one", "name"]),
        // There a number without a place counts as a name of its own; here a name that is missing stays empty, and a repeated one gets a number from 2.
        .reads("auto/test_header_completion.test", "a,,c\n1,k,l\n", [["1", "k", "l"]], header: ["a", "", "c"]),
        .reads("auto/test_header_completion.test", "a,b,a\n1,k,l\n", [["1", "k", "l"]], header: ["a", "b", "a_2"]),
        .reads("auto/test_header_completion.test", "a,b,a,a_2\n1,k,l,m\n", [["1", "k", "l", "m"]], header: ["a", "b", "a_3", "a_2"]),
        .reads("auto/test_header_completion.test", ",,\n1,k,l\n", [["1", "k", "l"]], header: ["", "_2", "_3"]),
        .reads("code_cov/csv_dialect_detection.test", "\"]\"bla]\"\"", [["\"bla\""]]) { $0.dialect.escape = 0x5D },
        .reads("code_cov/csv_dialect_detection.test", "1;2\n3;4\n5,6\n7;8", [["1", "2"], ["3", "4"], ["7", "8"]], faults: ["TooFewCells"], semicolon),
        .reads("code_cov/csv_state_machine_invalid_utf.test", bytes: [0x6B, 0x7C, 0xE2, 0x82, 0x28, 0x0A, 0x6C, 0x7C, 0x6D, 0x0A], [["l", "m"]], faults: ["InvalidText"], pipe),
        .reads("code_cov/csv_state_machine_invalid_utf.test", bytes: Array("k,\"l\"\nm,\"n\n_".utf8) + [0xFF, 0xFF] + Array("\"\no,p\n".utf8), [["k", "l"], ["o", "p"]], faults: ["InvalidText"]),
        .refuses("code_cov/csv_state_machine_invalid_utf.test", bytes: Array("k,\"l".utf8) + [0xFF] + Array("\"\nm,n\n".utf8), .header),
        .reads("csv_line_too_long.test", "name\nk\n\(long)\nl\n", [["k"], ["l"]], faults: ["RowTooLong"], header: ["name"]) { $0.rowLimit = 10_000 },
        .reads("csv_names.test", "1|15519|785\n1|6731|732\n", [["1", "15519", "785"], ["1", "6731", "732"]]) { ($0.dialect.delimiter, $0.columns) = (0x7C, ["key", "part", "n"]) },
        .refuses("csv_names.test", "a,b\nc,d\n", .header) { $0.columns = ["col1"] },
        .reads("csv_null_byte.test", "c1|c2\nk|l\0m\n", [["k", "l\0m"]], header: ["c1", "c2"], pipe),
        .reads("csv_null_byte.test", "c1|c\0002\nk|l\n", [["k", "l"]], header: ["c1", "c\0002"], pipe),
        .reads("csv_null_padding.test", "# made by hand\none,two,three,four\n1,k,kim\n2,l,lou", [["1", "k", "kim", nil], ["2", "l", "lou", nil]], header: ["one", "two", "three", "four"]) { ($0.dialect.comment, $0.raggedRows) = (0x23, .pad) },
        // There a null, here no row: see the guide.
        .reads("csv_null_padding.test", "col\n1\n\n3", [["1"], ["3"]], header: ["col"], pad),
        .reads("csv_nullstr_list.test", "name,age,size\nKim,31,1.7\nLou,null,\nPat,26,none\n", [["Kim", "31", "1.7"], ["Lou", nil, nil], ["Pat", "26", nil]], header: ["name", "age", "size"]) { $0.nullMarkers = ["", "null", "none"] },
        // Quoted text is never null here.
        .reads("csv_nullstr_list.test", "name,age\nKim,31\n\"Lou\",\"null\"\nPat,\"\"\n", [["Kim", "31"], ["Lou", "null"], ["Pat", ""]], header: ["name", "age"]) { $0.nullMarkers = ["", "null"] },
        .reads("csv_quoted_newline_incorrect.test", "text\n\"one\ntwo\" and \"three\"\n\"four\"\n", [["four"]], faults: ["TextAfterClosingQuote"], header: ["text"]),
        .reads("csv_roundtrip_single_null.test", "\"\"\n", [[nil]], nulls),
        .reads("csv_roundtrip_single_null.test", "\"\"\n", [[""]]),
        .reads("csv_quoted_newline_incorrect.test", "text\n\"one\ntwo\" and \"three\"\n\"four\"\n", [["one\ntwo\" and \"three"], ["four"]], header: ["text"]) { $0.dialect.lenientQuotes = true },
        .reads("test_big_header.test", "Made for: nobody, of \"nothing\nColumns:\n1\tk\t!\n2\tl\t!\n", [["1", "k", "!"], ["2", "l", "!"]]) { ($0.dialect.delimiter, $0.dialect.skipLines) = (0x09, 2) },
        .reads("test_skip.test_slow", numbers, (300..<1000).map { ["\($0)"] }) { $0.dialect.skipLines = 300 },
        .reads("test_skip.test_slow", numbers, [["999"]]) { $0.dialect.skipLines = 999 },
        .reads("test_skip.test_slow", numbers, []) { ($0.dialect.skipLines, $0.columns) = (1000, ["n"]) },
        .reads("test_skip.test_slow", numbers, []) { ($0.dialect.skipLines, $0.columns) = (1100, ["n"]) },
        .refuses("test_skip.test_slow", "1\n", .options) { $0.dialect.skipLines = -1 },
        .reads("test_skip.test_slow", String(repeating: "#This is said\n", count: 2000) + "1,2,3\n1,2,3\n", [["1", "2", "3"], ["1", "2", "3"]]) { $0.dialect.skipLines = 2000 },
        .reads("code_cov/csv_sniffer_header.test", "k,  l,m n\n1,2,3\n", [["1", "2", "3"]], header: ["k", "  l", "m n"]),
        .reads("code_cov/csv_sniffer_header.test", "k,  l,m n\n1,2,3\n", [["1", "2", "3"]], header: ["k", "l", "m n"]) { $0.dialect.trim = .leading },
        .reads("empty_first_line.test", "\nk 1\nl 2\n", [["k", "1"], ["l", "2"]]) { $0.dialect.delimiter = 0x20 },
        .reads("empty_string_quote.test", "1,CHILE,\"\",x\n2,,\"\",y\n", [["1", "CHILE", "", "x"], ["2", nil, "", "y"]], nulls),
        .reads("inconsistent_cells_error.test", "\nOne,two,three\n1,2,3,4\n1,2,3\n\n1,2,3,4,5\n", [["1", "2", "3"]], faults: ["TooManyCells", "TooManyCells"], header: ["One", "two", "three"]),
        .reads("issue_22153.test", "\"hello \"\"world\"\"\",42\n", [["hello \"world\"", "42"]]),
        .reads("issue_6764.test", "one,two,three,four\n1,k,kim\n2,l,lou", [["1", "k", "kim", nil], ["2", "l", "lou", nil]], header: ["one", "two", "three", "four"], pad),
        .reads("null_padding_big.test", "a,b,c\n" + String(repeating: "text,1,\n", count: 2000) + "short\n", Array(repeating: ["text", "1", nil], count: 2000) + [["short", nil, nil]], header: ["a", "b", "c"]) { ($0.raggedRows, $0.nullMarkers) = (.pad, [""]) },
        .reads("null_padding_big.test", "a,b,c\ntext,1,\nshort\n", [["text", "1", ""]], faults: ["TooFewCells"], header: ["a", "b", "c"]),
        .reads("null_terminator.test", "a\0b", [["a\0b"]]),
        .reads("null_terminator.test", "a\0b\tc", [["a\0b", "c"]]) { ($0.dialect.delimiter, $0.dialect.quote) = (0x09, nil) },
        .reads("pollock/test_field_delimiter.test", "28/01 00:00 2 \"Shoes for men\"\n", [["28/01", "00:00", "2", "Shoes for men"]]) { $0.dialect.delimiter = 0x20 },
        .reads("pollock/test_quotation_char.test", "31/05,'It''s light','x'\n1/6,'It's heavy',y\n", [["31/05", "It's light", "x"]], faults: ["TextAfterClosingQuote"]) { $0.dialect.quote = 0x27 },
        .reads("relaxed_quotes.test", "1;\"k \"l\" m\"\n2;\"n \"\"o\"\" p\"\n", [["1", "k \"l\" m"], ["2", "n \"o\" p"]]) { ($0.dialect.delimiter, $0.dialect.lenientQuotes) = (0x3B, true) },
        .reads("relaxed_quotes.test", "1;\"k \"l\" m\"\n2;\"n \"\"o\"\" p\"\n", [["2", "n \"o\" p"]], faults: ["TextAfterClosingQuote"], semicolon),
        .reads("rejects/csv_incorrect_columns_amount_rejects.test", "a,b,c,d\n1,2,3,4\n1,2,3,4,5\n1,2,3\n1\n1,2,3,4\n", [["1", "2", "3", "4"], ["1", "2", "3", "4"]], faults: ["TooManyCells", "TooFewCells", "TooFewCells"], header: ["a", "b", "c", "d"]),
        .reads("rejects/csv_rejects_maximum_line.test", "a,b\nk,1\nklmnopqrstuv,4\nl,2\n", [["k", "1"], ["l", "2"]], faults: ["RowTooLong"], header: ["a", "b"]) { $0.rowLimit = 10 },
        .reads("rejects/csv_rejects_truncate_line_invalid_utf8.test", bytes: Array("k,".utf8) + [0xC3] + Array("\nl,m\n".utf8), [["l", "m"]], faults: ["InvalidText"]),
        .reads("rejects/csv_unquoted_rejects.test", "a,b\nk,1\n\"klmnop\"q,4\nl,2\n", [["k", "1"], ["l", "2"]], faults: ["TextAfterClosingQuote"], header: ["a", "b"]),
        .reads("rejects/csv_unquoted_rejects.test", "a,b\nk,1\n\"l,4\nm,2\n", [["k", "1"], ["m", "2"]], faults: ["UnterminatedQuote"], header: ["a", "b"]),
        .reads("rejects/test_invalid_utf_rejects.test", bytes: Array("k,l\nm,".utf8) + [0xFF, 0xFF] + Array("_n\no,p\n".utf8), [["k", "l"], ["o", "p"]], faults: ["InvalidText"]),
        .reads(
            "rejects/test_mixed.test",
            bytes: Array("a,b,c\n1,2,\"kim\"\n1,2\n1,2,\"kim\",5\n1,2,\"kim\"lou\n1,2,\"kim and lou and pat\"\n1,2,\"kim".utf8) + [0xFF, 0xFF] + Array("\"\n1,2,\"kim\"\n".utf8), [["1", "2", "kim"], ["1", "2", "kim"]],
            faults: ["TooFewCells", "TooManyCells", "TextAfterClosingQuote", "RowTooLong", "InvalidText"], header: ["a", "b", "c"]
        ) { $0.rowLimit = 20 },
        // The first fault of a row is told.
        .reads("rejects/test_multiple_errors_same_line.test", "name,age\nkim,30\nlou,30,\"x\"y,7\npat,9\n", [["kim", "30"], ["pat", "9"]], faults: ["TextAfterClosingQuote"], header: ["name", "age"]),
        .reads("test_12596.test", "c1,c2,c3\n1,2,\n3,4,", [["1", "2", nil], ["3", "4", nil]], header: ["c1", "c2", "c3"]) { ($0.raggedRows, $0.nullMarkers) = (.pad, [""]) },
        .reads("test_allow_quoted_nulls_option.test", "int,str\n42,\"\"\n,\n88,a", [["42", ""], [nil, nil], ["88", "a"]], header: ["int", "str"], nulls),
        .reads("test_blob.test", "\u{1}\u{2}\u{8}\u{B}\u{C}\u{E}\u{1F} !#$%&'()*+-./\u{7F}\u{80}\u{9F}ÿ\n", [["\u{1}\u{2}\u{8}\u{B}\u{C}\u{E}\u{1F} !#$%&'()*+-./\u{7F}\u{80}\u{9F}ÿ"]]),
        .reads("test_bug_10273.test", "苹果，吃。,\"This is Kim's, so leave it.\"\n苹果，吃。,\"This is \"\"Kim's\"\", so leave it.\"\n", [["苹果，吃。", "This is Kim's, so leave it."], ["苹果，吃。", "This is \"Kim's\", so leave it."]]),
        .reads("test_column_inconsistencies.test", "one,two,three\n1,2,3,4\n1,2,3\n", [["1", "2", "3"]], faults: ["TooManyCells"], header: ["one", "two", "three"]),
        .reads("test_column_inconsistencies.test", "some words\na,b\n1,2\n", [["a"], ["1"]], header: ["some words"], pad),
        .reads("test_comment_midline.test", "a,b\na#b\nx,y", [["a", "b"], ["a#b", nil], ["x", "y"]]) { ($0.dialect.comment, $0.raggedRows) = (0x23, .pad) },
        // Only a row's first character makes it a comment.
        .reads("test_comment_midline.test", "a;b\n1;3#5;7\n6;7 # so\n# 6;7\n", [["6", "7 # so"]], faults: ["TooManyCells"], header: ["a", "b"]) { ($0.dialect.delimiter, $0.dialect.comment) = (0x3B, 0x23) },
        .reads("test_comment_option.test", "x,y,z\n# said\n1,2,3\n# said\n# more\n4,5,6\n# end", [["1", "2", "3"], ["4", "5", "6"]], header: ["x", "y", "z"], hash),
        .reads("test_comment_option.test", ", a few\n, comments\na;b\n1;3\n, one more\n6;7\n, end", [["1", "3"], ["6", "7"]], header: ["a", "b"]) { ($0.dialect.delimiter, $0.dialect.comment) = (0x3B, 0x2C) },
        .refuses("test_comment_option.test", "a", .options) { ($0.dialect.delimiter, $0.dialect.comment) = (0x2C, 0x2C) },
        .refuses("test_comment_option.test", "a", .options) { ($0.dialect.delimiter, $0.dialect.quote, $0.dialect.comment) = (0x3B, 0x2C, 0x2C) },
        .reads("test_copy.test", "0,0, test\n1,1, test\n", [["0", "0", " test"], ["1", "1", " test"]]),
        .reads("test_copy.test", "1,2,3,4\n", [], faults: ["TooManyCells"]) { $0.columns = ["a", "b", "c"] },
        .reads("test_copy.test", "0||test\n", [["0", nil, "test"]]) { ($0.dialect.delimiter, $0.nullMarkers) = (0x7C, [""]) },
        .reads("test_copy.test", "", []) { $0.columns = ["a", "b", "c"] },
        .reads("test_copy.test", "\"hello\n\n world\n", [[" world"]], faults: ["UnterminatedQuote"]),
        // There they are rows of nulls, here none.
        .reads("test_copy_many_empty_lines.test", "1\n" + String(repeating: "\n", count: 20_000) + "2\n", [["1"], ["2"]]),
        .reads("test_copy_null.test", "0,,\"test\",null,NULL\n", [["0", "", "test", "null", nil]]) { $0.nullMarkers = ["NULL"] },
        .reads("test_copy_null.test", "0,,\"test\",null,NULL\n", [["0", nil, "test", "null", "NULL"]], nulls),
        .reads("test_copy_null.test", "0,,\"test\",null,NULL\n", [["0", "", "test", "null", "NULL"]]) { $0.nullMarkers = ["test"] },
        .reads("test_csv_duplicate_columns.test", "a,a,a\n1,2,3\n", [["1", "2", "3"]], header: ["a", "a_2", "a_3"]),
        .reads("test_csv_duplicate_columns.test", "a,a_2,a\n1,3,2\n", [["1", "3", "2"]], header: ["a", "a_2", "a_3"]),
        .reads("test_csv_duplicate_columns.test", "a,a,a_2\n1,2,3\n", [["1", "2", "3"]], header: ["a", "a_3", "a_2"]),
        .reads("test_csv_no_trailing_newline.test", "0,0, test\n1,1, test", [["0", "0", " test"], ["1", "1", " test"]]),
        .refuses("test_csv_column_count_mismatch.test_slow", "who,where\nkim,west\n", .header) { $0.columns = ["other"] },
        .reads("test_empty_header.test", "a,b,c,,e\n1,2,3,4,5\n", [["1", "2", "3", "4", "5"]], header: ["a", "b", "c", "", "e"]),
        .reads("test_empty_quote.test", "a|b\n\"so|is it\nk|l\"\n'I am'|\"here\"\n", [["\"so", "is it"], ["k", "l\""], ["'I am'", "\"here\""]], header: ["a", "b"]) { ($0.dialect.delimiter, $0.dialect.quote) = (0x7C, nil) },
        .reads("test_escape_long_value.test", "1,2,\"\(long)\"\"\(long)\"\n", [["1", "2", "\(long)\"\(long)"]]),
        .reads("test_escape_long_value.test", String(repeating: "7;\"k \"\"\n;k \"\"\n1\"\n", count: 20), Array(repeating: ["7", "k \"\n;k \"\n1"], count: 20), semicolon),
        .reads("test_extra_delimiters_rfc.test", "a,b,c\n1,2,3\n1,2,3,4,5\n1,2,3", [["1", "2", "3"], ["1", "2", "3"], ["1", "2", "3"]], header: ["a", "b", "c"], pad),
        .reads("test_header_only.test", "name", [], header: ["name"]),
        .reads("test_header_only.test", "k;l\n", [], header: ["k", "l"], semicolon),
        .reads("test_headers_12089.test", "Name,Two''Quotes\nKim,1\n", [["Kim", "1"]], header: ["Name", "Two''Quotes"]),
        .reads("test_headers_12089.test", "Name,One'Quote\nKim,1\n", [["Kim", "1"]], header: ["Name", "One'Quote"]) { $0.dialect.quote = 0x27 },
        .reads("test_hits_problematic.test", "1,\"k \",\"2013\"\n2,\"l\\\",\"2014\"\n3,\"m\",\"2015\"\n", [["1", "k ", "2013"], ["3", "m", "2015"]], faults: ["TextAfterClosingQuote"]) { $0.dialect.escape = 0x5C },
        .reads("test_hits_problematic.test", "1,\"k \",\"2013\"\n2,\"l\\\",\"2014\"\n", [["1", "k ", "2013"], ["2", "l\\", "2014"]]),
        .reads("test_ignore_errors.test", "i,j\n1,1\n2,2\n7\n", [["1", "1"], ["2", "2"]], faults: ["TooFewCells"], header: ["i", "j"]),
        .reads("test_ignore_errors.test", "i,j\n1,1\n7,7,3\n5,5", [["1", "1"], ["5", "5"]], faults: ["TooManyCells"], header: ["i", "j"]),
        .reads("test_ignore_mid_null_line.test", "a;b;c\n1;2;3\n;;;;;d\n1;2;3", [["1", "2", "3"], ["1", "2", "3"]], faults: ["TooManyCells"], header: ["a", "b", "c"], semicolon),
        // CR alone ends no row here; infer says so of a file that has nothing else.
        .reads("test_issue5077.test", "a,b\rd,e,f", [["a", "b\rd", "e", "f"]]),
        .reads("test_linesize.test", "name,day,size\nbob,2024/12/12,163\n1,1,1\n", [["1", "1", "1"]], faults: ["RowTooLong"], header: ["name", "day", "size"]) { $0.rowLimit = 16 },
        .reads("test_long_line.test", "10,\(long),20\n20,\(long)\(long),30\n", [["10", long, "20"], ["20", long + long, "30"]]),
        .reads("test_many_columns.test", (1...110).map { "\($0)" }.joined(separator: ","), [(1...110).map { "\($0)" }]),
        .reads("test_missing_row.test", "1|Kim|so|\n2|Lou|not|\n", [["1", "Kim", "so", ""], ["2", "Lou", "not", ""]], pipe),
        // The CR at the file's end is the half of a line end.
        .reads("test_mixed_line_endings.test", "10,hello,20\r\n20,world,30\n30,test,30\r", [["10", "hello", "20"], ["20", "world", "30"], ["30", "test", "30"]]),
        .reads("test_mixed_new_line.test", "1,2,3\n4,5,6\r\n7,8,9\n", [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]]),
        .reads("test_mixed_new_line.test", "one\rtwo", [["one\rtwo"]]),
        .reads("test_mixed_new_line.test", "one\r\r\ntwo\r\r\nthree", [["one\r"], ["two\r"], ["three"]]),
        .reads("test_nfc.test", "ü\nu\u{308}\n", [["ü"], ["u\u{308}"]]),
        .refuses("test_non_unicode_header.test", bytes: Array("Bank".utf8) + [0xA0] + Array(",City\nKim,Bonn\n".utf8), .header),
        .reads("test_quote_default.test", "col1,col2\na,0\n\"x,y\",1\n", [["a", "0"], ["x,y", "1"]], header: ["col1", "col2"]),
        .reads("test_quoted_newline.test", "\"hello\nworld\",\"5\"\n\"what,\n brings you\n , today\",\"6\"\n", [["hello\nworld", "5"], ["what,\n brings you\n , today", "6"]]),
        .reads("test_read_csv.test", "day,text\n1,\"text\"\n2,\"text, with\"\n3,'text'", [["1", "text"], ["2", "text, with"], ["3", "'text'"]], header: ["day", "text"]),
        .reads("test_read_csv.test", "\"k\",\"l\"\n\"332\",\"Last\\, First\"\n\"123\",\"foo (\\\"foo\\\")\"", [["332", "Last, First"], ["123", "foo (\"foo\")"]], header: ["k", "l"]) { $0.dialect.escape = 0x5C },
        .reads("test_read_csv.test", "\"h1;h2\"\n\"v1;v2\"", [["\"v1", "v2\""]], header: ["\"h1", "h2\""]) { ($0.dialect.delimiter, $0.dialect.quote) = (0x3B, nil) },
        .reads("test_thijs_unquoted_file.test", "\"KIM\"   | |2011\n\"LOU\" AND MORE| |2012\n\"PAT\"| |2013\n", [["PAT", " ", "2013"]], faults: ["TextAfterClosingQuote", "TextAfterClosingQuote"], pipe),
        .reads("test_validator.test", "p;br;nl;1\nm;nl\nd;\"\np;nl;\"", [["p", "br", "nl", "1"], ["m", "nl", nil, nil], ["d", "\np;nl;", nil, nil]]) { ($0.dialect.delimiter, $0.raggedRows) = (0x3B, .pad) },
        .reads("test_validator.test", "'Kim D';'The pick';2006\n'Lou\nPat';'The sound';1966\n", [["Kim D", "The pick", "2006"], ["Lou\nPat", "The sound", "1966"]]) { ($0.dialect.delimiter, $0.dialect.quote) = (0x3B, 0x27) },
        .reads("test_validator.test", "kim\nkim\nkim\"\nkim", [["kim"], ["kim"], ["kim\""], ["kim"]]),
        .reads("test_windows_newline.test", (0..<2000).map { "\($0),hello,\($0 + 2)\r\n" }.joined(), (0..<2000).map { ["\($0)", "hello", "\($0 + 2)"] }),
        .reads("test_windows_newline.test", "1" + String(repeating: "\r\n", count: 20_000), [["1"]]),
        .reads("parallel/csv_parallel_new_line.test_slow", "1|7|\"k\"\n2|8|\"l\"\r\n3|9|\"m\"\r\n", [["1", "7", "k"], ["2", "8", "l"], ["3", "9", "m"]], pipe),
        .reads("parallel/csv_parallel_null_option.test", "k|null|\nl|7|nil\n", [["k", nil, ""], ["l", "7", "nil"]]) { ($0.dialect.delimiter, $0.nullMarkers) = (0x7C, ["null"]) },
        .reads("test_null_padding_projection.test", "10,100,7\n10,100,7,8\n10\n10,100,7,8,9\n", [["10", "100", "7", nil], ["10", "100", "7", "8"], ["10", nil, nil, nil], ["10", "100", "7", "8"]]) { ($0.columns, $0.raggedRows) = (["a", "b", "c", "d"], .pad) },
        .reads("test_null_padding_quoted_new_line.test_slow", "a,b,c\n1,\"k\nl\"\n2,m,\"n\n\"\n", [["1", "k\nl", nil], ["2", "m", "n\n"]], header: ["a", "b", "c"], pad),
        .reads("test_parallel_nullpadding.test", "1,2\n3\n\"4\n5\",6\n", [["1", "2"], ["3", nil], ["4\n5", "6"]], pad),
        .reads("maximum_line_size.test_slow", "a\n\(long)\nb\n", [["b"]], faults: ["RowTooLong"], header: ["a"]) { $0.rowLimit = 19_999 },
        .reads("test_big_line.test_slow", "a\n\(long)\nb\n", [[long], ["b"]], header: ["a"]) { $0.rowLimit = 20_000 },
        .reads("unquoted_escape/32k_rows.test_slow", String(repeating: "k\\\tl\tm\\\\\n", count: 3000), Array(repeating: ["k\tl", "m\\"], count: 3000), mysql),
        .reads("17738.test", "Kim,Doe,Mill St., NJ\n\"Lou \"\"Da\"\"\",Rep,\"7 \"\"So\"\" Rd\", PA\n,Blank,,SD\n\"Jo \"\"the\"\", Anne\",Jet,\"9th, at\",CO\n", [["Kim", "Doe", "Mill St.", " NJ"], ["Lou \"Da\"", "Rep", "7 \"So\" Rd", " PA"], ["", "Blank", "", "SD"], ["Jo \"the\", Anne", "Jet", "9th, at", "CO"]]),
        .reads("issue_6690.test", "code,sum\nk,\"80000000,00\"\nl,\n", [["k", "80000000,00"], ["l", nil]], header: ["code", "sum"], nulls),
        .reads("test_export_not_null.test", "1,\n,2\n", [["1", nil], [nil, "2"]], nulls),
        .reads("unquoted_escape/basic.test", "0,\\\\\n1,\\,\n2,\\\"\n3,\\\\\\,\n5,\\,\\\"\n7,\\N\n8,\\\\\\N\n9,\\Na", [["0", "\\"], ["1", ","], ["2", "\""], ["3", "\\,"], ["5", ",\""], ["7", nil], ["8", "\\N"], ["9", "Na"]]) {
            ($0.dialect.escape, $0.nullMarkers) = (0x5C, ["\\N"])
        },
        .reads("unquoted_escape/basic.test", "1\t\\\t\t1\n2\t\\\n\t2\n3\tk\\\\l\t3\n9\tm\\\\\t9\n17\t\\\n\\\n\t17\n", [["1", "\t", "1"], ["2", "\n", "2"], ["3", "k\\l", "3"], ["9", "m\\", "9"], ["17", "\n\n", "17"]], mysql),
        .reads("unquoted_escape/human_eval.test", "Task/0\tfrom x import y\\\n\\\n\\\ndef f(n):\\\n\\\t\"\"\" Says \\\\n.\t7\n", [["Task/0", "from x import y\n\n\ndef f(n):\n\t\"\"\" Says \\n.", "7"]], mysql),
        .reads("unquoted_escape/identical.test", "x,y\n\"\",k\"\"l\nm\"\"n,\"\"\n\"o,\"\"p\"\"\",\n,\"\"\"q\"\",r\"\nst\",u\"\"", [["", "k\"\"l"], ["m\"\"n", ""], ["o,\"p\"", ""], ["", "\"q\",r"], ["st\"", "u\"\""]], header: ["x", "y"]),
        .reads("unquoted_escape/mixed.test", "w,x,y\n\\\\,\"\\\\\\\"\\\\\",0\n\\,,\"\\,\\\"\\,\",1\n\\\",\"\\\"\\\"\\\"\",2\n\\\n,\"\n\\\"\\\n\",3", [["\\", "\\\"\\", "0"], [",", ",\",", "1"], ["\"", "\"\"\"", "2"], ["\n", "\n\"\n", "3"]], header: ["w", "x", "y"]) {
            $0.dialect.escape = 0x5C
        },
    ]

    static let writing: [ConformanceCase] = [
        // A mark of comments at a row's start means nothing to who reads without comments.
        .writes("17744.test", [["#k", "1"], ["\"l, m\"", "1"], ["n #", "1"]], "#k,1\n\"\"\"l, m\"\"\",1\nn #,1\n"),
        .writes("19411.test_slow", (0..<200).map { [String(repeating: "0", count: $0), Unicode.Scalar(UInt32($0 == 0 ? 0x20 : $0)).map { "\($0)" } ?? ""] }, writtenScalars),
        .writes("csv_roundtrip_single_null.test", [[nil]], "\"\"\n"),
        .writes("issue_22153.test", [["hello \"world\"", "42"]], "\"hello \"\"world\"\"\",42\n"),
        .writes("test_blob.test", [["kAlBmCn", "o"]], "BkAlCBmCCnBAo\n", Dialect(delimiter: 0x41, quote: 0x42, escape: 0x43, header: false)),
        .writes("test_copy.test", [["0", "0", " test"], ["1", nil, " test"]], "0,0, test\n1,, test\n"),
        .writes("test_copy_null.test", [["0", nil, "test", "null"]], "0,null,test,\"null\"\n") { $0.nullMarker = "null" },
        .writes("test_export_force_quotes.test", [["42"]], "\"42\"\n") { $0.quotesAll = true },
        .writes("test_force_quote.test", [["8", "test", "tea"], ["0", nil, "test"]], "\"8\",\"test\",\"tea\"\n\"0\",,\"test\"\n") { $0.quotesAll = true },
        .writes("test_force_quote.test", [["8", "test", "ea"], ["0", nil, "x"]], "8,tttesttt,teat\n0,ea,x\n", Dialect(quote: 0x74, header: false)) { $0.nullMarker = "ea" },
        .writes("test_infinite_loop_escape.test", [["\"", "k"]], "\"\"\"\",k\n"),
        .writes("tsv_copy.test", [["1", "Kim"], ["2", "Lou"]], "c0\tc1\n1\tKim\n2\tLou\n", Dialect(delimiter: 0x09)),
        .writes("write_header_default.test", [["1", "x"], ["2", nil]], "c0\tc1\n1\tx\n2\t\n", Dialect(delimiter: 0x09)),
        .writes("write_header_default.test", [["1", "x"], ["2", nil]], "1\tx\n2\t\n", Dialect(delimiter: 0x09, header: false)),
    ]

    private static let writtenScalars: String = (0..<200).map { number in
        let text = Unicode.Scalar(UInt32(number == 0 ? 0x20 : number)).map { "\($0)" } ?? ""
        let needsQuotes = ["\n", "\r", "\"", ","].contains(text)
        return "\(number == 0 ? "\"\"" : String(repeating: "0", count: number)),\(needsQuotes ? "\"\(text == "\"" ? "\"\"" : text)\"" : text)\n"
    }.joined()

    static let sniffing: [ConformanceCase] = [
        .infers("auto/test_csv_auto.test", "123,SO,one space\n345,SO,trailing \n567,SO,none\n", Dialect(header: false)),
        .infers("auto/test_csv_auto.test", "123,SO,\"one space\"\n345,SO,\"trailing, \"\n567,SO,\"no\"\"space\"\n", Dialect(header: false)),
        .infers("auto/test_csv_auto.test", "123|SO|k\n345|SO|\"l|\"\n567|SO|m\n", Dialect(delimiter: 0x7C, header: false)),
        .infers("auto/test_csv_auto.test", "123|SO|k\n345|SO|\"l\"\"2\"\"l\"\n\"567\"|SO|m\n", Dialect(delimiter: 0x7C, header: false)),
        .infers("auto/test_csv_auto.test", "123|SO|k\n345|SO|\"l\\\"2\\\"\"\n\"567\"|SO|m\n", Dialect(delimiter: 0x7C, escape: 0x5C, header: false)),
        .infers("auto/test_csv_auto.test", "123|SO|k\n345|SO|'l\\'2\\'m'\n'567'|SO|n\n", Dialect(delimiter: 0x7C, quote: 0x27, escape: 0x5C, header: false)),
        .infers("auto/test_csv_auto.test", "123;SO;k\n\"345\";SO;l\n567;SO;\"m;n\"\n", Dialect(delimiter: 0x3B, header: false)),
        .infers("auto/test_csv_auto.test", "123;SO;k\n\"345\";SO;l\n567;SO;\"m\"\"n\"\n", Dialect(delimiter: 0x3B, header: false)),
        .infers("auto/test_csv_auto.test", "123\tSO\tk\n345\tSO\tl\n567\tSO\tm\n", Dialect(delimiter: 0x09, header: false)),
        .infers("auto/test_csv_auto.test", "123\tSO\tk\n345\tSO\t'l\tm'\n'567'\tSO\tn\n", Dialect(delimiter: 0x09, quote: 0x27, header: false)),
        .infers("auto/test_auto_8649.test", "A long name of a column\n7\n0\n", Dialect(), columns: ["A long name of a column"]),
        .infers("auto/test_header_detection.test", "123.0,SO,2000-12-12\n345.0,SO,2000-12-13\n", Dialect(header: false)),
        .infers("auto/test_header_detection.test", "number,text,date\n345.0,SO,2000-12-13\n", Dialect(), columns: ["number", "text", "date"]),
        .infers("auto/test_header_detection.test", "1,Street\n", Dialect(header: false)),
        .infers("auto/test_header_detection.test", "1\n", Dialect(header: false)),
        .infers("auto/test_header_detection.test", "\u{FEFF}id,name\r\n1,Kim\r\n2,Lou\r\n", Dialect(), columns: ["id", "name"]),
        .infers("auto/test_sniffer_empty_start_value.test", "\"Year\",\"Score\",\"Title\"\n1968,  86,\"Hello\"\n1970,  17,\"Bloody\"\n", Dialect(trim: .leading), columns: ["Year", "Score", "Title"]),
        .infers("test_11403.test", "col1\n\"cell with\nnewline\"", Dialect(), columns: ["col1"]),
        .infers("test_all_quotes.test", "\"code\",\"name\",\"text\"\n\"3\",\"Kim\",\"the\nbest\"\n\"1\",\"Lou\",\"the best\"\n", Dialect(), columns: ["code", "name", "text"]),
        .infers("test_comment_option.test", "# a few\n# comments\na;b\n# one more\n1;3\n6;7\n# end", Dialect(delimiter: 0x3B, comment: 0x23), columns: ["a", "b"]),
        .infers("17744.test", "k,n\n#start,1\n\"my, value\",1\nany,1\nany,1\nnot at start #,1\n", Dialect(), columns: ["k", "n"]),
        .infers("test_quoted_later_escaped.test", "k,t\n" + String(repeating: "1,\"x\"\n", count: 500) + "2,\"\"\"sir\"\" Kim\"\n", Dialect()),
        .infers("test_quoted_later_escaped.test", "k,t\n" + String(repeating: "1,\"x\"\n", count: 500) + "2,\"\\\"sir\\\" Kim, so\"\n", Dialect(escape: 0x5C)),
        .infers("test_read_csv.test", "\"k\",\"l\"\n\"332\",\"Last\\, First\"\n\"123\",\"foo (\\\"foo\\\")\"\n", Dialect(escape: 0x5C), columns: ["k", "l"]),
        .infers("test_skip_header.test", "\"a\",\"b\",\"c\"\n1,2,3\n4,5,6\n", Dialect(), columns: ["a", "b", "c"]),
        .infers("19578.test", "id;text\n1;\"k;l\"\n2;\"m, n\"\n", Dialect(delimiter: 0x3B), columns: ["id", "text"]),
        .infers("relaxed_quotes.test", "1;\"k \"l\" m\"\n2;\"n; \"\"o\"\" p\"\n3;q\n", Dialect(delimiter: 0x3B, header: false, lenientQuotes: true)),
        .infers("test_auto_detection_headers.test", "amount\n\"68,527.00\"\n", Dialect(delimiter: 0x09), columns: ["amount"]),
        .infers("test_auto_detection_headers.test", "number\n32\n", Dialect(), columns: ["number"]),
        .infers("test_auto_detection_headers.test", "day\n02/01/2019\n08//01/2019\n", Dialect(), columns: ["day"]),
        .infers(
            "test_sniffer_tab_delimiter.test",
            "Seller\tKim\nFrom\t2024-06-01\nTo\t2024-06-30\nDay\tId\tSKU\tTitle\tCount\tShare\tCode\n2024-06-19\t1435\tmonthly\tBy month\t1\t99.99\t\n2024-06-14\t1435\tmonthly\tBy month\t2\t99.99\tX\n",
            Dialect(delimiter: 0x09, skipLines: 3), columns: ["Day", "Id", "SKU", "Title", "Count", "Share", "Code"]),
        .infers("test_skip.test_slow", "Orders of June\n\nid,name,n\n1,k,2\n2,l,3\n3,m,4\n", Dialect(skipLines: 2), columns: ["id", "name", "n"]),
        .infers("test_sniff_csv.test", "id,value\n1,bla\n2,bla\n3,\"b,la\"\n", Dialect(), columns: ["id", "value"]),
    ]

    /// Expressed by tests elsewhere, for it takes more than a text.
    static let elsewhere: [(test: String, names: [String])] = [
        ("InputTests: compressed files are known by their first bytes, in one frame and in several", ["test_bgzf_read.test", "test_compression_flag.test", "test_copy_gzip.test", "test_lineitem_gz.test"]),
        ("WriterTests, EncodingTests: compressed outputs", ["csv_write_gz.test_slow", "csv_write_zstd.test_slow"]),
        ("InputTests, EncodingTests: byte order marks and encodings", ["test_skip_bom.test", "test_encodings.test_slow"]),
        ("InputTests: several files, patterns, files with other columns, empty ones", ["glob/copy_csv_glob.test", "glob/read_csv_glob.test", "glob/test_unmatch_globs.test", "test_mismatch_schemas.test", "allow_empty.test", "recursive_read_csv.test"]),
        ("WriterTests: a file appears whole, in place of the one before", ["copy_to_overwrite.test", "overwrite/test_copy_overwrite.test"]),
    ]
}
