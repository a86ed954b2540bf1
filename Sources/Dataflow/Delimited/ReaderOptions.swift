/// How delimited text is read. The defaults are those of a document that says nothing.
public struct ReaderOptions: Sendable, Hashable {
    public var dialect: Dialect
    /// The columns' names when the document declares them; with a header they must all be in it, in any order, and the
    /// batch has the header's columns in the header's order. Without a header they are the columns.
    public var columns: [String]
    public var encoding: TextEncoding
    public var compression: InputCompression
    /// Texts of an unquoted cell that mean null.
    public var nullMarkers: [String]
    public var raggedRows: RaggedRows
    /// Bytes of UTF-8 that one row may have.
    public var rowLimit: Int
    /// Columns that a file may have.
    public var columnLimit: Int
    /// Names of the columns whose cells somebody looks at: only those get the null mark. nil: all.
    public var looksAt: [String]?
    /// A file without anything in it, where a header should be, has no rows; false: it ends the reading.
    public var takesEmptyFiles = true
    /// Also the SHA-256 of each input.
    public var hashesSHA256 = false

    public init(
        dialect: Dialect = .csv, columns: [String] = [], encoding: TextEncoding = .utf8, compression: InputCompression = .automatic,
        nullMarkers: [String] = [""], raggedRows: RaggedRows = .fault, rowLimit: Int = 16 << 20, columnLimit: Int = 16384, looksAt: [String]? = nil
    ) {
        self.dialect = dialect
        self.columns = columns
        self.encoding = encoding
        self.compression = compression
        self.nullMarkers = nullMarkers
        self.raggedRows = raggedRows
        self.rowLimit = rowLimit
        self.columnLimit = columnLimit
        self.looksAt = looksAt
    }
}

/// What becomes of a row with too few or too many cells.
public enum RaggedRows: String, Sendable, Hashable, CaseIterable {
    /// It is a fault: the row's error policy decides.
    case fault = "Fault"
    /// Missing cells are nulls; extra cells are dropped.
    case pad = "Pad"
}

/// The encodings that are read. All become UTF-8 on the way in; a byte order mark at the start is dropped, and one of UTF-16 or
/// UTF-8 outweighs the declaration.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
    case utf8 = "utf-8"
    /// Byte order by the mark, little endian without one.
    case utf16 = "utf-16"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"
}

/// How the input is compressed.
public enum InputCompression: String, Sendable, Hashable, CaseIterable {
    /// By its first bytes.
    case automatic = "Auto"
    case none = "None"
    case gzip = "Gzip"
    case zstd = "Zstd"
}
