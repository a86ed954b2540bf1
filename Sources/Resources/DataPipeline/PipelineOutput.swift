import Kernel

/// Somewhere rows go.
public struct PipelineOutput: Sendable, Equatable {
    public enum Sink: Sendable, Equatable {
        case delimited(DelimitedOutput)
        case jsonLines(JSONLinesOutput)
        case postgresql(PostgreSQLOutput)
    }

    public var name: String
    public var sink: Sink
    /// The output that takes the rows when this one can't.
    public var fallback: String?

    static let kinds = ["delimited", "jsonLines", "postgresql"]
    static let fields = ["name"] + kinds + ["fallback"]

    /// The file it writes, before `${ … }` is filled in; nil when it writes none.
    public var path: String? {
        switch sink {
        case .delimited(let output): output.path
        case .jsonLines(let output): output.path
        case .postgresql: nil
        }
    }

    /// The field it is declared in.
    public var sinkName: String {
        switch sink {
        case .delimited: "delimited"
        case .jsonLines: "jsonLines"
        case .postgresql: "postgresql"
        }
    }

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...63, .label)
        reader.exactlyOne(of: Self.kinds)
        if let output = reader.object("jsonLines", fields: JSONLinesOutput.fields) {
            sink = .jsonLines(JSONLinesOutput(output))
        } else if let output = reader.object("postgresql", fields: PostgreSQLOutput.fields) {
            sink = .postgresql(PostgreSQLOutput(output))
        } else {
            sink = .delimited(reader.object("delimited", fields: DelimitedOutput.fields).map(DelimitedOutput.init) ?? DelimitedOutput(path: ""))
        }
        fallback = reader.string("fallback", length: 1...63, .label)
    }
}

/// How a file is packed.
public enum OutputCompression: String, Sendable, CaseIterable {
    /// By the path's ending: `.gz`, `.zst`, else none.
    case auto = "Auto"
    case none = "None", gzip = "Gzip", zstd = "Zstd"
}

/// A file of delimited text.
public struct DelimitedOutput: Sendable, Equatable {
    public enum LineEnd: String, Sendable, CaseIterable { case lf = "LF", crlf = "CRLF" }
    public enum Quoting: String, Sendable, CaseIterable {
        /// Cells that would be read as something else without.
        case minimal = "Minimal"
        /// Every cell that isn't null.
        case all = "All"
    }

    public var path: String
    public var delimiter = ","
    public var quote = "\""
    /// One character, which stands before quotes instead of doubling them, and before itself; nil: there is none.
    public var escape: String?
    public var escapeSequences = DelimitedSource.EscapeSequences.literal
    public var quoting = Quoting.minimal
    public var header = true
    public var lineEnd = LineEnd.lf
    /// What is written for a null, unquoted.
    public var nullMarker = ""
    public var encoding = DelimitedSource.Encoding.utf8
    /// The file begins with its encoding's mark, by which spreadsheets know it. Left out: so do files of UTF-16.
    public var byteOrderMark = false
    public var compression = OutputCompression.auto

    public init(path: String) { self.path = path }

    static let fields = ["path", "delimiter", "quote", "escape", "escapeSequences", "quoting", "header", "lineEnd", "nullMarker", "encoding", "byteOrderMark", "compression"]

    init(_ reader: FieldReader) {
        path = reader.required("path", length: 1...4096)
        delimiter = reader.string("delimiter", length: 1...1, .delimiter) ?? ","
        quote = reader.string("quote", length: 0...1, .quote) ?? "\""
        escapeSequences = reader.choice("escapeSequences", DelimitedSource.EscapeSequences.self) ?? .literal
        escape = reader.string("escape", length: 1...1, .delimiter) ?? escapeSequences.escape
        quoting = reader.choice("quoting", Quoting.self) ?? .minimal
        header = reader.bool("header") ?? true
        lineEnd = reader.choice("lineEnd", LineEnd.self) ?? .lf
        nullMarker = reader.string("nullMarker", length: 0...64, .nullMarker) ?? ""
        encoding = reader.choice("encoding", DelimitedSource.Encoding.self) ?? .utf8
        byteOrderMark = reader.bool("byteOrderMark") ?? [.utf16, .utf16LittleEndian, .utf16BigEndian].contains(encoding)
        compression = reader.choice("compression", OutputCompression.self) ?? .auto
        if nullMarker.contains(delimiter) || (!quote.isEmpty && nullMarker.contains(quote)) { reader.fail("nullMarker", "must not hold the delimiter or the quote") }
        if delimiter == quote { reader.fail("quote", "must differ from delimiter") }
        if let escape, escape == delimiter || escape == quote { reader.fail("escape", "must differ from delimiter and quote; left out, quotes are doubled") }
        escapeSequences.check(reader, delimiter: delimiter, quote: quote, escape: escape)
        if quote.isEmpty, let first = nullMarker.first, escapeSequences.letters.contains(String(first)) {
            reader.fail("nullMarker", "must not begin with \(first) because quote is empty and escapeSequences is CStyle; \\N is what databases write")
        }
        if byteOrderMark, encoding == .latin1 || encoding == .windows1252 { reader.fail("byteOrderMark", "must be false or left out because \(encoding.rawValue) has none") }
        if quote.isEmpty, quoting == .all { reader.fail("quoting", "must be Minimal because quote is empty") }
    }
}

/// A file with one JSON object a line.
public struct JSONLinesOutput: Sendable, Equatable {
    public var path: String
    public var compression: OutputCompression

    static let fields = ["path", "compression"]

    init(_ reader: FieldReader) {
        path = reader.required("path", length: 1...4096)
        compression = reader.choice("compression", OutputCompression.self) ?? .auto
    }
}

/// A table of a PostgreSQL database. Rows come there by one commit, which also notes the run, so that none comes twice.
public struct PostgreSQLOutput: Sendable, Equatable {
    public enum Mode: String, Sendable, CaseIterable {
        /// Rows are added.
        case append = "Append"
        /// The table holds what the run wrote, and nothing else.
        case replace = "Replace"
        /// A row of the same keys is replaced, others are added.
        case upsert = "Upsert"
    }

    /// A Secret with key `url`: postgresql://user:password@host/database.
    public var connectionSecret: String
    public var schema: String
    public var table: String
    public var mode: Mode
    /// For Upsert: the columns of a unique index.
    public var keys: [String]

    static let fields = ["connectionSecretRef", "schema", "table", "mode", "keys"]

    init(_ reader: FieldReader) {
        connectionSecret = reader.reference("connectionSecretRef")
        schema = reader.string("schema", length: 1...63) ?? "public"
        table = reader.required("table", length: 1...63)
        mode = reader.choice("mode", Mode.self) ?? .append
        keys = reader.strings("keys", count: 0...32, length: 1...63) ?? []
        if mode == .upsert, keys.isEmpty { reader.fail("keys", "must name the columns of a unique index of the table because mode is Upsert") }
        if mode != .upsert, !keys.isEmpty { reader.fail("keys", "is only for mode Upsert; leave it out or set mode to Upsert") }
    }
}
