/// Makes a tree of an expression's text by recursive descent, as deep as `Limits.nesting` at most.
///
/// A mistake in a literal, a name or a macro is noted, and the reading goes on; so it does after one sign too many or too few. What is
/// noted then are the mistakes that Kubernetes' parser tells, for all but texts that are broken in several places at once.
struct Parser {
    private(set) var lexer: Lexer
    private(set) var token = Token(kind: .end, start: 0, end: 0)
    var tree = SyntaxTree()
    /// Whether `cel.bind` and names in backquotes are taken.
    private(set) var extensions = true
    /// How many expressions within expressions are open.
    private var openExpressions = 0
    /// The chain of `&&` or `||` made last, which the next operator of the kind goes on with.
    private var lastChain = -1
    /// What the parentheses, brackets, braces and conditions that are open wait for.
    var closers: [Token.Kind] = []
    /// What is wrong so far.
    var mistakes: [SyntaxFailure] = []

    /// - Throws: the mistakes in the text's form.
    /// - Parameter extensions: whether `cel.bind` and names in backquotes are taken.
    static func parse(_ source: String, extensions: Bool = true) throws(SyntaxMistakes) -> SyntaxTree {
        let text = Array(source.utf8)
        if text.count > Limits.codePoints {
            let count = source.codePointCount
            guard count <= Limits.codePoints else {
                throw SyntaxMistakes([SyntaxFailure("expression code point size exceeds limit: size: \(count), limit \(Limits.codePoints)", offset: 0)])
            }
        }
        var parser = Parser(lexer: Lexer(text))
        parser.extensions = extensions
        parser.advance()
        parser.tree.nodes.reserveCapacity(text.count / 4 + 4)
        do throws(SyntaxFailure) {
            parser.tree.root = try parser.expression()
            try parser.requireEnd()
        } catch {
            parser.mistakes.append(error)
            // What is no token at all is told to the end of the text.
            while parser.token.kind != .end { parser.advance() }
        }
        let all = parser.lexer.mistakes + (parser.lexer.mistakes.isEmpty ? parser.mistakes : parser.mistakes.map(\.asConsequence))
        guard all.isEmpty else { throw SyntaxMistakes(Array(all.prefix(100))) }
        return parser.tree
    }

    private init(lexer: Lexer) { self.lexer = lexer }

    // MARK: Tokens

    @inline(never)
    mutating func advance() { token = lexer.next() }

    mutating func accept(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    func text(_ token: Token) -> String { String(decoding: lexer.text[token.start..<token.end], as: UTF8.self) }

    // MARK: Nodes

    @inline(never)
    mutating func add(_ kind: SyntaxNode.Kind, _ offset: Int, depth: Int = 0) throws(SyntaxFailure) -> Int {
        guard depth <= Limits.nesting else { throw SyntaxFailure("max recursion depth exceeded", plain: Self.tooDeep, offset: offset, isFinal: true) }
        tree.nodes.append(SyntaxNode(kind: kind, offset: offset, depth: depth))
        return tree.nodes.count - 1
    }

    static let tooDeep = "the expression is nested deeper than \(Limits.nesting) levels"

    func depth(_ nodes: Int...) -> Int { depth(nodes) }
    func depth(_ nodes: [Int]) -> Int { (nodes.map { tree.nodes[$0].depth }.max() ?? 0) + 1 }

    // MARK: Expressions
    //
    // What calls itself is kept small: `expression` and `operand` alone stand on the stack once for every level of nesting, and all
    // that is large happens in functions that return before the next level begins.

    mutating func expression() throws(SyntaxFailure) -> Int {
        openExpressions += 1
        defer { openExpressions -= 1 }
        if openExpressions > Limits.nesting { throw tooManyOpen() }
        return try climb(0)
    }

    @inline(never)
    func tooManyOpen() -> SyntaxFailure {
        SyntaxFailure("expression recursion limit exceeded: \(Limits.nesting)", plain: Self.tooDeep, offset: token.start, isFinal: true)
    }

    /// How tightly an operator binds, from 1; 0 for what is none. The conditional operator stands below all.
    static func level(_ kind: Token.Kind) -> Int {
        switch kind {
        case .or: 1
        case .and: 2
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .in: 3
        case .plus, .minus: 4
        case .star, .slash, .percent: 5
        default: 0
        }
    }

    static func operation(_ kind: Token.Kind) -> Operator {
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
    mutating func climb(_ lowest: Int) throws(SyntaxFailure) -> Int {
        var left = try operand()
        while true {
            let kind = token.kind
            let level = Self.level(kind)
            guard level > 0, level >= lowest else { break }
            let offset = token.start
            advance()
            let right = try climb(level + 1)
            left = level > 2 ? try addBinary(Self.operation(kind), left, right, offset) : try addLogic(isAnd: level == 2, left, right, offset)
        }
        guard lowest == 0, token.kind == .question else { return left }
        let offset = token.start
        advance()
        closers.append(.colon)
        let first = try climb(1)
        closers.removeLast()
        try require(.colon, ":")
        let second = try expression()
        return try addConditional(left, first, second, offset)
    }

    @inline(never)
    mutating func addBinary(_ operation: Operator, _ left: Int, _ right: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
        try add(.binary(operation, left, right), offset, depth: depth(left, right))
    }

    @inline(never)
    mutating func addConditional(_ condition: Int, _ first: Int, _ second: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
        try add(.conditional(condition, first, second), offset, depth: depth(condition, first, second))
    }

    /// Chains of one operator become one node, however long.
    @inline(never)
    mutating func addLogic(isAnd: Bool, _ left: Int, _ right: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
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
    mutating func operand() throws(SyntaxFailure) -> Int {
        if !Self.mayBegin(token.kind) { try skipOne() }
        guard token.kind == .not || token.kind == .minus else { return try member(primary()) }
        let offset = token.start
        let isNot = token.kind == .not
        var isNegated = false
        var number: Int?
        if isNot {
            while accept(.not) { isNegated.toggle() }
            if token.kind == .minus {
                number = try signedNumber()
                if number == nil { throw missing() }
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
    mutating func addUnary(_ operation: Operator, _ target: Int, _ offset: Int) throws(SyntaxFailure) -> Int {
        try add(.unary(operation, target), offset, depth: depth(target))
    }

    /// After a minus: the number it belongs to, or nil when something else follows; the sign is read either way.
    @inline(never)
    mutating func signedNumber() throws(SyntaxFailure) -> Int? {
        let sign = token
        advance()
        guard token.kind == .integer || token.kind == .double else { return nil }
        let digits = token
        advance()
        return try number(digits, sign: sign)
    }
}
