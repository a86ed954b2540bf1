/// What is said of mistakes in an expression's form, and how the reading goes on.
extension Parser {
    /// Notes a mistake in what has been read; null takes its place.
    mutating func noted(_ failure: SyntaxFailure) throws(SyntaxFailure) -> Int {
        mistakes.append(failure)
        return try add(.literal(.null), failure.offset)
    }

    var found: String { token.kind == .end ? "<EOF>" : text(token).escapingLines }

    /// The token after this one.
    private func peek() -> Token {
        var ahead = lexer
        return ahead.next()
    }

    /// Whether an expression may begin with it.
    static func mayBegin(_ kind: Token.Kind) -> Bool {
        switch kind {
        case .identifier, .integer, .unsigned, .double, .string, .bytes, .true, .false, .null, .leftParenthesis, .leftBracket, .leftBrace, .dot, .minus, .not: true
        default: false
        }
    }

    private static let beginnings =
        "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

    /// Where a value must begin and doesn't.
    func missing() -> SyntaxFailure {
        SyntaxFailure(
            "Syntax error: mismatched input '\(found)' expecting \(Self.beginnings)",
            plain: token.kind == .end ? "the expression ends where a value is expected" : "'\(found)' stands where a value is expected", offset: token.start)
    }

    /// Behind a dot, where a name must stand: what stands there is passed over, up to what can follow a value.
    @inline(never)
    mutating func passOverNoName(_ dot: Int) {
        mistakes.append(noName(dot))
        while !continues, ![.end, .comma, .colon, .rightParenthesis, .rightBracket, .rightBrace].contains(token.kind) { advance() }
    }

    private func noName(_ dot: Int) -> SyntaxFailure {
        let isWord = [.true, .false, .null].contains(token.kind) && token.start == dot + 1
        let text = String(decoding: lexer.text[dot..<token.end], as: UTF8.self).escapingLines
        return SyntaxFailure(
            isWord ? "Syntax error: mismatched input '\(found)' expecting IDENTIFIER" : "Syntax error: no viable alternative at input '\(text)'",
            plain: "a field's or function's name is expected after '.'", offset: token.start)
    }

    /// Passes over one token where a value must begin, if one begins after it.
    @inline(never)
    mutating func skipOne() throws(SyntaxFailure) {
        guard token.kind != .end, Self.mayBegin(peek().kind) else { throw missing() }
        mistakes.append(
            SyntaxFailure(
                "Syntax error: extraneous input '\(found)' expecting \(Self.beginnings)", plain: "'\(found)' stands where a value is expected", offset: token.start))
        advance()
    }

    /// Behind the whole expression.
    mutating func requireEnd() throws(SyntaxFailure) {
        guard token.kind != .end else { return }
        let kind = peek().kind == .end ? "extraneous" : "mismatched"
        throw SyntaxFailure(
            "Syntax error: \(kind) input '\(found)' expecting <EOF>", plain: "'\(found)' can't stand here: the expression is complete before it",
            offset: token.start)
    }

    /// Reads a sign that must stand here.
    ///
    /// - Parameter orComma: a further element could follow as well.
    mutating func require(_ kind: Token.Kind, _ sign: StaticString, orComma: Bool = false) throws(SyntaxFailure) {
        if !accept(kind) { try recover(kind, sign, orComma: orComma) }
    }

    /// One sign too many is passed over; one too few is taken as read when what follows could follow it.
    @inline(never)
    private mutating func recover(_ kind: Token.Kind, _ sign: StaticString, orComma: Bool) throws(SyntaxFailure) {
        let what = token.kind == .end ? "the expression ends" : "'\(found)' stands"
        let plain = "\(what) where '\(sign)' is expected"
        let expected = orComma ? "{'\(sign)', ','}" : "'\(sign)'"
        if token.kind != .end, peek().kind == kind {
            mistakes.append(SyntaxFailure("Syntax error: extraneous input '\(found)' expecting \(expected)", plain: plain, offset: token.start))
            advance()
            advance()
        } else if !orComma, mayFollow(kind) {
            mistakes.append(SyntaxFailure("Syntax error: missing '\(sign)' at '\(found)'", plain: plain, offset: token.start))
        } else {
            throw SyntaxFailure("Syntax error: mismatched input '\(found)' expecting \(expected)", plain: plain, offset: token.start)
        }
    }

    /// Whether the token could stand behind such a sign.
    private func mayFollow(_ kind: Token.Kind) -> Bool {
        if kind == .colon { return Self.mayBegin(token.kind) }
        let outer = closers.last ?? .end
        return continues || token.kind == outer || (token.kind == .comma && outer != .end && outer != .colon)
    }

    /// Whether the token goes on with a value that stands before it.
    private var continues: Bool {
        switch token.kind {
        case .dot, .leftBracket, .question, .plus, .minus, .star, .slash, .percent, .in: return true
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or: return true
        default: return false
        }
    }
}
