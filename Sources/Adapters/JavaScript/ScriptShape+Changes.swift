extension ShapeReader {
    /// Which columns of the row a script can change, whose row goes nowhere else; nil: it can't be told for sure.
    ///
    /// A column that is wrongly left out here would lose what the script wrote. So anything that could write to a member without an
    /// assignment right behind its name is refused, wherever in the script it stands. The tokens are certain.
    func changes(in body: Range<Int>, _ parameters: ClosedRange<Int>) -> Set<String>? {
        guard parameters.allSatisfy({ tokens[$0].kind == .word || isWord($0, ",") || isWord($0, "(") || isWord($0, ")") }),
            tokens.indices.allSatisfy(isPlain)
        else { return nil }
        var changed: Set<String> = []
        for index in body where tokens[index].kind == .word && scopes.name(index) == row && !isAfterDot(index) && !isKey(index) {
            guard let (name, after) = member(index) else {
                if isWord(index - 1, "...") { return nil }
                continue
            }
            // `for (row.a of list)`; a tag is a function that is called on the row.
            if isWord(after, "of") || isWord(after, "in") || token(after)?.kind == .template { return nil }
            if changesValue(before: index - 1) || changesValue(at: after) { changed.insert(name) }
        }
        // Two spellings of one name are equal here and two properties there.
        return changed.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } } ? changed : nil
    }

    private func changesValue(before index: Int) -> Bool { isWord(index, "++") || isWord(index, "--") }
    private func changesValue(at index: Int) -> Bool { token(index).map { scopes.isAssignment($0) || $0.is("++") || $0.is("--") } ?? false }

    /// Whether a token leads to no member of the row by another way.
    private func isPlain(_ index: Int) -> Bool {
        let token = tokens[index]
        switch token.kind {
        // `this` and `super` may be the row, for functions that are its values.
        case .word: return !["this", "super", "delete", "with"].contains { token.is($0) }
        case .mark: break
        case .number, .string, .template, .regex: return true
        }
        if token.is("?.") { return !isWord(index + 1, "(") && self.token(index + 1)?.kind != .template }
        if token.is("++") || token.is("--") { return !isWord(index + 1, "(") }
        // Targets in parentheses and patterns: `(row.a) = 1`, `[row.a] = list`, `for ({a: row.a} of list)`.
        guard token.is(")") || token.is("]") || token.is("}"), changesValue(at: index + 1) || isWord(index + 1, "of") || isWord(index + 1, "in") else { return true }
        let before = token.partner - 1
        if isWord(before, "const") || isWord(before, "let") || isWord(before, "var") { return true }
        // `list[0] = 1`
        return token.is("]") && (isWord(before, "]") || self.token(before)?.kind == .word && !ScriptScopes.reserved.contains(scopes.name(before)) && !isWord(before, "of"))
    }}
