import RegularExpressions

extension ValueType {
    /// Whether a value can be given where this type is declared. Elements of containers aren't looked at.
    func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.dyn, _), (.variable, _), (.parameter, _), (.error, _): true
        case (.int, .int), (.uint, .uint), (.double, .double), (.bool, .bool), (.string, .string), (.bytes, .bytes), (.null, .null): true
        case (.timestamp, .timestamp), (.duration, .duration), (.list, .list), (.map, .map), (.type, .type), (.optional, .optional): true
        case (.object, .map(let map)): map.objectType != nil
        case (.nullable, .null): true
        case (.nullable(let scalar), _): scalar.admits(value)
        case (.opaque(let name, _), .opaque(let opaque)): opaque.type.runtimeName == name
        default: false
        }
    }
}

extension Value {
    /// What even a cheap function of a long text costs on top, so that no budget pays for hours: 1 for a thousand bytes. Kubernetes
    /// counts nothing here.
    var lengthCost: UInt64 {
        if case .string(let text) = self { return UInt64(text.utf8.count >> 10) }
        return 0
    }
}

extension FunctionTable.Prepared {
    func admits(_ arguments: [Value]) -> Bool {
        guard arguments.count == parameters.count else { return false }
        for position in arguments.indices where !parameters[position].admits(arguments[position]) { return false }
        return true
    }

    /// Pays, calls, pays for the result.
    func call(_ arguments: [Value], _ frame: inout Frame, _ offset: Int) throws(EvaluationError) -> Value {
        switch overload.cost.actual {
        case .constant(let cost): try frame.budget.spend(arguments.reduce(cost) { $0 &+ $1.lengthCost })
        case .before(let cost): try frame.budget.spend(cost(arguments))
        case .after: break
        }
        let result: Value
        do {
            switch overload.body {
            case .one(let body): result = try body(arguments[0])
            case .two(let body): result = try body(arguments[0], arguments[1])
            case .many(let body): result = try body(arguments)
            }
        } catch {
            throw error.located(offset)
        }
        if case .after(let cost) = overload.cost.actual { try frame.budget.spend(cost(arguments, result)) }
        return result
    }
}

extension EvaluationError {
    /// A function that was called with what it wasn't declared for. Those of the language that look at the values themselves say less.
    static func misfit(_ function: String, _ arguments: [Value]) -> EvaluationError {
        switch function {
        case "contains", "endsWith", "startsWith", "matches": .noSuchOverload
        case "size": EvaluationError(.noSuchOverload, "no such overload: size")
        default: EvaluationError(.noSuchOverload, "no such overload: \(function)(\(arguments.map(\.type.runtimeName).joined(separator: ", ")))")
        }
    }
}

/// A call of a function: the overload is chosen by the values, among those that their types allow.
final class Call: Evaluable, @unchecked Sendable {
    private let name: String
    private let candidates: [FunctionTable.Prepared]
    private let arguments: [Evaluable]

    init(_ name: String, _ candidates: [FunctionTable.Prepared], _ arguments: [Evaluable], _ offset: Int) {
        self.name = name
        self.candidates = candidates
        self.arguments = arguments
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.value(&frame, given)) }
        for candidate in candidates where candidate.admits(values) { return try candidate.call(values, &frame, offset) }
        throw EvaluationError.misfit(name, values).located(offset)
    }
}

/// A call of a function of one argument with a constant cost: nothing is allocated.
final class UnaryCall: Evaluable, @unchecked Sendable {
    private let name: String
    private let parameter: ValueType
    private let body: @Sendable (Value) throws(EvaluationError) -> Value
    private let cost: UInt64
    private let argument: Evaluable

    init?(_ name: String, _ candidate: FunctionTable.Prepared, _ argument: Evaluable, _ offset: Int) {
        guard case .one(let body) = candidate.overload.body, case .constant(let cost) = candidate.overload.cost.actual else { return nil }
        self.name = name
        parameter = candidate.parameters[0]
        self.body = body
        self.cost = cost
        self.argument = argument
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let value = try argument.value(&frame, given)
        guard parameter.admits(value) else { throw EvaluationError.misfit(name, [value]).located(offset) }
        try frame.budget.spend(cost + value.lengthCost)
        do { return try body(value) } catch { throw error.located(offset) }
    }
}

