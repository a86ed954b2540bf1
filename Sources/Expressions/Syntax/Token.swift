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

/// All mistakes in an expression's form; there is at least one.
struct SyntaxMistakes: Error {
    let all: [SyntaxFailure]
    init(_ all: [SyntaxFailure]) { self.all = all }
}

/// A mistake in an expression's form, with its offset.
struct SyntaxFailure: Error {
    /// As cel-go words it.
    let message: String
    /// For people, where that is clearer.
    let plain: String?
    let offset: Int
    /// Where the reading can go on; only of what is no token.
    let end: Int
    /// Whether nothing can be made of the rest: it is nested too deep.
    let isFinal: Bool

    /// The same, of which people are told nothing: it follows from what is no token.
    var asConsequence: SyntaxFailure { SyntaxFailure(message, plain: "", offset: offset, end: end, isFinal: isFinal) }

    init(_ message: String, plain: String? = nil, offset: Int, end: Int = 0, isFinal: Bool = false) {
        self.message = message
        self.plain = plain
        self.offset = offset
        self.end = end
        self.isFinal = isFinal
    }
}
