extension ShapeReader {
    /// Whether the tokens are surely those that the engine sees: the scanner knows less of the language than the engine's parser.
    var isCertain: Bool {
        let bytes = Array(scopes.scanner.source.utf8)
        for (at, byte) in bytes.enumerated() {
            // A lone return ends a line for the engine; so do two separators, and it knows more kinds of blanks.
            if byte == 0x0D, at + 1 >= bytes.count || bytes[at + 1] != 0x0A { return false }
            if byte == UInt8(ascii: "<"), bytes[at...].starts(with: "<!--".utf8) { return false }
            if byte == UInt8(ascii: "-"), bytes[at...].starts(with: "-->".utf8) { return false }
        }
        return !scopes.scanner.source.unicodeScalars.contains { $0.value >= 0x80 && ($0.properties.isWhitespace || $0.value == 0xFEFF) } && tokens.indices.allSatisfy(isCertain)
    }

    private func isCertain(_ index: Int) -> Bool {
        let token = tokens[index]
        switch token.kind {
        // A name may be written with escapes.
        case .word: return !token.text.contains(UInt8(ascii: "\\"))
        case .number: return isPlainNumber(Array(token.text))
        // Whether a slash begins a regular expression, tokens tell only in the plain cases.
        case .regex: return !["++", "--", ")", "]", "}", "of", "yield", "await"].contains { isWord(index - 1, $0) }
        case .string, .template: return true
        case .mark: break
        }
        if token.is("/") || token.is("/=") { return !token.startsLine && !isWord(index - 1, "}") && !(isWord(index - 1, ")") && endsHead(index - 1)) }
        // A line that begins with a bracket goes on with the one before, or doesn't.
        if token.is("["), token.startsLine { return false }
        return !["(", "[", "{", ")", "]", "}"].contains { token.is($0) } || token.partner >= 0
    }

    /// Digits with a sign behind an exponent's e, or without any.
    private func isPlainNumber(_ text: [UInt8]) -> Bool {
        guard let sign = text.firstIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) else { return true }
        return text[..<max(sign - 1, 0)].allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") } && sign > 1 && text[sign - 2] != UInt8(ascii: ".")
            && text[(sign + 1)...].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// The parenthesis ends the head of a statement.
    private func endsHead(_ index: Int) -> Bool { ["if", "while", "for", "with"].contains { isWord(tokens[index].partner - 1, $0) } }

    /// Whether the function with this body is surely what `transform` is in the end: named once, and nothing done with it where it stands.
    func isWhole(_ body: Range<Int>) -> Bool {
        let named = tokens.indices.filter { isWord($0, "transform") }
        guard named.count == 1, let name = named.first else { return false }
        if isWord(name - 1, "function") {
            let start = isWord(name - 2, "async") ? name - 2 : name - 1
            guard let before = token(start - 1) else { return true }
            if before.is(";") || before.is("}") { return true }
            // An expression can't go on with `function` in the next line, unless it waits for an operand.
            return tokens[start].startsLine && (before.is(")") || before.is("]") || before.kind != .mark && !ScriptScopes.reserved.contains(scopes.name(start - 1)))
        }
        let isExport = isWord(name - 1, ".") && isWord(name - 2, "exports")
        guard isWord(name - 1, "const") || isWord(name - 1, "let") || isWord(name - 1, "var") || isExport && tokens.indices.filter({ isWord($0, "exports") }).count == 1 else { return false }
        guard let after = token(body.upperBound + 1) else { return true }
        return after.is(";") || after.startsLine && after.kind == .word
    }
}
