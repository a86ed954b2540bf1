/// Calls, some of which are macros.
extension Parser {
    @inline(never)
    mutating func call(_ name: String, _ arguments: [Int], _ offset: Int) throws(SyntaxFailure) -> Int {
        if name == "has", arguments.count == 1 {
            guard case .select(let operand, let field) = tree.nodes[arguments[0]].kind else {
                return try noted(SyntaxFailure(
                    "invalid argument to has() macro", plain: "has() takes a field of something, as has(self.name)",
                    offset: place(of: arguments[0])))
            }
            return try add(.presence(operand, field: field), offset, depth: depth(operand))
        }
        return try add(.call(function: name, arguments: arguments), offset, depth: depth(arguments))
    }

    @inline(never)
    mutating func memberCall(_ target: Int, _ name: String, _ arguments: [Int], _ offset: Int) throws(SyntaxFailure) -> Int {
        do throws(SyntaxFailure) {
            if let macro = try macro(target, name, arguments, offset) { return macro }
        } catch {
            if error.isFinal { throw error }
            return try noted(error)
        }
        return try add(.memberCall(target: target, function: name, arguments: arguments), offset, depth: depth([target] + arguments))
    }

    @inline(never)
    mutating func macro(_ target: Int, _ name: String, _ arguments: [Int], _ offset: Int) throws(SyntaxFailure) -> Int? {
        let kind: SyntaxNode.Comprehension.Kind
        let variables: Int
        switch (name, arguments.count) {
        case ("all", 2): (kind, variables) = (.all, 1)
        case ("exists", 2): (kind, variables) = (.exists, 1)
        case ("exists_one", 2): (kind, variables) = (.existsOne, 1)
        // Under this name Kubernetes has the form with two variables only.
        case ("existsOne", 2) where extensions: (kind, variables) = (.existsOne, 1)
        case ("map", 2), ("map", 3): (kind, variables) = (.map, 1)
        case ("filter", 2): (kind, variables) = (.filter, 1)
        case ("all", 3): (kind, variables) = (.all, 2)
        case ("exists", 3): (kind, variables) = (.exists, 2)
        case ("exists_one", 3), ("existsOne", 3): (kind, variables) = (.existsOne, 2)
        case ("transformList", 3), ("transformList", 4): (kind, variables) = (.transformList, 2)
        case ("transformMap", 3), ("transformMap", 4): (kind, variables) = (.transformMap, 2)
        case ("transformMapEntry", 3), ("transformMapEntry", 4): (kind, variables) = (.transformMapEntry, 2)
        case ("optMap", 2), ("optFlatMap", 2):
            let variable = try simpleName(arguments[0], "\(name)() variable name must be a simple identifier")
            return try add(
                .optionalMap(variable: variable, target: target, body: arguments[1], isFlat: name == "optFlatMap"), offset,
                depth: depth(target, arguments[1]) + 1)
        case ("sortBy", 2):
            switch tree.nodes[target].kind {
            case .identifier where !reserved.contains(target): break
            case .literal, .map, .object, .identifier:
                throw SyntaxFailure(
                    "sortBy can only be applied to a list, identifier, comprehension, call or select expression", plain: "only lists are sorted",
                    offset: place(of: target))
            default: break
            }
            // The list is found once, and sorted by what its elements become.
            let variable = try simpleName(arguments[0], "argument is not an identifier")
            try refuseResult(variable, arguments[0])
            let input = "@__sortBy_input__"
            let keys = try add(
                .comprehension(
                    SyntaxNode.Comprehension(
                        kind: .map, range: try add(.identifier(input, isRooted: false), offset, depth: 1), variable: variable, second: nil, filter: nil,
                        body: arguments[1])), offset, depth: depth([arguments[1]]) + 1)
            let list = try add(.identifier(input, isRooted: false), offset, depth: 1)
            let call = try add(.memberCall(target: list, function: "@sortByAssociatedKeys", arguments: [keys]), offset, depth: depth([keys]) + 1)
            return try add(.bind(variable: input, value: target, body: call), offset, depth: depth(target, call))
        case ("bind", 3):
            guard extensions, case .identifier("cel", _) = tree.nodes[target].kind else { return nil }
            let variable = try simpleName(arguments[0], "cel.bind() variable names must be simple identifiers")
            return try add(.bind(variable: variable, value: arguments[1], body: arguments[2]), offset, depth: depth(arguments[1], arguments[2]))
        default: return nil
        }
        let wording = kind == .map || kind == .filter ? "argument is not an identifier" : "argument must be a simple name"
        let variable = try simpleName(arguments[0], wording)
        let second = variables == 2 ? try simpleName(arguments[1], wording) : nil
        if second == variable {
            throw SyntaxFailure("duplicate variable name: \(variable)", offset: place(of: arguments[1]))
        }
        for (name, argument) in zip([variable, second], arguments) { try refuseResult(name, argument) }
        let hasFilter = arguments.count == variables + 2
        return try add(
            .comprehension(
                SyntaxNode.Comprehension(
                    kind: kind, range: target, variable: variable, second: second, filter: hasFilter ? arguments[variables] : nil,
                    body: arguments[arguments.count - 1])),
            offset, depth: depth([target] + arguments[variables...]))
    }

    /// A name with a dot in front is taken as Kubernetes takes it: as one that nothing refers to.
    func simpleName(_ node: Int, _ wording: String) throws(SyntaxFailure) -> String {
        guard case .identifier(let name, let isRooted) = tree.nodes[node].kind, !reserved.contains(node) else {
            throw SyntaxFailure(wording, plain: "the macro needs the name of a variable here", offset: place(of: node))
        }
        return isRooted ? "." + name : name
    }

    /// Where messages about an argument point: of a chain, at the operator in its middle.
    private func place(of node: Int) -> Int {
        if case .logic(_, _, let offsets) = tree.nodes[node].kind, !offsets.isEmpty { return offsets[offsets.count / 2] }
        return tree.nodes[node].offset
    }

    /// The name under which macros keep what they have so far.
    private func refuseResult(_ name: String?, _ argument: Int) throws(SyntaxFailure) {
        guard name == "__result__" else { return }
        throw SyntaxFailure("iteration variable overwrites accumulator variable", offset: place(of: argument))
    }
}
