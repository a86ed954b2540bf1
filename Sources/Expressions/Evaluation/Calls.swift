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

extension WorkCounter {
    /// What a function with a constant cost looks at: the whole of its texts.
    @inline(__always)
    mutating func addLooking(at argument: Value) throws(EvaluationError) {
        switch argument {
        case .string(let text): try add(UInt64(text.utf8.count))
        case .opaque(let value): try add(value.textBytes.saturatingProduct(4))
        default: break
        }
    }

    /// Whether a text matches a pattern.
    @inline(__always)
    mutating func matches(_ text: String, _ expression: RegularExpression) throws(EvaluationError) -> Bool {
        var steps = 0
        let isMatch = expression.matches(text, steps: &steps, most: Int(clamping: left >> 2))
        try add(UInt64(clamping: steps) &* 4)
        return isMatch
    }

    /// Lists of bytes are decoded from their texts by each function that goes through them.
    mutating func addDecoding(_ argument: Value) throws(EvaluationError) {
        guard case .list(let list) = argument, list.isDecoded else { return }
        for case .string(let text) in list.json { try add(UInt64(text.utf8.count) &* 2) }
    }
}

extension FunctionTable.Prepared {
    func admits(_ arguments: [Value]) -> Bool {
        guard arguments.count == parameters.count else { return false }
        for position in arguments.indices where !parameters[position].admits(arguments[position]) { return false }
        return true
    }

    /// Pays, calls, pays for the result.
    ///
    /// - Parameter price: what is paid where that isn't what the overload costs.
    func call(_ arguments: [Value], price: UInt64? = nil, _ frame: inout Frame, _ offset: Int) throws(EvaluationError) -> Value {
        if let price {
            try frame.budget.spend(price)
            if looks { for argument in arguments { try frame.budget.work.addLooking(at: argument) } }
        } else {
            switch overload.cost.actual {
            case .constant(let cost):
                try frame.budget.spend(cost)
                if looks { for argument in arguments { try frame.budget.work.addLooking(at: argument) } }
            case .before(let cost): try frame.budget.spend(cost(arguments))
            case .after: break
            }
        }
        for argument in arguments { try frame.budget.work.addDecoding(argument) }
        let result: Value
        do throws(EvaluationError) {
            switch overload.body {
            case .one(let body): result = try body(arguments[0])
            case .two(let body): result = try body(arguments[0], arguments[1])
            case .many(let body): result = try body(arguments)
            case .counted(let body): result = try body(arguments, &frame.budget.work)
            }
        } catch {
            if error.endsEvaluation { throw error }
            if price == nil { try spendAfterFailure(arguments, &frame) }
            throw error.located(offset)
        }
        if price == nil, case .after(let cost) = overload.cost.actual { try frame.budget.spend(cost(arguments, result)) }
        return result
    }

    /// What is yet to be paid when the call itself has failed: the failure stands for a result of size 1.
    private func spendAfterFailure(_ arguments: [Value], _ frame: inout Frame) throws(EvaluationError) {
        switch overload.cost.actual {
        case .constant: break
        case .after(let cost): try frame.budget.spend(cost(arguments, .null))
        case .before(let cost):
            guard let failed = overload.cost.whenFailed else { break }
            let paid = cost(arguments)
            if failed > paid { try frame.budget.spend(failed - paid) } else { frame.budget.takeBack(paid - failed) }
        }
    }

