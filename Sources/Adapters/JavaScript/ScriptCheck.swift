import CJavaScript
import Kernel

/// What can be said of a script before it runs.
public enum ScriptCheck {
    /// Checks everything that needs no rows: syntax with line, column and caret, the contract, loading. For `validate`.
    ///
    /// - Throws: the first thing that is wrong.
    public static func validate(_ source: JavaScriptSource, settings: ScriptSettings) throws(ScriptProblem) {
        _ = try ScriptMachine(source, settings)
    }

    /// The rules that the engine doesn't know.
    static func check(_ source: JavaScriptSource) throws(ScriptProblem) {
        var names: Set<String> = [JavaScriptSource.mainName]
        for module in source.modules where !names.insert(module.name).inserted {
            throw ScriptProblem(
                .contract, module.name == JavaScriptSource.mainName ? "a module can't be called `script`: that is the step's own source" : "two modules are called `\(module.name)`: give one another name")
        }
        for module in source.modules + [.init(name: JavaScriptSource.mainName, source: source.main)] { try check(module, in: source) }
    }

    private static func check(_ module: JavaScriptSource.Module, in source: JavaScriptSource) throws(ScriptProblem) {
        let scanner = ScriptScanner.scan(module.source)
        func problem(_ kind: ScriptProblem.Kind, _ message: String, at token: Int) -> ScriptProblem {
            let place = ScriptPlace(module: module.name, line: scanner.tokens[token].line, column: scanner.column(of: scanner.tokens[token].start))
            return ScriptProblem(kind, message, at: place, excerpt: source.excerpt(place))
        }
        if let stray = scanner.stray {
            throw problem(.syntax, "this bracket closes nothing that is open", at: stray)
        }
        if let word = scanner.tokens.indices.first(where: { isModuleSyntax(scanner.tokens, $0) }) {
            throw problem(
                .contract, "import and export declarations aren't supported: `require(\"name\")` gives what another module exports, `exports.name = …` exports; transform needs no export", at: word)
        }
        if let word = scanner.tokens.indices.first(where: { isAsynchronous(scanner, $0) }) {
            throw problem(
                .contract,
                "a script can't wait: it has async functions, Promise or import() here, and what waits between two rows is in no checkpoint, so that a resumed run would compute something else. There is nothing to wait for: call functions directly, and return the row",
                at: word)
        }
        let scopes = ScriptScopes(scanner)
        if let write = scopes.firstModuleWrite() {
            let name = scopes.name(write)
            throw problem(
                .contract,
                "a function changes the module variable `\(name)`: variables outside of functions are fixed once the script is loaded, so that a resumed run computes the same. Keep what changes from row to row in ctx.state (`ctx.state.\(name)`)",
                at: write)
        }
    }

    /// `import` or `export` at the start of a statement.
    private static func isModuleSyntax(_ tokens: [ScriptToken], _ index: Int) -> Bool {
        let token = tokens[index]
        guard token.is("import") || token.is("export") else { return false }
        if index > 0, !(token.startsLine || tokens[index - 1].is(";") || tokens[index - 1].is("}")) { return false }
        guard index + 1 < tokens.count else { return false }
        let next = tokens[index + 1]
        if token.is("import") { return next.kind == .string || next.is("{") || next.is("*") || next.kind == .word }
        return next.is("{") || next.is("*") || next.kind == .word
    }

    /// An async function or method, the name of `Promise`, or `import(…)`.
    private static func isAsynchronous(_ scanner: ScriptScanner, _ index: Int) -> Bool {
        let tokens = scanner.tokens, token = tokens[index]
        func at(_ place: Int) -> ScriptToken? { tokens.indices.contains(place) ? tokens[place] : nil }
        let before = at(index - 1)
        guard token.kind == .word, before?.is(".") != true, before?.is("?.") != true, let next = at(index + 1) else { return false }
        if token.is("Promise") { return !next.is(":") }
        if token.is("import") { return next.is("(") }
        // In other places it is a name like any other.
        guard token.is("async"), !next.startsLine else { return false }
        if next.is("function") { return true }
        if next.is("(") { return next.partner > index && at(next.partner + 1)?.is("=>") == true }
        if next.kind == .word { return at(index + 2)?.is("=>") == true || at(index + 2)?.is("(") == true }
        let isMember = before.map { $0.is("{") || $0.is("}") || $0.is(",") || $0.is(";") || $0.is("static") } ?? false
        return isMember && (next.is("*") || next.is("["))
    }

