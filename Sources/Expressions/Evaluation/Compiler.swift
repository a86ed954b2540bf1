import RegularExpressions

/// Turns a checked tree into nodes that evaluate, choosing by the types that are known.
struct Compiler {
    private let checked: CheckedTree
    private(set) var used: Set<Int> = []
    /// The first conversion of something written out that can only fail, or key that no map can have.
    private(set) var failure: EvaluationError?
    /// The values of `cel.bind` by their nodes, compiled once and read wherever the variable stands.
    private var bound: [Int: Evaluable] = [:]
    /// The slots of `optMap`'s variables.
    private var contents: Set<Int> = []
    /// The slots of second variables that may stand for fields that are null.
    private var fields: Set<Int> = []
    /// Something comes out of an optional: then it may have no schema, and a whole number be something else than the checker thinks.
    private let mayLackSchema: Bool
    private let environment: Environment
    private var options: Environment.Options { environment.options }

    init(_ checked: CheckedTree, _ environment: Environment) {
        self.checked = checked
        self.environment = environment
        mayLackSchema = checked.types.contains { if case .optional(let content) = $0 { content.isContainer } else { false } }
    }

    private func type(_ node: Int) -> ValueType { checked.types[node] }

    /// - Parameter isBare: where the node is a path, that the path itself is not paid for, only its steps: as a branch of a conditional
    ///   and as an index, where Kubernetes finds it without a step of its own.
    mutating func compile(_ node: Int, isBare: Bool = false) -> Evaluable {
        let syntax = checked.tree.nodes[node]
        let offset = syntax.offset
        switch syntax.kind {
        case .literal(let value): return constant(value, offset)
        case .identifier(let name, _): return named(node, name, cost: isBare ? 0 : 1, offset)
        case .select(let operand, let field):
            guard case .none = checked.references[node] else { return named(node, field, cost: isBare ? 0 : 1, offset) }
            return Select(compile(operand, isBare: isBare), field, type(operand), extra: extra(operand, isBare), offset)
        case .presence(let operand, let field):
            return Presence(compile(operand, isBare: true), field, type(operand), takesBack: !isBare && beginsWithChoice(operand), isPath: isPath(operand), offset)
        case .optionalSelect(let operand, let field):
            return OptionalSelect(compile(operand, isBare: isBare), field, extra: extra(operand, isBare), offset)
        case .unary(let operation, let operand):
            if case .function = checked.references[node] { return call(node, [operand], offset) }
            return operation == .not ? Not(compile(operand), offset) : Negation(compile(operand), offset)
        case .binary(let operation, let left, let right):
            if case .function = checked.references[node] { return call(node, [left, right], offset) }
            switch operation {
            case .index: return Index(compile(left, isBare: isBare), index(right), extra: extra(left, isBare), offset)
            case .optionalIndex: return OptionalIndex(compile(left, isBare: isBare), index(right), extra: extra(left, isBare), offset)
            default: return binary(operation, left, right, offset)
            }
        case .logic(let isAnd, let terms, _):
            let compiled = terms.map { compile($0) }
            return compiled.count == 2 ? LogicPair(isAnd: isAnd, compiled[0], compiled[1], offset) : Logic(isAnd: isAnd, compiled, offset)
        case .conditional(let condition, let first, let second):
            return Conditional(compile(condition), compile(first, isBare: true), compile(second, isBare: true), offset)
        case .call(_, let arguments): return call(node, arguments, offset)
        case .memberCall(let target, _, let arguments):
            if case .function(_, takesTarget: true) = checked.references[node] { return call(node, [target] + arguments, offset) }
            return call(node, arguments, offset)
        case .list(let elements, let optional):
            let compiled = elements.map { compile($0) }
            if optional.isEmpty, let values = Self.constants(compiled) { return Constant(.list(ValueList(values)), offset) }
            return ListLiteral(compiled, optional: optional, offset)
        case .map(let entries):
            let compiled = entries.map { (key: compile($0.key), value: compile($0.value), isOptional: $0.isOptional) }
            let literal = MapLiteral(compiled, replaces: options.replacesRepeatedKeys, offset)
            // Kubernetes makes what is all written out once, and charges nothing for it; but what fails must fail in every evaluation.
            if compiled.allSatisfy({ !$0.isOptional && $0.key.constant != nil && $0.value.constant != nil }) {
                var frame = Frame(slots: 0, budget: CostBudget(limit: .max))
                if let map = try? literal.value(&frame, Bindings([])) { return Constant(map, offset) }
            }
            return literal
        case .object(let name, let fields):
            var unknownName: String?
            if case .undefinedType(let type) = checked.references[node] { unknownName = type }
            guard let message = environment.message(name) ?? WellKnownMessage.all[type(node).runtimeName] ?? (unknownName == nil ? nil : WellKnownMessage.all[EmptyMessage.valueType.runtimeName]) else { return Constant(.null, offset) }  // the checker has refused it
            let settings = fields.compactMap { field in
                message.fields.firstIndex { $0.name == field.name }.map { MessageLiteral.Setting(field: $0, value: compile(field.value), isOptional: field.isOptional) }
            }
            return MessageLiteral(message, settings, allowsFarTimes: options.comparesAsKubernetes, unknownName: unknownName, offset)
        case .comprehension(let macro): return comprehension(node, macro, offset)
        case .bind(_, let value, let body):
            bound[value] = compile(value)
            return Bind(checked.slots[node]?.first ?? 0, compile(body), offset)
        case .optionalMap(_, let target, let body, let isFlat):
            let slot = checked.slots[node]?.first ?? 0
            contents.insert(slot)
            return OptionalMap(slot, compile(target), compile(body), isFlat: isFlat, offset)
        }
    }