    /// What the call costs that isn't made, as an argument has failed (null stands for it) or is none it was declared for.
    func priceOfFailure(_ arguments: [Value]) -> UInt64 {
        switch overload.cost.actual {
        case .constant(let cost): cost
        case .before(let cost): overload.cost.whenFailed ?? cost(arguments)
        case .after(let cost): cost(arguments, .null)
        }
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
    /// Arguments after one that fails aren't looked at: so Kubernetes calls what has more than two arguments, or several overloads.
    private let stops: Bool
    private let pricing: Pricing

    /// How a call is paid whose overload only the values choose: in Kubernetes functions of its own libraries cost by their names, all
    /// others 1.
    private enum Pricing { case byOverload, least, one }
    private static let pricedByName: Set<String> = [
        "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf", "containsIP", "containsCIDR", "ip", "cidr", "quantity", "semver", "find", "findAll", "split",
        "replace", "substring", "join",
    ]

    /// - Parameter hasPattern: the second argument is written out; where it is a regular expression, that is compiled beforehand.
    init(_ name: String, _ candidates: [FunctionTable.Prepared], _ arguments: [Evaluable], hasPattern: Bool, _ offset: Int) {
        self.name = name
        self.candidates = candidates
        self.arguments = arguments
        let identifier = candidates.count == 1 ? candidates.first?.overload.identifier ?? "" : ""
        let isPrepared = hasPattern && ["matches", "matches_string", "string_find_string", "string_find_all_string"].contains(identifier)
        stops = arguments.count != 2 || candidates.count > 1 || identifier == "string_format" || isPrepared
        pricing = candidates.count == 1 ? .byOverload : Self.pricedByName.contains(name) ? .least : .one
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments {
            do throws(EvaluationError) { values.append(try argument.value(&frame, given)) } catch {
                throw try failing(error, values, &frame, given)
            }
        }
        for candidate in candidates where candidate.admits(values) { return try candidate.call(values, price: price(values), &frame, offset) }
        throw try paying(priceOfFailure(values), for: EvaluationError.misfit(name, values).located(offset), &frame)
    }

    /// nil is what the overload costs.
    private func price(_ values: [Value]) -> UInt64? {
        switch pricing {
        case .byOverload: nil
        case .least: priceOfFailure(values)
        case .one: 1
        }
    }

    private func priceOfFailure(_ values: [Value]) -> UInt64 {
        pricing == .one ? 1 : candidates.map { $0.priceOfFailure(values) }.min() ?? 1
    }

    /// Pays for the call after one of its arguments has failed, if all of them are looked at.
    @inline(never)
    private func failing(
        _ failure: EvaluationError, _ before: [Value], _ frame: inout Frame, _ given: any Activation
    ) throws(EvaluationError) -> EvaluationError {
        if failure.endsEvaluation { return failure }
        var values = before + [.null]
        if values.count < arguments.count {
            if stops { return failure }
            values.append(try arguments[values.count].found(&frame, given) ?? .null)
        }
        return try paying(priceOfFailure(values), for: failure, &frame)
    }
}

/// A call of a function of one argument with a constant cost: nothing is allocated.
final class UnaryCall: Evaluable, @unchecked Sendable {
    private let name: String
    private let parameter: ValueType
    private let body: @Sendable (Value) throws(EvaluationError) -> Value
    private let cost: UInt64
    private let looks: Bool
    private let argument: Evaluable

    init?(_ name: String, _ candidate: FunctionTable.Prepared, _ argument: Evaluable, _ offset: Int) {
        guard case .one(let body) = candidate.overload.body, case .constant(let cost) = candidate.overload.cost.actual else { return nil }
        self.name = name
        parameter = candidate.parameters[0]
        self.body = body
        self.cost = cost
        looks = candidate.looks
        self.argument = argument
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let value: Value
        do throws(EvaluationError) { value = try argument.value(&frame, given) } catch { throw try paying(cost, for: error, &frame) }
        guard parameter.admits(value) else { throw try paying(cost, for: EvaluationError.misfit(name, [value]).located(offset), &frame) }
        try frame.budget.spend(cost)
        if looks { try frame.budget.work.addLooking(at: value) }
        do { return try body(value) } catch { throw error.located(offset) }
    }
}

/// `text.startsWith(part)` and its like.
final class TextPredicate: Evaluable, @unchecked Sendable {
    enum Kind { case startsWith, endsWith, contains }
    private let kind: Kind
    private let text: Evaluable
    private let part: Evaluable
    /// Both are known to be texts.
    private let isTyped: Bool

    init(_ kind: Kind, _ text: Evaluable, _ part: Evaluable, isTyped: Bool, _ offset: Int) {
        self.isTyped = isTyped
        self.kind = kind
        self.text = text
        self.part = part
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        guard isTyped else { return try boolOfAny(&frame, given) }
        let text: String
        let part: String
        do throws(EvaluationError) { text = try self.text.string(&frame, given) } catch { throw try failing(error, &frame, given) }
        do throws(EvaluationError) { part = try self.part.string(&frame, given) } catch {
            throw try paying(Value.string(text).traversalCost, for: error, &frame)
        }
        return try holds(text, part, &frame)
    }

