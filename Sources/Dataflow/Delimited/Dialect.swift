/// How a delimited file is written: what separates cells, what quotes them.
public struct Dialect: Sendable, Hashable {
    /// One ASCII byte, not a quote and not a line end.
    public var delimiter: UInt8
    /// What quotes a cell; doubled inside it stands for itself. nil: quotes mean nothing.
    public var quote: UInt8?
    /// What takes the next byte's meaning away, inside quotes and outside: `\,` is a comma, `\"` a quote, `\\` itself, a line end behind it is
    /// text. nil: there is none.
    public var escape: UInt8?
    /// Rows that start with this byte are skipped. nil: there are no comments.
    public var comment: UInt8?
    /// The first row names the columns.
    public var header: Bool

    public init(delimiter: UInt8 = 0x2C, quote: UInt8? = 0x22, escape: UInt8? = nil, comment: UInt8? = nil, header: Bool = true) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.comment = comment
        self.header = header
    }

    public static let csv = Dialect()
    public static let tsv = Dialect(delimiter: 0x09)

    /// What is wrong with it, and what would be right; nil when it can be read and written.
    public var problem: String? {
        if delimiter == 0x0A || delimiter == 0x0D || delimiter >= 0x80 { return "delimiter: a line end or a character beyond ASCII can't separate cells; give one ASCII character, for example \",\"" }
        if let quote, quote == delimiter || quote == 0x0A || quote == 0x0D || quote >= 0x80 { return "quote: must be one ASCII character other than the delimiter and a line end" }
        if let escape, escape == delimiter || escape == quote || escape == 0x0A || escape == 0x0D || escape >= 0x80 {
            return "escape: must be one ASCII character other than the delimiter, the quote and a line end; doubled quotes need no escape"
        }
        if let comment, comment == delimiter || comment == quote || comment == escape || comment == 0x0A || comment == 0x0D || comment >= 0x80 {
            return "comment: must be one ASCII character other than the delimiter, the quote, the escape and a line end"
        }
        return nil
    }
}
