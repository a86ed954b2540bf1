/// Makes a tree of an expression's text by recursive descent, as deep as `Limits.nesting` at most.
struct Parser {
    private var lexer: Lexer
    private var token = Token(kind: .end, start: 0, end: 0)
    private(set) var tree = SyntaxTree()
    /// Whether `cel.bind` and names in backquotes are taken.
    private var extensions = true
    /// How many expressions within expressions are open.
    private var openExpressions = 0
    /// The chain of `&&` or `||` made last, which the next operator of the kind goes on with.
    private var lastChain = -1

    /// - Throws: the first mistake in the text's form.
    /// - Parameter extensions: whether `cel.bind` and names in backquotes are taken.
    static func parse(_ source: String, extensions: Bool = true) throws(SyntaxFailure) -> SyntaxTree {
        let text = Array(source.utf8)
        if text.count > Limits.codePoints {
            let count = source.codePointCount
            guard count <= Limits.codePoints else {
                throw SyntaxFailure("expression code point size exceeds limit: size: \(count), limit \(Limits.codePoints)", offset: 0)
            }
        }
        var parser = Parser(lexer: Lexer(text))
        parser.extensions = extensions
        try parser.advance()
        parser.tree.nodes.reserveCapacity(text.count / 4 + 4)
        let root = try parser.expression()
        guard parser.token.kind == .end else { throw parser.unexpected() }
        parser.tree.root = root
        return parser.tree
    }

    private init(lexer: Lexer) { self.lexer = lexer }

    // MARK: Tokens

    @inline(never)
    private mutating func advance() throws(SyntaxFailure) { token = try lexer.next() }

    private mutating func accept(_ kind: Token.Kind) throws(SyntaxFailure) -> Bool {
        guard token.kind == kind else { return false }
        try advance()
        return true
    }

    private func text(_ token: Token) -> String { String(decoding: lexer.text[token.start..<token.end], as: UTF8.self) }

    private var found: String { token.kind == .end ? "<EOF>" : text(token).escapingLines }

    private func unexpected() -> SyntaxFailure {
        SyntaxFailure(
            "Syntax error: mismatched input '\(found)' expecting <EOF>", plain: "'\(found)' can't stand here: the expression is complete before it",
            offset: token.start)
    }

    private mutating func require(_ kind: Token.Kind, _ sign: StaticString) throws(SyntaxFailure) {
        guard try accept(kind) else { throw missing(sign) }
    }

    @inline(never)
    private func missing(_ sign: StaticString) -> SyntaxFailure {
        let what = token.kind == .end ? "the expression ends" : "'\(found)' stands"
        return SyntaxFailure("Syntax error: missing '\(sign)' at '\(found)'", plain: "\(what) where '\(sign)' is expected", offset: token.start)
    }

    // MARK: Nodes

    @inline(never)
    private mutating func add(_ kind: SyntaxNode.Kind, _ offset: Int, depth: Int = 0) throws(SyntaxFailure) -> Int {
        guard depth <= Limits.nesting else { throw SyntaxFailure("max recursion depth exceeded", plain: Self.tooDeep, offset: offset) }
        tree.nodes.append(SyntaxNode(kind: kind, offset: offset, depth: depth))
        return tree.nodes.count - 1
    }

    private static let tooDeep = "the expression is nested deeper than \(Limits.nesting) levels"

    private func depth(_ nodes: Int...) -> Int { depth(nodes) }
    private func depth(_ nodes: [Int]) -> Int { (nodes.map { tree.nodes[$0].depth }.max() ?? 0) + 1 }

    // MARK: Expressions
    //
    // What calls itself is kept small: `expression` and `operand` alone stand on the stack once for every level of nesting, and all
    // that is large happens in functions that return before the next level begins.

    private mutating func expression() throws(SyntaxFailure) -> Int {
        openExpressions += 1
        defer { openExpressions -= 1 }
        if openExpressions > Limits.nesting { throw tooManyOpen() }
        return try climb(0)
    }

    @inline(never)
    private func tooManyOpen() -> SyntaxFailure {
        SyntaxFailure("expression recursion limit exceeded: \(Limits.nesting)", plain: Self.tooDeep, offset: token.start)
    }

    /// How tightly an operator binds, from 1; 0 for what is none. The conditional operator stands below all.
    private static func level(_ kind: Token.Kind) -> Int {
        switch kind {
        case .or: 1
        case .and: 2
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .in: 3
        case .plus, .minus: 4
        case .star, .slash, .percent: 5
        default: 0
        }
    }

