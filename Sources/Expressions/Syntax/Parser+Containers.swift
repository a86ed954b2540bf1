/// Lists, maps and objects that are written out.
extension Parser {
    @inline(never)
    mutating func list(_ offset: Int) throws(SyntaxFailure) -> Int {
        var elements: [Int] = []
        var optional: [Bool] = []
        while token.kind != .rightBracket {
            if elements.isEmpty, token.kind == .comma {  // `[,]` is the empty list
                advance()
                break
            }
            optional.append(accept(.question))
            elements.append(try expression())
            guard accept(.comma) else { break }
        }
        try require(.rightBracket)
        return try add(.list(elements, optional: optional.contains(true) ? optional : []), offset, depth: depth(elements))
    }

    @inline(never)
    mutating func map(_ offset: Int) throws(SyntaxFailure) -> Int {
        var entries: [SyntaxNode.Entry] = []
        while token.kind != .rightBrace {
            if entries.isEmpty, token.kind == .comma {
                advance()
                break
            }
            let isOptional = accept(.question)
            let key = try expression()
            try require(.colon)
            entries.append(SyntaxNode.Entry(key: key, value: try expression(), isOptional: isOptional))
            guard accept(.comma) else { break }
        }
        try require(.rightBrace)
        return try add(.map(entries), offset, depth: depth(entries.flatMap { [$0.key, $0.value] }))
    }

    @inline(never)
    mutating func object(_ name: String, _ offset: Int) throws(SyntaxFailure) -> Int {
        var fields: [SyntaxNode.Field] = []
        let first = token.start
        while token.kind != .rightBrace {
            if fields.isEmpty, token.kind == .comma {
                advance()
                break
            }
            let isOptional = accept(.question)
            guard token.kind == .identifier || token.kind == .quotedIdentifier else { throw misplaced() }
            if token.kind == .quotedIdentifier, !extensions { mistakes.append(Self.quotedNamesAreNotTaken(first)) }
            let field = token.kind == .quotedIdentifier ? String(text(token).dropFirst().dropLast()) : text(token)
            advance()
            let colon = token.start
            try require(.colon)
            fields.append(SyntaxNode.Field(name: field, offset: colon, value: try expression(), isOptional: isOptional))
            guard accept(.comma) else { break }
        }
        try require(.rightBrace)
        return try add(.object(name: name, fields: fields), offset, depth: depth(fields.map(\.value)))
    }
}