    /// Of operands that may be anything.
    private func boolOfAny(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let text: Value
        let part: Value
        do throws(EvaluationError) { text = try self.text.value(&frame, given) } catch { throw try failing(error, &frame, given) }
        do throws(EvaluationError) { part = try self.part.value(&frame, given) } catch { throw try paying(text.traversalCost, for: error, &frame) }
        guard case .string(let found) = text, case .string(let wanted) = part else {
            let walk = text.traversalCost
            throw try paying(kind == .contains ? walk.saturatingProduct(part.traversalCost) : walk, for: noSuchOverload, &frame)
        }
        return try holds(found, wanted, &frame)
    }

    /// The text has failed; the part is still looked at.
    @inline(never)
    private func failing(_ failure: EvaluationError, _ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> EvaluationError {
        if failure.endsEvaluation { return failure }
        let other = try part.found(&frame, given)
        return try paying(kind == .contains ? other?.traversalCost ?? 1 : 1, for: failure, &frame)
    }

    @inline(__always)
    private func holds(_ text: String, _ part: String, _ frame: inout Frame) throws(EvaluationError) -> Bool {
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
    /// The text is known to be one.
    private let isTyped: Bool
    /// Written as `matches(text, pattern)`.
    private let isGlobal: Bool

    init(_ text: Evaluable, _ expression: RegularExpression, isTyped: Bool, isGlobal: Bool, _ offset: Int) {
        self.text = text
        self.expression = expression
        self.isTyped = isTyped
        self.isGlobal = isGlobal
        patternCost = RegularExpressionCost.pattern(expression.pattern)
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        // A failure is passed on unpaid: with a pattern made beforehand nothing is called.
        let text: String
        if isTyped {
            text = try self.text.string(&frame, given)
        } else {
            let value = try self.text.value(&frame, given)
            guard case .string(let found) = value else {
                let walk = value.costSize.saturatingSum(1).timesRoundedUp(Limits.traversalFactor)
                throw try paying(isGlobal ? 1 : walk.saturatingProduct(patternCost), for: noSuchOverload, &frame)
            }
            text = found
        }
        if patternCost == 0, !isGlobal { return true }
        try frame.budget.spend(isGlobal ? 1 : RegularExpressionCost.text(text).saturatingProduct(patternCost))
        return try frame.budget.work.matches(text, expression)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// What matching costs, as Kubernetes reckons: the text's part times the pattern's. How large a pattern becomes that is short to write,
/// `(a|b){1000}` or `\\pL`, is no matter of cost but of work.
public enum RegularExpressionCost {
    /// At least 1 for any pattern that isn't empty.
    public static func pattern(_ pattern: String) -> UInt64 {
        UInt64(pattern.codePointCount).timesRoundedUp(Limits.regularExpressionFactor)
    }

    /// One is added to the length, so that matching an empty text isn't free.
    public static func text(_ text: String) -> UInt64 {
        UInt64(text.codePointCount + 1).timesRoundedUp(Limits.traversalFactor)
    }

    /// What a search for a pattern that isn't written out costs; reading the pattern costs nothing.
    public static func search(_ text: String, for pattern: String) -> UInt64 {
        pattern.isEmpty ? 0 : self.text(text).saturatingProduct(self.pattern(pattern))
    }

    /// The work of reading a pattern.
    static func reading(_ pattern: String) -> UInt64 { weight(pattern).saturatingProduct(200) }

    /// The same of any values, in the place of a failure null.
    static func search(_ text: Value, for pattern: Value) -> UInt64 {
        if case .string(let text) = text, case .string(let pattern) = pattern { return search(text, for: pattern) }
        return text.costSize.saturatingSum(1).timesRoundedUp(Limits.traversalFactor)
            .saturatingProduct(pattern.costSize.timesRoundedUp(Limits.regularExpressionFactor))
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
