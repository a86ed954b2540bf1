import Kernel

/// Finds what names stand for and which types everything has, and what doesn't fit.
struct Checker {
    struct Issue {
        let message: String
        let advice: String?
        let offset: Int
    }

    struct Local {
        let name: String
        let type: ValueType
        let slot: Int
        /// The node of `cel.bind`'s value.
        let bound: Int?
    }

    let environment: Environment
    let tree: SyntaxTree
    var unifier = Unifier()
    var types: [ValueType]
    var references: [CheckedTree.Reference]
    var locals: [Local] = []
    var slots: [Int: (first: Int, second: Int)] = [:]
    var slotCount = 0
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
    mutating func report(_ message: String, advice: String? = nil, _ node: Int) {
        issues.append(Issue(message: message, advice: advice, offset: tree.nodes[node].offset))
    }

    /// Once more what was found since: Kubernetes' macro names its target twice, and each mistake in it is told twice there. For people it is
    /// told once.
    mutating func repeatIssues(from first: Int) {
        // In targets within targets they double with each; beyond a hundred nothing is told.
        guard first < issues.count, issues.count <= 100 else { return }
        issues += issues[first...].map { Issue(message: $0.message, advice: "", offset: $0.offset) }
    }

    mutating func report(_ message: String, advice: String, at offset: Int) { issues.append(Issue(message: message, advice: advice, offset: offset)) }

    func type(_ node: Int) -> ValueType { unifier.resolve(types[node]) }

    // MARK: Nodes

    mutating func check(_ node: Int) {
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
        case .object(let name, let fields): checkObject(node, name, fields)
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
    mutating func push(_ name: String, _ type: ValueType, bound: Int? = nil) -> Int {
        locals.append(Local(name: name, type: type, slot: slotCount, bound: bound))
        slotCount += 1
        return slotCount - 1
    }
}
