/// A piece of an expression's text.
struct Token {
    /// In the order in which Kubernetes' messages list them.
    enum Kind: UInt8 {
        case end
        case equal, notEqual, `in`, less, lessOrEqual, greaterOrEqual, greater, and, or
        case leftBracket, rightBracket, leftBrace, rightBrace, leftParenthesis, rightParenthesis
        case dot, comma, minus, not, question, colon, plus, star, slash, percent
        case `true`, `false`, null
        case double, integer, unsigned, string, bytes, identifier, quotedIdentifier
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
    /// In the text's UTF-8; or one of the two below.
    let offset: Int
    /// About something that has no place, which Kubernetes shows before the first column.
    static let unplaced = -1
    /// About the text as a whole.
    static let nowhere = -2
    /// Where the reading can go on; only of what is no token.
    let end: Int
    /// Whether nothing can be made of the rest: it is nested too deep.
    let isFinal: Bool

    var isNoToken: Bool { end > 0 }

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
