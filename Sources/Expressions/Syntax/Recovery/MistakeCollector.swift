/// What is wrong with the names, numbers and macros of a broken text, as far as it could be read.
struct MistakeCollector {
    private let tree: RecoveryTree
    /// Makes what macros look at, and looks at them.
    private var parser: Parser
    /// How deep operators and selections stand within each other.
    private var depth = 0

    /// All mistakes in a text, those of its form first.
    static func mistakes(_ text: [UInt8], extensions: Bool) -> [SyntaxFailure] {
        var reader = RecoveringReader(text)
        guard reader.read() else { return reader.mistakes }
        var collector = MistakeCollector(tree: reader.tree, parser: Parser(text, extensions: extensions))
        do throws(SyntaxFailure) {
            _ = try collector.visit(0)
        } catch {
            collector.parser.mistakes.append(error)
        }
        return reader.mistakes + collector.parser.mistakes
    }

    private init(tree: RecoveryTree, parser: Parser) {
        self.tree = tree
        self.parser = parser
    }

    private mutating func nothing(_ offset: Int = SyntaxFailure.unplaced) throws(SyntaxFailure) -> Int { try parser.add(.literal(.null), offset) }

    private mutating func wrong(_ message: String, plain: String? = nil, _ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        try parser.noted(SyntaxFailure(message, plain: plain, offset: node.start.start))
    }

    /// The node itself, or the first below it that is more than a wrapping.
    private func unwrapped(_ node: Int?) -> Int? {
        var at = node
        while let number = at {
            let node = tree.nodes[number]
            switch (node.rule, node.alternative) {
            case (.start, _): at = node.part(.value)
            case (.expression, _):
                guard node.token(.sign) == nil else { return number }
                at = node.part(.value)
            case (.or, _), (.and, _):
                guard node.count(.signs) == 0 else { return number }
                at = node.part(.value)
            case (.relation, _), (.calculation, _):
                guard node.token(.sign) == nil else { return number }
                at = node.part(.inner)
            case (.unary, .none):
                guard let inner = node.part(.inner) else { return number }
                at = inner
            case (.member, .none): at = node.part(.inner)
            case (.primary, .parentheses), (.primary, .literal): at = node.part(.value)
            default: return number
            }
        }
        return nil
    }

    private mutating func visit(_ number: Int?) throws(SyntaxFailure) -> Int {
        guard let number = unwrapped(number) else { return try nothing() }
        let node = tree.nodes[number]
        switch node.rule {
        case .expression, .relation, .calculation, .member:
            depth += 1
            defer { depth -= 1 }
            guard depth <= Limits.nesting else {
                throw SyntaxFailure("max recursion depth exceeded", plain: Parser.tooDeep, offset: SyntaxFailure.nowhere, isFinal: true)
            }
            return node.rule == .expression ? try conditional(node) : node.rule == .member ? try member(node) : try binary(node)
        case .or, .and: return try chain(node)
        case .unary: return node.alternative == .none ? try nothing(node.start.start) : try unary(node)
        case .primary: return try primary(node)
        case .literal: return try literal(node)
        default: return try nothing()
        }
    }

    // MARK: Operators

    private mutating func conditional(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        let parts = [try visit(node.part(.value)), try visit(node.part(.first)), try visit(node.part(.second))]
        return try add(.conditional(parts[0], parts[1], parts[2]), offset(node.token(.sign)))
    }

    private mutating func binary(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        guard let sign = node.token(.sign), sign.standIn == nil else { return try wrong("operator not found", plain: "", node) }
        let parts = [try visit(node.part(.left)), try visit(node.part(.right))]
        return try add(.binary(Parser.operation(sign.token.kind), parts[0], parts[1]), sign.token.start)
    }

    private mutating func chain(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        var terms = [try visit(node.part(.value))]
        let rest = node.parts(.terms)
        for at in 0..<node.count(.signs) {
            guard at < rest.count else { return try wrong("unexpected character, wanted '\(node.rule == .or ? "||" : "&&")'", plain: "", node) }
            terms.append(try visit(rest[at]))
        }
        let offsets = node.tokens.compactMap { $0.label == .signs ? $0.token.token.start : nil }
        return try add(.logic(isAnd: node.rule == .and, terms: terms, offsets: offsets), offsets[0])
    }

    private mutating func unary(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        let inner = try visit(node.part(.inner))
        guard node.count(.signs) % 2 == 1 else { return inner }
        return try add(.unary(node.alternative == .not ? .not : .negate, inner), node.tokens.first?.token.token.start ?? node.start.start)
    }

    // MARK: Names and calls