    private static func operation(_ kind: Token.Kind) -> Operator {
        switch kind {
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .equal: .equal
        case .notEqual: .notEqual
        case .in: .in
        case .plus: .add
        case .minus: .subtract
        case .star: .multiply
        case .slash: .divide
        default: .modulo
        }
    }

    /// An operand and the operators after it that bind at least as tightly as `lowest`, from the left to the right.
    private mutating func climb(_ lowest: Int) throws(SyntaxFailure) -> Int {
        var left = try operand()
        while true {
            let kind = token.kind
            let level = Self.level(kind)
            guard level > 0, level >= lowest else { break }
            let offset = token.start
            try advance()
            let right = try climb(level + 1)
            left = level > 2 ? try addBinary(Self.operation(kind), left, right, offset) : try addLogic(isAnd: level == 2, left, right, offset)
        }
        guard lowest == 0, token.kind == .question else { return left }
        let offset = token.start
        try advance()
        let first = try climb(1)
        try require(.colon, ":")
        let second = try expression()
        return try addConditional(left, first, second, offset)
    }

    @inline(never)
    private mutating func addBinary(_ operation: Operator, _ left: Int, _ right: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
        try add(.binary(operation, left, right), offset, depth: depth(left, right))
    }

    @inline(never)
    private mutating func addConditional(_ condition: Int, _ first: Int, _ second: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
        try add(.conditional(condition, first, second), offset, depth: depth(condition, first, second))
    }

    /// Chains of one operator become one node, however long.
    @inline(never)
    private mutating func addLogic(isAnd: Bool, _ left: Int, _ right: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
        if left == lastChain, case .logic(isAnd, var terms, var offsets) = tree.nodes[left].kind {
            let deepest = max(tree.nodes[left].depth, tree.nodes[right].depth + 1)
            // Emptied first, so that the lists aren't copied.
            tree.nodes[left] = SyntaxNode(kind: .literal(.null), offset: 0, depth: 0)
            terms.append(right)
            offsets.append(offset)
            tree.nodes[left] = SyntaxNode(kind: .logic(isAnd: isAnd, terms: terms, offsets: offsets), offset: offsets[0], depth: deepest)
            return left
        }
        lastChain = try add(.logic(isAnd: isAnd, terms: [left, right], offsets: [offset]), offset, depth: depth(left, right))
        return lastChain
    }

    /// A value with the signs before it and the selections after it.
    private mutating func operand() throws(SyntaxFailure) -> Int {
        guard token.kind == .not || token.kind == .minus else { return try member(primary()) }
        let offset = token.start
        let isNot = token.kind == .not
        var isNegated = false
        var number: Int?
        if isNot {
            while try accept(.not) { isNegated.toggle() }
            if token.kind == .minus {
                number = try signedNumber()
                if number == nil { return try missing() }
            }
        } else {
            number = try signedNumber()
            if let number { return try member(number) }
            // `signedNumber` has read one sign.
            isNegated = true
            while token.kind == .minus, number == nil {
                number = try signedNumber()
                if number == nil { isNegated.toggle() }
            }
        }
        let target: Int
        if let number { target = try member(number) } else { target = try member(primary()) }
        return isNegated ? try addUnary(isNot ? .not : .negate, target, offset) : target
    }

    @inline(never)
    private mutating func addUnary(_ operation: Operator, _ target: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
        try add(.unary(operation, target), offset, depth: depth(target))
    }

    /// After a minus: the number it belongs to, or nil when something else follows; the sign is read either way.
    @inline(never)
    private mutating func signedNumber() throws(SyntaxFailure) -> Int? {
        let sign = token
        try advance()
        guard token.kind == .integer || token.kind == .double else { return nil }
        let digits = token
        try advance()
        return try number(digits, sign: sign)
    }

    @inline(never)
    private func missing() throws(SyntaxFailure) -> Int {
        throw SyntaxFailure(
            "Syntax error: mismatched input '\(found)' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, "
                + "NUM_UINT, STRING, BYTES, IDENTIFIER}",
            plain: token.kind == .end ? "the expression ends where a value is expected" : "'\(found)' stands where a value is expected",
            offset: token.start)
    }

    // MARK: Members

