/// What a script does to the columns, as far as its text says: which it reads, which it adds, whether the input's own stay.
///
/// Columns are settled before the first row, since outputs need their header and later steps their types. What this finds is cautious
/// about reading (any use of the row that it can't follow means all columns) and literal about writing (a column counts when it is named
/// in an assignment or in an object that is returned); whoever writes under computed names lists the columns under `output`.
public struct ScriptShape: Sendable, Equatable {
    /// The columns that `transform` reads; nil: it may read any.
    public internal(set) var reads: [String]?
    /// Rows that come out may be the row that went in, or contain it: the input's columns stay.
    public internal(set) var keepsInput = false
    /// Columns that rows which come out are given, in the order of the text.
    public internal(set) var writes: [String] = []
    /// Where every row that comes out is null, sent, or the very row that went in: which of its columns can have been changed. nil: that isn't sure.
    /// What isn't among them needn't be looked at.
    public internal(set) var changes: Set<String>?

    /// Looks at a script's own source; modules it hands the row to see all of it.
    public init(_ script: String) {
        var reader = ShapeReader(ScriptScopes(ScriptScanner.scan(script)))
        self = reader.read()
    }

    init(reads: [String]?) { self.reads = reads }
}

/// Follows the row through `transform`.
struct ShapeReader {
    let scopes: ScriptScopes
    let tokens: [ScriptToken]
    private var shape = ScriptShape(reads: [])
    private var escapes = false
    private(set) var row = ""
    /// The name of `ctx`; empty where it has none.
    private var context = ""
    /// Variables that are returned as rows.
    private var results: Set<String> = []
    /// Rows are made of object literals.
    private var makesRows = false

    init(_ scopes: ScriptScopes) {
        self.scopes = scopes
        tokens = scopes.scanner.tokens
    }

    mutating func read() -> ScriptShape {
        guard let (parameters, body) = transform(), isWhole(body), let name = firstParameter(parameters) else {
            // Whatever it is: everything may be read and stay, and everything that is assigned anywhere may be a column.
            for index in tokens.indices { collectAssignment(index, of: nil) }
            return ScriptShape(reads: nil, keepsInput: true, writes: shape.writes)
        }
        row = name
        if isWord(parameters.lowerBound, "("), isWord(parameters.lowerBound + 2, ","), token(parameters.lowerBound + 3)?.kind == .word { context = scopes.name(parameters.lowerBound + 3) }
        for index in body where isWord(index, "return") {
            guard let next = token(index + 1), next.kind == .word, !next.startsLine, endsExpression(index + 2) else { continue }
            let name = scopes.name(index + 1)
            if name != row, name != "undefined", !ScriptScopes.reserved.contains(name) { results.insert(name) }
        }
        for index in body {
            if isWord(index, "arguments") { escapes = true }
            if tokens[index].is("{"), isRowLiteral(index) {
                makesRows = true
                collectKeys(index)
            }
            if tokens[index].kind == .word, results.contains(scopes.name(index)) { collectAssignment(index, of: scopes.name(index)) }
            if tokens[index].kind == .word, scopes.name(index) == row, !isAfterDot(index), !isKey(index) { follow(index, body) }
        }
        if escapes || !isCertain {
            shape.reads = nil
            shape.keepsInput = true
        } else if results.isEmpty, !makesRows {
            shape.changes = changes(in: body, parameters)
        }
        return shape
    }

    func token(_ index: Int) -> ScriptToken? { tokens.indices.contains(index) ? tokens[index] : nil }
    func isWord(_ index: Int, _ text: StaticString) -> Bool { token(index)?.is(text) ?? false }
    func isAfterDot(_ index: Int) -> Bool { isWord(index - 1, ".") || isWord(index - 1, "?.") }
    func isKey(_ index: Int) -> Bool { isWord(index + 1, ":") && (isWord(index - 1, "{") || isWord(index - 1, ",")) }
    private func endsExpression(_ index: Int) -> Bool {
        guard let token = token(index) else { return true }
        return token.is(";") || token.is("}") || (token.startsLine && token.kind == .word)
    }

    /// The parentheses and the body of `transform`.
    private func transform() -> (parameters: ClosedRange<Int>, body: Range<Int>)? {
        var at = 0
        while at < tokens.count {
            if isWord(at, "transform"), isWord(at - 1, "function"), isWord(at + 1, "(") { return function(parenthesis: at + 1) }
            if isWord(at, "transform"), isWord(at + 1, "=") {
                var next = at + 2
                if isWord(next, "function") {
                    next += 1
                    if token(next)?.kind == .word { next += 1 }
                    return isWord(next, "(") ? function(parenthesis: next) : nil
                }
                if isWord(next, "("), let end = token(next)?.partner, end > next, isWord(end + 1, "=>") { return arrow(next...end, arrow: end + 1) }
                if token(next)?.kind == .word, isWord(next + 1, "=>") { return arrow(next...next, arrow: next + 1) }
                return nil
            }
            at = tokens[at].partner > at ? tokens[at].partner + 1 : at + 1
        }
        return nil
    }

