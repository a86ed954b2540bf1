import Kernel

/// Finds what names stand for and which types everything has, and what doesn't fit.
struct Checker {
    struct Issue {
        let message: String
        let advice: String?
        let offset: Int
    }

    private struct Local {
        let name: String
        let type: ValueType
        let slot: Int
        /// The node of `cel.bind`'s value.
        let bound: Int?
    }

    let environment: Environment
    let tree: SyntaxTree
    private var unifier = Unifier()
    private var types: [ValueType]
    private var references: [CheckedTree.Reference]
    private var locals: [Local] = []
    private var slots: [Int: (first: Int, second: Int)] = [:]
    private var slotCount = 0
    private(set) var issues: [Issue] = []

    init(_ tree: SyntaxTree, _ environment: Environment) {
        self.tree = tree
        self.environment = environment
        types = Array(repeating: .error, count: tree.nodes.count)
        references = Array(repeating: .none, count: tree.nodes.count)
    }

    /// Of no use when there are `issues`.
    mutating func run() -> CheckedTree {
        check(tree.root)
        for position in types.indices { types[position] = unifier.resolve(types[position], atEnd: true) }
        return CheckedTree(tree: tree, types: types, references: references, slots: slots, slotCount: slotCount)
    }

    @inline(never)
    private mutating func report(_ message: String, advice: String? = nil, _ node: Int) {
        issues.append(Issue(message: message, advice: advice, offset: tree.nodes[node].offset))
    }

    private func type(_ node: Int) -> ValueType { unifier.resolve(types[node]) }

    // MARK: Nodes

    private mutating func check(_ node: Int) {
        switch tree.nodes[node].kind {
        case .literal(let value): types[node] = value.type
        case .identifier(let name, let isRooted): checkIdentifier(node, name, isRooted: isRooted)
        case .select(let operand, let field): checkSelect(node, operand, field)
        case .presence(let operand, let field):
            check(operand)
            _ = fieldType(node, operand, field)
            types[node] = .bool
        case .optionalSelect(let operand, let field):
            check(operand)
            let type = fieldType(node, operand, field)
            if case .optional = type { types[node] = type } else { types[node] = .optional(type) }
        case .unary(let operation, let operand):
            check(operand)
            types[node] = result(of: operation, [operand], node)
        case .binary(let operation, let left, let right):
            check(left)
            check(right)
            types[node] = result(of: operation, [left, right], node)
        case .logic(let isAnd, let terms, _): checkLogic(node, isAnd, terms)
        case .conditional(let condition, let first, let second):
            check(condition)
            check(first)
            check(second)
            types[node] = result(of: .conditional, [condition, first, second], node)
        case .call(let function, let arguments): checkCall(node, function, arguments)
        case .memberCall(let target, let function, let arguments): checkMemberCall(node, target, function, arguments)
        case .list(let elements, let optional): checkList(node, elements, optional)
        case .map(let entries): checkMap(node, entries)
        case .object(let name, let fields):
            for field in fields { check(field.value) }
            let shown = name.hasPrefix(".") ? String(name.dropFirst()) : name
            report(
                "undeclared reference to '\(shown)' (in container '\(environment.container)')",
                advice: "there is no type '\(shown)' that an expression can make: Kubernetes' expressions have no protobuf messages; write a map, {\"name\": value}",
                node)
        case .comprehension(let comprehension): checkComprehension(node, comprehension)
        case .bind(let variable, let value, let body):
            check(value)
            slots[node] = (push(variable, type(value), bound: value), 0)
            check(body)
            locals.removeLast()
            types[node] = types[body]
        case .optionalMap(let variable, let target, let body, let isFlat): checkOptionalMap(node, variable, target, body, isFlat)
        }
    }

    /// Each variable has a slot of its own: a bound value is found late, amid the variables of what uses it.
    @discardableResult
    private mutating func push(_ name: String, _ type: ValueType, bound: Int? = nil) -> Int {
        locals.append(Local(name: name, type: type, slot: slotCount, bound: bound))
        slotCount += 1
        return slotCount - 1
    }

    // MARK: Names

