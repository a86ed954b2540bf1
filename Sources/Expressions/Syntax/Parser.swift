/// Makes a tree of an expression's text by recursive descent, as deep as `Limits.nesting` at most.
///
/// A mistake in a literal, a name or a macro is noted, and the reading goes on. What is wrong with a text's form is told by
/// `RecoveringReader`, which this one gives it to.
struct Parser {
    private(set) var lexer: Lexer
    private(set) var token = Token(kind: .end, start: 0, end: 0)
    var tree = SyntaxTree()
    /// Whether `cel.bind` and names in backquotes are taken.
    let extensions: Bool
    /// How many expressions within expressions are open.
    private var openExpressions = 0
    private var mostOpen = 0
    /// The chain of `&&` or `||` made last, which the next operator of the kind goes on with.
    private var lastChain = -1
    /// The node read last that is nothing but names with dots between them, as a type's name is.
    var name = -1
    /// The names that are reserved words.
    var reserved: Set<Int> = []
    /// What is wrong so far.
    var mistakes: [SyntaxFailure] = []

    /// - Throws: the mistakes in the text's form.
    /// - Parameter extensions: whether `cel.bind` and names in backquotes are taken.
    static func parse(_ source: String, extensions: Bool = true) throws(SyntaxMistakes) -> SyntaxTree {
        let text = Array(source.utf8)
        if text.count > Limits.codePoints {
            let count = source.codePointCount
            guard count <= Limits.codePoints else {
                throw SyntaxMistakes([SyntaxFailure("expression code point size exceeds limit: size: \(count), limit \(Limits.codePoints)", offset: SyntaxFailure.nowhere)])
            }
        }
        var parser = Parser(text, extensions: extensions)
        parser.advance()
        parser.tree.nodes.reserveCapacity(text.count / 4 + 4)
        var failure: SyntaxFailure?
        do throws(SyntaxFailure) {
            parser.tree.root = try parser.expression()
            if parser.token.kind != .end { failure = parser.misplaced() }
        } catch {
            failure = error
        }
        if let failure = failure ?? parser.lexer.mistakes.first {
            let all = MistakeCollector.mistakes(text, extensions: extensions)
            // What is no token leads to mistakes that aren't any.
            let isCut = all.contains(where: \.isNoToken)
            throw SyntaxMistakes(all.isEmpty ? [failure] : isCut ? all.map { $0.isNoToken ? $0 : $0.asConsequence } : all)
        }
        guard parser.mistakes.isEmpty else { throw SyntaxMistakes(parser.mistakes) }
        if parser.mostOpen > deepWithoutDoubt {
            let all = MistakeCollector.mistakes(text, extensions: extensions)
            guard all.isEmpty else { throw SyntaxMistakes(all) }
        }
        return parser.tree
    }

    /// Within one expression operators open at most two further levels of those that Kubernetes' parser counts.
    private static let deepWithoutDoubt = Limits.nesting / 3

    init(_ text: [UInt8], extensions: Bool) {
        lexer = Lexer(text)
        self.extensions = extensions
    }

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
        mostOpen = max(mostOpen, openExpressions)
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
        let first = try climb(1)
        try require(.colon)
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
        guard token.kind == .not || token.kind == .minus else { return try member(primary()) }
        let sign = token
        var isOdd = false
        // One minus belongs to the number behind it; of several none does.
        if sign.kind == .minus, let number = try signedNumber() { return try member(number) }
        if sign.kind == .minus { isOdd = true }
        while accept(sign.kind) { isOdd.toggle() }
        let target: Int
        if sign.kind == .not, token.kind == .minus {
            guard let number = try signedNumber() else { throw misplaced() }
            target = try member(number)
        } else {
            target = try member(primary())
        }
        return isOdd ? try addUnary(sign.kind == .not ? .not : .negate, target, sign.start) : target
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
