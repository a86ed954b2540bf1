import Rows

/// How a delimited file is written: what separates cells, what quotes them.
public struct Dialect: Sendable, Hashable {
    /// One ASCII byte, not a quote and not a line end.
    public var delimiter: UInt8
    /// What quotes a cell; doubled inside it stands for itself. nil: quotes mean nothing.
    public var quote: UInt8?
    /// What takes the next byte's meaning away, inside quotes and outside: `\,` is a comma, `\"` a quote, `\\` itself, a line end behind it is
    /// text. nil: there is none.
    public var escape: UInt8?
    /// Whether some letters behind the escape character stand for something else.
    public var escapeSequences: EscapeSequences
    /// Rows that start with this byte are skipped. nil: there are no comments.
    public var comment: UInt8?
    /// The first row names the columns.
    public var header: Bool
    /// Lines at the start of each file that are no rows, neither header nor data: lines as they stand, whatever quotes are in them.
    public var skipLines: Int
    /// Which blanks (spaces and tabs, where they don't separate cells) around a cell don't belong to it.
    public var trim: Trim
    /// A quote inside a quoted cell that is neither doubled nor stands before a delimiter or a line end is text; else the row is a fault.
    public var lenientQuotes: Bool

    public enum Trim: String, Sendable, Hashable, CaseIterable {
        case none = "None"
        /// Those before the cell: a quote behind them opens it.
        case leading = "Leading"
        /// Also those behind the cell, or behind its closing quote.
        case both = "Both"
    }

    public init(
        delimiter: UInt8 = 0x2C, quote: UInt8? = 0x22, escape: UInt8? = nil, escapeSequences: EscapeSequences = .literal, comment: UInt8? = nil, header: Bool = true,
        skipLines: Int = 0, trim: Trim = .none, lenientQuotes: Bool = false
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.escapeSequences = escapeSequences
        self.comment = comment
        self.header = header
        self.skipLines = skipLines
        self.trim = trim
        self.lenientQuotes = lenientQuotes
    }

    public static let csv = Dialect()
    public static let tsv = Dialect(delimiter: 0x09)

    /// How its cells turn into text.
    public var syntax: CellSyntax {
        CellSyntax(delimiter: delimiter, quote: quote, escape: escape, escapeSequences: escapeSequences, hasLooseQuotes: lenientQuotes && quote != nil)
    }

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
        if escapeSequences == .cStyle {
            if escape == nil { return "escapeSequences: CStyle needs an escape character, for example escape: \"\\\\\"" }
            if [delimiter, quote, escape, comment].contains(where: { $0.map(escapeSequences.hasMeaning) ?? false }) {
                return "escapeSequences: with CStyle the characters n t r b f v 0 mean something behind the escape; take others for delimiter, quote, escape and comment"
            }
        }
        if trim != .none, quote.map(isBlank) ?? false { return "trim: a blank that is the quote can't be left out; take another quote" }
        if skipLines < 0 { return "skipLines: must not be below 0" }
        return nil
    }
}