    @inline(never)
    private mutating func checkIdentifier(_ node: Int, _ name: String, isRooted: Bool) {
        if !isRooted, let local = locals.last(where: { $0.name == name }) {
            types[node] = local.type
            references[node] = local.bound.map { .bound(local.slot, value: $0) } ?? .local(local.slot)
        } else if let (type, reference) = environment.resolve(name, isRooted: isRooted) {
            types[node] = type
            references[node] = reference
        } else {
            report("undeclared reference to '\(name)' (in container '\(environment.container)')", advice: adviceForName(name), node)
        }
    }

    private func adviceForName(_ name: String) -> String {
        let known = locals.map(\.name) + environment.variables.map(\.name)
        if let near = Spelling.nearest(to: name, among: known) { return "there is no '\(name)' here; did you mean '\(near)'?" }
        if known.isEmpty { return "there is no '\(name)' here: this expression has no variables" }
        return "there is no '\(name)' here; the variables are \(known.joined(separator: ", "))"
    }

    /// The names of `a.b.c`, unless it begins with a macro's variable.
    private func qualifiedName(_ node: Int) -> (name: String, isRooted: Bool)? {
        switch tree.nodes[node].kind {
        case .identifier(let name, let isRooted):
            return !isRooted && locals.contains { $0.name == name } ? nil : (name, isRooted)
        case .select(let operand, let field): return qualifiedName(operand).map { ($0.name + "." + field, $0.isRooted) }
        default: return nil
        }
    }

    /// What `a.b.c` begins with.
    private func rootName(_ node: Int) -> String? {
        var node = node
        while true {
            switch tree.nodes[node].kind {
            case .identifier(let name, _): return name
            case .select(let operand, _): node = operand
            default: return nil
            }
        }
    }

    @inline(never)
    private mutating func checkSelect(_ node: Int, _ operand: Int, _ field: String) {
        if let root = rootName(operand), environment.mayQualify(root), let (name, isRooted) = qualifiedName(node), let (type, reference) = environment.resolve(name, isRooted: isRooted) {
            types[node] = type
            references[node] = reference
            return
        }
        check(operand)
        types[node] = fieldType(node, operand, field)
    }

