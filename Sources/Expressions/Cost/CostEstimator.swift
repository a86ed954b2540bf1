/// Reckons what evaluating an expression will cost at least and at most, from the bounds of its variables.
///
/// The numbers are those of Kubernetes: macros cost what the loops cost that cel-go makes of them.
struct CostEstimator {
    /// What is known of a node.
    private struct Known {
        var cost: CostEstimate
        /// nil where only the type or nothing tells.
        var size: SizeEstimate?
        /// Of the keys or indices and of the values or elements of a container that the expression makes.
        var entries: (key: SizeEstimate, value: SizeEstimate)?
        /// What the schema says of it; nil for what isn't a path into the schema, but is made by the expression.
        var bounds: SizeBounds?
        /// Counts where neither schema nor type tells.
        var lastSize: SizeEstimate?
    }

    private let checked: CheckedTree
    private let variables: [Variable]
    private var locals: [Int: Known] = [:]

    /// For the whole expression.
    static func estimate(_ checked: CheckedTree, variables: [Variable]) -> CostEstimate {
        var estimator = CostEstimator(checked: checked, variables: variables)
        return estimator.estimate(checked.tree.root).cost
    }

    private init(checked: CheckedTree, variables: [Variable]) {
        self.checked = checked
        self.variables = variables
    }

    private static let one = CostEstimate.exactly(1)
    private static let nothing = CostEstimate.exactly(0)

    private func size(_ known: Known, _ type: ValueType) -> SizeEstimate? {
        known.size ?? known.bounds?.size ?? (type.isScalar ? .exactly(1) : nil) ?? known.lastSize
    }

    /// Where a step from there leads. Kubernetes takes a path that begins in what the expression made for one that begins at the first
    /// variable, the step itself being taken for the variable's name.
    private func step(_ known: Known, _ part: (SizeBounds) -> SizeBounds) -> SizeBounds {
        known.bounds.map(part) ?? variables.first?.bounds ?? .unbounded
    }

    private func sizeOrUnknown(_ known: Known, _ node: Int) -> SizeEstimate { size(known, checked.types[node]) ?? .unknown }

    private mutating func estimate(_ node: Int) -> Known {
        switch checked.tree.nodes[node].kind {
        case .literal(let value): return Known(cost: Self.nothing, size: .exactly(value.costSize))
        case .identifier: return named(node)
        case .select(let operand, let field):
            if case .none = checked.references[node] {
                let target = estimate(operand)
                var cost = target.cost
                switch checked.types[operand] {
                case .map, .object: cost = cost + Self.one
                default: break
                }
                return Known(cost: cost, bounds: step(target) { $0.field(field) })
            }
            return named(node)
        case .presence(let operand, _): return Known(cost: estimate(operand).cost, size: .exactly(1))
        case .optionalSelect(let operand, _):
            return Known(cost: estimate(operand).cost + Self.one)
        case .unary(_, let operand): return Known(cost: estimate(operand).cost + Self.one)
        case .binary(let operation, let left, let right): return binary(operation, left, right)
        case .logic(_, let terms, _):
            var cost: CostEstimate?
            for term in terms {
                let next = estimate(term).cost
                // The first may decide, so that nothing else is looked at.
                cost = cost.map { CostEstimate(min: $0.min, max: ($0 + next).max) } ?? next
            }
            return Known(cost: cost ?? Self.nothing)
        case .conditional(let condition, let first, let second):
            let test = estimate(condition)
            let (a, b) = (estimate(first), estimate(second))
            return Known(
                cost: test.cost + a.cost.union(b.cost), size: sizeOrUnknown(a, first).union(sizeOrUnknown(b, second)), entries: union(a.entries, b.entries))
        case .call(_, let arguments): return call(node, arguments)
        case .memberCall(let target, _, let arguments):
            if case .function(_, takesTarget: true) = checked.references[node] { return call(node, [target] + arguments) }
            return call(node, arguments)
        case .list(let elements, _):
            var cost = CostEstimate.exactly(Limits.listCreation)
            var each: SizeEstimate?
            for element in elements {
                let known = estimate(element)
                cost = cost + known.cost
                let size = sizeOrUnknown(known, element)
                each = each?.union(size) ?? size
            }
            return Known(cost: cost, size: .exactly(UInt64(elements.count)), entries: (.exactly(1), each ?? .exactly(0)))
        case .map(let entries):
            var cost = CostEstimate.exactly(Limits.mapCreation)
            var keys: SizeEstimate?
            var values: SizeEstimate?
            for entry in entries {
                let (key, value) = (estimate(entry.key), estimate(entry.value))
                cost = cost + key.cost + value.cost
                let (keySize, valueSize) = (sizeOrUnknown(key, entry.key), sizeOrUnknown(value, entry.value))
                keys = keys?.union(keySize) ?? keySize
                values = values?.union(valueSize) ?? valueSize
            }
            return Known(cost: cost, size: .exactly(UInt64(entries.count)), entries: (keys ?? .exactly(0), values ?? .exactly(0)))
        case .object(_, let fields):
            var cost = CostEstimate.exactly(Limits.objectCreation)
            for field in fields { cost = cost + estimate(field.value).cost }
            return Known(cost: cost)
        case .comprehension(let macro): return comprehension(node, macro)
        case .bind(_, let value, let body):
            let bound = estimate(value)
            if let slot = checked.slots[node]?.first { locals[slot] = Known(cost: Self.one, entries: bound.entries, bounds: bound.bounds, lastSize: size(bound, checked.types[value])) }
            var result = estimate(body)
            result.cost = result.cost + bound.cost + .exactly(Limits.listCreation)
            return result
        case .optionalMap(_, let target, let body, let isFlat):
            let optional = estimate(target)
            if let slot = checked.slots[node]?.first { locals[slot] = Known(cost: Self.one) }
            let inner = estimate(body)
            var present = optional.cost + Self.one + inner.cost + .exactly(Limits.listCreation)
            if !isFlat { present = present + Self.one }
            return Known(cost: optional.cost + Self.one + present.union(Self.one))
        }
    }

