/// What is done where a token doesn't fit.
extension RecoveringReader {
    // MARK: Tokens

    mutating func match(_ kind: Token.Kind) throws(Stop) -> RecoveredToken {
        guard stream.current.kind == kind else { return try recoverInPlace() }
        return try taken()
    }

    mutating func matchOne(of set: TokenSet) throws(Stop) -> RecoveredToken {
        guard set.contains(stream.current.kind) else { return try recoverInPlace() }
        return try taken()
    }

    private mutating func taken() throws(Stop) -> RecoveredToken {
        fits()
        let token = stream.current
        try advance()
        return RecoveredToken(token: token, standIn: nil)
    }

    private mutating func advance() throws(Stop) {
        stream.advance()
        try tellTokens()
    }

    private mutating func fits() {
        isRecovering = false
        lastMistakeAt = -1
        lastMistakeStates = []
    }

    // MARK: What is expected

    /// What may come at the state at hand, what called the rules that are open taken into account.
    private func expected() -> TokenSet { expected(at: state) }

    private func expected(at state: Int) -> TokenSet {
        guard state >= 0 else { return TokenSet() }
        var following = graph.firsts[state]
        var all = following.withoutEndOfRule
        var at = node
        while following.mayEndRule, at >= 0, tree.nodes[at].caller >= 0 {
            following = graph.firsts[graph.following(tree.nodes[at].caller)]
            all.formUnion(following.withoutEndOfRule)
            at = tree.nodes[at].parent
        }
        if following.mayEndRule { all.insert(.end) }
        return all
    }

    /// What can follow any of the rules that are open.
    private func recoverySet() -> TokenSet {
        var all = TokenSet()
        var at = node
        while at >= 0, tree.nodes[at].caller >= 0 {
            all.formUnion(graph.firsts[graph.following(tree.nodes[at].caller)])
            at = tree.nodes[at].parent
        }
        return all.withoutEndOfRule
    }

    // MARK: Recovery

    /// Before an optional part, a loop and each of its rounds: whether the token at hand fits, and one too many is passed over.
    mutating func synchronize() throws(Stop) {
        guard !isRecovering else { return }
        let next = graph.firsts[state]
        if next.mayEndRule || next.contains(stream.current.kind) { return }
        switch graph.states[state].kind {
        case .choice:
            if try !passOverOne(limited: false) { throw .mismatch(stream.current) }
        case .loopEnd:
            try reportExtraneous()
            var stops = expected()
            stops.formUnion(recoverySet())
            try advance(to: stops, limited: false)
        default: break
        }
    }

    /// One token too many, or one too few.
    private mutating func recoverInPlace() throws(Stop) -> RecoveredToken {
        try countAttempt()
        if try passOverOne(limited: true) {
            let token = stream.current
            try advance()
            return RecoveredToken(token: token, standIn: nil)
        }
        let token = stream.current
        guard expected(at: graph.behind(state)).contains(token.kind) else { throw .mismatch(token) }
        try reportMissing()
        let place = token.kind == .end ? stream.before ?? token : token
        let kind = expected().kinds.first ?? .end
        return RecoveredToken(token: place, standIn: kind == .end ? "<missing EOF>" : kind.sign.isEmpty ? "<missing undefined>" : "<missing '\(kind.sign)'>")
    }

    /// Passes over the token at hand if the next one fits.
    private mutating func passOverOne(limited: Bool) throws(Stop) -> Bool {
        let next = stream.current.kind == .end ? stream.current : stream.token(stream.position + 1)
        try tellTokens()
        guard expected().contains(next.kind) else { return false }
        try reportExtraneous()
        try advance()
        fits()
        return true
    }

    /// Goes on to what can follow the rule.
    mutating func recover() throws(Stop) {
        try countAttempt()
        var passed = 0
        if lastMistakeAt == stream.position, lastMistakeStates.contains(state) {
            // Nothing was passed over since the last mistake at this place: without this the reading would never end.
            try advance()
            passed = 1
        }
        lastMistakeAt = stream.position
        lastMistakeStates.insert(state)
        try advance(to: recoverySet(), limited: true, passed: passed)
    }