    /// The type of a field; for an optional operand an optional one.
    @inline(never)
    private mutating func fieldType(_ node: Int, _ operand: Int, _ field: String) -> ValueType {
        var target = type(operand)
        var isOptional = false
        if case .optional(let wrapped) = target {
            target = wrapped
            isOptional = true
        }
        let found: ValueType
        switch target {
        case .map(_, let value): found = value
        case .object(let object):
            if let declared = object.field(field) {
                found = declared.type
            } else {
                let near = Spelling.nearest(to: field, among: object.fields.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
                report("undefined field '\(field)'", advice: "there is no field '\(field)'\(near)", node)
                found = .error
            }
        case .variable:
            _ = unifier.accepts(.dyn, target)
            found = .dyn
        case .dyn, .error: found = target
        default:
            report(
                "type '\(target.description)' does not support field selection",
                advice: "a \(target.description) has no fields, so '.\(field)' can't follow it", node)
            found = .error
        }
        return isOptional ? .optional(found) : found
    }

    // MARK: Operators and calls

    @inline(never)
    private mutating func result(of operation: Operator, _ operands: [Int], _ node: Int) -> ValueType {
        let given = operands.map { type($0) }
        if given.count == 2, given[0] == given[1], let result = OperatorSignatures.sameScalars(operation, given[0]) { return result }
        var result: ValueType?
        for signature in OperatorSignatures.all[operation] ?? [] {
            let base = unifier.fresh(signature.variableCount)
            let parameters = base == 0 || signature.variableCount == 0 ? signature.parameters : signature.parameters.map { $0.shifted(by: base) }
            guard unifier.accepts(given, parameters) else { continue }
            join(&result, unifier.resolve(signature.variableCount == 0 ? signature.result : signature.result.shifted(by: base)))
        }
        if let result { return result }
        if let result = libraryResult(of: operation, given, node) { return result }
        reportMismatch(operation.rawValue, given, isMember: false, symbol: operation.symbol, node)
        return .error
    }

    /// Libraries may say what operators do with their types, as functions of the operators' names.
    private mutating func libraryResult(of operation: Operator, _ given: [ValueType], _ node: Int) -> ValueType? {
        var result: ValueType?
        var fitting: [FunctionTable.Prepared] = []
        for candidate in environment.functions[operation.rawValue]?.overloads ?? [] where candidate.variableCount == 0 && unifier.accepts(given, candidate.parameters) {
            fitting.append(candidate)
            join(&result, candidate.result)
        }
        if result != nil { references[node] = .function(fitting, takesTarget: false) }
        return result
    }

    /// Of several overloads that fit, the result is known only where they give the same.
    private func join(_ result: inout ValueType?, _ type: ValueType) {
        guard let known = result else {
            result = type
            return
        }
        if known != .dyn, known != type { result = .dyn }
    }

    @inline(never)
    private mutating func reportMismatch(_ name: String, _ given: [ValueType], isMember: Bool, symbol: String? = nil, _ node: Int) {
        let names = given.map { unifier.resolve($0, atEnd: true).description }
        guard !given.contains(where: { unifier.resolve($0, atEnd: true) == .error }) else { return }
        let signature = isMember ? "\(names.first ?? "").(\(names.dropFirst().joined(separator: ", ")))" : "(\(names.joined(separator: ", ")))"
        var advice: String
        if let symbol {
            advice = "'\(symbol)' doesn't go with \(names.joined(separator: " and "))"
            if Set(names).isSubset(of: ["int", "uint", "double"]), names.count == 2 { advice += "; convert one of them, as \(names[1])(…)" }
        } else {
            advice = "'\(name)' can't be called with \(signature)"
            if let entry = environment.functions[name] {
                let forms = entry.overloads.filter { $0.overload.isReceiver == isMember }.map { $0.overload.form(name) }
                if !forms.isEmpty {
                    advice += "; it is \(forms.prefix(6).joined(separator: " or "))"
                } else {
                    advice += isMember ? "; call it as \(name)(…)" : "; call it as value.\(name)(…)"
                }
            }
        }
        report("found no matching overload for '\(name)' applied to '\(signature)'", advice: advice, node)
    }

    @inline(never)
    private mutating func checkLogic(_ node: Int, _ isAnd: Bool, _ terms: [Int]) {
        types[node] = .bool
        for term in terms { check(term) }
        for term in terms where !unifier.accepts(type(term), .bool) {
            let given = type(term)
            if given == .error { continue }
            report(
                "expected type 'bool' but found '\(given.description)'",
                advice: "'\(isAnd ? "&&" : "||")' goes with bool only, and this is \(given.description)", term)
        }
    }

    @inline(never)
    private mutating func checkCall(_ node: Int, _ name: String, _ arguments: [Int]) {
        for argument in arguments { check(argument) }
        guard let entry = environment.function(name) else {
            reportUnknown(name, node)
            return
        }
        resolve(entry, arguments, isMember: false, node)
    }

    @inline(never)
    private mutating func checkMemberCall(_ node: Int, _ target: Int, _ name: String, _ arguments: [Int]) {
        if let (prefix, isRooted) = qualifiedName(target), let entry = environment.function((isRooted ? "." : "") + prefix + "." + name) {
            for argument in arguments { check(argument) }
            resolve(entry, arguments, isMember: false, node)
            return
        }
        check(target)
        for argument in arguments { check(argument) }
        guard let entry = environment.function(name) else {
            reportUnknown(name, node)
            return
        }
        resolve(entry, [target] + arguments, isMember: true, node)
    }

    @inline(never)
    private mutating func reportUnknown(_ name: String, _ node: Int) {
        let shown = name.hasPrefix(".") ? String(name.dropFirst()) : name
        let near = Spelling.nearest(to: shown, among: environment.functions.names + Spelling.macros).map { "; did you mean '\($0)'?" } ?? ""
        report("undeclared reference to '\(shown)' (in container '\(environment.container)')", advice: "there is no function '\(shown)'\(near)", node)
    }

    @inline(never)
    private mutating func resolve(_ entry: FunctionTable.Entry, _ arguments: [Int], isMember: Bool, _ node: Int) {
        let given = arguments.map { type($0) }
        var result: ValueType?
        var fitting: [FunctionTable.Prepared] = []
        for candidate in entry.overloads where candidate.overload.isReceiver == isMember {
            let base = unifier.fresh(candidate.variableCount)
            let parameters = base == 0 || candidate.variableCount == 0 ? candidate.parameters : candidate.parameters.map { $0.shifted(by: base) }
            guard unifier.accepts(given, parameters) else { continue }
            fitting.append(candidate)
            join(&result, unifier.resolve(candidate.variableCount == 0 ? candidate.result : candidate.result.shifted(by: base)))
        }
        guard let result else {
            reportMismatch(entry.name, given, isMember: isMember, node)
            return
        }
        types[node] = result.bounded
        references[node] = .function(fitting, takesTarget: isMember)
    }

    // MARK: Containers

    @inline(never)
    private mutating func unwrapped(_ node: Int, isOptional: Bool) -> ValueType {
        let type = type(node)
        guard isOptional else { return type }
        if case .optional(let wrapped) = type { return wrapped }
        if type != .dyn, type != .error {
            report(
                "expected type 'optional_type(\(type.description))' but found '\(type.description)'",
                advice: "after '?' an optional value is expected, and this is \(type.description)", node)
        }
        return type
    }

    @inline(never)
    private mutating func joined(_ known: ValueType?, _ type: ValueType) -> ValueType {
        guard let known else { return type }
        if unifier.accepts(type, known) { return unifier.mostGeneral(unifier.resolve(known), unifier.resolve(type)) }
        return .dyn
    }

    @inline(never)
    private mutating func checkList(_ node: Int, _ elements: [Int], _ optional: [Bool]) {
        var element: ValueType?
        for (position, child) in elements.enumerated() {
            check(child)
            element = joined(element, unwrapped(child, isOptional: optional.indices.contains(position) && optional[position]))
        }
        types[node] = ValueType.list(element ?? unifier.freshVariable()).bounded
    }

    @inline(never)
    private mutating func checkMap(_ node: Int, _ entries: [SyntaxNode.Entry]) {
        var key: ValueType?
        var value: ValueType?
        for entry in entries {
            check(entry.key)
            key = joined(key, type(entry.key))
            check(entry.value)
            value = joined(value, unwrapped(entry.value, isOptional: entry.isOptional))
        }
        types[node] = ValueType.map(key ?? unifier.freshVariable(), value ?? unifier.freshVariable()).bounded
    }

    // MARK: Macros

    @inline(never)
    private mutating func checkComprehension(_ node: Int, _ macro: SyntaxNode.Comprehension) {
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
    private mutating func requireBool(_ body: Int) {
        let given = type(body)
        guard !unifier.accepts(given, .bool), given != .error else { return }
        report(
            "expected type 'bool' but found '\(given.description)'",
            advice: "the macro needs a condition that is true or false, and this is \(given.description)", body)
    }

    @inline(never)
    private mutating func requireBool(_ body: Int, _ operation: Operator, _ node: Int, _ signature: (String) -> String) {
        let given = type(body)
        guard !unifier.accepts(given, .bool), given != .error else { return }
        report(
            "found no matching overload for '\(operation.rawValue)' applied to '\(signature(given.description))'",
            advice: "the macro needs a condition that is true or false, and this is \(given.description)", node)
    }

    @inline(never)
    private mutating func checkOptionalMap(_ node: Int, _ variable: String, _ target: Int, _ body: Int, _ isFlat: Bool) {
        check(target)
        let wrapped: ValueType
        switch type(target) {
        case .optional(let inner): wrapped = inner
        case .dyn, .error, .variable: wrapped = .dyn
        default:
            reportMismatch("hasValue", [type(target)], isMember: true, node)
            wrapped = .error
        }
        slots[node] = (push(variable, wrapped), 0)
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

extension Overload {
    /// As advice shows it: `string.startsWith(string)`.
    func form(_ name: String) -> String {
        let names = parameters.map(\.description)
        return isReceiver ? "\(names.first ?? "").\(name)(\(names.dropFirst().joined(separator: ", ")))" : "\(name)(\(names.joined(separator: ", ")))"
    }
}
