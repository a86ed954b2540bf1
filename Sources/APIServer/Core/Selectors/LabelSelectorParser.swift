import Kernel

/// Reads the text form of label selectors, and says what it stumbled over in Kubernetes' words.
struct LabelSelectorParser {
    private enum Token: Equatable {
        case end, open, close, comma, not, equals, doubleEquals, notEquals, greater, less, `in`, notIn, identifier, error
    }

    private var tokens: [(kind: Token, text: String)] = []
    private var at = 0

    init(_ text: String) { tokens = Self.scan(Array(text.utf8)) }

    mutating func requirements() throws(SelectorError) -> [LabelSelector.Requirement] {
        var found: [LabelSelector.Requirement] = []
        while true {
            let token = peek()
            switch token.kind {
            case .end: return found
            case .identifier, .not:
                do throws(SelectorError) {
                    found.append(try requirement())
                } catch {
                    throw SelectorError("unable to parse requirement: \(error.message)")
                }
                let separator = take()
                switch separator.kind {
                case .end: return found
                case .comma:
                    let next = peek()
                    guard next.kind == .identifier || next.kind == .not else {
                        throw SelectorError("found '\(next.text)', expected: identifier after ','")
                    }
                default: throw SelectorError("found '\(separator.text)', expected: ',' or 'end of string'")
                }
            default: throw SelectorError("found '\(token.text)', expected: !, identifier, or 'end of string'")
            }
        }
    }

    /// Where a key or value is expected, `in` and `notin` are ordinary words.
    private func peek() -> (kind: Token, text: String) {
        guard at < tokens.count else { return (.end, "") }
        let token = tokens[at]
        return token.kind == .in || token.kind == .notIn ? (.identifier, token.text) : token
    }

    private mutating func take() -> (kind: Token, text: String) {
        let token = peek()
        at += 1
        return token
    }

    private mutating func requirement() throws(SelectorError) -> LabelSelector.Requirement {
        var token = take()
        var absent = false
        if token.kind == .not {
            absent = true
            token = take()
        }
        guard token.kind == .identifier else { throw SelectorError("found '\(token.text)', expected: identifier") }
        let key = token.text
        let problems = NameFormat.qualified(key)
        if !problems.isEmpty {
            throw SelectorError(StatusCause.invalid("<nil>", .string(key), problems.joined(separator: "; ")).text)
        }
        let next = peek()
        if absent { return try LabelSelector.Requirement(key: key, operator: .doesNotExist, checking: []) }
        if next.kind == .end || next.kind == .comma { return try LabelSelector.Requirement(key: key, operator: .exists, checking: []) }
        let kind = at < tokens.count ? tokens[at] : (.end, "")
        at += 1
        switch kind.kind {
        case .in: return try LabelSelector.Requirement(key: key, operator: .in, checking: try values())
        case .notIn: return try LabelSelector.Requirement(key: key, operator: .notIn, checking: try values())
        case .equals: return try LabelSelector.Requirement(key: key, operator: .equals, checking: [try value()])
        case .doubleEquals: return try LabelSelector.Requirement(key: key, operator: .doubleEquals, checking: [try value()])
        case .notEquals: return try LabelSelector.Requirement(key: key, operator: .notEquals, checking: [try value()])
        case .greater: return try LabelSelector.Requirement(key: key, operator: .greaterThan, checking: [try value()])
        case .less: return try LabelSelector.Requirement(key: key, operator: .lessThan, checking: [try value()])
        default: throw SelectorError("found '\(kind.text)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func value() throws(SelectorError) -> String {
        let next = peek()
        if next.kind == .end || next.kind == .comma { return "" }
        let token = take()
        guard token.kind == .identifier else { throw SelectorError("found '\(token.text)', expected: identifier") }
        return token.text
    }

    private mutating func values() throws(SelectorError) -> [String] {
        let open = take()
        guard open.kind == .open else { throw SelectorError("found '\(open.text)' expected: '('") }
        var found: Set<String> = []
        var pending = true  // an empty value stands where none was written, as in `(a,,b)`
        while true {
            let token = take()
            switch token.kind {
            case .identifier where pending:
                found.insert(token.text)
                pending = false
                let next = peek()
                guard next.kind == .comma || next.kind == .close else { throw SelectorError("found '\(next.text)', expected: ',' or ')'") }
            case .comma:
                if pending { found.insert("") }
                pending = true
            case .close:
                if pending { found.insert("") }
                return found.sorted()
            default: throw SelectorError("found '\(token.text)', expected: ',', or identifier")
            }
        }
    }

    private static func scan(_ bytes: [UInt8]) -> [(kind: Token, text: String)] {
        var tokens: [(kind: Token, text: String)] = []
        var at = 0
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        func isSymbol(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ">"), UInt8(ascii: "<"): true
            default: false
            }
        }
        while at < bytes.count {
            if isSpace(bytes[at]) { at += 1; continue }
            if !isSymbol(bytes[at]) {
                let start = at
                while at < bytes.count, !isSpace(bytes[at]), !isSymbol(bytes[at]) { at += 1 }
                let text = String(decoding: bytes[start..<at], as: UTF8.self)
                tokens.append((text == "in" ? .in : text == "notin" ? .notIn : .identifier, text))
                continue
            }
            let next = at + 1 < bytes.count ? bytes[at + 1] : 0
            switch (bytes[at], next) {
            case (UInt8(ascii: "="), UInt8(ascii: "=")): tokens.append((.doubleEquals, "==")); at += 2
            case (UInt8(ascii: "!"), UInt8(ascii: "=")): tokens.append((.notEquals, "!=")); at += 2
            case (UInt8(ascii: "="), _): tokens.append((.equals, "=")); at += 1
            case (UInt8(ascii: "!"), _): tokens.append((.not, "!")); at += 1
            case (UInt8(ascii: "("), _): tokens.append((.open, "(")); at += 1
            case (UInt8(ascii: ")"), _): tokens.append((.close, ")")); at += 1
            case (UInt8(ascii: ","), _): tokens.append((.comma, ",")); at += 1
            case (UInt8(ascii: ">"), _): tokens.append((.greater, ">")); at += 1
            default: tokens.append((.less, "<")); at += 1
            }
        }
        return tokens
    }
}
