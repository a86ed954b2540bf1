/// The JavaScript of one step: its own source, and the modules it may `require`.
public struct JavaScriptSource: Sendable, Equatable {
    /// What the step's own source is called in places and stack traces.
    public static let mainName = "script"

    /// The step's source: it defines `function transform(row, ctx)`, or sets `exports.transform`.
    public var main: String
    /// By name the source of modules, in a fixed order; they export by `exports.name = …` or `module.exports = …`.
    public var modules: [Module]

    public struct Module: Sendable, Equatable {
        public var name: String
        public var source: String

        public init(name: String, source: String) {
            self.name = name
            self.source = source
        }
    }

    public init(main: String, modules: [Module] = []) {
        self.main = main
        self.modules = modules
    }

    /// The text of a module, or of the main source.
    func text(_ name: String) -> String? {
        name == Self.mainName ? main : modules.first { $0.name == name }?.source
    }

    /// A line of a module, blanks around it left out; empty when there is no such line.
    public func line(_ module: String, _ number: Int) -> String {
        guard number >= 1, let lines = text(module)?.split(separator: "\n", maxSplits: number, omittingEmptySubsequences: false), lines.count >= number else { return "" }
        var line = lines[number - 1]
        while let first = line.first, first.isWhitespace { line.removeFirst() }
        while let last = line.last, last.isWhitespace { line.removeLast() }
        return String(line)
    }

    /// A line of a module with a caret below a column, for messages; empty when there is no such line.
    func excerpt(_ place: ScriptPlace) -> String {
        guard let text = text(place.module) else { return "" }
        let lines = text.split(separator: "\n", maxSplits: place.line, omittingEmptySubsequences: false)
        guard place.line >= 1, lines.count >= place.line else { return "" }
        var line = String(lines[place.line - 1].prefix { $0 != "\r" })
        guard let column = place.column, column >= 1 else { return "  " + line.prefix(160) }
        // A long line is shown around the column only.
        var units = Array(line.utf16)
        var caret = min(column - 1, units.count)
        if units.count > 160 {
            let start = max(0, caret - 80)
            units = Array(units[start..<min(units.count, start + 160)])
            caret -= start
            line = String(decoding: units, as: UTF16.self)
        }
        let blank = units.prefix(caret).map { $0 == 9 ? "\t" : " " }.joined()
        return "  " + line + "\n  " + blank + "^"
    }

    /// Where `transform` is defined: the place of what can't be placed better.
    var beginning: ScriptPlace? {
        guard let token = ScriptScanner.scan(main).tokens.first(where: { $0.is("transform") }) else { return nil }
        return ScriptPlace(module: Self.mainName, line: token.line)
    }

    /// The place where it is in the text. The engine places a loop that calls nothing behind the end of the module: then the first loop is taken.
    func within(_ place: ScriptPlace) -> ScriptPlace {
        guard let text = text(place.module) else { return place }
        let scanner = ScriptScanner.scan(text)
        guard place.line < 1 || place.line > text.utf8.reduce(1, { $0 + ($1 == 0x0A ? 1 : 0) }) else { return place }
        let loop = scanner.tokens.first { $0.is("for") || $0.is("while") || $0.is("do") }
        return ScriptPlace(module: place.module, line: loop?.line ?? 1)
    }
}
