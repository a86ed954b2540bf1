/// The language's grammar with the division into rules that Kubernetes' parser has: how that one finds its way back into a broken text
/// depends on it.
///
/// Of the choices that one token decides no more is looked at; of the others (`foresight`) as much as it takes.
enum Grammar {
    enum Rule: Int, CaseIterable {
        case start, expression, or, and, relation, calculation, unary, member, primary
        case arguments, elements, fields, field, entries, name, element, literal
    }

    /// What a part of a rule is in it.
    enum Label { case value, first, second, sign, signs, terms, left, right, inner, name, names, open, optional, arguments, index, keys, values, colons, number }

    /// Which alternative of a rule was taken.
    enum Alternative {
        case none
        case not, negation
        case selection, call, index
        case identifier, globalCall, parentheses, list, map, object, literal
        case integer, unsigned, double, string, bytes, `true`, `false`, null
        case plainName, quotedName
    }

    indirect enum Part {
        case token(Token.Kind, Label? = nil)
        case oneOf([Token.Kind], Label)
        case rule(Rule, Label? = nil, precedence: Int = 0)
        case maybe([Part])
        case many([Part], foresight: Bool = false)
        case some([Part], foresight: Bool = false)
    }

    /// One way to go on after what a rule has read, which then becomes its left part.
    struct Continuation {
        let alternative: Alternative
        let precedence: Int
        let parts: [Part]
    }

    enum Body {
        case one([Part])
        case choice([(Alternative, [Part])], foresight: Bool)
        case leftRecursive([Part], [Continuation])
    }

    static func body(of rule: Rule) -> Body {
        switch rule {
        case .start: .one([.rule(.expression, .value), .token(.end)])
        case .expression:
            .one([.rule(.or, .value), .maybe([.token(.question, .sign), .rule(.or, .first), .token(.colon), .rule(.expression, .second)])])
        case .or: .one([.rule(.and, .value), .many([.token(.or, .signs), .rule(.and, .terms)])])
        case .and: .one([.rule(.relation, .value), .many([.token(.and, .signs), .rule(.relation, .terms)])])
        case .relation:
            .leftRecursive(
                [.rule(.calculation, .inner)],
                [
                    Continuation(
                        alternative: .none, precedence: 1,
                        parts: [.oneOf([.less, .lessOrEqual, .greaterOrEqual, .greater, .equal, .notEqual, .in], .sign), .rule(.relation, .right, precedence: 2)])
                ])
        case .calculation:
            .leftRecursive(
                [.rule(.unary, .inner)],
                [
                    Continuation(alternative: .none, precedence: 2, parts: [.oneOf([.star, .slash, .percent], .sign), .rule(.calculation, .right, precedence: 3)]),
                    Continuation(alternative: .none, precedence: 1, parts: [.oneOf([.plus, .minus], .sign), .rule(.calculation, .right, precedence: 2)]),
                ])
        case .unary:
            .choice(
                [
                    (.none, [.rule(.member, .inner)]), (.not, [.some([.token(.not, .signs)]), .rule(.member, .inner)]),
                    (.negation, [.some([.token(.minus, .signs)], foresight: true), .rule(.member, .inner)]),
                ], foresight: true)
        case .member:
            .leftRecursive(
                [.rule(.primary, .inner)],
                [
                    Continuation(alternative: .selection, precedence: 3, parts: [.token(.dot, .sign), .maybe([.token(.question, .optional)]), .rule(.name, .name)]),
                    Continuation(
                        alternative: .call, precedence: 2,
                        parts: [
                            .token(.dot, .sign), .token(.identifier, .name), .token(.leftParenthesis, .open), .maybe([.rule(.arguments, .arguments)]),
                            .token(.rightParenthesis),
                        ]),
                    Continuation(
                        alternative: .index, precedence: 1,
                        parts: [.token(.leftBracket, .sign), .maybe([.token(.question, .optional)]), .rule(.expression, .index), .token(.rightBracket)]),
                ])
        case .primary: primary
        case .arguments: .one([.rule(.expression, .values), .many([.token(.comma), .rule(.expression, .values)])])
        case .elements: .one([.rule(.element, .values), .many([.token(.comma), .rule(.element, .values)], foresight: true)])
        case .fields: .one(pairs(.field))
        case .field: .one([.maybe([.token(.question, .optional)]), .rule(.name, .name)])
        case .entries: .one(pairs(.element))
        case .name: .choice([(.plainName, [.token(.identifier, .name)]), (.quotedName, [.token(.quotedIdentifier, .name)])], foresight: false)
        case .element: .one([.maybe([.token(.question, .optional)]), .rule(.expression, .value)])
        case .literal:
            .choice(
                [
                    (.integer, [.maybe([.token(.minus, .sign)]), .token(.integer, .number)]), (.unsigned, [.token(.unsigned, .number)]),
                    (.double, [.maybe([.token(.minus, .sign)]), .token(.double, .number)]), (.string, [.token(.string, .number)]),
                    (.bytes, [.token(.bytes, .number)]), (.true, [.token(.true)]), (.false, [.token(.false)]), (.null, [.token(.null)]),
                ], foresight: true)
        }
    }

    private static let primary: Body = {
        let dot = Part.maybe([.token(.dot, .sign)])
        let comma = Part.maybe([.token(.comma)])
        return .choice(
            [
                (.identifier, [dot, .token(.identifier, .name)]),
                (
                    .globalCall,
                    [
                        dot, .token(.identifier, .name), .token(.leftParenthesis, .open), .maybe([.rule(.arguments, .arguments)]), .token(.rightParenthesis),
                    ]
                ),
                (.parentheses, [.token(.leftParenthesis), .rule(.expression, .value), .token(.rightParenthesis)]),
                (.list, [.token(.leftBracket, .open), .maybe([.rule(.elements, .arguments)]), comma, .token(.rightBracket)]),
                (.map, [.token(.leftBrace, .open), .maybe([.rule(.entries, .arguments)]), comma, .token(.rightBrace)]),
                (
                    .object,
                    [
                        dot, .token(.identifier, .names), .many([.token(.dot), .token(.identifier, .names)]), .token(.leftBrace, .open),
                        .maybe([.rule(.fields, .arguments)]), comma, .token(.rightBrace),
                    ]
                ),
                (.literal, [.rule(.literal, .value)]),
            ], foresight: true)
    }()

    private static func pairs(_ key: Rule) -> [Part] {
        let pair: [Part] = [.rule(key, .keys), .token(.colon, .colons), .rule(.expression, .values)]
        return pair + [.many([.token(.comma)] + pair, foresight: true)]
    }
}