    private mutating func member(_ start: Int) throws(SyntaxFailure) -> Int {
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
                try advance()
                let isOptional = try accept(.question)
                let index = try expression()
                try require(.rightBracket, "]")
                node = try addBinary(isOptional ? .optionalIndex : .index, node, index, offset)
            case .leftBrace:
                guard let name = qualifiedName(node) else { return node }
                let offset = token.start
                try advance()
                node = try object(name, offset)
            default: return node
            }
        }
    }

    /// What follows a dot: a field, or the name of a function up to its open parenthesis.
    @inline(never)
    private mutating func selection(_ node: Int) throws(SyntaxFailure) -> (node: Int, call: (name: String, open: Int)?) {
        let offset = token.start
        try advance()
        let isOptional = try accept(.question)
        let name = token
        switch name.kind {
        case .identifier:
            try advance()
            if !isOptional, token.kind == .leftParenthesis {
                let open = token.start
                try advance()
                return (node, (text(name), open))
            }
        case .quotedIdentifier:
            guard extensions else {
                throw SyntaxFailure("unsupported syntax: '`'", plain: "names in backquotes aren't taken here; write value['name']", offset: name.start)
            }
            try advance()
        default:
            throw SyntaxFailure(
                "Syntax error: mismatched input '\(found)' expecting IDENTIFIER", plain: "a field's or function's name is expected after '.'",
                offset: token.start)
        }
        let field = name.kind == .quotedIdentifier ? String(text(name).dropFirst().dropLast()) : text(name)
        let kind: SyntaxNode.Kind = isOptional ? .optionalSelect(node, field: field) : .select(node, field: field)
        return (try add(kind, offset, depth: depth(node)), nil)
    }

    /// `a.b.c` as it was written, or nil when the node is something else.
    private func qualifiedName(_ node: Int) -> String? {
        switch tree.nodes[node].kind {
        case .identifier(let name, let isRooted): return (isRooted ? "." : "") + name
        case .select(let operand, let field): return qualifiedName(operand).map { $0 + "." + field }
        default: return nil
        }
    }

    @inline(never)
    private mutating func arguments() throws(SyntaxFailure) -> [Int] {
        var list: [Int] = []
        guard try !accept(.rightParenthesis) else { return list }
        repeat { list.append(try expression()) } while try accept(.comma)
        try require(.rightParenthesis, ")")
        return list
    }

    private mutating func primary() throws(SyntaxFailure) -> Int {
        let start = token.start
        switch token.kind {
        case .leftParenthesis:
            try advance()
            let inner = try expression()
            try require(.rightParenthesis, ")")
            return inner
        case .leftBracket:
            try advance()
            return try list(start)
        case .leftBrace:
            try advance()
            return try map(start)
        case .identifier, .dot:
            let (node, call) = try named()
            guard let call else { return node }
            let arguments = try arguments()
            return try self.call(call.name, arguments, call.open)
        default: return try literal()
        }
    }

    @inline(never)
    private mutating func literal() throws(SyntaxFailure) -> Int {
        let start = token
        switch start.kind {
        case .integer, .double:
            try advance()
            return try number(start, sign: nil)
        case .unsigned:
            try advance()
            let digits = text(start).dropLast()
            let value = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
            guard let value else {
                throw SyntaxFailure("invalid uint literal", plain: "this number is beyond what uint holds", offset: start.start)
            }
            return try add(.literal(.uint(value)), start.start)
        case .string, .bytes:
            try advance()
            let bytes: [UInt8]
            do throws(QuotedText.Wrong) {
                bytes = try QuotedText.bytes(of: lexer.text[start.start..<start.end], isBytes: start.kind == .bytes)
            } catch {
                throw SyntaxFailure(error.message, offset: start.start)
            }
            return try add(.literal(start.kind == .bytes ? .bytes(bytes) : .string(String(decoding: bytes, as: UTF8.self))), start.start)
        case .true, .false:
            try advance()
            return try add(.literal(.bool(start.kind == .true)), start.start)
        case .null:
            try advance()
            return try add(.literal(.null), start.start)
        default: return try missing()
        }
    }

    @inline(never)
    private mutating func number(_ digits: Token, sign: Token?) throws(SyntaxFailure) -> Int {
        let text = (sign == nil ? "" : "-") + text(digits)
        let offset = sign?.start ?? digits.start
        if digits.kind == .double {
            // A number beyond the largest double is one that can't be written, not infinity.
            guard let value = Double(text), value.isFinite else {
                throw SyntaxFailure("invalid double literal", plain: "this number is beyond what double holds", offset: offset)
            }
            return try add(.literal(.double(value)), offset)
        }
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("-0x")
        let value = isHexadecimal ? Int64((sign == nil ? "" : "-") + text.dropFirst(sign == nil ? 2 : 3), radix: 16) : Int64(text)
        guard let value else { throw SyntaxFailure("invalid int literal", plain: "this number is beyond what int holds", offset: offset) }
        return try add(.literal(.int(value)), offset)
    }

    /// A name, with a dot in front or not; of a call up to its open parenthesis.
    @inline(never)
    private mutating func named() throws(SyntaxFailure) -> (node: Int, call: (name: String, open: Int)?) {
        let isRooted = try accept(.dot)
        guard token.kind == .identifier else { return (try missing(), nil) }
        let name = token
        try advance()
        let text = text(name)
        if Self.reserved.contains(text) {
            throw SyntaxFailure("reserved identifier: \(text)", plain: "'\(text)' is a reserved word and can't be a name", offset: name.start)
        }
        guard token.kind == .leftParenthesis else { return (try add(.identifier(text, isRooted: isRooted), name.start), nil) }
        let open = token.start
        try advance()
        return (-1, (isRooted ? "." + text : text, open))
    }

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void",
        "while",
    ]

    // MARK: Lists, maps, objects

    @inline(never)
    private mutating func list(_ offset: Int) throws(SyntaxFailure) -> Int {
        var elements: [Int] = []
        var optional: [Bool] = []
        while token.kind != .rightBracket {
            if elements.isEmpty, token.kind == .comma {  // `[,]` is the empty list
                try advance()
                break
            }
            optional.append(try accept(.question))
            elements.append(try expression())
            guard try accept(.comma) else { break }
        }
        try require(.rightBracket, "]")
        return try add(.list(elements, optional: optional.contains(true) ? optional : []), offset, depth: depth(elements))
    }

    @inline(never)
    private mutating func map(_ offset: Int) throws(SyntaxFailure) -> Int {
        var entries: [SyntaxNode.Entry] = []
        while token.kind != .rightBrace {
            if entries.isEmpty, token.kind == .comma {
                try advance()
                break
            }
            let isOptional = try accept(.question)
            let key = try expression()
            try require(.colon, ":")
            entries.append(SyntaxNode.Entry(key: key, value: try expression(), isOptional: isOptional))
            guard try accept(.comma) else { break }
        }
        try require(.rightBrace, "}")
        return try add(.map(entries), offset, depth: depth(entries.flatMap { [$0.key, $0.value] }))
    }

    @inline(never)
    private mutating func object(_ name: String, _ offset: Int) throws(SyntaxFailure) -> Int {
        var fields: [SyntaxNode.Field] = []
        while token.kind != .rightBrace {
            if fields.isEmpty, token.kind == .comma {
                try advance()
                break
            }
            let isOptional = try accept(.question)
            guard token.kind == .identifier || token.kind == .quotedIdentifier else {
                throw SyntaxFailure(
                    "Syntax error: mismatched input '\(found)' expecting IDENTIFIER", plain: "a field's name is expected here", offset: token.start)
            }
            let field = token.kind == .quotedIdentifier ? String(text(token).dropFirst().dropLast()) : text(token)
            try advance()
            try require(.colon, ":")
            fields.append(SyntaxNode.Field(name: field, value: try expression(), isOptional: isOptional))
            guard try accept(.comma) else { break }
        }
        try require(.rightBrace, "}")
        return try add(.object(name: name, fields: fields), offset, depth: depth(fields.map(\.value)))
    }
}

