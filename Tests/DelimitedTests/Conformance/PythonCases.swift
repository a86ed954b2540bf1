@testable import Delimited

/// Python's Lib/test/test_csv.py by class and method. `Csv` is its Test_Csv, `Excel` TestDialectExcel, `Registry` TestDialectRegistry, and so on.
enum PythonCases {
    private static let backslash: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.escape = 0x5C }
    private static let caret: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.escape = 0x5E }
    private static let nulls: @Sendable (inout ReaderOptions) -> Void = { $0.nullMarkers = [""] }
    private static let pad: @Sendable (inout ReaderOptions) -> Void = { $0.raggedRows = .pad }
    private static let leading: @Sendable (inout ReaderOptions) -> Void = { $0.dialect.trim = .leading }
    private static let crlf: @Sendable (inout WritingStyle) -> Void = { $0.endsLinesWithCRLF = true }
    private static let all: @Sendable (inout WritingStyle) -> Void = { $0.quotesAll = true }
    private static let escaping = Dialect(escape: 0x5C, header: false)
    private static let unquoted = Dialect(quote: nil, escape: 0x5C, header: false)
    private static let big = String(repeating: "W", count: 50_000)

    /// Cells with every kind of line end at every place.
    private static let lineEnds: [[String?]] = [
        ["\nk", "l\nm", "n\n"], ["\rk", "l\rm", "n\r"], ["\r\nk", "l\r\nm", "n\r\n"], ["\n\rk", "l\n\rm", "n\n\r"], ["\r\rk", "l\r\rm", "n\r\r"], ["\n\nk", "l\n\nm", "n\n\n"],
    ]
    private static let quotedLineEnds = lineEnds.map { $0.map { "\"\($0 ?? "")\"" }.joined(separator: ",") + "\n" }.joined()
    private static let escapedLineEnds = lineEnds.map { row in
        row.map { ($0 ?? "").unicodeScalars.map { $0 == "\n" || $0 == "\r" ? "\\\($0)" : "\($0)" }.joined() }.joined(separator: ",") + "\n"
    }.joined()

    static let reading: [ConformanceCase] = [
        .reads("Csv.test_read_oddinputs", "", []),
        .reads("Csv.test_read_oddinputs", "\n", []),
        .reads("Csv.test_read_oddinputs", "\"kl\"m", [], faults: ["TextAfterClosingQuote"]),
        .reads("Csv.test_read_eol", "k,l\nm,n", [["k", "l"], ["m", "n"]]),
        .reads("Csv.test_read_eol", "k,l\r\nm,n\r\n", [["k", "l"], ["m", "n"]]),
        // There CR alone ends a row, here it is text.
        .reads("Csv.test_read_eol", "k,l\rm,n", [["k", "l\rm", "n"]]),
        .reads("Csv.test_read_eof", "k,\"", [], faults: ["UnterminatedQuote"]),
        .reads("Csv.test_read_eof", "\"k", [], faults: ["UnterminatedQuote"]),
        .reads("Csv.test_read_eof", "^", [["^"]], caret),
        .reads("Csv.test_read_nul", "\0", [["\0"]]),
        .reads("Csv.test_read_nul", "k,\0l,m", [["k", "\0l", "m"]]),
        .reads("Csv.test_read_nul", "k,l\0,m", [["k", "l\0", "m"]]),
        .reads("Csv.test_read_nul", "k,l\\\0,m", [["k", "l\0", "m"]], backslash),
        .reads("Csv.test_read_nul", "k,\"\0l\",m", [["k", "\0l", "m"]]),
        .reads("Csv.test_read_delimiter", "k,l,m", [["k", "l", "m"]]),
        .reads("Csv.test_read_delimiter", "k;l;m", [["k", "l", "m"]]) { $0.dialect.delimiter = 0x3B },
        .reads("Csv.test_read_delimiter", "k\0l\0m", [["k", "l", "m"]]) { $0.dialect.delimiter = 0 },
        .reads("Csv.test_read_escape", "k,\\l,m", [["k", "l", "m"]], backslash),
        .reads("Csv.test_read_escape", "k,l\\,m", [["k", "l,m"]], backslash),
        .reads("Csv.test_read_escape", "k,\"l\\,m\"", [["k", "l,m"]], backslash),
        .reads("Csv.test_read_escape", "k,\"l,\\m\"", [["k", "l,m"]], backslash),
        .reads("Csv.test_read_escape", "k,\"l,m\\\"\"", [["k", "l,m\""]], backslash),
        .reads("Csv.test_read_escape", "k,\"l,m\"\\", [], faults: ["TextAfterClosingQuote"], backslash),
        .reads("Csv.test_read_escape", "k,^l,m", [["k", "l", "m"]], caret),
        .reads("Csv.test_read_escape", "k,\0l,m", [["k", "l", "m"]]) { $0.dialect.escape = 0 },
        .reads("Csv.test_read_escape", "k,\\l,m", [["k", "\\l", "m"]]),
        .reads("Csv.test_read_quoting", "7,\",8,\",9", [["7", ",8,", "9"]]),
        .reads("Csv.test_read_quoting", "7,\",8,\",9", [["7", "\"", "8", "\"", "9"]]) { ($0.dialect.quote, $0.dialect.escape) = (nil, 0x5C) },
        // Of the modes that give numbers the texts; types are the document's.
        .reads("Csv.test_read_quoting", ",8,\"9\",7.5, 6", [[nil, "8", "9", "7.5", " 6"]], nulls),
        .reads("Csv.test_read_quoting", ",,\"\",", [["", "", "", ""]]),
        .reads("Csv.test_read_quoting", ",,\"\",", [[nil, nil, "", nil]], nulls),
        .reads("Csv.test_read_quoting", "\"k\nl\", 7", [["k\nl", " 7"]]),
        .reads("Csv.test_read_quoting", "7,@,8,@,9", [["7", ",8,", "9"]]) { $0.dialect.quote = 0x40 },
        .reads("Csv.test_read_quoting", "7,\0,8,\0,9", [["7", ",8,", "9"]]) { $0.dialect.quote = 0 },
        .reads("Csv.test_read_quoting", "7\\.5,\\.5,\"\\.5\"", [["7.5", ".5", ".5"]], backslash),
        // Of the modes that tell null from empty text the one that does so by quotes.
        // There only the space is a blank, here the tab too.
        .reads("Csv.test_read_skipinitialspace", "so far, on,  and on,\t7", [["so far", "on", "and on", "7"]], leading),
        .reads("Csv.test_read_skipinitialspace", " , , ", [["", "", ""]], leading),
        .reads("Csv.test_read_skipinitialspace", " , , ", [[nil, nil, nil]]) { ($0.dialect.trim, $0.nullMarkers) = (.leading, [""]) },
        .reads("Csv.test_read_skipinitialspace", " \"k, l\",  7, \" m\"", [["k, l", "7", " m"]], leading),
        // A blank that separates is none that is dropped.
        .reads("Csv.test_read_space_delimiter", "k   l\n", [["k", "", "", "l"]]) { ($0.dialect.trim, $0.dialect.delimiter) = (.both, 0x20) },
        .reads("Csv.test_read_space_delimiter", "k   l\n", [["k", "", "", "l"]]) { $0.dialect.delimiter = 0x20 },
        .reads("Csv.test_read_space_delimiter", "  k  \n", [["", "", "k", "", ""]]) { $0.dialect.delimiter = 0x20 },
        .reads("Csv.test_read_space_delimiter", "  \n\n", [["", "", ""]]) { $0.dialect.delimiter = 0x20 },
        .reads("Csv.test_read_bigfield", "\(big),\(big)", [[big, big]]),
        .reads("Csv.test_read_bigfield", "k,l\n\(big),\(big)\nm,n\n", [["k", "l"], ["m", "n"]], faults: ["RowTooLong"]) { $0.rowLimit = 60_000 },
        .reads("Csv.test_roundtrip_quoteed_newlines", quotedLineEnds, lineEnds),
        .reads("Csv.test_roundtrip_escaped_unquoted_newlines", escapedLineEnds, lineEnds) { ($0.dialect.quote, $0.dialect.escape) = (nil, 0x5C) },
        .reads("Registry.test_register_kwargs", "K;L;M", [["K", "L", "M"]]) { $0.dialect.delimiter = 0x3B },
        .reads("Registry.test_space_dialect", "klm   nop\nk1l m2\n", [["klm", "", "", "nop"], ["k1l", "m2", nil, nil]]) {
            ($0.dialect.delimiter, $0.dialect.quote, $0.dialect.escape, $0.raggedRows) = (0x20, nil, 0x5C, .pad)
        },
        .reads("Excel.test_single", "klm", [["klm"]]),
        .reads("Excel.test_simple", "5,6,7,8,9", [["5", "6", "7", "8", "9"]]),
        .reads("Excel.test_blankline", "", []),
        .reads("Excel.test_empty_fields", ",", [["", ""]]),
        .reads("Excel.test_singlequoted", "\"\"", [[""]]),
        .reads("Excel.test_singlequoted_left_empty", "\"\",", [["", ""]]),
        .reads("Excel.test_singlequoted_right_empty", ",\"\"", [["", ""]]),
        .reads("Excel.test_single_quoted_quote", "\"\"\"\"", [["\""]]),
        .reads("Excel.test_quoted_quotes", "\"\"\"\"\"\"", [["\"\""]]),
        .reads("Excel.test_inline_quote", "k\"\"l", [["k\"\"l"]]),
        .reads("Excel.test_inline_quotes", "k\"l\"m", [["k\"l\"m"]]),
        // There the pieces are joined, here the row is a fault: nobody knows what was meant.
        .reads("Excel.test_quotes_and_more", "\"k\"l", [], faults: ["TextAfterClosingQuote"]),
        .reads("Excel.test_lone_quote", "k\"l", [["k\"l"]]),
        .reads("Excel.test_quote_and_quote", "\"k\" \"l\"", [], faults: ["TextAfterClosingQuote"]),
        .reads("Excel.test_space_and_quote", " \"k\"", [[" \"k\""]]),
        .reads("Excel.test_quoted", "7,\"so it is, they say\",8", [["7", "so it is, they say", "8"]]),
        .reads("Excel.test_quoted_quote", "7,\"\"\"so,\"\" they say\",\"and go\"", [["7", "\"so,\" they say", "and go"]]),
        .reads("Excel.test_quoted_nl", "7,\"\"\"so,\"\"\nthey say\",\"and\ngo\"\n8,9,0", [["7", "\"so,\"\nthey say", "and\ngo"], ["8", "9", "0"]]),
        .reads("Excel.test_dubious_quote", "77,7,8\",", [["77", "7", "8\"", ""]]),
        .reads("EscapedExcel.test_read_escape_fieldsep", "klm\\,nop\r\n", [["klm,nop"]]) { ($0.dialect.quote, $0.dialect.escape) = (nil, 0x5C) },
        .reads("Unix.test_simple_reader", "\"7\",\"klm nop\",\"klm\"\n", [["7", "klm nop", "klm"]]),
        .reads("QuotedEscapedExcel.test_read_escape_fieldsep", "\"klm\\,nop\"\r\n", [["klm,nop"]], backslash),
        .reads("DictFields.test_read_dict_fields", "7,8,klm\r\n", [["7", "8", "klm"]]) { $0.columns = ["one", "two", "three"] },
        .reads("DictFields.test_read_dict_no_fieldnames", "one,two,three\r\n7,8,klm\r\n", [["7", "8", "klm"]], header: ["one", "two", "three"]),
        .reads("DictFields.test_read_dict_fieldnames_from_file", "one,two\r\n7,klm\r\n", [["7", "klm"]], header: ["one", "two"]),
        .reads("DictFields.test_read_dict_fieldnames_chain", "one,two\r\n7,klm\r\n8,nop\r\n", [["7", "klm"], ["8", "nop"]], header: ["one", "two"]),
        .reads("DictFields.test_read_long", "7,8,klm,9\r\n", [["7", "8"]]) { ($0.columns, $0.raggedRows) = (["one", "two"], .pad) },
        .reads("DictFields.test_read_long_with_rest", "7,8,klm,9\r\n", [], faults: ["TooManyCells"]) { $0.columns = ["one", "two"] },
        .reads("DictFields.test_read_long_with_rest_no_fieldnames", "one,two\r\n7,8,klm,9\r\n", [], faults: ["TooManyCells"], header: ["one", "two"]),
        .reads("DictFields.test_read_short", "5,6,klm,7\r\n8,9\r\n", [["5", "6", "klm", "7"], ["8", "9", nil, nil]], pad),
        .reads("DictFields.test_read_multi", "2147483648,43.0e12,klm\r\n147483648,43.0e2,klm\r\n47483648,43.0,klm\r\n", [["2147483648", "43.0e12", "klm"], ["147483648", "43.0e2", "klm"], ["47483648", "43.0", "klm"]]),
        .reads("DictFields.test_read_with_blanks", "7,8\r\n\r\n7,8\r\n", [["7", "8"], ["7", "8"]]),
        .reads("DictFields.test_read_semi_sep", "7;8;klm\r\n", [["7", "8", "klm"]]) { $0.dialect.delimiter = 0x3B },
        .reads("Unicode.test_unicode_read", "Käthe Löwe,André,François\r\n", [["Käthe Löwe", "André", "François"]]),
        .reads("KeyOrdering.test_ordering_for_the_dict_reader_and_writer", "l,n,k,m\n7,8,9,0\n", [["7", "8", "9", "0"]], header: ["l", "n", "k", "m"]),
        .reads("KeyOrdering.test_ordered_dict_reader", "given,family\nAda,Byron\nMary,Shelley,More,Yet\n\nBelow\n", [["Ada", "Byron"], ["Mary", "Shelley"], ["Below", nil]], header: ["given", "family"], pad),
    ]

    static let options: [ConformanceCase] = [
        .refuses("DialectValidity.test_delimiter", "k", .options) { $0.dialect.delimiter = 0x85 },
        .refuses("DialectValidity.test_invalid_chars", "k", .options) { $0.dialect.delimiter = 0x0A },
        .refuses("DialectValidity.test_invalid_chars", "k", .options) { $0.dialect.delimiter = 0x0D },
        .refuses("DialectValidity.test_invalid_chars", "k", .options) { $0.dialect.quote = 0x0A },
        .refuses("DialectValidity.test_invalid_chars", "k", .options) { $0.dialect.quote = 0x0D },
        .refuses("DialectValidity.test_invalid_chars", "k", .options) { $0.dialect.escape = 0x0A },
        .refuses("DialectValidity.test_invalid_chars", "k", .options) { $0.dialect.escape = 0x0D },
        .refuses("Csv.test_reader_arg_valid", "k", .options) { ($0.dialect.delimiter, $0.dialect.escape) = (0x5E, 0x5E) },
        .refuses("Csv.test_reader_arg_valid", "k", .options) { ($0.dialect.delimiter, $0.dialect.quote) = (0x5E, 0x5E) },
        .refuses("Csv.test_reader_arg_valid", "k", .options) { ($0.dialect.escape, $0.dialect.quote) = (0x5E, 0x5E) },
        .reads("Csv.test_reader_arg_valid", "k\tl", [["k", "l"]]) { $0.dialect.delimiter = 0x09 },
        .reads("Csv.test_reader_arg_valid", "k l", [["k", "l"]]) { $0.dialect.delimiter = 0x20 },
        .reads("Csv.test_reader_arg_valid", " k,l ,m", [["k,l", "m"]]) { $0.dialect.quote = 0x20 },
        .reads("Csv.test_reader_arg_valid", "k ,l", [["k,l"]]) { $0.dialect.escape = 0x20 },
        .refuses("DialectValidity.test_escapechar", "k", .options) { $0.dialect.escape = 0xC3 },
    ]

    static let writing: [ConformanceCase] = [
        .writes("Csv.test_write_bigfield", [[big, big]], "\(big),\(big)\n"),
        .writes("Csv.test_write_quoting", [["k", "7", "l,m"]], "k,7,\"l,m\"\n"),
        .cantWrite("Csv.test_write_quoting", [["k", "7", "l,m"]], Dialect(quote: nil, header: false), rows: [0]),
        .writes("Csv.test_write_quoting", [["k", "7", "l,m"]], "\"k\",\"7\",\"l,m\"\n", all),
        .writes("Csv.test_write_quoting", [["k\nl", "7"]], "\"k\nl\",\"7\"\n", all),
        .writes("Csv.test_write_quoting", [["k", "", nil, "7"]], "\"k\",\"\",,\"7\"\n", all),
        .writes("Csv.test_write_quoting", [["k", "", nil, "7"]], "k,\"\",,7\n"),
        .writes("Csv.test_write_escape", [["k", "7", "l,m"]], "k,7,\"l,m\"\n", escaping),
        // Quotes inside quotes have the escape before them, where there they are doubled unless that is turned off.
        .writes("Csv.test_write_escape", [["k", "7", "l,\"m\""]], "k,7,\"l,\\\"m\\\"\"\n", escaping),
        .writes("Csv.test_write_escape", [["\"", "k"]], "\"\\\"\",k\n", escaping),
        .writes("Csv.test_write_escape", [["k", "7", "l,m"]], "k,7,l\\,m\n", unquoted),
        .writes("Csv.test_write_escape", [["\\", "k"]], "\\\\,k\n", unquoted),
        .writes("Csv.test_write_escape", [["\\", "k"]], "\\\\,k\n", escaping),
        .writes("Csv.test_write_escape", [["\\", "k"]], "\"\\\\\",\"k\"\n", escaping, all),
        .writes("Csv.test_write_escape", [["\\ ", "k"]], "\\\\ ,k\n", escaping),
        .writes("Csv.test_write_escape", [["\\,", "k"]], "\\\\\\,,k\n", unquoted),
        .writes("Csv.test_write_escape", [[",\\", "k"]], "\",\\\\\",k\n", escaping),
        .writes("Csv.test_write_escape", [["K\\", "7", "L\""]], "K\\\\,7,\"L\\\"\"\n", escaping),
        .cantWrite("Csv.test_write_escape", [["k,l", "m"], ["n", "o"]], Dialect(quote: nil, header: false), rows: [0]),
        .writes("Csv.test_write_lineterminator", [["k", "l"], ["7", "8"], ["\r", "\n"]], "k,l\n7,8\n\"\r\",\"\n\"\n"),
        .writes("Csv.test_write_lineterminator", [["k", "l"], ["7", "8"], ["\r", "\n"]], "k,l\r\n7,8\r\n\"\r\",\"\n\"\r\n", crlf),
        .writes("Csv.test_write_iterable", [["k", "7", nil]], "k,7,\n"),
        .writes("Csv.test_write_iterable", [[nil]], "\"\"\n"),
        .writes("Csv.test_write_iterable", [[nil, nil]], ",\n"),
        .cantWrite("Csv.test_write_iterable", [[nil]], Dialect(quote: nil, header: false), rows: [0]),
        .writes("Csv.test_writerows", [["k", "l"], ["m", "n"]], "k,l\r\nm,n\r\n", crlf),
        .writes("Csv.test_writerows_with_none", [["k", nil], [nil, "l"]], "k,\n,l\n"),
        .writes("Csv.test_writerows_with_none", [[nil], ["k"]], "\"\"\nk\n"),
        .writes("Csv.test_writerows_with_none", [["k"], [nil]], "k\n\"\"\n"),
        .writes("Csv.test_write_empty_fields", [[""]], "\"\"\n"),
        .cantWrite("Csv.test_write_empty_fields", [[""], ["k"]], Dialect(quote: nil, header: false), rows: [0]),
        // Empty text and null are two things here.
        .writes("Csv.test_write_empty_fields", [["", ""]], "\"\",\"\"\n"),
        .writes("Csv.test_write_empty_fields", [[nil, nil]], ",\n"),
        .writes("Csv.test_write_empty_fields_space_delimiter", [[nil, nil]], " \n", Dialect(delimiter: 0x20, header: false)),
        .writes("Csv.test_write_empty_fields_space_delimiter", [["", ""]], "\"\" \"\"\n", Dialect(delimiter: 0x20, header: false)),
        .writes("Csv.test_roundtrip_quoteed_newlines", lineEnds, quotedLineEnds),
        .writes("Csv.test_roundtrip_escaped_unquoted_newlines", lineEnds, escapedLineEnds, unquoted),
        .writes("Registry.test_dialect_apply", [["7", "8", "9"]], "7\t8\t9\n", Dialect(delimiter: 0x09, header: false)),
        .writes("Registry.test_dialect_apply", [["7", "8", "9"]], "7:8:9\n", Dialect(delimiter: 0x3A, header: false)),
        .writes("Registry.test_dialect_apply", [["7", "8", "9"]], "7|8|9\n", Dialect(delimiter: 0x7C, header: false)),
        .writes("Excel.test_null", [], ""),
        .writes("Excel.test_single_writer", [["klm"]], "klm\r\n", crlf),
        .writes("Excel.test_simple_writer", [["7", "8", "klm", "9"]], "7,8,klm,9\r\n", crlf),
        .writes("Excel.test_quotes", [["7", "k\"lm\"", "8"]], "7,\"k\"\"lm\"\"\",8\r\n", crlf),
        .writes("Excel.test_quote_fieldsep", [["klm,nop"]], "\"klm,nop\"\r\n", crlf),
        .writes("Excel.test_newlines", [["7", "k\nlm", "8"]], "7,\"k\nlm\",8\r\n", crlf),
        .writes("EscapedExcel.test_escape_fieldsep", [["klm,nop"]], "klm\\,nop\r\n", unquoted, crlf),
        .writes("Unix.test_simple_writer", [["7", "klm nop", "klm"]], "\"7\",\"klm nop\",\"klm\"\n", all),
        .writes("QuotedEscapedExcel.test_write_escape_fieldsep", [["klm,nop"]], "\"klm,nop\"\r\n", escaping, crlf),
        .writes("DictFields.test_write_simple_dict", [["7", nil, "klm"]], "c0,c1,c2\r\n7,,klm\r\n", Dialect(), crlf),
        .writes("DictFields.test_write_multiple_dict_rows", [["7", "klm"], ["8", "nop"]], "c0,c1\r\n7,klm\r\n8,nop\r\n", Dialect(), crlf),
        .writes("Unicode.test_unicode_write", [["Käthe Löwe", "André", "François"]], "Käthe Löwe,André,François\r\n", crlf),
        .writes("ArrayWrites.test_char_write", [["k", "l", "m"]], "k,l,m\n"),
    ]

    static let sniffing: [ConformanceCase] = [
        .infers("Sniffer.test_has_header", "\"place\",\"town\",\"day\",\"who\"\nKai's, Bonn, 02.01.2003, Kim\nMill, Bath, 28.12.2002, Pat\nLow, Ghent, 19.12.2002, Wim\n", Dialect(trim: .leading)),
        .infers("Sniffer.test_sniff", "Kai's, Bonn, 02.01.2003, Kim\nMill, Bath, 28.12.2002, Pat\nLow, Ghent, 19.12.2002, Wim\n", Dialect(header: false, trim: .leading)),
        // Nothing tells whether this is a header: then it is one.
        .infers("Sniffer.test_sniff", "'Kai''s':'Bonn':'2.1.03'\n'Mill':'Bath':'28.12.02'\n'Low''s':'Ghent':'19.12.02'\n", Dialect(delimiter: 0x3A, quote: 0x27)),
        .infers("Sniffer.test_delimiters", "2147483648;43.0e12;17;abc\n147483648;43.0e2;17;abc\n47483648;43.0;170;abc\n", Dialect(delimiter: 0x3B, header: false)),
        .infers("Sniffer.test_delimiters", "kkk\tlll\r\nKKK\t7\r\nLLL\t8\r\n", Dialect(delimiter: 0x09)),
        .infers("Sniffer.test_delimiters", "k|l|m\r\n7|8|9\r\n", Dialect(delimiter: 0x7C)),
        .infers("Sniffer.test_delimiters", "'k'|'l'|'m'\r\n'7'|8|9\r\n", Dialect(delimiter: 0x7C, quote: 0x27)),
        .infers("Sniffer.test_issue43625", "\"time\",\"load\"\n1,1.5\n0.5,5\n0,0\n1,6\n", Dialect(), columns: ["time", "load"]),
        .infers("Sniffer.test_doublequote", "'it''s':7\n'was':8\n'is':9\n", Dialect(delimiter: 0x3A, quote: 0x27, header: false)),
    ]

    static let leftOut: [(reason: String, names: [String])] = [
        (
            "of Python's interface: how objects are made, named, registered, copied, printed, iterated, freed",
            [
                "Csv.test_writer_arg_valid", "Csv.test_reader_attrs", "Csv.test_writer_attrs", "Csv.test_reader_kw_attrs", "Csv.test_writer_kw_attrs", "Csv.test_reader_dialect_attrs",
                "Csv.test_writer_dialect_attrs", "Csv.test_write_arg_valid", "Csv.test_writerows_errors", "Csv.test_read_linenum", "Csv.test_dict_reader_repr", "Csv.test_dict_writer_repr",
                "Registry.test_registry_badargs", "Registry.test_registry", "Registry.test_register_kwargs_override", "Registry.test_incomplete_dialect", "Registry.test_copy",
                "Registry.test_pickle", "Registry.test_dialect_str", "Registry.test_dialect_repr", "DictFields.test_writeheader_return_value", "DictFields.test_write_no_fields",
                "DictFields.test_write_fields_not_in_fieldnames", "DictFields.test_typo_in_extrasaction_raises_error", "DictFields.test_write_field_not_in_field_names_raise",
                "DictFields.test_write_field_not_in_field_names_ignore", "DictFields.test_dict_reader_fieldnames_accepts_iter", "DictFields.test_dict_reader_fieldnames_accepts_list",
                "DictFields.test_dict_writer_fieldnames_rejects_iter", "DictFields.test_dict_writer_fieldnames_accepts_list", "DictFields.test_dict_reader_fieldnames_is_optional",
                "DialectValidity.test_quoting", "DialectValidity.test_lineterminator", "Leaks.test_create_read", "Leaks.test_create_write", "Leaks.test_read", "Leaks.test_write",
                "Misc.test__all__", "Misc.test_lazy_import", "Misc.test_subclassable", "Misc.test_disallow_instantiation",
            ]
        ),
        ("numbers are written by formats here: ValueFormatTests and DigitsTests", ["ArrayWrites.test_int_write", "ArrayWrites.test_double_write", "ArrayWrites.test_float_write"]),
        (
            "guesses by the lengths of texts, of delimiters that nobody uses, or from one cell; infer guesses by other signs (InferenceTests)",
            ["Sniffer.test_has_header_strings", "Sniffer.test_has_header_regex_special_delimiter", "Sniffer.test_guess_quote_and_delimiter"]
        ),
    ]
}
