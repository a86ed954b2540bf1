import Kernel

/// Delimited text to read: where it is and how it is written.
public struct DelimitedSource: Sendable, Equatable {
    public enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "utf-8", utf16 = "utf-16", utf16LittleEndian = "utf-16le", utf16BigEndian = "utf-16be", latin1 = "iso-8859-1", windows1252 = "windows-1252"
    }
    public enum Compression: String, Sendable, CaseIterable { case auto = "Auto", none = "None", gzip = "Gzip", zstd = "Zstd" }
    public enum RaggedRows: String, Sendable, CaseIterable {
        /// An error of the row.
        case fault = "Fault"
        /// Missing cells are null, surplus ones are left out.
        case pad = "Pad"
    }

    /// What the character behind `escape` means.
    public enum EscapeSequences: String, Sendable, CaseIterable {
        /// Itself.
        case literal = "Literal"
        /// `\n` is a line feed, `\t` a tab, and so on.
        case cStyle = "CStyle"

        /// What they begin with where nothing else is said.
        var escape: String? { self == .cStyle ? "\\" : nil }
        /// Characters that mean something else behind `escape`.
        var letters: [String] { self == .cStyle ? ["n", "t", "r", "b", "f", "v", "0"] : [] }
    }

    /// Which blanks around a cell don't belong to it.
    public enum Trim: String, Sendable, CaseIterable { case none = "None", leading = "Leading", both = "Both" }

    public enum EmptyFiles: String, Sendable, CaseIterable {
        /// The run fails: whoever writes the file may have been cut short.
        case fail = "Fail"
        /// It has no rows.
        case accept = "Accept"
    }

    /// A file, a glob, or `-` for standard input (only without a server). May hold `${ … }`.
    public var path: String
    /// One character.
    public var delimiter = ","
    /// One character; empty: nothing is quoted.
    public var quote = "\""
    /// One character, which takes the next one's meaning away; nil: there is none.
    public var escape: String?
    public var escapeSequences = EscapeSequences.literal
    /// A quote inside a quoted cell that nothing closes by is text.
    public var lenientQuotes = false
    public var trim = Trim.none
    /// Lines before the header, or before the first row, that are left out.
    public var skipLines = 0
    /// Lines that begin with it are left out; nil: there are none.
    public var comment: String?
    /// Whether the first line of each file names the columns.
    public var header = true
    public var encoding = Encoding.utf8
    public var compression = Compression.auto
    /// Unquoted texts that stand for null.
    public var nullMarkers = [""]
    public var raggedRows = RaggedRows.fault
    /// What becomes of a file without anything in it, where a header is expected.
    public var emptyFiles = EmptyFiles.fail
    /// A longer row is an error of that row.
    public var rowLimit = Bytes.mebi(16)
    /// Declared ones; without a header all of them, in order.
    public var columns: [PipelineColumn] = []

    public init(path: String) { self.path = path }

    static let fields = [
        "path", "delimiter", "quote", "escape", "escapeSequences", "lenientQuotes", "trim", "skipLines", "comment", "header", "encoding", "compression", "nullMarkers", "raggedRows", "emptyFiles", "rowLimit", "columns",
    ]

    init(_ reader: FieldReader) {
        path = reader.required("path", length: 1...4096)
        delimiter = reader.string("delimiter", length: 1...1, .delimiter) ?? ","
        quote = reader.string("quote", length: 0...1, .quote) ?? "\""
        escapeSequences = reader.choice("escapeSequences", EscapeSequences.self) ?? .literal
        escape = reader.string("escape", length: 1...1, .delimiter) ?? escapeSequences.escape
        lenientQuotes = reader.bool("lenientQuotes") ?? false
        trim = reader.choice("trim", Trim.self) ?? .none
        skipLines = Int(reader.int("skipLines", 0...1000) ?? 0)
        comment = reader.string("comment", length: 1...1, .delimiter)
        header = reader.bool("header") ?? true
        encoding = reader.choice("encoding", Encoding.self) ?? .utf8
        compression = reader.choice("compression", Compression.self) ?? .auto
        nullMarkers = reader.strings("nullMarkers", count: 0...16, length: 0...64) ?? [""]
        raggedRows = reader.choice("raggedRows", RaggedRows.self) ?? .fault
        emptyFiles = reader.choice("emptyFiles", EmptyFiles.self) ?? .fail
        if let size = reader.quantity("rowLimit") {
            rowLimit = Bytes(size.wholeUnits)
            if !(1...(256 << 20)).contains(size.wholeUnits) { reader.fail("rowLimit", "must be from 1 to 256Mi") }
        }
        columns = reader.objects("columns", most: 2048, fields: PipelineColumn.fields, identity: \.name, PipelineColumn.init)
        if !header, columns.isEmpty { reader.fail("columns", "must name every column, in order, because header is false") }
        if delimiter == quote { reader.fail("quote", "must differ from delimiter") }
        if let escape, escape == delimiter || escape == quote { reader.fail("escape", "must differ from delimiter and quote; doubled quotes need no escape") }
        escapeSequences.check(reader, delimiter: delimiter, quote: quote, escape: escape, comment: comment)
        if lenientQuotes, quote.isEmpty { reader.fail("lenientQuotes", "must be false or left out because quote is empty") }
        if trim != .none, quote == " " || quote == "\t" { reader.fail("trim", "must be None because quote is a blank") }
        if let comment, comment == delimiter || comment == quote || comment == escape { reader.fail("comment", "must differ from delimiter, quote and escape") }
    }
}

extension DelimitedSource.EscapeSequences {
    /// Tells what can't be with it.
    func check(_ reader: FieldReader, delimiter: String, quote: String, escape: String?, comment: String? = nil) {
        for (key, text) in [("delimiter", delimiter), ("quote", quote), ("escape", escape ?? ""), ("comment", comment ?? "")] where letters.contains(text) {
            reader.fail(key, "must not be \(text) because escapeSequences is CStyle, where that means something behind the escape")
        }
    }
}
