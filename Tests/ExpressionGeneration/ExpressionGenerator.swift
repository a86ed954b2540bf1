import Resilience

/// Makes well typed expressions and values for their variables, at random but repeatable.
///
/// What cel-python is known to do otherwise everywhere isn't asked in the standard dialect: `string(true)` is "True" there, division of
/// doubles by zero is always positive infinity, a span may be more than 64 bits of nanoseconds, `int` of a time before 1970 rounds up,
/// texts of numbers may be hexadecimal.
public struct ExpressionGenerator {
    public enum Kind: CaseIterable, Sendable {
        case int, uint, double, bool, string, bytes, ints, strings, map, duration, timestamp
        // Of Kubernetes' dialect alone.
        /// `map(string, string)`, a list of objects with name and quantity, an optional, an int or a text, and what the libraries bring.
        case texts, items, optionalInt, optionalString, dynamic, address, network, url, amount, version

        static let standard: [Kind] = [.int, .uint, .double, .bool, .string, .bytes, .ints, .strings, .map, .duration, .timestamp]
    }

    /// A variable, or what can be written in place of one: `self.spec.replicas`.
    public struct Name: Sendable {
        public let text: String
        public let kind: Kind

        public init(_ text: String, _ kind: Kind) {
            self.text = text
            self.kind = kind
        }
    }

    public enum Dialect: Sendable { case standard, kubernetes }

    /// The variables of every expression of the standard dialect, unless others are said.
    public static let variables: [Name] = [
        ("i", .int), ("j", .int), ("u", .uint), ("d", .double), ("p", .bool), ("s", .string), ("t", .string), ("l", .ints), ("n", .strings), ("m", .map),
    ].map { (text: String, kind: Kind) in Name(text, kind) }

    /// What the next expression may name.
    public var variables: [Name]
    let dialect: Dialect
    private var random: SeededGenerator
    /// Variables of macros around the place.
    var locals: [Name] = []
    private var count = 0

    public init(seed: UInt64, variables: [Name] = Self.variables, dialect: Dialect = .standard) {
        random = SeededGenerator(seed: seed)
        self.variables = variables
        self.dialect = dialect
    }

