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

extension FunctionTable.Prepared {
    func admits(_ arguments: [Value]) -> Bool {
        guard arguments.count == parameters.count else { return false }
        for position in arguments.indices where !parameters[position].admits(arguments[position]) { return false }
        return true
    }

    /// Pays, calls, pays for the result.
    func call(_ arguments: [Value], _ frame: inout Frame, _ offset: Int) throws(EvaluationError) -> Value {
        switch overload.cost.actual {
        case .constant(let cost): try frame.budget.spend(cost)
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

/// A call of a function: the overload is chosen by the values, among those that their types allow.
final class Call: Evaluable, @unchecked Sendable {
    private let candidates: [FunctionTable.Prepared]
    private let arguments: [Evaluable]

    init(_ candidates: [FunctionTable.Prepared], _ arguments: [Evaluable], _ offset: Int) {
        self.candidates = candidates
        self.arguments = arguments
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try argument.value(&frame, given)) }
        for candidate in candidates where candidate.admits(values) { return try candidate.call(values, &frame, offset) }
        throw noSuchOverload
    }
}

/// A call of a function of one argument with a constant cost: nothing is allocated.
final class UnaryCall: Evaluable, @unchecked Sendable {
    private let parameter: ValueType
    private let body: @Sendable (Value) throws(EvaluationError) -> Value
    private let cost: UInt64
    private let argument: Evaluable

    init?(_ candidate: FunctionTable.Prepared, _ argument: Evaluable, _ offset: Int) {
        guard case .one(let body) = candidate.overload.body, case .constant(let cost) = candidate.overload.cost.actual else { return nil }
        parameter = candidate.parameters[0]
        self.body = body
        self.cost = cost
        self.argument = argument
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let value = try argument.value(&frame, given)
        guard parameter.admits(value) else { throw noSuchOverload }
        try frame.budget.spend(cost)
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
        try frame.budget.spend(RegularExpressionCost.text(text).saturatingProduct(patternCost))
        return expression.matches(text)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// What matching costs, as Kubernetes reckons: the text's part times the pattern's.
public enum RegularExpressionCost {
    /// At least 1 for any pattern that isn't empty.
    public static func pattern(_ pattern: String) -> UInt64 {
        UInt64(pattern.codePointCount).timesRoundedUp(Limits.regularExpressionFactor)
    }

    /// One is added to the length, so that matching an empty text isn't free.
    public static func text(_ text: String) -> UInt64 {
        UInt64(text.codePointCount + 1).timesRoundedUp(Limits.traversalFactor)
    }
}