    private func named(_ node: Int) -> Known {
        switch checked.references[node] {
        case .variable(let slot):
            Known(cost: Self.one, bounds: variables.indices.contains(slot) ? variables[slot].bounds : .unbounded)
        case .local(let slot), .bound(let slot, _): locals[slot] ?? Known(cost: Self.one)
        // Kubernetes takes the name of a type for the first variable, as far as sizes go.
        case .constant, .undefinedType: Known(cost: Self.one, bounds: variables.first?.bounds ?? .unbounded)
        case .none, .function: Known(cost: Self.one)
        }
    }

    private func union(
        _ a: (key: SizeEstimate, value: SizeEstimate)?, _ b: (key: SizeEstimate, value: SizeEstimate)?
    ) -> (key: SizeEstimate, value: SizeEstimate)? {
        guard let a, let b else { return nil }
        return (a.key.union(b.key), a.value.union(b.value))
    }

    // MARK: Operators

    private mutating func binary(_ operation: Operator, _ left: Int, _ right: Int) -> Known {
        let (a, b) = (estimate(left), estimate(right))
        let cost = a.cost + b.cost
        var types = (checked.types[left], checked.types[right])
        // What is beside a dynamic operand tells what it must be.
        if types.0 == .dyn { types.0 = types.1 } else if types.1 == .dyn, operation != .in { types.1 = types.0 }
        let sizes = (sizeOrUnknown(a, left), sizeOrUnknown(b, right))
        switch operation {
        case .add:
            let sum = sizes.0 + sizes.1
            switch types {
            case (.string, _), (_, .string), (.bytes, _), (_, .bytes):
                return Known(cost: cost + sum.traversed(Limits.traversalFactor), size: sum)
            case (.list, _), (_, .list): return Known(cost: cost + Self.one, size: sum, entries: union(a.entries, b.entries))
            case (.dyn, .dyn): return Known(cost: cost + Self.one.union(sum.traversed(Limits.traversalFactor)), size: sum)
            default: return Known(cost: cost + Self.one)
            }
        case .equal, .notEqual:
            // Kubernetes prices the equality of its own types, and not their difference.
            if operation == .equal, case .opaque(let name, _) = types.0 {
                // URLs compare by their texts, formats by their names, which have 64 characters at most.
                let longest = name == "kubernetes.URL" ? sizes.1.max : name == "kubernetes.NamedFormat" ? 64 : 1
                return Known(cost: cost + CostEstimate(min: 1, max: longest).multiplied(longest == 1 ? 1 : Limits.traversalFactor))
            }
            return Known(cost: cost + shorter(sizes))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            switch types {
            case (.string, .string), (.bytes, .bytes): return Known(cost: cost + shorter(sizes))
            case (.dyn, .dyn): return Known(cost: cost + Self.one.union(shorter(sizes)))
            default: return Known(cost: cost + Self.one)
            }
        case .in:
            switch types.1 {
            case .list: return Known(cost: cost + sizes.1.traversed(1))
            case .map: return Known(cost: cost + Self.one)
            default: return Known(cost: cost + Self.one.union(sizes.1.traversed(1)))
            }
        case .index: return Known(cost: cost + Self.one, size: a.entries?.value, bounds: step(a) { $0.element })
        case .optionalIndex: return Known(cost: cost + Self.one)
        default: return Known(cost: cost + Self.one)
        }
    }

