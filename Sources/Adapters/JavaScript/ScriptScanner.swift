/// Cuts a script into tokens, enough of them to find names, writes and brackets.
///
/// Linear; never fails: what is no JavaScript is the engine's to report, this only has to end and to be right for what is.
struct ScriptScanner {
    let source: Substring
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var startsLine = true
    private(set) var tokens: [ScriptToken] = []
    /// Indices of open brackets.
    private var open: [Int] = []
    /// A closing bracket without its opening one: the source would escape from what is put around it.
    private(set) var stray: Int?

    /// The tokens of a source.
    static func scan(_ source: String) -> ScriptScanner {
        var scanner = ScriptScanner(source)
        scanner.run()
        return scanner
    }

    private init(_ source: String) {
        var source = source
        source.makeContiguousUTF8()
        self.source = source[...]
        bytes = Array(source.utf8)
    }

    private mutating func run() {
        // `#!` only at the very start.
        if bytes.starts(with: [0x23, 0x21]) { skipLine() }
        while at < bytes.count { step() }
    }

    private mutating func step() {
        let byte = bytes[at]
        switch byte {
        case 0x0A:
            line += 1
            startsLine = true
            at += 1
        case 0x0D:
            startsLine = true
            at += 1
        case 0x20, 0x09, 0x0B, 0x0C: at += 1
        case 0x80... where blank > 0:
            startsLine = startsLine || isSeparator
            at += blank
        // Comments of HTML, which the engine knows as well.
        case UInt8(ascii: "<") where bytes[at...].starts(with: "<!--".utf8): skipLine()
        case UInt8(ascii: "-") where (startsLine || tokens.isEmpty) && bytes[at...].starts(with: "-->".utf8): skipLine()
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): skipLine()
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skipComment()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): string(byte)
        case UInt8(ascii: "`"): template(from: at)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
        case UInt8(ascii: ".") where digit(peek(1)): number()
        case UInt8(ascii: "/") where regexMayStart: regex()
        case UInt8(ascii: "}") where open.last.map({ tokens[$0].kind == .template }) == true:
            // The end of `${ … }`: the template goes on.
            let opening = open.removeLast()
            let index = tokens.count
            template(from: at)
            if opening < tokens.count, index < tokens.count {
                tokens[opening].partner = index
                // The closing half must not look like the opening of what follows, so its own partner is set only when it closes.
                if tokens[index].partner == -1 { tokens[index].partner = opening }
            }
        default:
            if Self.startsWord(byte) { word() } else { mark() }
        }
    }

    private func peek(_ ahead: Int) -> UInt8 { at + ahead < bytes.count ? bytes[at + ahead] : 0 }
    private func digit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func startsWord(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "\\") || byte >= 0x80
    }

    private mutating func add(_ kind: ScriptToken.Kind, from start: Int, line: Int) {
        let view = source.utf8
        let from = view.index(view.startIndex, offsetBy: start), to = view.index(view.startIndex, offsetBy: at)
        tokens.append(ScriptToken(kind: kind, start: start, end: at, line: line, startsLine: startsLine, text: view[from..<to]))
        startsLine = false
    }

    /// The bytes of a blank of the language's beyond ASCII; 0: there is none here.
    private var blank: Int {
        switch (bytes[at], peek(1), peek(2)) {
        case (0xC2, 0xA0, _): 2
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80), (0xEF, 0xBB, 0xBF): 3
        default: isSeparator ? 3 : 0
        }
    }

    /// One of the two separators that end a line, as a lone return does.
    private var isSeparator: Bool { bytes[at] == 0xE2 && peek(1) == 0x80 && (peek(2) == 0xA8 || peek(2) == 0xA9) }

    private mutating func skipLine() {
        while at < bytes.count, bytes[at] != 0x0A, bytes[at] != 0x0D, !isSeparator { at += 1 }
    }

    private mutating func skipComment() {
        at += 2
        while at < bytes.count, !(bytes[at] == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
            if bytes[at] == 0x0A {
                line += 1
                startsLine = true
            }
            at += 1
        }
        at = min(at + 2, bytes.count)
    }

    private mutating func string(_ quote: UInt8) {
        let start = at, first = line
        at += 1
        while at < bytes.count, bytes[at] != quote, bytes[at] != 0x0A {
            if bytes[at] == UInt8(ascii: "\\") {
                at += 1
                if peek(0) == 0x0D, peek(1) == 0x0A { at += 1 }
                if peek(0) == 0x0A { line += 1 }
            }
            at += 1
        }
        at = min(at + 1, bytes.count)
        add(.string, from: start, line: first)
    }

    /// From a backtick, or from the brace that ends a substitution, to the next substitution or the end.
    private mutating func template(from start: Int) {
        let first = line
        at += 1
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\\"): at += 1
            case 0x0A: line += 1
            case UInt8(ascii: "`"):
                at += 1
                add(.template, from: start, line: first)
                return
            case UInt8(ascii: "$") where peek(1) == UInt8(ascii: "{"):
                at += 2
                add(.template, from: start, line: first)
                open.append(tokens.count - 1)
                return
            default: break
            }
            at += 1
        }
        at = min(at, bytes.count)
        add(.template, from: start, line: first)
    }

    private mutating func number() {
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            if digit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) {
                at += 1
            } else if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), bytes[at - 1] | 0x20 == UInt8(ascii: "e"), bytes[start] != UInt8(ascii: "0") || at - start > 1, !(at - start > 1 && bytes[start + 1] | 0x20 == UInt8(ascii: "x")) {
                at += 1
            } else {
                break
            }
        }
        add(.number, from: start, line: line)
    }

    private mutating func word() {
        let start = at
        while at < bytes.count, Self.startsWord(bytes[at]) && (bytes[at] < 0x80 || blank == 0) || at < bytes.count && digit(bytes[at]) { at += 1 }
        add(.word, from: start, line: line)
    }

    /// A slash starts a regular expression where an operand is expected.
    private var regexMayStart: Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .number, .string, .regex: return false
        case .template: return open.last.map { $0 == tokens.count - 1 } ?? false
        case .word:
            // A property may have any name: `row.in / 2`.
            if tokens.count > 1, tokens[tokens.count - 2].is(".") || tokens[tokens.count - 2].is("?.") { return false }
            return ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "instanceof", "yield", "await"].contains { last.is($0) }
        case .mark:
            if last.is("]") { return false }
            if last.is(")") {
                // After the head of if, while, for comes a statement.
                guard last.partner > 0 else { return false }
                let before = tokens[last.partner - 1]
                return before.is("if") || before.is("while") || before.is("for")
            }
            if last.is("}") { return last.partner >= 0 && closesBlock(last.partner) }
            return !(last.is("++") || last.is("--"))
        }
    }

    /// Whether the brace at that index opens a block rather than an object: it stands where no value is expected.
    private func closesBlock(_ opening: Int) -> Bool {
        guard opening > 0 else { return true }
        let before = tokens[opening - 1]
        return before.is(")") || before.is(";") || before.is("{") || before.is("}") || before.is("else") || before.is("do") || before.is("try") || before.is("finally") || before.is("=>")
    }

    private mutating func regex() {
        let start = at
        var inClass = false
        at += 1
        while at < bytes.count, bytes[at] != 0x0A {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\\") {
                at += 1
            } else if byte == UInt8(ascii: "[") {
                inClass = true
            } else if byte == UInt8(ascii: "]") {
                inClass = false
            } else if byte == UInt8(ascii: "/"), !inClass {
                at += 1
                while at < bytes.count, Self.startsWord(bytes[at]) { at += 1 }
                break
            }
            at += 1
        }
        at = min(at, bytes.count)
        add(.regex, from: start, line: line)
    }

    private static let marks: [[UInt8]] = [
        ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--",
        "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
    ].map { Array($0.utf8) }

    private mutating func mark() {
        let start = at
        let long = Self.marks.first { bytes[at...].starts(with: $0) }
        // `a?.5:b` is a condition.
        let length = long.map { $0 == [0x3F, 0x2E] && digit(peek(2)) ? 1 : $0.count } ?? 1
        at += length
        add(.mark, from: start, line: line)
        let index = tokens.count - 1
        switch bytes[start] {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(index)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard let opening = open.last, bytes[tokens[opening].start] == Self.opening(of: bytes[start]), tokens[opening].kind == .mark else {
                if stray == nil { stray = index }
                return
            }
            open.removeLast()
            tokens[opening].partner = index
            tokens[index].partner = opening
        default: break
        }
    }

    private static func opening(of closing: UInt8) -> UInt8 {
        switch closing {
        case UInt8(ascii: ")"): UInt8(ascii: "(")
        case UInt8(ascii: "]"): UInt8(ascii: "[")
        default: UInt8(ascii: "{")
        }
    }

    /// The column of a byte in its line, from 1, in UTF-16 units.
    func column(of offset: Int) -> Int {
        let end = min(offset, bytes.count)
        let start = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return String(decoding: bytes[start..<end], as: UTF8.self).utf16.count + 1
    }

    /// The source up to a token, for finding where its syntax breaks.
    func prefix(to token: Int) -> String {
        String(decoding: bytes[..<tokens[token].end], as: UTF8.self)
    }
}
