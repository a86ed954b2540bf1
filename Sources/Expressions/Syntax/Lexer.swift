/// Cuts an expression's text into tokens, one at a time.
struct Lexer {
    let text: [UInt8]
    private var at = 0

    init(_ text: [UInt8]) { self.text = text }

    /// 0 behind the end.
    @inline(__always)
    private func byte(_ offset: Int) -> UInt8 { offset < text.count ? text[offset] : 0 }

    /// What was no token, and was passed over.
    private(set) var mistakes: [SyntaxFailure] = []
    private static let mostMistakes = 101

    mutating func next() -> Token {
        while true {
            do throws(SyntaxFailure) {
                return try read()
            } catch {
                mistakes.append(error)
                // Of a text that is none of an expression no more is told than anyone reads.
                at = mistakes.count < Self.mostMistakes ? max(error.end, at + 1) : text.count
            }
        }
    }

    private mutating func read() throws(SyntaxFailure) -> Token {
        skipBlanks()
        let start = at
        guard at < text.count else { return Token(kind: .end, start: start, end: start) }
        let first = text[at]
        if Self.isLetter(first) { return word(start) }
        if Self.isDigit(first) || (first == 0x2E && Self.isDigit(byte(at + 1))) { return number(start) }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(start, kind: .string)
        case UInt8(ascii: "`"): return try quotedIdentifier(start)
        default: return try sign(start, first)
        }
    }

    private mutating func skipBlanks() {
        while at < text.count {
            switch text[at] {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D: at += 1
            case 0x2F where byte(at + 1) == 0x2F:
                while at < text.count, text[at] != 0x0A { at += 1 }
            default: return
            }
        }
    }

    private mutating func token(_ kind: Token.Kind, _ start: Int, _ length: Int) -> Token {
        at = start + length
        return Token(kind: kind, start: start, end: at)
    }

    private mutating func sign(_ start: Int, _ first: UInt8) throws(SyntaxFailure) -> Token {
        let second = byte(start + 1)
        switch first {
        case UInt8(ascii: "("): return token(.leftParenthesis, start, 1)
        case UInt8(ascii: ")"): return token(.rightParenthesis, start, 1)
        case UInt8(ascii: "["): return token(.leftBracket, start, 1)
        case UInt8(ascii: "]"): return token(.rightBracket, start, 1)
        case UInt8(ascii: "{"): return token(.leftBrace, start, 1)
        case UInt8(ascii: "}"): return token(.rightBrace, start, 1)
        case UInt8(ascii: "."): return token(.dot, start, 1)
        case UInt8(ascii: ","): return token(.comma, start, 1)
        case UInt8(ascii: ":"): return token(.colon, start, 1)
        case UInt8(ascii: "?"): return token(.question, start, 1)
        case UInt8(ascii: "+"): return token(.plus, start, 1)
        case UInt8(ascii: "-"): return token(.minus, start, 1)
        case UInt8(ascii: "*"): return token(.star, start, 1)
        case UInt8(ascii: "/"): return token(.slash, start, 1)
        case UInt8(ascii: "%"): return token(.percent, start, 1)
        case UInt8(ascii: "!"): return second == 0x3D ? token(.notEqual, start, 2) : token(.not, start, 1)
        case UInt8(ascii: "<"): return second == 0x3D ? token(.lessOrEqual, start, 2) : token(.less, start, 1)
        case UInt8(ascii: ">"): return second == 0x3D ? token(.greaterOrEqual, start, 2) : token(.greater, start, 1)
        case UInt8(ascii: "=") where second == 0x3D: return token(.equal, start, 2)
        case UInt8(ascii: "&") where second == 0x26: return token(.and, start, 2)
        case UInt8(ascii: "|") where second == 0x7C: return token(.or, start, 2)
        // What could have become a sign of two is only told from it by what stands behind it, and goes with that.
        case UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "|"): throw unrecognized(start, min(scalarEnd(start + 1), text.count))
        default: throw unrecognized(start, scalarEnd(start))
        }
    }

    private mutating func word(_ start: Int) -> Token {
        var end = start + 1
        while Self.isLetter(byte(end)) || Self.isDigit(byte(end)) { end += 1 }
        let quote = byte(end)
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            // r"", b"", br"" in either case of letters; a name where the text isn't closed.
            let first = text[start] | 0x20
            let isRaw = (text[end - 1] | 0x20) == UInt8(ascii: "r")
            if end - start == 1, first == UInt8(ascii: "r"), let token = try? quoted(start, kind: .string) { return token }
            if first == UInt8(ascii: "b"), end - start == 1 || (end - start == 2 && isRaw), let token = try? quoted(start, kind: .bytes) { return token }
        }
        at = end
        let kind: Token.Kind =
            switch end - start {
            case 2 where isWord(start, "in"): .in
            case 4 where isWord(start, "true"): .true
            case 4 where isWord(start, "null"): .null
            case 5 where isWord(start, "false"): .false
            default: .identifier
            }
        return Token(kind: kind, start: start, end: end)
    }

    private func isWord(_ start: Int, _ word: StaticString) -> Bool {
        for position in 0..<word.utf8CodeUnitCount where byte(start + position) != word.utf8Start[position] { return false }
        return true
    }

    private mutating func number(_ start: Int) -> Token {
        var end = start
        if text[start] == 0x30, byte(start + 1) == UInt8(ascii: "x"), Self.isHexDigit(byte(start + 2)) {
            end = start + 2
            while Self.isHexDigit(byte(end)) { end += 1 }
            return integer(start, end)
        }
        while Self.isDigit(byte(end)) { end += 1 }
        var isDouble = false
        if byte(end) == 0x2E, Self.isDigit(byte(end + 1)) {
            isDouble = true
            end += 1
            while Self.isDigit(byte(end)) { end += 1 }
        }
        if byte(end) | 0x20 == UInt8(ascii: "e") {
            let digits = byte(end + 1) == 0x2B || byte(end + 1) == 0x2D ? end + 2 : end + 1
            if Self.isDigit(byte(digits)) {
                isDouble = true
                end = digits
                while Self.isDigit(byte(end)) { end += 1 }
            }
        }
        return isDouble ? token(.double, start, end - start) : integer(start, end)
    }

    private mutating func integer(_ start: Int, _ end: Int) -> Token {
        byte(end) | 0x20 == UInt8(ascii: "u") ? token(.unsigned, start, end + 1 - start) : token(.integer, start, end - start)
    }

    /// From the prefix letters, if any, to the closing quotes.
    private mutating func quoted(_ start: Int, kind: Token.Kind) throws(SyntaxFailure) -> Token {
        var open = start
        var isRaw = false
        while Self.isLetter(byte(open)) {
            if byte(open) | 0x20 == UInt8(ascii: "r") { isRaw = true }
            open += 1
        }
        let quote = byte(open)
        if byte(open + 1) == quote {
            // Three quotes that aren't closed begin with the empty text.
            let end = byte(open + 2) == quote ? tripleEnd(open + 3, quote, isRaw) : nil
            return token(kind, start, (end ?? open + 2) - start)
        }
        var end = open + 1
        while true {
            guard end < text.count else { throw unrecognized(start, text.count) }
            let current = text[end]
            if current == quote { return token(kind, start, end + 1 - start) }
            if current == 0x0A || current == 0x0D { throw unrecognized(start, end + 1) }
            if current == 0x5C, !isRaw {
                let escape = escapeEnd(end)
                guard escape.isRight else { throw unrecognized(start, min(scalarEnd(escape.at), text.count)) }
                end = escape.at
            } else {
                end += 1
            }
        }
    }

    /// Behind three closing quotes; nil where there are none.
    private func tripleEnd(_ from: Int, _ quote: UInt8, _ isRaw: Bool) -> Int? {
        var end = from
        while end < text.count {
            if text[end] == quote, byte(end + 1) == quote, byte(end + 2) == quote { return end + 3 }
            if text[end] == 0x5C, !isRaw {
                let escape = escapeEnd(end)
                guard escape.isRight else { return nil }
                end = escape.at
            } else {
                end += 1
            }
        }
        return nil
    }

    /// Where an escape ends, or where it stops being one.
    private func escapeEnd(_ backslash: Int) -> (at: Int, isRight: Bool) {
        func digits(_ from: Int, _ count: Int, _ isDigit: (UInt8) -> Bool) -> (at: Int, isRight: Bool) {
            for at in from..<(from + count) where !isDigit(byte(at)) { return (at, false) }
            return (from + count, true)
        }
        let kind = byte(backslash + 1)
        switch kind {
        case UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "v"),
            UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "?"):
            return (backslash + 2, true)
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return digits(backslash + 2, 2, Self.isHexDigit)
        case UInt8(ascii: "u"): return digits(backslash + 2, 4, Self.isHexDigit)
        case UInt8(ascii: "U"): return digits(backslash + 2, 8, Self.isHexDigit)
        case UInt8(ascii: "0")...UInt8(ascii: "3"): return digits(backslash + 2, 2) { (0x30...0x37).contains($0) }
        default: return (backslash + 1, false)
        }
    }

    private mutating func quotedIdentifier(_ start: Int) throws(SyntaxFailure) -> Token {
        var end = start + 1
        while Self.isLetter(byte(end)) || Self.isDigit(byte(end)) || [0x2E, 0x2D, 0x2F, 0x20].contains(byte(end)) { end += 1 }
        guard byte(end) == UInt8(ascii: "`"), end > start + 1 else { throw unrecognized(start, scalarEnd(end)) }
        return token(.quotedIdentifier, start, end + 1 - start)
    }

    private func scalarEnd(_ start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    private func unrecognized(_ start: Int, _ end: Int) -> SyntaxFailure {
        let end = max(min(end, text.count), start)
        let part = String(decoding: text[start..<end], as: UTF8.self)
        let isQuoted = part.utf8.contains(0x22) || part.utf8.contains(0x27)
        return SyntaxFailure(
            "Syntax error: token recognition error at: '\(part)'",
            plain: isQuoted && part.utf8.contains(0x5C) && end < text.count && part.utf8.last != 0x0A ? "'\(part.escapingLines)' ends in an escape that there isn't; write \\\\ for a backslash"
                : isQuoted ? "this text has no closing quote on its line" : Self.nothing(part), offset: start, end: end)
    }

    /// The part may reach one character further than what is wrong, as Kubernetes shows it.
    private static func nothing(_ part: String) -> String {
        let word = String(part.prefix { !$0.isWhitespace })
        let meant = word == "=" ? "; == compares" : word == "&" ? "; && is 'and'" : word == "|" ? "; || is 'or'" : ""
        return "'\(word)' means nothing in an expression\(meant)"
    }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F }
    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    @inline(__always)
    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
}

extension String {
    /// Line breaks and tabs as escapes, for messages of one line.
    var escapingLines: String {
        var out = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
