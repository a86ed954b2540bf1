import RegularExpressions

/// Turns a checked tree into nodes that evaluate, choosing by the types that are known.
struct Compiler {
    private let checked: CheckedTree
    private(set) var used: Set<Int> = []
    /// The values of `cel.bind` by their nodes, compiled once and read wherever the variable stands.
    private var bound: [Int: Evaluable] = [:]

    init(_ checked: CheckedTree) { self.checked = checked }

    private func type(_ node: Int) -> ValueType { checked.types[node] }

    mutating func compile(_ node: Int) -> Evaluable {
        let syntax = checked.tree.nodes[node]
        let offset = syntax.offset
        switch syntax.kind {
        case .literal(let value): return constant(value, offset)
        case .identifier(let name, _): return named(node, name, offset)
        case .select(let operand, let field):
            if case .none = checked.references[node] { return Select(compile(operand), field, type(operand), offset) }
            return named(node, field, offset)
        case .presence(let operand, let field): return Presence(compile(operand), field, offset)
        case .optionalSelect(let operand, let field): return OptionalSelect(compile(operand), field, offset)
        case .unary(let operation, let operand):
            if case .function = checked.references[node] { return call(node, [operand], offset) }
            return operation == .not ? Not(compile(operand), offset) : Negation(compile(operand), offset)
        case .binary(let operation, let left, let right):
            if case .function = checked.references[node] { return call(node, [left, right], offset) }
            return binary(operation, left, right, offset)
        case .logic(let isAnd, let terms, _):
            let compiled = terms.map { compile($0) }
            return compiled.count == 2 ? LogicPair(isAnd: isAnd, compiled[0], compiled[1], offset) : Logic(isAnd: isAnd, compiled, offset)
        case .conditional(let condition, let first, let second):
            return Conditional(compile(condition), compile(first), compile(second), offset)
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
            // Kubernetes makes what is all written out once, and charges nothing for it; but what fails must fail in every evaluation.
            if compiled.allSatisfy({ !$0.isOptional && $0.key.constant != nil && $0.value.constant != nil }) {
                let entries = compiled.map { (key: $0.key.constant ?? .null, value: $0.value.constant ?? .null) }
                if let map = try? ValueMap(entries), map.count == entries.count { return Constant(.map(map), offset) }
            }
            return MapLiteral(compiled, offset)
        case .object: return Constant(.null, offset)  // the checker has refused it
        case .comprehension(let macro): return comprehension(node, macro, offset)
        case .bind(_, let value, let body):
            bound[value] = compile(value)
            return Bind(checked.slots[node]?.first ?? 0, compile(body), offset)
        case .optionalMap(_, let target, let body, let isFlat):
            return OptionalMap(checked.slots[node]?.first ?? 0, compile(target), compile(body), isFlat: isFlat, offset)
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
    private mutating func named(_ node: Int, _ name: String, _ offset: Int) -> Evaluable {
        switch checked.references[node] {
        case .variable(let slot):
            used.insert(slot)
            return VariableRead(slot, name, offset)
        case .local(let slot): return LocalRead(slot, offset)
        case .bound(let slot, let value): return BoundRead(slot, bound[value] ?? Constant(.null, offset), offset)
        case .constant(let value): return Constant(value, offset)
        case .none, .function: return Constant(.null, offset)  // the checker has refused it
        }
    }

    @inline(never)
    private mutating func binary(_ operation: Operator, _ left: Int, _ right: Int, _ offset: Int) -> Evaluable {
        let a = compile(left)
        let b = compile(right)
        let types = (type(left), type(right))
        switch operation {
        case .equal, .notEqual: return Equality(a, b, isNegated: operation == .notEqual, offset)
        case .index: return Index(a, b, offset)
        case .optionalIndex: return OptionalIndex(a, b, offset)
        case .in:
            if case .list(let list) = b.constant, let membership = ConstantMembership(a, list, offset) { return membership }
            return Membership(a, b, offset)
        default: break
        }
        if let relation = Relation(operation) {
            switch types {
            case (.int, .int): return IntComparison(relation, a, b, offset)
            case (.double, .double): return DoubleComparison(relation, a, b, offset)
            default: return Comparison(relation, a, b, offset)
            }
        }
        switch types {
        case (.int, .int): return IntOperation(operation, a, b, offset)
        case (.double, .double): return DoubleOperation(operation, a, b, offset)
        default: return Operation(operation, a, b, offset)
        }
    }

    @inline(never)
    private mutating func call(_ node: Int, _ arguments: [Int], _ offset: Int) -> Evaluable {
        guard case .function(let candidates, _) = checked.references[node], let only = candidates.first else { return Constant(.null, offset) }
        let compiled = arguments.map { compile($0) }
        guard candidates.count == 1 else { return Call(candidates, compiled, offset) }
        switch (only.overload.identifier, compiled.count) {
        case ("starts_with_string", 2): return TextPredicate(.startsWith, compiled[0], compiled[1], offset)
        case ("ends_with_string", 2): return TextPredicate(.endsWith, compiled[0], compiled[1], offset)
        case ("contains_string", 2): return TextPredicate(.contains, compiled[0], compiled[1], offset)
        case ("matches_string", 2), ("matches", 2):
            if case .string(let pattern) = compiled[1].constant, let expression = try? RegularExpression(pattern) {
                return PatternMatch(compiled[0], expression, offset)
            }
        case ("optional_or_optional", 2): return OptionalElse(compiled[0], compiled[1], unwraps: false, offset)
        case ("optional_orValue_value", 2): return OptionalElse(compiled[0], compiled[1], unwraps: true, offset)
        default: break
        }
        if compiled.count == 1 {
            // Conversions of what is written out are done once; what fails is left to fail at run time.
            if only.overload.isFoldable, let value = compiled[0].constant, only.admits([value]), case .one(let body) = only.overload.body,
                let result = try? body(value)
            {
                return constant(result, offset)
            }
            if let unary = UnaryCall(only, compiled[0], offset) { return unary }
        }
        return Call(candidates, compiled, offset)
    }

    @inline(never)
    private mutating func comprehension(_ node: Int, _ macro: SyntaxNode.Comprehension, _ offset: Int) -> Evaluable {
        let slots = checked.slots[node] ?? (0, 0)
        let loop = Loop(range: compile(macro.range), first: slots.first, second: macro.second == nil ? nil : slots.second)
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
