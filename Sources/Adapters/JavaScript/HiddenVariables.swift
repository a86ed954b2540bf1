/// Finds, in a script's text, what its functions can keep from row to row where no checkpoint sees it: variables of functions and blocks
/// that inner functions use, and private fields of classes.
///
/// Where such a function or block runs while the script is loaded, what it leaves behind is to be frozen and watched: so a call is put in
/// front of its body that hands the machine a way to read those variables. While rows run, the call is one comparison. The function
/// `transform` itself is left as it is: it runs for rows alone.
struct HiddenVariables {
    /// The text with the calls in it.
    private(set) var text: String
    /// By line what was put in: the column before which, in UTF-16 units from 1, and how long it is. In order.
    private var insertions: [Int: [(column: Int, length: Int)]] = [:]

    /// The wrapped module's name for its link to the machine.
    static let link = "$millwright"

    init(_ source: String) {
        let scopes = ScriptScopes(ScriptScanner.scan(source))
        text = source
        insert(Self.calls(scopes), scopes.scanner, source)
    }

    /// Where a place of the changed text is in the user's.
    func original(line: Int, column: Int) -> Int {
        var shift = 0
        for (at, length) in insertions[line] ?? [] {
            guard column - shift > at else { break }
            shift += min(length, column - shift - at)
        }
        return column - shift
    }

    // MARK: What is put where

    /// Put before or behind a token.
    private struct Call {
        var token: Int
        var isBefore: Bool
        var text: String
    }

    private static func calls(_ scopes: ScriptScopes) -> [Call] {
        let captured = captured(scopes)
        let spared = transform(scopes)
        var calls: [Call] = []
        for (index, scope) in scopes.scopes.enumerated() where !captured[index].isEmpty && !spared.contains(where: { $0.contains(scope.range.lowerBound) }) {
            let reads = captured[index].sorted().map { name in
                // Where the name stands first: there it is declared.
                let first = scope.range.first { scopes.token($0)?.kind == .word && scopes.name($0) == name } ?? scope.range.lowerBound
                return "\(BatchProgram.quote(name)),\(scopes.scanner.tokens[first].line),()=>\(name)"
            }.joined(separator: ",")
            let call = "\(link).on&&\(link).own(\(reads))"
            if let brace = scope.brace {
                calls.append(Call(token: brace, isBefore: false, text: call + ";"))
            } else if let expression = scope.expression {
                calls.append(Call(token: expression.lowerBound, isBefore: true, text: "(\(call),"))
                calls.append(Call(token: expression.upperBound, isBefore: false, text: ")"))
            }
        }
        for index in scopes.scanner.tokens.indices where scopes.token(index)?.is("{") == true {
            guard scopes.opensClass(index), !spared.contains(where: { $0.contains(index) }) else { continue }
            let fields = privateFields(scopes, index)
            guard !fields.isEmpty else { continue }
            let reads = fields.map { "if(\($0.name) in o)f.push(\(BatchProgram.quote($0.name)),\($0.line),()=>o.\($0.name));" }.joined()
            calls.append(Call(token: index, isBefore: false, text: "static{\(link).on&&\(link).peek(o=>{const f=[];\(reads)return f})}"))
        }
        return calls
    }

    private static let contextual: Set<String> = [
        "enum", "export", "import", "with", "debugger", "implements", "interface", "package", "private", "protected", "public", "static", "arguments", "eval", "async",
    ]

    /// By scope the names it declares that a function within it uses.
    private static func captured(_ scopes: ScriptScopes) -> [Set<String>] {
        var captured = Array(repeating: Set<String>(), count: scopes.scopes.count)
        // Outer ones first; a scope begins before what is in it.
        let order = scopes.scopes.indices.sorted {
            let (a, b) = (scopes.scopes[$0].range, scopes.scopes[$1].range)
            return (a.lowerBound, b.upperBound, $0) < (b.lowerBound, a.upperBound, $1)
        }
        var open: [Int] = [], next = 0
        for (index, token) in scopes.scanner.tokens.enumerated() {
            while let last = open.last, scopes.scopes[last].range.upperBound < index { open.removeLast() }
            while next < order.count, scopes.scopes[order[next]].range.lowerBound <= index {
                open.append(order[next])
                next += 1
            }
            guard token.kind == .word, scopes.token(index - 1).map({ !$0.is(".") && !$0.is("?.") }) ?? true else { continue }
            let name = scopes.name(index)
            guard !name.hasPrefix("#"), !name.contains("\\"), !ScriptScopes.reserved.contains(name), !contextual.contains(name) else { continue }
            var isInner = false
            for scope in open.reversed() where scopes.scopes[scope].range.contains(index) {
                if scopes.scopes[scope].names.contains(name) {
                    if isInner { captured[scope].insert(name) }
                    break
                }
                isInner = isInner || scopes.scopes[scope].isFunction
            }
        }
        return captured
    }

    /// The functions called `transform` that are in no other function.
    private static func transform(_ scopes: ScriptScopes) -> [ClosedRange<Int>] {
        scopes.scopes.filter { scope in
            guard scope.isFunction, !scopes.scopes.contains(where: { $0.isFunction && $0.range.lowerBound < scope.range.lowerBound && $0.range.contains(scope.range.upperBound) }) else { return false }
            // function transform(…), transform = function (…), transform = (…) =>, transform = async …
            for back in 1...4 { if scopes.token(scope.range.lowerBound - back)?.is("transform") == true { return true } }
            return false
        }.map(\.range)
    }

    /// The private fields of the class whose body opens there, with their lines.
    private static func privateFields(_ scopes: ScriptScopes, _ opening: Int) -> [(name: String, line: Int)] {
        guard let end = scopes.token(opening)?.partner, end > opening else { return [] }
        var fields: [(name: String, line: Int)] = []
        var at = opening + 1
        while at < end, let token = scopes.token(at) {
            if token.is("{") || token.is("(") || token.is("["), token.partner > at {
                at = token.partner + 1
                continue
            }
            let name = token.kind == .word ? scopes.name(at) : ""
            if name.hasPrefix("#"), let before = scopes.token(at - 1), before.is("{") || before.is("}") || before.is(";") || before.is("static") || token.startsLine,
                scopes.token(at + 1)?.is("(") != true, !fields.contains(where: { $0.name == name })
            {
                fields.append((name, token.line))
            }
            at += 1
        }
        return fields
    }

    // MARK: Putting it in

    private mutating func insert(_ calls: [Call], _ scanner: ScriptScanner, _ source: String) {
        guard !calls.isEmpty else { return }
        let places = calls.enumerated().map { order, call in
            (byte: call.isBefore ? scanner.tokens[call.token].start : scanner.tokens[call.token].end, order: order, text: call.text)
        }.sorted { ($0.byte, $0.order) < ($1.byte, $1.order) }
        let bytes = Array(source.utf8)
        var made: [UInt8] = []
        var at = 0, line = 1, lineStart = 0
        for place in places {
            while at < place.byte {
                made.append(bytes[at])
                if bytes[at] == 0x0A { (line, lineStart) = (line + 1, at + 1) }
                at += 1
            }
            let column = String(decoding: bytes[lineStart..<at], as: UTF8.self).utf16.count + 1
            insertions[line, default: []].append((column, place.text.utf16.count))
            made += place.text.utf8
        }
        made += bytes[at...]
        text = String(decoding: made, as: UTF8.self)
    }
}