    private mutating func member(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        let target = try visit(node.part(.left))
        switch node.alternative {
        case .selection:
            guard let sign = node.token(.sign), let number = node.part(.name) else { return try nothing(node.start.start) }
            let name = tree.nodes[number]
            var field = name.token(.name).map(text) ?? ""
            switch name.alternative {
            case .plainName: break
            case .quotedName:
                field = String(field.dropFirst().dropLast())
                if !parser.extensions { _ = try parser.noted(Parser.quotedNamesAreNotTaken(name.start.start)) }
            default: _ = try wrong("unsupported ident kind", plain: "", name)
            }
            return try add(node.token(.optional) == nil ? .select(target, field: field) : .optionalSelect(target, field: field), sign.token.start)
        case .call:
            guard let name = node.token(.name) else { return try nothing(node.start.start) }
            let arguments = try arguments(node)
            return try parser.memberCall(target, text(name), arguments, offset(node.token(.open)))
        default:
            guard let sign = node.token(.sign) else { return try nothing(node.start.start) }
            let index = try visit(node.part(.index))
            return try add(.binary(node.token(.optional) == nil ? .index : .optionalIndex, target, index), sign.token.start)
        }
    }

    private mutating func arguments(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> [Int] {
        var all: [Int] = []
        if let list = node.part(.arguments) {
            for part in tree.nodes[list].parts(.values) { all.append(try visit(part)) }
        }
        return all
    }

    private mutating func primary(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        switch node.alternative {
        case .identifier, .globalCall:
            guard let name = node.token(.name) else { return try nothing(node.start.start) }
            let text = text(name)
            if Parser.reserved.contains(text) { return try parser.noted(Parser.reservedName(text, node.start.start)) }
            let isRooted = node.token(.sign) != nil
            guard node.alternative == .globalCall else { return try add(.identifier(text, isRooted: isRooted), name.token.start) }
            let arguments = try arguments(node)
            return try parser.call(isRooted ? "." + text : text, arguments, offset(node.token(.open)))
        case .list:
            if let list = node.part(.arguments) {
                for element in tree.nodes[list].parts(.values) { _ = try visit(tree.nodes[element].part(.value)) }
            }
            return try add(.list([], optional: []), offset(node.token(.open)))
        case .map:
            if let list = node.part(.arguments).map({ tree.nodes[$0] }) { try entries(list) }
            return try add(.map([]), offset(node.token(.open)))
        case .object:
            if let list = node.part(.arguments).map({ tree.nodes[$0] }) { try fields(list) }
            return try add(.object(name: "", fields: []), offset(node.token(.open)))
        default: return try nothing()
        }
    }

    private mutating func entries(_ list: RecoveryTree.Node) throws(SyntaxFailure) {
        let (keys, values) = (list.parts(.keys), list.parts(.values))
        for at in 0..<list.count(.colons) {
            guard at < keys.count, at < values.count else { return }
            _ = try visit(tree.nodes[keys[at]].part(.value))
            _ = try visit(values[at])
        }
    }

    private mutating func fields(_ list: RecoveryTree.Node) throws(SyntaxFailure) {
        let (keys, values) = (list.parts(.keys), list.parts(.values))
        for at in keys.indices {
            guard at < list.count(.colons), at < values.count else { return }
            let name = tree.nodes[keys[at]].part(.name).map { tree.nodes[$0] }
            switch name?.alternative {
            case .plainName: break
            case .quotedName where parser.extensions: break
            case .quotedName:
                _ = try parser.noted(Parser.quotedNamesAreNotTaken(list.start.start))
                continue
            default:
                _ = try wrong("unsupported ident kind", plain: "", list)
                continue
            }
            _ = try visit(values[at])
        }
    }

    // MARK: What is written out

    private mutating func literal(_ node: RecoveryTree.Node) throws(SyntaxFailure) -> Int {
        guard let written = node.token(.number) else { return try nothing(node.start.start) }
        let sign = node.token(.sign) == nil ? "" : "-"
        let value: Value?
        switch node.alternative {
        case .integer: value = written.standIn == nil ? Parser.integer(sign, text(written)).map(Value.int) : nil
        case .unsigned: value = written.standIn == nil ? Parser.unsigned(text(written)).map(Value.uint) : nil
        case .double: value = written.standIn == nil ? Parser.double(sign, text(written)).map(Value.double) : nil
        default:
            guard written.standIn == nil else { return try nothing(node.start.start) }
            do throws(QuotedText.Wrong) {
                _ = try QuotedText.bytes(of: parser.lexer.text[written.token.start..<written.token.end], isBytes: node.alternative == .bytes)
            } catch {
                return try wrong(error.message, node)
            }
            value = .null
        }
        guard value != nil else {
            let (message, plain) = Parser.numberTooLarge(written.token.kind)
            return try wrong(message, plain: plain, node)
        }
        return try nothing(node.start.start)
    }

    // MARK: Small things

    private func text(_ token: RecoveredToken) -> String { token.standIn ?? parser.text(token.token) }
    private func offset(_ token: RecoveredToken?) -> Int { token?.token.start ?? SyntaxFailure.unplaced }
    private mutating func add(_ kind: SyntaxNode.Kind, _ offset: Int) throws(SyntaxFailure) -> Int { try parser.add(kind, offset) }
}
