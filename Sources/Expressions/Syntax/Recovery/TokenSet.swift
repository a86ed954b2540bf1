/// Kinds of tokens, and whether a rule may end as well.
struct TokenSet: Hashable {
    private(set) var bits: UInt64 = 0
    private static let endOfRule: UInt64 = 1 << 63

    init() {}
    init(_ kinds: [Token.Kind]) { for kind in kinds { insert(kind) } }

    static let ruleMayEnd: TokenSet = {
        var set = TokenSet()
        set.bits = endOfRule
        return set
    }()

    var mayEndRule: Bool { bits & Self.endOfRule != 0 }
    var withoutEndOfRule: TokenSet {
        var set = self
        set.bits &= ~Self.endOfRule
        return set
    }

    func contains(_ kind: Token.Kind) -> Bool { bits & (1 << UInt64(kind.rawValue)) != 0 }
    mutating func insert(_ kind: Token.Kind) { bits |= 1 << UInt64(kind.rawValue) }
    mutating func formUnion(_ other: TokenSet) { bits |= other.bits }
    func isSuperset(of other: TokenSet) -> Bool { other.bits & ~bits == 0 }

    var kinds: [Token.Kind] { (0..<63).compactMap { bits & (1 << UInt64($0)) != 0 ? Token.Kind(rawValue: UInt8($0)) : nil } }

    /// As Kubernetes' messages list what is expected.
    var description: String {
        let names = kinds.map(\.displayName)
        return names.count == 1 ? names[0] : "{\(names.joined(separator: ", "))}"
    }
}

extension Token.Kind {
    /// As Kubernetes' messages call it.
    var displayName: String {
        switch self {
        case .end: "<EOF>"
        case .double: "NUM_FLOAT"
        case .integer: "NUM_INT"
        case .unsigned: "NUM_UINT"
        case .string: "STRING"
        case .bytes: "BYTES"
        case .identifier: "IDENTIFIER"
        case .quotedIdentifier: "ESC_IDENTIFIER"
        default: "'\(sign)'"
        }
    }

    /// As it is written, where it is always written the same.
    var sign: String {
        switch self {
        case .equal: "=="
        case .notEqual: "!="
        case .in: "in"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greaterOrEqual: ">="
        case .greater: ">"
        case .and: "&&"
        case .or: "||"
        case .leftBracket: "["
        case .rightBracket: "]"
        case .leftBrace: "{"
        case .rightBrace: "}"
        case .leftParenthesis: "("
        case .rightParenthesis: ")"
        case .dot: "."
        case .comma: ","
        case .minus: "-"
        case .not: "!"
        case .question: "?"
        case .colon: ":"
        case .plus: "+"
        case .star: "*"
        case .slash: "/"
        case .percent: "%"
        case .true: "true"
        case .false: "false"
        case .null: "null"
        default: ""
        }
    }
}
