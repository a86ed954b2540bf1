/// How the cells of a batch are written in its bytes: all that turns a `CellRef` into text, and that says whether a cell can be copied into an output.
@frozen public struct CellSyntax: Sendable, Hashable {
    /// What separates the cells: those that stand side by side can be copied as one run.
    public var delimiter: UInt8
    /// nil: quotes mean nothing.
    public var quote: UInt8?
    /// The character that takes the next one's meaning away, or gives it one; nil: there is none.
    public var escape: UInt8?
    /// What the character behind an escape character means.
    public var escapeSequences: EscapeSequences
    /// A quoted cell that has escapes may hold quotes that stand for themselves: it isn't written as others expect it.
    public var hasLooseQuotes: Bool

    @inlinable public init(
        delimiter: UInt8 = 0x2C, quote: UInt8? = 0x22, escape: UInt8? = nil, escapeSequences: EscapeSequences = .literal, hasLooseQuotes: Bool = false
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.escapeSequences = escapeSequences
        self.hasLooseQuotes = hasLooseQuotes
    }

    /// Whether what stands in a cell that isn't quoted, or is and has no loose quotes, means the same in the other one. Their delimiters aside.
    public func meansTheSame(as other: CellSyntax) -> Bool {
        quote == other.quote && escape == other.escape && (escape == nil || escapeSequences == other.escapeSequences)
    }
}