    /// From 0 up to the bound.
    public mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }

    /// One of them; there must be one.
    public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// An expression of any type.
    public mutating func expression() -> String { expression(of: pick(Kind.standard)) }

    public mutating func expression(of kind: Kind) -> String {
        locals = []
        count = 0
        return make(kind, depth: 1 + below(4))
    }

    // MARK: Values

    private static let numbers: [Int64] = [0, 1, -1, 2, 3, 7, 10, -5, 100, 1_000_003, 4_611_686_018_427_387_904, .max, .min, .max - 1]
    private static let texts = ["", "a", "b", "abc", "hello world", "ä", "日本", "a\"b", "x\ny", "1", "-7", "true", "2.5", "a.b", "aXa", "😀"]

    public mutating func number() -> Int64 { pick(Self.numbers) }
    public mutating func natural() -> UInt64 { pick([0, 1, 2, 3, 9, 100, UInt64(Int64.max), .max]) }
    public mutating func real() -> Double { pick([0, 1, -1, 0.5, 2.25, -3.75, 1e10, 1e300, 1e-300, 123.456]) }
    public mutating func text() -> String { pick(Self.texts) }
    public mutating func flag() -> Bool { below(2) == 0 }
    public mutating func numberList() -> [Int64] { (0..<below(4)).map { _ in number() } }
    public mutating func textList() -> [String] { (0..<below(4)).map { _ in text() } }
    public mutating func numberMap() -> [(String, Int64)] { ["a", "b", "c d"].prefix(below(4)).map { ($0, number()) } }

    static func quoted(_ text: String) -> String {
        var out = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": out += "\\'"
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "'"
    }

    // MARK: Expressions

    mutating func leaf(_ kind: Kind) -> String {
        let names = (variables + locals).filter { $0.kind == kind }.map(\.text)
        if !names.isEmpty, below(dialect == .kubernetes ? 6 : 2) != 1 { return pick(names) }
        switch kind {
        case .int: return String(number())
        case .uint: return "\(natural())u"
        case .double: return pick(["0.0", "1.5", "-2.25", "1e3", "0.1", "123.456"])
        case .bool: return pick(["true", "false"])
        case .string: return Self.quoted(text())
        case .bytes: return pick(["b''", "b'abc'", "b'\\xff\\x00'", "b'ä'"])
        // Not empty: what an empty list holds would be for the checker to guess.
        case .ints: return "[" + (0...below(3)).map { _ in String(number()) }.joined(separator: ", ") + "]"
        case .strings: return "[" + (0...below(3)).map { _ in Self.quoted(text()) }.joined(separator: ", ") + "]"
        case .map: return "{" + ["a", "b"].prefix(1 + below(2)).map { "'\($0)': \(number())" }.joined(separator: ", ") + "}"
        case .duration: return "duration('\(pick(["0s", "1s", "90m", "-1h30m", "1.5s", "100h", "250ms"]))')"
        case .timestamp:
            return "timestamp('\(pick(["2020-02-29T12:30:45Z", "1970-01-01T00:00:00Z", "2026-11-20T06:00:00+02:00", "1901-12-13T20:45:52-05:30", "2100-12-31T23:59:59Z"]))')"
        default: return kubernetesLeaf(kind)
        }
    }

    mutating func make(_ kind: Kind, depth: Int) -> String {
        guard depth > 0, below(8) > 0 else { return leaf(kind) }
        if dialect == .kubernetes, below(2) == 0, let made = kubernetes(kind, depth: depth - 1) { return made }
        if below(8) == 0 { return "(\(make(.bool, depth: depth - 1)) ? \(make(kind, depth: depth - 1)) : \(make(kind, depth: depth - 1)))" }
        let below = depth - 1
        switch kind {
        case .int:
            switch self.below(14) {
            case 0...4: return "(\(make(.int, depth: below)) \(pick(["+", "-", "*", "/", "%"])) \(make(.int, depth: below)))"
            case 5: return "size(\(make(pick([.string, .bytes, .ints, .strings, .map]), depth: below)))"
            case 6: return "int(\(make(pick([.uint, .double, .string]), depth: below)))"
            case 7: return "\(make(.ints, depth: below))[\(pick(["0", "1", "5"]))]"
            case 8: return "\(make(.map, depth: below))['\(pick(["a", "b", "zz"]))']"
            case 9: return "\(make(.timestamp, depth: below)).\(pick(["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds"]))()"
            case 10: return "\(make(.duration, depth: below)).\(pick(["getHours", "getMinutes", "getSeconds"]))()"
            case 11: return "\(make(.map, depth: below)).a"
            case 12: return "-\(make(.int, depth: below))".replacingDoubleMinus
            default: return "int(\(leaf(.timestamp)))"
            }
        case .uint:
            switch self.below(4) {
            case 0...2: return "(\(make(.uint, depth: below)) \(pick(["+", "-", "*", "/", "%"])) \(make(.uint, depth: below)))"
            default: return "uint(\(make(pick([.int, .double, .string]), depth: below)))"
            }
        case .double:
            switch self.below(4) {
            case 0, 1: return "(\(make(.double, depth: below)) \(pick(["+", "-", "*"])) \(make(.double, depth: below)))"
            case 2: return "(\(make(.double, depth: below)) / \(pick(["2.5", "-3.0", "1e10"])))"
            default: return "double(\(make(pick([.int, .uint, .string]), depth: below)))"
            }
        case .bool: return bool(depth: below)
        case .string:
            switch self.below(4) {
            case 0, 1: return "(\(make(.string, depth: below)) + \(make(.string, depth: below)))"
            case 2: return "string(\(make(pick([.int, .uint, .bytes]), depth: below)))"
            default: return "\(make(.strings, depth: below))[\(pick(["0", "1"]))]"
            }
        case .bytes: return self.below(2) == 0 ? "(\(make(.bytes, depth: below)) + \(make(.bytes, depth: below)))" : "bytes(\(make(.string, depth: below)))"
        case .ints:
            switch self.below(4) {
            case 0: return "(\(make(.ints, depth: below)) + \(make(.ints, depth: below)))"
            case 1: return macro(make(.ints, depth: below), .int, "map") { $0.make(.int, depth: below) }
            case 2: return macro(make(.ints, depth: below), .int, "filter") { $0.make(.bool, depth: below) }
            default: return macro(make(.strings, depth: below), .string, "map") { $0.make(.int, depth: below) }
            }
        case .strings:
            switch self.below(3) {
            case 0: return "(\(make(.strings, depth: below)) + \(make(.strings, depth: below)))"
            case 1: return macro(make(.strings, depth: below), .string, "filter") { $0.make(.bool, depth: below) }
            default: return macro(make(.ints, depth: below), .int, "map") { $0.make(.string, depth: below) }
            }
        case .map: return "{'a': \(make(.int, depth: below)), 'b': \(make(.int, depth: below))}"
        case .duration:
            switch self.below(3) {
            case 0: return "(\(make(.duration, depth: below)) \(pick(["+", "-"])) \(make(.duration, depth: below)))"
            case 1: return "(\(make(.timestamp, depth: below)) - \(make(.timestamp, depth: below)))"
            default: return leaf(.duration)
            }
        case .timestamp: return "(\(make(.timestamp, depth: below)) \(pick(["+", "-"])) \(make(.duration, depth: below)))"
        default: return kubernetes(kind, depth: below) ?? leaf(kind)
        }
    }

    private mutating func bool(depth: Int) -> String {
        switch below(12) {
        case 0, 1: return "(\(make(.bool, depth: depth)) \(pick(["&&", "||"])) \(make(.bool, depth: depth)))"
        case 2: return "!\(make(.bool, depth: depth))"
        case 3, 4:
            let kind = pick([Kind.int, .uint, .double, .string, .bool, .duration, .timestamp])
            return "(\(make(kind, depth: depth)) \(pick(["<", "<=", ">", ">="])) \(make(kind, depth: depth)))"
        case 5, 6:
            let kind = pick(Kind.standard)
            return "(\(make(kind, depth: depth)) \(pick(["==", "!="])) \(make(kind, depth: depth)))"
        case 7: return "\(make(.string, depth: depth)).\(pick(["startsWith", "endsWith", "contains"]))(\(make(.string, depth: depth)))"
        case 8: return "(\(make(.int, depth: depth)) in \(make(.ints, depth: depth)))"
        case 9: return "(\(make(.string, depth: depth)) in \(make(.map, depth: depth)))"
        case 10: return presence()
        default: return macro(make(.ints, depth: depth), .int, pick(["all", "exists", "exists_one"])) { $0.make(.bool, depth: depth) }
        }
    }

    private mutating func presence() -> String {
        guard dialect == .kubernetes else { return "has(\(pick(["m.a", "m.zz", "{'a': 1}.a"])))" }
        let fields = variables.map(\.text).filter { $0.contains(".") && !$0.hasSuffix(")") }
        return fields.isEmpty ? "has({'a': 1}.a)" : "has(\(pick(fields)))"
    }

    mutating func macro(_ range: String, _ kind: Kind, _ name: String, _ body: (inout ExpressionGenerator) -> String) -> String {
        macro(range, [kind], name, body)
    }

    /// - Parameter kinds: of its variables, one or two.
    mutating func macro(_ range: String, _ kinds: [Kind], _ name: String, _ body: (inout ExpressionGenerator) -> String) -> String {
        var names: [String] = []
        for kind in kinds {
            count += 1
            names.append("v\(count)")
            locals.append(Name("v\(count)", kind))
        }
        defer { locals.removeLast(kinds.count) }
        return "\(range).\(name)(\(names.joined(separator: ", ")), \(body(&self)))"
    }
}

extension String {
    /// `--1` is a lexical matter of its own.
    fileprivate var replacingDoubleMinus: String { hasPrefix("--") ? "-(" + dropFirst() + ")" : self }
}
