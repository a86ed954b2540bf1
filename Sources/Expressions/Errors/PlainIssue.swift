/// What people are told of a mistake where that differs from what a Kubernetes API server tells its clients: the place is the name that is
/// wrong rather than the dot or the parenthesis beside it, the bracket that was left open rather than the end, and words of other languages
/// are told with the sign that stands for them.
struct PlainIssue {
    let advice: String?
    /// In the text's UTF-8.
    let offset: Int

    /// One for each issue, in their order.
    static func of(_ issues: [Checker.Issue], _ source: String) -> [PlainIssue] {
        let text = Array(source.utf8)
        var isAnswered = false
        return issues.map { issue in
            guard issue.offset >= 0, issue.advice?.isEmpty != true else { return PlainIssue(advice: issue.advice, offset: issue.offset) }
            guard issue.message.hasPrefix("Syntax error") else { return named(issue, text) }
            // What comes behind it is its consequence.
            if isAnswered { return PlainIssue(advice: "", offset: issue.offset) }
            if let found = word(issue, text) ?? bracket(issue, text) {
                isAnswered = true
                return found
            }
            return PlainIssue(advice: issue.advice, offset: issue.offset)
        }
    }

    // MARK: Names

    private static func named(_ issue: Checker.Issue, _ text: [UInt8]) -> PlainIssue {
        var at = issue.offset
        guard at < text.count else { return PlainIssue(advice: issue.advice, offset: at) }
        if text[at] == UInt8(ascii: ".") {
            at += 1
            while at < text.count, text[at] == UInt8(ascii: "?") || isBlank(text[at]) { at += 1 }
            if at >= text.count || !isLetter(text[at]) { at = issue.offset }
        } else if text[at] == UInt8(ascii: "(") {
            var start = at
            while start > 0, isBlank(text[start - 1]) { start -= 1 }
            while start > 0, isLetter(text[start - 1]) || (0x30...0x39).contains(text[start - 1]) { start -= 1 }
            if start < at, isLetter(text[start]) { at = start }
        }
        if issue.message.hasPrefix("undeclared reference"), wordAt(at, text).lowercased() == "not" { return PlainIssue(advice: notAdvice, offset: at) }
        return PlainIssue(advice: issue.advice, offset: at)
    }

    private static func wordAt(_ start: Int, _ text: [UInt8]) -> String {
        guard start < text.count else { return "" }
        return String(decoding: text[start...].prefix { isLetter($0) || (0x30...0x39).contains($0) }, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F }

    // MARK: Words and signs of other languages

    private static let notAdvice = "'not' is written ! in an expression, as in !(a == b)"

    private static func word(_ issue: Checker.Issue, _ text: [UInt8]) -> PlainIssue? {
        var lexer = Lexer(text)
        var before: Token?
        while true {
            let token = lexer.next()
            if token.start >= issue.offset || token.kind == .end {
                if token.start == issue.offset, token.kind == .identifier {
                    let word = String(decoding: text[token.start..<token.end], as: UTF8.self)
                    if word.lowercased() == "and" { return PlainIssue(advice: "'\(word)' is written && in an expression", offset: token.start) }
                    if word.lowercased() == "or" { return PlainIssue(advice: "'\(word)' is written || in an expression", offset: token.start) }
                }
                guard let before else { return nil }
                if before.kind == .identifier, String(decoding: text[before.start..<before.end], as: UTF8.self).lowercased() == "not" {
                    return PlainIssue(advice: notAdvice, offset: before.start)
                }
                if before.kind == .less, token.kind == .greater, before.end == token.start { return PlainIssue(advice: "'<>' is written != in an expression", offset: before.start) }
                return nil
            }
            before = token
        }
    }

    // MARK: Brackets

    /// Where a closing sign is missed and an opening one has none, that one is told.
    private static func bracket(_ issue: Checker.Issue, _ text: [UInt8]) -> PlainIssue? {
        guard let advice = issue.advice, [")", "]", "}"].contains(where: { advice.hasSuffix(" where '\($0)' is expected") }), let open = unclosed(text) else { return nil }
        return PlainIssue(advice: "this '\(String(decoding: text[open..<open + 1], as: UTF8.self))' is never closed: \(advice)", offset: open)
    }

    /// The first opening bracket whose closing one is another or isn't there, of several at the end the innermost.
    private static func unclosed(_ text: [UInt8]) -> Int? {
        var lexer = Lexer(text)
        var open: [Token] = []
        while true {
            let token = lexer.next()
            switch token.kind {
            case .end: return open.last?.start
            case .leftParenthesis, .leftBracket, .leftBrace: open.append(token)
            case .rightParenthesis, .rightBracket, .rightBrace:
                guard let last = open.popLast() else { return nil }
                let closing: Token.Kind = last.kind == .leftParenthesis ? .rightParenthesis : last.kind == .leftBracket ? .rightBracket : .rightBrace
                if token.kind != closing { return last.start }
            default: break
            }
        }
    }
}