    private mutating func index(_ node: Int) -> Evaluable {
        let index = compile(node, isBare: true)
        let refused: String? =
            switch index.constant {
            case .timestamp?: "types.Timestamp"
            case .duration?: "types.Duration"
            case .bytes?: "types.Bytes"
            default: nil
            }
        if let refused { failure = failure ?? index.failure(.invalidArgument, "invalid qualifier type: \(refused)") }
        return index
    }

    /// Whether the node is a path, which is paid for as one: 1, and 1 for each step. What is neither begins one when something is selected
    /// of it, and that 1 is paid then.
    private func isPath(_ node: Int) -> Bool {
        switch checked.tree.nodes[node].kind {
        case .identifier, .select:
            switch checked.references[node] {
            case .constant, .undefinedType: return false
            default: return true
            }
        case .binary(let operation, _, _): return operation == .index || operation == .optionalIndex
        case .optionalSelect, .conditional, .optionalMap, .presence: return true
        default: return false
        }
    }

    private func extra(_ operand: Int, _ isBare: Bool) -> UInt64 { isBare || isPath(operand) ? 0 : 1 }

    /// `(a ? b : c).d.e`
    private func beginsWithChoice(_ node: Int) -> Bool {
        var node = node
        while true {
            switch checked.tree.nodes[node].kind {
            case .select(let operand, _), .optionalSelect(let operand, _): node = operand
            case .binary(let operation, let left, _) where operation == .index || operation == .optionalIndex: node = left
            case .conditional, .optionalMap: return true
            default: return false
            }
        }
    }

    private func constant(_ value: Value, _ offset: Int) -> Evaluable {
        if case .int(let number) = value { return IntConstant(number, offset) }
        return Constant(value, offset)
    }

    private static func constants(_ nodes: [Evaluable]) -> [Value]? {
        var values: [Value] = []
        for node in nodes {
            guard let value = node.constant else { return nil }
            values.append(value)
        }
        return values
    }

    @inline(never)
    private mutating func named(_ node: Int, _ name: String, cost: UInt64, _ offset: Int) -> Evaluable {
        switch checked.references[node] {
        case .variable(let slot):
            used.insert(slot)
            return VariableRead(slot, name, cost: cost, offset)
        case .local(let slot):
            if contents.contains(slot) { return ContentRead(slot, cost: cost, offset) }
            return fields.contains(slot) ? FieldRead(slot, cost: cost, offset) : LocalRead(slot, cost: cost, offset)
        case .bound(let slot, let value): return BoundRead(slot, bound[value] ?? Constant(.null, offset), cost: cost, offset)
        case .constant(let value): return Constant(value, offset)
        case .undefinedType(let type):
            let reference = UndefinedType(type, offset)
            failure = failure ?? reference.problem
            return reference
        case .none, .function: return Constant(.null, offset)  // the checker has refused it
        }
    }

    @inline(never)
    private mutating func binary(_ operation: Operator, _ left: Int, _ right: Int, _ offset: Int) -> Evaluable {
        let a = compile(left)
        let b = compile(right)
        let types = (type(left), type(right))
        let areTexts = types.0.isWalked || types.1.isWalked
        switch operation {
        case .equal, .notEqual: return Equality(a, b, isNegated: operation == .notEqual, asKubernetes: options.comparesAsKubernetes, offset)
        case .in:
            let isList = if case .list = types.1 { true } else { false }
            if isList, case .list(let list) = b.constant {
                // Nothing is in an empty list: nobody looks at what isn't.
                if list.isEmpty { return Constant(.bool(false), offset) }
                if let membership = ConstantMembership(a, list, offset) { return membership }
            }
            return Membership(a, b, isList: isList, offset)
        default: break
        }
        if let relation = Relation(operation) {
            switch types {
            case (.int, .int) where !mayLackSchema: return IntComparison(relation, a, b, offset)
            case (.double, .double): return DoubleComparison(relation, a, b, refusesNaN: options.comparesAsKubernetes, offset)
            default: return Comparison(relation, a, b, walks: areTexts, refusesNaN: options.comparesAsKubernetes, offset)
            }
        }
        switch types {
        case (.int, .int) where !mayLackSchema: return IntOperation(operation, a, b, offset)
        case (.double, .double): return DoubleOperation(operation, a, b, offset)
        default: return Operation(operation, a, b, joins: operation == .add && areTexts, offset)
        }
    }

