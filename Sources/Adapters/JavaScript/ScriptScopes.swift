/// Which names a script declares, where, and which of its own module variables its functions write.
///
/// From tokens alone, so it errs to leniency: what it reports is wrong for sure, what it doesn't see the frozen objects catch.
struct ScriptScopes {
    /// A stretch of tokens with names of its own: a function with its parameters, or a block.
    struct Scope {
        var range: ClosedRange<Int>
        var isFunction: Bool
        var names: Set<String>
        /// The brace of its body.
        var brace: Int?
        /// The expression that is the body of an arrow function.
        var expression: ClosedRange<Int>?
    }

    private(set) var scopes: [Scope] = []
    /// Names declared at the module's top level, in order, each once.
    private(set) var moduleNames: [String] = []
    /// Those of them that aren't constants, with the line of their declaration.
    private(set) var changeableNames: [(name: String, line: Int)] = []
    let scanner: ScriptScanner
    private var tokens: [ScriptToken] { scanner.tokens }

    init(_ scanner: ScriptScanner) {
        self.scanner = scanner
        findScopes()
        findDeclarations()
    }

    func name(_ index: Int) -> String { String(decoding: Array(tokens[index].text), as: UTF8.self) }

    func token(_ index: Int) -> ScriptToken? { index >= 0 && index < tokens.count ? tokens[index] : nil }

    static let reserved: Set<String> = [
        "const", "let", "var", "function", "class", "return", "if", "else", "for", "while", "do", "new", "typeof", "delete", "in", "instanceof", "this", "null",
        "true", "false", "await", "yield", "throw", "try", "catch", "finally", "switch", "case", "default", "break", "continue", "void", "super",
        "extends",
    ]

    private mutating func findScopes() {
        for index in tokens.indices {
            let token = tokens[index]
            if token.is("{"), token.partner > index { openBrace(index) }
            if token.is("=>") { openArrow(index) }
        }
    }

    private mutating func openBrace(_ index: Int) {
        let end = tokens[index].partner
        guard let before = token(index - 1) else { return scopes.append(Scope(range: index...end, isFunction: false, names: [], brace: index)) }
        if before.is("=>") { return }  // the arrow has it
        if before.is(")"), before.partner > 0 {
            let head = tokens[before.partner - 1]
            if head.is("catch") || head.is("for") || head.is("if") || head.is("while") || head.is("switch") || head.is("with") {
                scopes.append(Scope(range: before.partner...end, isFunction: false, names: head.is("catch") ? words(before.partner...index) : [], brace: head.is("switch") ? nil : index))
            } else {
                scopes.append(Scope(range: before.partner...end, isFunction: true, names: words(before.partner...index), brace: index))
            }
        } else {
            // A block, and not an object or a class: for those nobody may put anything in front.
            let isBlock = before.is(";") || before.is("{") || before.is("}") || before.is("else") || before.is("do") || before.is("try") || before.is("finally") || before.is("catch") || before.is("static")
            scopes.append(Scope(range: index...end, isFunction: false, names: [], brace: isBlock ? index : nil))
        }
    }

    private mutating func openArrow(_ index: Int) {
        guard let before = token(index - 1) else { return }
        let start = before.is(")") && before.partner >= 0 ? before.partner : index - 1
        var end = index
        var brace: Int?
        if let body = token(index + 1), body.is("{"), body.partner > index {
            end = body.partner
            brace = index + 1
        } else {
            // An expression: to the comma, semicolon or closing bracket that ends it, or a line that begins a statement.
            var at = index + 1
            while at < tokens.count {
                let token = tokens[at]
                if token.is(",") || token.is(";") || token.is(")") || token.is("]") || token.is("}") { break }
                if token.startsLine, at > index + 1, ["const", "let", "var", "function", "class", "return"].contains(where: { token.is($0) }) { break }
                if token.partner > at { at = token.partner }
                at += 1
            }
            end = max(index, at - 1)
        }
        scopes.append(
            Scope(range: start...end, isFunction: true, names: words(start...index), brace: brace, expression: brace == nil && end > index ? index + 1...end : nil))
    }

    /// Every word that could be a name in a range.
    private func words(_ range: ClosedRange<Int>) -> Set<String> {
        var found: Set<String> = []
        for index in range where tokens[index].kind == .word {
            let name = name(index)
            if !Self.reserved.contains(name) { found.insert(name) }
        }
        return found
    }

    private mutating func findDeclarations() {
        for index in tokens.indices {
            let token = tokens[index]
            if token.is("const") || token.is("let") || token.is("var"), tokenBeforeIsNoDot(index) {
                for name in declared(after: index) { declare(name, at: index, toFunction: token.is("var")) }
            } else if token.is("function") || token.is("class"), tokenBeforeIsNoDot(index) {
                let next = self.token(index + 1)?.is("*") == true ? index + 2 : index + 1
                if let named = self.token(next), named.kind == .word, !named.is("extends") { declare(name(next), at: index, toFunction: false) }
            }
        }
    }