/// `text.startsWith(part)` and its like, where both are known to be texts.
final class TextPredicate: Evaluable, @unchecked Sendable {
    enum Kind { case startsWith, endsWith, contains }
    private let kind: Kind
    private let text: Evaluable
    private let part: Evaluable

    init(_ kind: Kind, _ text: Evaluable, _ part: Evaluable, _ offset: Int) {
        self.kind = kind
        self.text = text
        self.part = part
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let text = try text.string(&frame, given)
        let part = try part.string(&frame, given)
        // An empty part is found without looking, and costs nothing to look for.
        if part.isEmpty, kind == .contains { return true }
        let walk = Value.string(text).traversalCost
        switch kind {
        case .startsWith:
            try frame.budget.spend(walk)
            return text.hasBytePrefix(part)
        case .endsWith:
            try frame.budget.spend(walk)
            return text.hasByteSuffix(part)
        case .contains:
            try frame.budget.spend(walk.saturatingProduct(Value.string(part).traversalCost))
            return text.containsBytes(of: part)
        }
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// `text.matches(pattern)` with a pattern that is written out: compiled once.
final class PatternMatch: Evaluable, @unchecked Sendable {
    private let text: Evaluable
    private let expression: RegularExpression
    private let patternCost: UInt64

    init(_ text: Evaluable, _ expression: RegularExpression, _ offset: Int) {
        self.text = text
        self.expression = expression
        patternCost = RegularExpressionCost.pattern(expression.pattern)
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let text = try text.string(&frame, given)
        if patternCost == 0 { return true }
        try frame.budget.spend(RegularExpressionCost.text(text).saturatingProduct(patternCost))
        return expression.matches(text)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// What matching costs, as Kubernetes reckons: the text's part times the pattern's. Patterns that become much larger than they are
/// written (`(a|b){1000}`, `\\pL`) cost more than there, where a few characters can keep a server busy for minutes.
public enum RegularExpressionCost {
    /// At least 1 for any pattern that isn't empty.
    public static func pattern(_ pattern: String) -> UInt64 {
        let weight = weight(pattern)
        return (weight > 2000 ? weight : UInt64(pattern.codePointCount)).timesRoundedUp(Limits.regularExpressionFactor)
    }

    /// One is added to the length, so that matching an empty text isn't free.
    public static func text(_ text: String) -> UInt64 {
        UInt64(text.codePointCount + 1).timesRoundedUp(Limits.traversalFactor)
    }

    /// What a search for a pattern that isn't written out costs: beside the search itself, reading the pattern where that is more than
    /// nothing.
    public static func search(_ text: String, for pattern: String) -> UInt64 {
        guard !pattern.isEmpty else { return 0 }
        let weight = weight(pattern)
        return self.text(text).saturatingProduct(self.pattern(pattern)).saturatingSum(weight > 200 ? weight / 2 : 0)
    }

    /// About how many instructions a pattern becomes; rather too many than too few.
    private static func weight(_ pattern: String) -> UInt64 {
        var pattern = pattern
        return pattern.withUTF8 { bytes in
            // What is longer than any program is not looked at.
            guard bytes.count < 20_000 else { return 20_000 }
            var weight: UInt64 = 0
            var repeats: UInt64 = 1
            var count: UInt64?
            var previous: UInt8 = 0
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "p"), UInt8(ascii: "P"): weight += previous == 0x5C ? 1000 : 1
                case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "D"), UInt8(ascii: "W"), UInt8(ascii: "S"), 0x80...: weight += 10
                default: weight += 1
                }
                switch byte {
                case UInt8(ascii: "{"): count = 0
                case 0x30...0x39: count = count.map { min($0 * 10 + UInt64(byte - 0x30), 1000) }
                case UInt8(ascii: ","):
                    // `{5,}` counts as 5, `{5,9}` as 45: rather too many.
                    if let least = count { repeats = min(repeats * max(least, 1), 1000) }
                    if count != nil { count = 0 }
                case UInt8(ascii: "}"):
                    if let count { repeats = min(repeats * max(count, 1), 1000) }
                    count = nil
                default: count = nil
                }
                previous = byte
            }
            return min(weight * repeats, 20_000)
        }
    }
}