    /// The module as the body of a function, one line down. Its own names come back in an array, to be frozen, and a way to read those that may change.
    ///
    /// - Parameter text: the module's, or what `HiddenVariables` made of it.
    static func wrap(_ text: String) -> String {
        let scopes = ScriptScopes(ScriptScanner.scan(text))
        let values = scopes.moduleNames.filter(isPlainName).map { "typeof \($0) === \"undefined\" ? undefined : \($0)" }.joined(separator: ", ")
        let reads = scopes.changeableNames.filter { isPlainName($0.name) }.map { "\(BatchProgram.quote($0.name)),\($0.line),()=>\($0.name)" }.joined(separator: ",")
        let own = scopes.moduleNames.contains("transform") ? "typeof transform === \"undefined\" ? undefined : transform" : "undefined"
        // `#!` would not be at the start any more.
        let body = text.hasPrefix("#!") ? "//" + text : text
        return "(function (require, exports, module, \(HiddenVariables.link)) { \"use strict\";\n" + body
            + "\n;\(HiddenVariables.link).own(\(reads));return [\(own), [\(values)]]; })"
    }

    private static func isPlainName(_ name: String) -> Bool {
        name.utf8.allSatisfy { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F || $0 == 0x24 || $0 >= 0x80 }
    }

    /// A syntax error with its column, which the engine doesn't tell.
    ///
    /// The engine's parser stops at the first token that fits nowhere, so the shortest piece of the source that it refuses for another
    /// reason than its end ends with that token.
    static func syntaxProblem(_ engine: ScriptEngine, _ error: MWJSValue, _ module: JavaScriptSource.Module, in source: JavaScriptSource) throws(ScriptProblem) -> ScriptProblem {
        let line = engine.property(error, "line").map { engine.api.pointee.JSValueToNumber(engine.context, $0, nil) } ?? 0
        var text = engine.text(error) ?? "SyntaxError"
        if text.hasPrefix("SyntaxError: ") { text.removeFirst("SyntaxError: ".count) }
        let scanner = ScriptScanner.scan(module.source)
        let lines = module.source.utf8.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        // The engine reads on to the end of the text and says no more than that it has come.
        if text.hasPrefix("Unexpected EOF") || text.hasPrefix("Unexpected end"), let (token, what) = openEnd(scanner) {
            let place = ScriptPlace(module: module.name, line: scanner.tokens[token].line, column: scanner.column(of: scanner.tokens[token].start))
            return ScriptProblem(.syntax, what, at: place, excerpt: source.excerpt(place))
        }
        var place = ScriptPlace(module: module.name, line: min(max(1, Int(line.isFinite ? line : 1) - StackTrace.wrapperLines), lines))
        // The tokens on that line and, should the engine have counted otherwise, the one before.
        let near = scanner.tokens.indices.filter { scanner.tokens[$0].line >= place.line - 1 && scanner.tokens[$0].line <= place.line }.prefix(400)
        for token in near where refuses(engine, scanner.prefix(to: token)) {
            place.line = scanner.tokens[token].line
            place.column = scanner.column(of: scanner.tokens[token].start)
            break
        }
        // What the engine stumbles over is none of the script's own: its end, with something still open.
        if place.column == nil, let (token, what) = openEnd(scanner) {
            let place = ScriptPlace(module: module.name, line: scanner.tokens[token].line, column: scanner.column(of: scanner.tokens[token].start))
            return ScriptProblem(.syntax, what, at: place, excerpt: source.excerpt(place))
        }
        return ScriptProblem(.syntax, text, at: place, excerpt: source.excerpt(place))
    }

    /// What opens and never closes: the first text or template, else the last bracket.
    private static func openEnd(_ scanner: ScriptScanner) -> (token: Int, what: String)? {
        for (index, token) in scanner.tokens.enumerated() where !isClosed(token) {
            return token.kind == .string
                ? (index, "a text opens here whose closing quote is missing on its line") : (index, "a template opens here and has no closing `")
        }
        let bracket = scanner.tokens.indices.last { index in
            let token = scanner.tokens[index]
            return token.partner < 0 && (token.is("(") || token.is("[") || token.is("{"))
        }
        return bracket.map { ($0, "this bracket is never closed") }
    }

    private static func isClosed(_ token: ScriptToken) -> Bool {
        guard token.kind == .string || token.kind == .template else { return true }
        let bytes = Array(token.text)
        let isString = token.kind == .string
        var at = 1
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "\\") {
                at += 2
                continue
            }
            if isString ? bytes[at] == bytes[0] : bytes[at] == UInt8(ascii: "`") { return true }
            if !isString, bytes[at] == UInt8(ascii: "$"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "{") { return true }
            at += 1
        }
        return false
    }

    /// The engine refuses a piece of a source, not because it ends too early.
    private static func refuses(_ engine: ScriptEngine, _ piece: String) -> Bool {
        var exception: MWJSValue?
        let wrapped = "(function (require, exports, module) { \"use strict\";\n" + piece
        let fits = engine.withString(wrapped) { engine.api.pointee.JSCheckScriptSyntax(engine.context, $0, nil, 1, &exception) }
        guard !fits, let exception, let text = engine.text(exception) else { return false }
        return !text.contains("Unexpected end of script") && !text.contains("Unexpected EOF")
    }
}
