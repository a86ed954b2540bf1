/// A piece of an expression's text.
struct Token {
    enum Kind: UInt8 {
        case end
        case identifier, quotedIdentifier, integer, unsigned, double, string, bytes
        case `true`, `false`, null, `in`
        case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
        case dot, comma, colon, question
        case plus, minus, star, slash, percent, not
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, and, or
    }
    let kind: Kind
    /// Offsets in the text's UTF-8.
    let start: Int
    let end: Int
}

/// The first mistake in an expression's form, with its offset.
struct SyntaxFailure: Error {
    /// As cel-go words it.
    let message: String
    /// For people, where that is clearer.
    let plain: String?
    let offset: Int

    init(_ message: String, plain: String? = nil, offset: Int) {
        self.message = message
        self.plain = plain
        self.offset = offset
    }
}