    /// Walking over two things side by side, until the shorter ends.
    private func shorter(_ sizes: (SizeEstimate, SizeEstimate)) -> CostEstimate {
        let longest = min(sizes.0.max, sizes.1.max)
        return CostEstimate(min: longest > 0 ? 1 : 0, max: longest).multiplied(Limits.traversalFactor)
    }

    // MARK: Calls

    private mutating func call(_ node: Int, _ arguments: [Int]) -> Known {
        guard case .function(let candidates, _) = checked.references[node] else { return Known(cost: Self.nothing) }
        var cost = Self.nothing
        var operands: [Operand] = []
        var first: Known?
        for argument in arguments {
            let known = estimate(argument)
            first = first ?? known
            cost = cost + known.cost
            var literal: Value?
            if case .literal(let value) = checked.tree.nodes[argument].kind { literal = value }
            operands.append(
                Operand(
                    type: checked.types[argument], size: sizeOrUnknown(known, argument), elementSize: known.bounds?.element.size ?? .unknown,
                    literal: literal))
        }
        var call: CostEstimate?
        var size: SizeEstimate?
        for candidate in candidates {
            let estimate = candidate.overload.cost.estimate(operands)
            call = call?.union(estimate.cost) ?? estimate.cost
            if let result = estimate.resultSize { size = size?.union(result) ?? result }
        }
        var result = Known(cost: cost + (call ?? Self.one), size: size)
        if candidates.first?.overload.identifier == "to_dyn", let first {
            // `dyn` only hides the type.
            (result.size, result.entries) = (size ?? self.size(first, checked.types[arguments[0]]), first.entries)
        }
        return result
    }

    // MARK: Macros

    private mutating func comprehension(_ node: Int, _ macro: SyntaxNode.Comprehension) -> Known {
        let range = estimate(macro.range)
        let count = sizeOrUnknown(range, macro.range)
        let isMap = if case .map = checked.types[macro.range] { true } else { false }
        let key = Known(cost: Self.one, bounds: step(range) { isMap ? $0.key : .unbounded }, lastSize: range.entries?.key)
        let element = Known(cost: Self.one, bounds: step(range) { $0.element }, lastSize: range.entries?.value)
        if let slots = checked.slots[node] {
            if macro.second != nil {
                locals[slots.first] = key
                locals[slots.second] = element
            } else {
                locals[slots.first] = isMap ? key : element
            }
        }
        var kept = ValueType.dyn
        if case .list(let of, _) = checked.types[node] { kept = of }
        let filter = macro.filter.map { estimate($0).cost }
        let body = estimate(macro.body)
        let list = CostEstimate.exactly(Limits.listCreation)
        var total = range.cost
        let step: CostEstimate
        var result = Known(cost: Self.nothing)
        switch macro.kind {
        case .all, .exists:
            step = .exactly(macro.kind == .all ? 2 : 3) + CostEstimate(min: 1, max: (Self.one + body.cost).max)
            total = total + Self.one
            result.size = .exactly(1)
        case .existsOne:
            step = body.cost + CostEstimate(min: 1, max: 2)
            total = total + .exactly(2)
            result.size = .exactly(1)
        case .map, .transformList, .filter:
            let appended = macro.kind == .filter ? list + .exactly(3) : list + .exactly(2) + body.cost
            let condition = macro.kind == .filter ? body.cost : filter
            step = condition.map { $0 + appended.union(Self.one) } ?? appended
            total = total + list + Self.one
            result.size = count
            let each = macro.kind == .filter ? size(isMap ? key : element, kept) ?? .unknown : sizeOrUnknown(body, macro.body)
            result.entries = (.exactly(1), SizeEstimate.exactly(0).union(each))
        case .transformMap, .transformMapEntry:
            let inserted = body.cost + .exactly(macro.kind == .transformMap ? 3 : 2)
            step = filter.map { $0 + inserted.union(Self.one) } ?? inserted
            total = total + .exactly(Limits.mapCreation) + Self.one
            result.size = count
        }
        result.cost = total + count * step
        return result
    }
}