    @inline(never)
    private mutating func call(_ node: Int, _ arguments: [Int], _ offset: Int) -> Evaluable {
        guard case .function(let candidates, _) = checked.references[node], let only = candidates.first else { return Constant(.null, offset) }
        let compiled = arguments.map { compile($0) }
        let name = functionName(node)
        if compiled.count == 1, let folded = folded(node, name, candidates, compiled[0], offset) { return folded }
        let isWrittenOut = compiled.count > 1 ? compiled[1].constant != nil : false
        guard candidates.count == 1 else { return Call(name, candidates, compiled, hasPattern: isWrittenOut, offset) }
        let areTexts = compiled.count == 2 && type(arguments[0]) == .string && type(arguments[1]) == .string
        switch (only.overload.identifier, compiled.count) {
        case ("starts_with_string", 2): return TextPredicate(.startsWith, compiled[0], compiled[1], isTyped: areTexts, offset)
        case ("ends_with_string", 2): return TextPredicate(.endsWith, compiled[0], compiled[1], isTyped: areTexts, offset)
        case ("contains_string", 2): return TextPredicate(.contains, compiled[0], compiled[1], isTyped: areTexts, offset)
        case ("matches_string", 2), ("matches", 2):
            if case .string(let pattern) = compiled[1].constant, let expression = try? RegularExpression(pattern) {
                return PatternMatch(
                    compiled[0], expression, isTyped: type(arguments[0]) == .string, isGlobal: only.overload.identifier == "matches", offset)
            }
        case ("optional_or_optional", 2): return OptionalElse(compiled[0], compiled[1], unwraps: false, offset)
        case ("optional_orValue_value", 2): return OptionalElse(compiled[0], compiled[1], unwraps: true, offset)
        default: break
        }
        if compiled.count == 1 {
            if let unary = UnaryCall(name, only, compiled[0], offset) { return unary }
        }
        return Call(name, candidates, compiled, hasPattern: isWrittenOut, offset)
    }

    private func functionName(_ node: Int) -> String {
        switch checked.tree.nodes[node].kind {
        case .call(let name, _), .memberCall(_, let name, _): name
        case .unary(let operation, _), .binary(let operation, _, _): operation.rawValue
        default: ""
        }
    }

    /// Conversions of what is written out are done once; one that fails is left to fail at run time, and remembered.
    private mutating func folded(
        _ node: Int, _ name: String, _ candidates: [FunctionTable.Prepared], _ argument: Evaluable, _ offset: Int
    ) -> Evaluable? {
        guard case .call = checked.tree.nodes[node].kind, StandardConversions.names.contains(name), let value = argument.constant else { return nil }
        var frame = Frame(slots: 0, budget: CostBudget(limit: .max))
        do throws(EvaluationError) {
            for candidate in candidates where candidate.admits([value]) { return constant(try candidate.call([value], &frame, offset), offset) }
            throw EvaluationError.misfit(name, [value]).located(offset)
        } catch {
            failure = failure ?? error
            return nil
        }
    }

    @inline(never)
    private mutating func comprehension(_ node: Int, _ macro: SyntaxNode.Comprehension, _ offset: Int) -> Evaluable {
        let slots = checked.slots[node] ?? (0, 0)
        let loop = Loop(range: compile(macro.range), first: slots.first, second: macro.second == nil ? nil : slots.second)
        if macro.second != nil { fields.insert(slots.second) }
        let filter = macro.filter.map { compile($0) }
        let body = compile(macro.body)
        switch macro.kind {
        case .all: return Quantifier(isAll: true, loop, body, offset)
        case .exists: return Quantifier(isAll: false, loop, body, offset)
        case .existsOne: return ExistsOne(loop, body, offset)
        case .filter: return ListTransform(loop, filter: body, transform: nil, offset)
        case .map, .transformList: return ListTransform(loop, filter: filter, transform: body, offset)
        case .transformMap: return MapTransform(loop, filter: filter, transform: body, givesEntries: false, offset)
        case .transformMapEntry: return MapTransform(loop, filter: filter, transform: body, givesEntries: true, offset)
        }
    }
}

extension ValueType {
    /// Whether values of this type have parts, which a schema may describe.
    fileprivate var isContainer: Bool {
        switch self {
        case .object, .map, .list: true
        default: false
        }
    }

    /// Whether operators walk over values of this type.
    fileprivate var isWalked: Bool {
        switch self {
        case .string, .bytes, .nullable(.string), .nullable(.bytes): true
        default: false
        }
    }
}