    private mutating func advance(to stops: TokenSet, limited: Bool, passed: Int = 0) throws(Stop) {
        var passed = passed
        while stream.current.kind != .end, !stops.contains(stream.current.kind) {
            if limited, passed >= Self.mostPassedOver {
                mistakes.append(
                    SyntaxFailure("error recovery token lookahead limit exceeded: \(Self.mostPassedOver)", plain: "", offset: SyntaxFailure.nowhere))
                throw .final
            }
            passed += 1
            try advance()
        }
    }

    private mutating func countAttempt() throws(Stop) {
        defer { attempts += 1 }
        guard attempts == Self.mostAttempts else { return }
        try tell(SyntaxFailure("Syntax error: error recovery attempt limit exceeded: \(Self.mostAttempts)", plain: "", offset: stream.current.start))
        throw .final
    }

    // MARK: Messages

    mutating func report(_ stop: Stop) throws(Stop) {
        guard !isRecovering else { return }
        isRecovering = true
        switch stop {
        case .mismatch(let token):
            let expected = expected()
            try tell(
                SyntaxFailure(
                    "Syntax error: mismatched input \(display(token)) expecting \(expected.description)", plain: Self.advice(shown(token), expected),
                    offset: token.start))
        case .noAlternative(let from, let to):
            let text = from.kind == .end ? "<EOF>" : stream.text(from: from, to: to).escapingLines
            // A word of the language where a name must stand is told as if it had been looked for.
            let isWord = ["true", "false", "null"].contains(text.dropFirst()) && text.utf8.count > 1
            let isBehindDot = stream.text[..<to.start].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ".")
            try tell(
                SyntaxFailure(
                    isWord ? "Syntax error: mismatched input '\(text.dropFirst())' expecting IDENTIFIER" : "Syntax error: no viable alternative at input '\(text)'",
                    plain: isBehindDot ? "a field's or function's name is expected after '.'" : "\(shown(to)) stands where it can't", offset: to.start))
        case .final: break
        }
    }

    private mutating func reportExtraneous() throws(Stop) {
        guard !isRecovering else { return }
        isRecovering = true
        let token = stream.current
        let expected = expected()
        try tell(
            SyntaxFailure(
                "Syntax error: extraneous input \(display(token)) expecting \(expected.description)", plain: Self.advice(shown(token), expected),
                offset: token.start))
    }

    private mutating func reportMissing() throws(Stop) {
        guard !isRecovering else { return }
        isRecovering = true
        let token = stream.current
        let expected = expected()
        try tell(
            SyntaxFailure(
                "Syntax error: missing \(expected.description) at \(display(token))", plain: Self.advice(shown(token), expected), offset: token.start))
    }

    /// Tells what was found to be no token while looking ahead.
    mutating func tellTokens() throws(Stop) {
        for mistake in stream.newMistakes() { try tell(mistake) }
    }

    private mutating func tell(_ failure: SyntaxFailure) throws(Stop) {
        guard reports < Self.mostReports else {
            mistakes.append(SyntaxFailure("Syntax error: More than \(Self.mostReports) syntax errors", plain: "", offset: failure.offset))
            throw .final
        }
        reports += 1
        // Of the empty text Kubernetes tells no place.
        mistakes.append(stream.text.isEmpty ? SyntaxFailure(failure.message, plain: failure.plain, offset: SyntaxFailure.unplaced) : failure)
    }

    private func display(_ token: Token) -> String {
        token.kind == .end ? "'<EOF>'" : "'\(stream.text(from: token, to: token).escapingLines)'"
    }

    private func shown(_ token: Token) -> String { token.kind == .end ? "" : display(token) }

    /// For people.
    ///
    /// - Parameter found: empty at the end.
    private static func advice(_ found: String, _ expected: TokenSet) -> String {
        let what = found.isEmpty ? "the expression ends" : "\(found) stands"
        if expected.isSuperset(of: TokenSet([.leftParenthesis, .integer, .identifier])) { return "\(what) where a value is expected" }
        let closing: [Token.Kind] = [.rightParenthesis, .rightBracket, .rightBrace, .colon]
        if let sign = closing.first(where: expected.contains) { return "\(what) where '\(sign.sign)' is expected" }
        if expected.contains(.identifier) { return "\(what) where a name is expected" }
        if expected.kinds == [.end] { return "\(found) can't stand here: the expression is complete before it" }
        return "\(what) where \(expected.description) is expected"
    }
}
