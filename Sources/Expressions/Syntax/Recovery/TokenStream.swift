/// An expression's tokens, cut as far as they are looked at.
struct TokenStream {
    private var lexer: Lexer
    private var tokens: [Token] = []
    /// The number of the token at hand.
    private(set) var position = 0
    private var told = 0

    init(_ text: [UInt8]) { lexer = Lexer(text) }

    var text: [UInt8] { lexer.text }

    /// The token of a number; behind the end always the end.
    mutating func token(_ number: Int) -> Token {
        while tokens.count <= number {
            if let last = tokens.last, last.kind == .end { return last }
            tokens.append(lexer.next())
        }
        return tokens[number]
    }

    var current: Token { mutating get { token(position) } }
    var before: Token? { position > 0 && position <= tokens.count ? tokens[position - 1] : nil }

    mutating func advance() {
        if current.kind != .end { position += 1 }
        _ = current
    }

    /// What was found since to be no token.
    mutating func newMistakes() -> ArraySlice<SyntaxFailure> {
        defer { told = lexer.mistakes.count }
        return lexer.mistakes[told...]
    }

    /// From one token to another, both with it and with what is between them, but for what is no token.
    func text(from first: Token, to last: Token) -> String {
        var bytes: [UInt8] = []
        var at = first.start
        for mistake in lexer.mistakes where mistake.offset >= at && mistake.offset < last.start {
            bytes += text[at..<mistake.offset]
            at = max(at, mistake.end)
        }
        if at < last.end { bytes += text[at..<last.end] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
