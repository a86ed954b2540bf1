/// Names, selections, calls and what stands in parentheses.
extension Parser {
    mutating func member(_ start: Int) throws(SyntaxFailure) -> Int {
        var node = start
        while true {
            switch token.kind {
            case .dot:
                let (selected, call) = try selection(node)
                if let call {
                    let arguments = try arguments()
                    node = try memberCall(node, call.name, arguments, call.open)
                } else {
                    node = selected
                }
            case .leftBracket:
                let offset = token.start
                advance()
                let isOptional = accept(.question)
                closers.append(.rightBracket)
                let index = try expression()
                closers.removeLast()
                try require(.rightBracket, "]")
                node = try addBinary(isOptional ? .optionalIndex : .index, node, index, offset)
            case .leftBrace:
                guard let name = qualifiedName(node) else { return node }
                let offset = token.start
                advance()
                node = try object(name, offset)
            default: return node
            }
        }
    }

    /// What follows a dot: a field, or the name of a function up to its open parenthesis.
    @inline(never)
    mutating func selection(_ node: Int) throws(SyntaxFailure) -> (node: Int, call: (name: String, open: Int)?) {
        let offset = token.start
        advance()
        let isOptional = accept(.question)
        let name = token
        switch name.kind {
        case .identifier:
            advance()
            if !isOptional, token.kind == .leftParenthesis {
                let open = token.start
                advance()
                return (node, (text(name), open))
            }
        case .quotedIdentifier:
            guard extensions else {
                throw SyntaxFailure("unsupported syntax: '`'", plain: "names in backquotes aren't taken here; write value['name']", offset: name.start)
            }
            advance()
        default:
            passOverNoName(offset)
            return (node, nil)
        }
        let field = name.kind == .quotedIdentifier ? String(text(name).dropFirst().dropLast()) : text(name)
        let kind: SyntaxNode.Kind = isOptional ? .optionalSelect(node, field: field) : .select(node, field: field)
        return (try add(kind, offset, depth: depth(node)), nil)
    }

    /// `a.b.c` as it was written, or nil when the node is something else.
    func qualifiedName(_ node: Int) -> String? {
        switch tree.nodes[node].kind {
        case .identifier(let name, let isRooted): return (isRooted ? "." : "") + name
        case .select(let operand, let field): return qualifiedName(operand).map { $0 + "." + field }
        default: return nil
        }
    }

    @inline(never)
    mutating func arguments() throws(SyntaxFailure) -> [Int] {
        var list: [Int] = []
        guard !accept(.rightParenthesis) else { return list }
        closers.append(.rightParenthesis)
        repeat { list.append(try expression()) } while accept(.comma)
        closers.removeLast()
        try require(.rightParenthesis, ")")
        return list
    }

    mutating func primary() throws(SyntaxFailure) -> Int {
        let start = token.start
        switch token.kind {
        case .leftParenthesis:
            advance()
            closers.append(.rightParenthesis)
            let inner = try expression()
            closers.removeLast()
            try require(.rightParenthesis, ")")
            return inner
        case .leftBracket:
            advance()
            return try list(start)
        case .leftBrace:
            advance()
            return try map(start)
        case .identifier, .dot:
            let (node, call) = try named()
            guard let call else { return node }
            let arguments = try arguments()
            return try self.call(call.name, arguments, call.open)
        default: return try literal()
        }
    }

    /// A name, with a dot in front or not; of a call up to its open parenthesis.
    @inline(never)
    mutating func named() throws(SyntaxFailure) -> (node: Int, call: (name: String, open: Int)?) {
        let isRooted = accept(.dot)
        guard token.kind == .identifier else { throw missing() }
        let name = token
        advance()
        let text = text(name)
        if Self.reserved.contains(text) {
            mistakes.append(
                SyntaxFailure("reserved identifier: \(text)", plain: "'\(text)' is a reserved word and can't be a name", offset: name.start))
        }
        guard token.kind == .leftParenthesis else { return (try add(.identifier(text, isRooted: isRooted), name.start), nil) }
        let open = token.start
        advance()
        return (-1, (isRooted ? "." + text : text, open))
    }

    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void",
        "while",
    ]
}
