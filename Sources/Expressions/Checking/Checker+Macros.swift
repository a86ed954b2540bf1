/// Macros, and the variables they bring.
extension Checker {
    @inline(never)
    mutating func checkComprehension(_ node: Int, _ macro: SyntaxNode.Comprehension) {
        check(macro.range)
        let range = type(macro.range)
        let key: ValueType
        let element: ValueType
        switch range {
        case .list(let of, _):
            key = .int
            element = of
        case .map(let of, let value):
            key = of
            element = value
        case .dyn, .error, .variable:
            _ = unifier.accepts(.dyn, range)
            key = .dyn
            element = .dyn
        default:
            report(
                "expression of type '\(range.description)' cannot be range of a comprehension (must be list, map, or dynamic)",
                advice: "only the elements of a list or a map can be gone through, and this is \(range.description)", macro.range)
            key = .error
            element = .error
        }
        slots[node] = (slotCount, slotCount + 1)
        var single = element
        if case .map = range { single = key }
        if let second = macro.second {
            push(macro.variable, key)
            push(second, element)
        } else {
            push(macro.variable, single)
        }
        if let filter = macro.filter {
            check(filter)
            requireBool(filter, .conditional, node) { "(\($0), list(dyn), list(dyn))" }
        }
        check(macro.body)
        let body = type(macro.body)
        switch macro.kind {
        case .all:
            requireBool(macro.body)
            types[node] = .bool
        case .exists:
            requireBool(macro.body)
            types[node] = .bool
        case .existsOne:
            requireBool(macro.body, .conditional, node) { "(\($0), int, int)" }
            types[node] = .bool
        case .filter:
            let list = ValueType.list(single)
            requireBool(macro.body, .conditional, node) { "(\($0), \(list.description), \(list.description))" }
            types[node] = list
        case .map, .transformList: types[node] = ValueType.list(body).bounded
        case .transformMap: types[node] = ValueType.map(key, body).bounded
        case .transformMapEntry:
            switch body {
            case .map: types[node] = body
            case .dyn, .error, .variable: types[node] = .map(.dyn, .dyn)
            default: reportMismatch("cel.@mapInsert", [.map(.dyn, .dyn), body], isMember: false, node)
            }
        }
        locals.removeLast(macro.second == nil ? 1 : 2)
    }

    @inline(never)
    mutating func requireBool(_ body: Int) {
        let given = type(body)
        guard !unifier.accepts(given, .bool), given != .error else { return }
        report(
            "expected type 'bool' but found '\(given.description)'",
            advice: "the macro needs a condition that is true or false, and this is \(given.description)", body)
    }

    @inline(never)
    mutating func requireBool(_ body: Int, _ operation: Operator, _ node: Int, _ signature: (String) -> String) {
        let given = type(body)
        guard !unifier.accepts(given, .bool), given != .error else { return }
        report(
            "found no matching overload for '\(operation.rawValue)' applied to '\(signature(given.description))'",
            advice: "the macro needs a condition that is true or false, and this is \(given.description)", node)
    }

    @inline(never)
    mutating func checkOptionalMap(_ node: Int, _ variable: String, _ target: Int, _ body: Int, _ isFlat: Bool) {
        let known = issues.count
        check(target)
        repeatIssues(from: known)
        let wrapped: ValueType
        switch type(target) {
        case .optional(let inner): wrapped = inner
        case .dyn, .error, .variable: wrapped = .dyn
        default:
            reportMismatch("hasValue", [type(target)], isMember: true, node)
            wrapped = .error
        }
        // With a slot behind it for what finding it cost.
        slots[node] = (push(variable, wrapped), slotCount)
        slotCount += 1
        check(body)
        locals.removeLast()
        let result = type(body)
        guard isFlat else {
            types[node] = ValueType.optional(result).bounded
            return
        }
        switch result {
        case .optional, .dyn, .error: types[node] = result
        default: reportMismatch(Operator.conditional.rawValue, [.bool, result, .optional(.dyn)], isMember: false, node)
        }
    }
}
