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
                let index = try expression()
                try require(.rightBracket)
                node = try addBinary(isOptional ? .optionalIndex : .index, node, index, offset)
            case .leftBrace:
                guard node == name, let name = qualifiedName(node) else { return node }
                takeBackReserved(node)
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
            if !extensions { mistakes.append(Self.quotedNamesAreNotTaken(name.start)) }
            advance()
        default:
            throw misplaced()
        }
        let isName = node == self.name && name.kind == .identifier && !isOptional
        let field = name.kind == .quotedIdentifier ? String(text(name).dropFirst().dropLast()) : text(name)
        let kind: SyntaxNode.Kind = isOptional ? .optionalSelect(node, field: field) : .select(node, field: field)
        let selected = try add(kind, offset, depth: depth(node))
        if isName { self.name = selected }
        return (selected, nil)
    }

    /// `a.b.c` as it was written, or nil when the node is something else.
    func qualifiedName(_ node: Int) -> String? {
        switch tree.nodes[node].kind {
        case .identifier(let name, let isRooted): return (isRooted ? "." : "") + name
        case .select(let operand, let field): return qualifiedName(operand).map { $0 + "." + field }
        default: return nil
        }
    }

    /// What is a reserved word elsewhere may begin the name of a type.
    private mutating func takeBackReserved(_ node: Int) {
        var root = node
        while case .select(let operand, _) = tree.nodes[root].kind { root = operand }
        if reserved.remove(root) != nil { mistakes.removeLast() }
    }

    @inline(never)
    mutating func arguments() throws(SyntaxFailure) -> [Int] {
        var list: [Int] = []
        guard !accept(.rightParenthesis) else { return list }
        repeat { list.append(try expression()) } while accept(.comma)
        try require(.rightParenthesis)
        return list
    }

    mutating func primary() throws(SyntaxFailure) -> Int {
        let start = token.start
        switch token.kind {
        case .leftParenthesis:
            advance()
            let inner = try expression()
            try require(.rightParenthesis)
            name = -1
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
            let known = mistakes.count
            let arguments = try arguments()
            if Self.reserved.contains(call.name.hasPrefix(".") ? String(call.name.dropFirst()) : call.name) {
                // Its arguments aren't looked at.
                mistakes.removeLast(mistakes.count - known)
                return try add(.literal(.null), call.open)
            }
            return try self.call(call.name, arguments, call.open)
        default: return try literal()
        }
    }

    /// A name, with a dot in front or not; of a call up to its open parenthesis.
    @inline(never)
    mutating func named() throws(SyntaxFailure) -> (node: Int, call: (name: String, open: Int)?) {
        let first = token.start
        let isRooted = accept(.dot)
        guard token.kind == .identifier else { throw misplaced() }
        let name = token
        advance()
        let text = text(name)
        let isReserved = Self.reserved.contains(text)
        if isReserved { mistakes.append(Self.reservedName(text, first)) }
        guard token.kind == .leftParenthesis else {
            if isReserved { reserved.insert(tree.nodes.count) }
            let node = try add(.identifier(text, isRooted: isRooted), name.start)
            self.name = node
            return (node, nil)
        }
        let open = token.start
        advance()
        return (-1, (isRooted ? "." + text : text, open))
    }

    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void",
        "while",
    ]
}