    private func function(parenthesis: Int) -> (ClosedRange<Int>, Range<Int>)? {
        let end = tokens[parenthesis].partner
        guard end > parenthesis, isWord(end + 1, "{"), tokens[end + 1].partner > end else { return nil }
        return (parenthesis...end, (end + 2)..<tokens[end + 1].partner)
    }

    private func arrow(_ parameters: ClosedRange<Int>, arrow: Int) -> (ClosedRange<Int>, Range<Int>)? {
        guard isWord(arrow + 1, "{"), tokens[arrow + 1].partner > arrow else { return nil }
        return (parameters, (arrow + 2)..<tokens[arrow + 1].partner)
    }

    private func firstParameter(_ parameters: ClosedRange<Int>) -> String? {
        let first = isWord(parameters.lowerBound, "(") ? parameters.lowerBound + 1 : parameters.lowerBound
        guard let token = token(first), token.kind == .word else { return nil }
        guard parameters.count == 1 || isWord(first + 1, ",") || isWord(first + 1, ")") else { return nil }
        return scopes.name(first)
    }

    /// One use of the row.
    private mutating func follow(_ index: Int, _ body: Range<Int>) {
        // Within the body another thing may have the row's name: not told apart.
        if scopes.around(index).contains(where: { $0.range.lowerBound >= body.lowerBound && $0.names.contains(row) }) { return escapes = true }
        if let (name, after) = member(index) {
            // A function that is a value of the row is called on it, in parentheses too.
            var call = after
            while isWord(call, ")") { call += 1 }
            if isWord(call, "(") || isWord(call, "?.") && isWord(call + 1, "(") || token(call)?.kind == .template { return escapes = true }
            let isAssigned = isWord(after, "=")
            let changes = isAssigned || token(after).map { scopes.isAssignment($0) || $0.is("++") || $0.is("--") } ?? false || isWord(index - 1, "++") || isWord(index - 1, "--")
            if changes { add(name) }
            if !isAssigned { reads(name) }
            return
        }
        let isInner = scopes.around(index).contains { $0.isFunction && $0.range.lowerBound >= body.lowerBound }
        if !isInner, isWord(index - 1, "return"), endsExpression(index + 1) { return shape.keepsInput = true }
        if !isInner, isWord(index - 1, "..."), let brace = enclosingBrace(index - 1), goesOut(brace) { return shape.keepsInput = true }
        if isWord(index - 1, ","), token(index - 2)?.kind == .string, isSend(index - 3), isWord(index + 1, ")") { return shape.keepsInput = true }
        if isWord(index - 1, "="), endsExpression(index + 1), let close = token(index - 2), close.is("}"), close.partner > 0,
            isWord(close.partner - 1, "const") || isWord(close.partner - 1, "let"), let names = patternKeys(close.partner) {
            return names.forEach { reads($0) }
        }
        escapes = true
    }

    /// An object literal is returned or sent as it stands, so that nobody reads it before.
    private func goesOut(_ brace: Int) -> Bool {
        let end = tokens[brace].partner
        if isWord(brace - 1, "return") { return endsExpression(end + 1) }
        if isWord(brace - 1, ","), token(brace - 2)?.kind == .string, isSend(brace - 3) { return isWord(end + 1, ")") }
        // Among the elements of a list that is returned.
        var at = brace - 1
        while at >= 0, !tokens[at].is("["), !tokens[at].is(";") { at = tokens[at].partner >= 0 && tokens[at].partner < at ? tokens[at].partner - 1 : at - 1 }
        guard isWord(brace - 1, "[") || isWord(brace - 1, ","), isWord(end + 1, "]") || isWord(end + 1, ","), isWord(at, "["), isWord(at - 1, "return") else { return false }
        return endsExpression(tokens[at].partner + 1)
    }

    /// The parenthesis of a call of `ctx.send`.
    private func isSend(_ parenthesis: Int) -> Bool {
        guard isWord(parenthesis, "("), isWord(parenthesis - 1, "send"), isWord(parenthesis - 2, "."), !context.isEmpty, token(parenthesis - 3)?.kind == .word,
            scopes.name(parenthesis - 3) == context, !isAfterDot(parenthesis - 3)
        else { return false }
        return !tokens.indices.contains { tokens[$0].kind == .word && scopes.name($0) == context && (token($0 + 1).map(scopes.isAssignment) ?? false || isWord($0 - 1, "const") || isWord($0 - 1, "let") || isWord($0 - 1, "var") || isWord($0 - 1, "function")) }
            && !scopes.around(parenthesis).contains { $0.names.contains(context) && !$0.names.contains(row) }
    }

    /// `row.name`, `row?.name`, `row["name"]`: the name, and the token after it.
    func member(_ index: Int) -> (String, Int)? {
        if isWord(index + 1, ".") || isWord(index + 1, "?."), token(index + 2)?.kind == .word { return (scopes.name(index + 2), index + 3) }
        if isWord(index + 1, "["), token(index + 2)?.kind == .string, isWord(index + 3, "]"), let text = literal(index + 2) { return (text, index + 4) }
        return nil
    }

