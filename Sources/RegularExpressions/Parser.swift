/// Reads a pattern in RE2's syntax, as Go's regexp takes it.
///
/// Bounded: groups nest at most 500 deep, and a counted repetition repeats at most 1,000 times, also when nested.
struct Parser {
    private let pattern: [UnicodeScalar]
    private var at = 0
    private var depth = 0
    private var captures = 0
    private var flags = Flags()

    private struct Flags {
        var foldCase = false
        var multiline = false
        var dotMatchesNewline = false
        var swapGreed = false
    }

    static let deepest = 500
    static let mostRepeats = 1000

    static func parse(_ pattern: String) throws(RegularExpressionError) -> (syntax: Syntax, captures: Int) {
        var parser = Parser(pattern: Array(pattern.unicodeScalars))
        let syntax = try parser.alternatives()
        guard parser.at == parser.pattern.count else { throw RegularExpressionError("unexpected )", pattern) }
        return (syntax, parser.captures)
    }

    private init(pattern: [UnicodeScalar]) { self.pattern = pattern }

    private var next: UnicodeScalar? { at < pattern.count ? pattern[at] : nil }
    private func text(from start: Int, to end: Int? = nil) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: pattern[min(start, pattern.count)..<min(end ?? pattern.count, pattern.count)])
        return String(view)
    }
    private var whole: String { text(from: 0) }

    private mutating func take(_ scalar: UnicodeScalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    private mutating func alternatives() throws(RegularExpressionError) -> Syntax {
        depth += 1
        guard depth <= Self.deepest else { throw RegularExpressionError("expression nests too deeply", whole) }
        defer { depth -= 1 }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(RegularExpressionError) -> Syntax {
        var parts: [Syntax] = []
        var repeatStart: Int? = nil  // where the operator before began, for `a**`
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = at
            guard let (least, most) = try repetition() else {
                repeatStart = nil
                if let atom = try atom() { parts.append(atom) }
                continue
            }
            let lazy = take("?")
            if let before = repeatStart {
                throw RegularExpressionError("invalid nested repetition operator", text(from: before, to: at))
            }
            guard let last = parts.popLast() else {
                throw RegularExpressionError("missing argument to repetition operator", text(from: start, to: at))
            }
            let result = Syntax.repeated(last, least: least, most: most, greedy: lazy == flags.swapGreed)
            guard Self.repeats(result) <= Self.mostRepeats else {
                throw RegularExpressionError("invalid repeat count", text(from: start, to: at))
            }
            parts.append(result)
            repeatStart = start
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// How often the innermost part may stand, at worst.
    private static func repeats(_ syntax: Syntax) -> Int {
        switch syntax {
        case .empty, .set, .assertion: return 1
        case .sequence(let parts), .alternatives(let parts): return parts.map(repeats).max() ?? 1
        case .capture(let inner, _): return repeats(inner)
        case .repeated(let inner, let least, let most, _):
            let count = max(most ?? least, 1)
            let product = repeats(inner).multipliedReportingOverflow(by: count)
            return product.overflow ? .max : product.partialValue
        }
    }

    /// `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}`; a brace that is none of those is an ordinary character.
    private mutating func repetition() throws(RegularExpressionError) -> (Int, Int?)? {
        switch next {
        case "*": at += 1; return (0, nil)
        case "+": at += 1; return (1, nil)
        case "?": at += 1; return (0, 1)
        case "{":
            let start = at
            at += 1
            guard let least = number() else { at = start; return nil }
            var most: Int? = least
            if take(",") { most = next == "}" ? nil : number(); if most == nil, next != "}" { at = start; return nil } }
            guard take("}") else { at = start; return nil }
            guard least <= Self.mostRepeats, most ?? 0 <= Self.mostRepeats, least <= most ?? .max else {
                throw RegularExpressionError("invalid repeat count", text(from: start, to: at))
            }
            return (least, most)
        default: return nil
        }
    }

    private mutating func number() -> Int? {
        let start = at
        var value = 0
        while let scalar = next, scalar.value >= 0x30, scalar.value <= 0x39 {
            value = min(value * 10 + Int(scalar.value - 0x30), Self.mostRepeats + 1)
            at += 1
        }
        return at > start ? value : nil
    }

    private mutating func atom() throws(RegularExpressionError) -> Syntax? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try bracketed())
        case ".": at += 1; return .set(flags.dotMatchesNewline ? .all : ScalarSet.newline.inverted)
        case "^": at += 1; return .assertion(flags.multiline ? .lineStart : .textStart)
        case "$": at += 1; return .assertion(flags.multiline ? .lineEnd : .textEnd)
        case "\\": return try escape()
        default: at += 1; return .set(folded(ScalarSet(scalar)))
        }
    }

    private func folded(_ set: ScalarSet) -> ScalarSet { flags.foldCase ? set.foldingCase : set }

    private mutating func group() throws(RegularExpressionError) -> Syntax? {
        let start = at
        at += 1
        let saved = flags
        var number: Int? = nil
        if take("?") {
            if next == "P" || next == "<" {
                if take("P"), next != "<" { throw RegularExpressionError("invalid named capture", text(from: start)) }
                at += 1
                let name = at
                while let scalar = next, ScalarSet.word.spans.contains(where: { $0.contains(scalar.value) }) { at += 1 }
                guard at > name, take(">") else {
                    if pattern.indices.contains(name), pattern[name] == "=" || pattern[name] == "!" {
                        throw RegularExpressionError("invalid or unsupported Perl syntax", text(from: start, to: name + 1))
                    }
                    throw RegularExpressionError("invalid named capture", text(from: start))
                }
                captures += 1
                number = captures
            } else {
                guard try flagGroup(start) else { return nil }  // `(?i)` holds to the end of the group around it
            }
        } else {
            captures += 1
            number = captures
        }
        let inner = try alternatives()
        guard take(")") else { throw RegularExpressionError("missing closing )", whole) }
        flags = saved
        return number.map { .capture(inner, $0) } ?? inner
    }

    /// After `(?`: true for `(?i:`, false for `(?i)`.
    private mutating func flagGroup(_ start: Int) throws(RegularExpressionError) -> Bool {
        var on = true
        var any = false
        while let scalar = next {
            at += 1
            switch scalar {
            case "i": flags.foldCase = on; any = true
            case "m": flags.multiline = on; any = true
            case "s": flags.dotMatchesNewline = on; any = true
            case "U": flags.swapGreed = on; any = true
            case "-" where on: on = false; any = false
            case ":" where on || any: return true
            case ")" where any: return false
            default: throw RegularExpressionError("invalid or unsupported Perl syntax", text(from: start, to: at))
            }
        }
        throw RegularExpressionError("missing closing )", whole)
    }

    private mutating func escape() throws(RegularExpressionError) -> Syntax? {
        let start = at
        at += 1
        guard let scalar = next else { throw RegularExpressionError("trailing backslash at end of expression") }
        switch scalar {
        case "A": at += 1; return .assertion(.textStart)
        case "z": at += 1; return .assertion(.textEnd)
        case "b": at += 1; return .assertion(.wordBoundary)
        case "B": at += 1; return .assertion(.notWordBoundary)
        case "Q":
            at += 1
            var parts: [Syntax] = []
            while let literal = next {
                if literal == "\\", at + 1 < pattern.count, pattern[at + 1] == "E" { at += 2; break }
                parts.append(.set(folded(ScalarSet(literal))))
                at += 1
            }
            return parts.isEmpty ? nil : .sequence(parts)
        default:
            if let set = try namedClass(start) { return .set(folded(set)) }
            return .set(folded(ScalarSet(try escapedScalar(start))))
        }
    }

    /// `\d`, `\pL`, `\P{Lu}`, after the backslash; nil when it is none.
    private mutating func namedClass(_ start: Int) throws(RegularExpressionError) -> ScalarSet? {
        switch next {
        case "d": at += 1; return .digit
        case "D": at += 1; return ScalarSet.digit.inverted
        case "w": at += 1; return .word
        case "W": at += 1; return ScalarSet.word.inverted
        case "s": at += 1; return .space
        case "S": at += 1; return ScalarSet.space.inverted
        case "p", "P":
            var inverted = next == "P"
            at += 1
            var name = ""
            if take("{") {
                if take("^") { inverted.toggle() }
                while let scalar = next, scalar != "}" { name.unicodeScalars.append(scalar); at += 1 }
                guard take("}") else { throw RegularExpressionError("invalid character class range", text(from: start)) }
            } else if let scalar = next {
                name.unicodeScalars.append(scalar)
                at += 1
            }
            guard let set = UnicodeCategories.set(named: name) else {
                throw RegularExpressionError("invalid character class range", text(from: start, to: at))
            }
            return inverted ? set.inverted : set
        default: return nil
        }
    }

    private mutating func escapedScalar(_ start: Int) throws(RegularExpressionError) -> UnicodeScalar {
        guard let scalar = next else { throw RegularExpressionError("trailing backslash at end of expression") }
        at += 1
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x":
            var value: UInt32 = 0
            var digits = 0
            if take("{") {
                while let digit = next?.hexDigit, value <= ScalarSet.last { value = value * 16 + digit; digits += 1; at += 1 }
                guard digits > 0, take("}"), let result = UnicodeScalar(value) else { break }
                return result
            }
            while digits < 2, let digit = next?.hexDigit { value = value * 16 + digit; digits += 1; at += 1 }
            if digits == 2, let result = UnicodeScalar(value) { return result }
        case "0"..."7":
            // `\1` to `\7` alone would be a back reference; octal has a leading zero or more digits.
            if scalar != "0", next.map({ !("0"..."7").contains($0) }) ?? true { break }
            var value = scalar.value - 0x30
            var digits = 1
            while digits < 3, let digit = next, ("0"..."7").contains(digit) { value = value * 8 + digit.value - 0x30; digits += 1; at += 1 }
            if let result = UnicodeScalar(value) { return result }
        default:
            if scalar.isASCII, !ScalarSet.word.spans.contains(where: { $0.contains(scalar.value) }) { return scalar }
        }
        throw RegularExpressionError("invalid escape sequence", text(from: start, to: at))
    }

    private mutating func bracketed() throws(RegularExpressionError) -> ScalarSet {
        let start = at
        at += 1
        let inverted = take("^")
        var spans: [ScalarSet.Span] = []
        var first = true
        while true {
            guard let scalar = next else { throw RegularExpressionError("missing closing ]", text(from: start)) }
            if scalar == "]", !first { break }
            first = false
            if scalar == "[", at + 1 < pattern.count, pattern[at + 1] == ":", let set = try posixClass() {
                spans += set.spans
                continue
            }
            let partStart = at
            if scalar == "\\" {
                at += 1
                if let set = try namedClass(partStart) { spans += set.spans; continue }
                at -= 1
            }
            let low = try bracketedScalar(partStart)
            guard next == "-", at + 1 < pattern.count, pattern[at + 1] != "]" else {
                spans.append(low.value...low.value)
                continue
            }
            at += 1
            let high = try bracketedScalar(at)
            guard low <= high else { throw RegularExpressionError("invalid character class range", text(from: partStart, to: at)) }
            spans.append(low.value...high.value)
        }
        at += 1
        let set = folded(ScalarSet(spans))
        return inverted ? set.inverted : set
    }

    private mutating func bracketedScalar(_ start: Int) throws(RegularExpressionError) -> UnicodeScalar {
        guard let scalar = next else { throw RegularExpressionError("missing closing ]", text(from: start)) }
        at += 1
        return scalar == "\\" ? try escapedScalar(start) : scalar
    }

    /// `[:alpha:]`, `[:^digit:]`; nil when it isn't closed, and then the bracket is an ordinary character.
    private mutating func posixClass() throws(RegularExpressionError) -> ScalarSet? {
        var end = at + 2
        while end + 1 < pattern.count, !(pattern[end] == ":" && pattern[end + 1] == "]") { end += 1 }
        guard end + 1 < pattern.count else { return nil }
        var name = text(from: at + 2, to: end)
        let inverted = name.hasPrefix("^")
        if inverted { name.removeFirst() }
        guard let set = ScalarSet.posix(name) else {
            throw RegularExpressionError("invalid character class range", text(from: at, to: end + 2))
        }
        at = end + 2
        return inverted ? set.inverted : set
    }
}

extension UnicodeScalar {
    fileprivate var hexDigit: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x57
        case "A"..."F": value - 0x37
        default: nil
        }
    }
}