    private func tokenBeforeIsNoDot(_ index: Int) -> Bool {
        guard let before = token(index - 1) else { return true }
        return !before.is(".") && !before.is("?.")
    }

    /// The names that the declaration at `index` makes.
    private func declared(after index: Int) -> [String] {
        var names: [String] = []
        var at = index + 1
        while let token = token(at) {
            if token.is("{") || token.is("["), token.partner > at {
                names += words(at...token.partner).sorted()
                at = token.partner + 1
            } else if token.kind == .word, !Self.reserved.contains(name(at)) {
                names.append(name(at))
                at += 1
            } else {
                break
            }
            // The initial value, to the next comma on the same level.
            if let equals = self.token(at), equals.is("=") {
                at += 1
                while let token = self.token(at) {
                    if token.is(",") || token.is(";") || token.is(")") || token.is("]") || token.is("}") { break }
                    if token.startsLine, token.kind == .word, ["const", "let", "var", "function", "class", "return", "if", "for", "while"].contains(where: { token.is($0) }) { break }
                    at = token.partner > at ? token.partner + 1 : at + 1
                }
            }
            guard let comma = self.token(at), comma.is(",") else { break }
            at += 1
        }
        return names
    }

    private mutating func declare(_ name: String, at index: Int, toFunction: Bool) {
        // The innermost scope around the declaration: scopes are few, and the last that begins before is the innermost.
        var best: Int?
        for (position, scope) in scopes.enumerated() where scope.range.contains(index) && (!toFunction || scope.isFunction) {
            if best.map({ scopes[$0].range.lowerBound < scope.range.lowerBound }) ?? true { best = position }
        }
        if let best {
            scopes[best].names.insert(name)
        } else if !moduleNames.contains(name) {
            moduleNames.append(name)
            if !tokens[index].is("const") { changeableNames.append((name, tokens[index].line)) }
        }
    }

    /// The scopes around a token, in no order.
    func around(_ index: Int) -> [Scope] { scopes.filter { $0.range.contains(index) } }

    /// The first write of a function to a variable of its module: its token.
    func firstModuleWrite() -> Int? {
        let own = Set(moduleNames)
        for index in tokens.indices where tokens[index].kind == .word && isWrite(index) && own.contains(name(index)) {
            let around = around(index)
            guard around.contains(where: \.isFunction), !around.contains(where: { $0.names.contains(name(index)) }) else { continue }
            return index
        }
        return nil
    }

    private static let assignments: [StaticString] = ["=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=", "||=", "??="]

    func isAssignment(_ token: ScriptToken) -> Bool { Self.assignments.contains { token.is($0) } }

    private func isWrite(_ index: Int) -> Bool {
        guard tokenBeforeIsNoDot(index) else { return false }
        if let before = token(index - 1) {
            if before.is("++") || before.is("--") { return true }
            // A declaration with a value, a class field, a default in a pattern.
            if ["const", "let", "var", "static", "get", "set"].contains(where: { before.is($0) }) { return false }
            if before.is("{") || before.is("}") || before.is(";"), inClassBody(index) { return false }
        }
        guard let after = token(index + 1) else { return false }
        if after.is("++") || after.is("--") { return !after.startsLine }
        guard isAssignment(after) else { return false }
        // `{count = 1}` and `[count = 1]` are patterns or values, `, count = 1` a further declarator or parameter: not told apart, so let be.
        guard let before = token(index - 1) else { return true }
        if before.is(",") || before.is("[") { return false }
        if before.is("{"), let brace = token(index - 2), brace.is("=") || brace.is("(") || brace.is(",") || brace.is("const") || brace.is("let") || brace.is("var") { return false }
        return true
    }

    /// The innermost brace around a token opens a class body.
    private func inClassBody(_ index: Int) -> Bool {
        var at = index - 1
        while at >= 0 {
            let token = tokens[at]
            if token.is("}") || token.is(")") || token.is("]"), token.partner >= 0 {
                at = token.partner - 1
                continue
            }
            if token.is("{") { return opensClass(at) }
            at -= 1
        }
        return false
    }

    /// Whether the brace opens the body of a class: `class X extends Y {`.
    func opensClass(_ brace: Int) -> Bool {
        var back = brace - 1
        while back >= 0, back >= brace - 8 {
            if tokens[back].is("class") { return true }
            if tokens[back].is(";") || tokens[back].is("}") || tokens[back].is("{") || tokens[back].is("=>") { return false }
            back -= 1
        }
        return false
    }
}