    /// The text of a string token without escapes.
    private func literal(_ index: Int) -> String? {
        let bytes = Array(tokens[index].text)
        guard bytes.count >= 2, !bytes.contains(UInt8(ascii: "\\")) else { return nil }
        return String(decoding: bytes[1..<(bytes.count - 1)], as: UTF8.self)
    }

    private mutating func reads(_ name: String) {
        if shape.reads?.contains(name) == false { shape.reads?.append(name) }
    }

    private mutating func add(_ name: String) {
        if !shape.writes.contains(name) { shape.writes.append(name) }
    }

    /// `name.column = …` for any name, or a given one.
    private mutating func collectAssignment(_ index: Int, of name: String?) {
        guard tokens[index].kind == .word, !isAfterDot(index), let (column, after) = member(index), isWord(after, "=") else { return }
        if name == nil, ["exports", "module", "ctx", "this"].contains(scopes.name(index)) { return }
        add(column)
    }

    /// The keys of `{a, b: c}` as a pattern; nil when it takes more than keys say.
    private func patternKeys(_ brace: Int) -> [String]? {
        var keys: [String] = []
        var at = brace + 1
        let end = tokens[brace].partner
        while at < end {
            guard tokens[at].kind == .word || tokens[at].kind == .string, let key = tokens[at].kind == .word ? scopes.name(at) : literal(at) else { return nil }
            keys.append(key)
            at = afterComma(at + 1, end)
        }
        return keys
    }

    private func afterComma(_ start: Int, _ end: Int) -> Int {
        var at = start
        while at < end, !tokens[at].is(",") { at = tokens[at].partner > at ? tokens[at].partner + 1 : at + 1 }
        return at + 1
    }

    private func enclosingBrace(_ index: Int) -> Int? {
        var at = index - 1
        while at >= 0 {
            if tokens[at].partner >= 0, tokens[at].partner < at { at = tokens[at].partner - 1; continue }
            if tokens[at].partner > at { return tokens[at].is("{") ? at : nil }
            at -= 1
        }
        return nil
    }

    /// The calls whose argument, or whose function's result, becomes a row.
    private static let rowMakers: [StaticString] = ["map", "flatMap", "push", "concat", "assign", "send", "unshift", "from"]

    /// Whether an object literal becomes a row: it is returned, sent, pushed, or the value of a variable that is returned.
    private func isRowLiteral(_ brace: Int) -> Bool {
        var at = brace - 1
        var viaMaker = false
        var viaArrow = false
        while at >= 0 {
            let token = tokens[at]
            if token.is("return") { return true }
            if token.is(";") || token.is("{") || token.is("}") && token.partner < 0 { return false }
            if token.is("=") {
                return at > 0 && tokens[at - 1].kind == .word && results.contains(scopes.name(at - 1))
            }
            if token.is("(") {
                let before = self.token(at - 1)
                let isMaker = Self.rowMakers.contains { before?.is($0) ?? false }
                if isMaker, before?.is("map") != true, before?.is("flatMap") != true, before?.is("assign") != true, before?.is("concat") != true, before?.is("from") != true { return true }
                if before?.is("=>") == true { viaArrow = true }
                // The argument of these is no row, what their function returns is one.
                if before?.is("map") == true || before?.is("flatMap") == true || before?.is("from") == true, !viaArrow { return false }
                viaMaker = viaMaker || isMaker
                guard isMaker || before?.is("=>") == true || before?.is("return") == true || before?.is("?") == true || before?.is(":") == true else { return false }
            }
            if token.is("}"), token.partner >= 0 {
                // A block before this statement ends the search, an object in the expression is passed over.
                if tokens[brace].startsLine || at == brace - 1 { return false }
            }
            if token.is(":"), !viaMaker, isObjectKey(at) { return false }
            at = token.partner >= 0 && token.partner < at ? token.partner - 1 : at - 1
        }
        return false
    }

    /// The colon stands after a key rather than in a condition.
    private func isObjectKey(_ colon: Int) -> Bool {
        guard let before = token(colon - 2) else { return false }
        return before.is("{") || before.is(",")
    }

    private mutating func collectKeys(_ brace: Int) {
        let end = tokens[brace].partner
        guard end > brace else { return }
        var at = brace + 1
        while at < end {
            if tokens[at].is("...") {
                // Another spread than the row's adds what can't be seen here.
            } else if tokens[at].kind == .word || tokens[at].kind == .string || tokens[at].kind == .number {
                let name = tokens[at].kind == .string ? literal(at) : scopes.name(at)
                if let name, isWord(at + 1, ":") || isWord(at + 1, ",") || at + 1 == end { add(name) }
            }
            at = afterComma(at + 1, end)
        }
    }
}

extension ScriptShape {
    fileprivate init(reads: [String]?, keepsInput: Bool, writes: [String]) {
        self.reads = reads
        self.keepsInput = keepsInput
        self.writes = writes
    }
}