// MARK: Macros

extension Parser {
    @inline(never)
    private mutating func call(_ name: String, _ arguments: [Int], _ offset: Int) throws(SyntaxFailure) -> Int {
        if name == "has", arguments.count == 1 {
            guard case .select(let operand, let field) = tree.nodes[arguments[0]].kind else {
                throw SyntaxFailure(
                    "invalid argument to has() macro", plain: "has() takes a field of something, as has(self.name)",
                    offset: tree.nodes[arguments[0]].offset)
            }
            return try add(.presence(operand, field: field), offset, depth: depth(operand))
        }
        return try add(.call(function: name, arguments: arguments), offset, depth: depth(arguments))
    }

    @inline(never)
    private mutating func memberCall(_ target: Int, _ name: String, _ arguments: [Int], _ offset: Int) throws(SyntaxFailure) -> Int {
        if let macro = try macro(target, name, arguments, offset) { return macro }
        return try add(.memberCall(target: target, function: name, arguments: arguments), offset, depth: depth([target] + arguments))
    }

    @inline(never)
    private mutating func macro(_ target: Int, _ name: String, _ arguments: [Int], _ offset: Int) throws(SyntaxFailure) -> Int? {
        let kind: SyntaxNode.Comprehension.Kind
        let variables: Int
        switch (name, arguments.count) {
        case ("all", 2): (kind, variables) = (.all, 1)
        case ("exists", 2): (kind, variables) = (.exists, 1)
        case ("exists_one", 2), ("existsOne", 2): (kind, variables) = (.existsOne, 1)
        case ("map", 2), ("map", 3): (kind, variables) = (.map, 1)
        case ("filter", 2): (kind, variables) = (.filter, 1)
        case ("all", 3): (kind, variables) = (.all, 2)
        case ("exists", 3): (kind, variables) = (.exists, 2)
        case ("exists_one", 3), ("existsOne", 3): (kind, variables) = (.existsOne, 2)
        case ("transformList", 3), ("transformList", 4): (kind, variables) = (.transformList, 2)
        case ("transformMap", 3), ("transformMap", 4): (kind, variables) = (.transformMap, 2)
        case ("transformMapEntry", 3), ("transformMapEntry", 4): (kind, variables) = (.transformMapEntry, 2)
        case ("optMap", 2), ("optFlatMap", 2):
            let variable = try simpleName(arguments[0], "\(name)() variable name must be a simple identifier")
            return try add(
                .optionalMap(variable: variable, target: target, body: arguments[1], isFlat: name == "optFlatMap"), offset,
                depth: depth(target, arguments[1]) + 1)
        case ("sortBy", 2):
            // The list is found once, and sorted by what its elements become.
            let variable = try simpleName(arguments[0], "argument is not an identifier")
            let input = "@__sortBy_input__"
            let keys = try add(
                .comprehension(
                    SyntaxNode.Comprehension(
                        kind: .map, range: try add(.identifier(input, isRooted: false), offset, depth: 1), variable: variable, second: nil, filter: nil,
                        body: arguments[1])), offset, depth: depth([arguments[1]]) + 1)
            let list = try add(.identifier(input, isRooted: false), offset, depth: 1)
            let call = try add(.memberCall(target: list, function: "@sortByAssociatedKeys", arguments: [keys]), offset, depth: depth([keys]) + 1)
            return try add(.bind(variable: input, value: target, body: call), offset, depth: depth(target, call))
        case ("bind", 3):
            guard extensions, case .identifier("cel", _) = tree.nodes[target].kind else { return nil }
            let variable = try simpleName(arguments[0], "cel.bind() variable names must be simple identifiers")
            return try add(.bind(variable: variable, value: arguments[1], body: arguments[2]), offset, depth: depth(arguments[1], arguments[2]))
        default: return nil
        }
        let wording = kind == .map || kind == .filter ? "argument is not an identifier" : "argument must be a simple name"
        let variable = try simpleName(arguments[0], wording)
        let second = variables == 2 ? try simpleName(arguments[1], wording) : nil
        if second == variable {
            throw SyntaxFailure("duplicate variable name: \(variable)", offset: tree.nodes[arguments[1]].offset)
        }
        let hasFilter = arguments.count == variables + 2
        return try add(
            .comprehension(
                SyntaxNode.Comprehension(
                    kind: kind, range: target, variable: variable, second: second, filter: hasFilter ? arguments[variables] : nil,
                    body: arguments[arguments.count - 1])),
            offset, depth: depth([target] + arguments[variables...]))
    }

    private func simpleName(_ node: Int, _ wording: String) throws(SyntaxFailure) -> String {
        guard case .identifier(let name, isRooted: false) = tree.nodes[node].kind else {
            throw SyntaxFailure(wording, plain: "the macro needs the name of a variable here", offset: tree.nodes[node].offset)
        }
        if name == "__result__" {
            throw SyntaxFailure("iteration variable overwrites accumulator variable", offset: tree.nodes[node].offset)
        }
        return name
    }
}
