/// What is noted of mistakes, and where the reading ends.
extension Parser {
    /// Notes a mistake in what has been read; null takes its place.
    mutating func noted(_ failure: SyntaxFailure) throws(SyntaxFailure) -> Int {
        mistakes.append(failure)
        return try add(.literal(.null), failure.offset)
    }

    /// Reads a sign that must stand here.
    mutating func require(_ kind: Token.Kind) throws(SyntaxFailure) {
        if !accept(kind) { throw misplaced() }
    }

    /// Ends the reading; the words are those of `RecoveringReader`.
    @inline(never)
    func misplaced() -> SyntaxFailure { SyntaxFailure("Syntax error", plain: "this can't stand here", offset: token.start) }

    static func quotedNamesAreNotTaken(_ offset: Int) -> SyntaxFailure {
        SyntaxFailure("unsupported syntax: '`'", plain: "names in backquotes aren't taken here; write value['name']", offset: offset)
    }

    static func reservedName(_ name: String, _ offset: Int) -> SyntaxFailure {
        SyntaxFailure("reserved identifier: \(name)", plain: "'\(name)' is a reserved word and can't be a name", offset: offset)
    }
}
