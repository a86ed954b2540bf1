import Kernel

/// Operators and functions: which overloads fit, and what they give.
extension Checker {
    @inline(never)
    mutating func result(of operation: Operator, _ operands: [Int], _ node: Int) -> ValueType {
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
    mutating func libraryResult(of operation: Operator, _ given: [ValueType], _ node: Int) -> ValueType? {
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
    func join(_ result: inout ValueType?, _ type: ValueType) {
        guard let known = result else {
            result = type
            return
        }
        if known != .dyn, known != type { result = .dyn }
    }

    @inline(never)
    mutating func reportMismatch(_ name: String, _ given: [ValueType], isMember: Bool, symbol: String? = nil, _ node: Int) {
        let names = given.map { unifier.resolve($0, atEnd: true).description }
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
        // Beside an operand that is wrong itself it is told for whoever compares words; people repair the operand first.
        if given.contains(where: { unifier.resolve($0, atEnd: true) == .error }) { advice = "" }
        report("found no matching overload for '\(name)' applied to '\(signature)'", advice: advice, node)
    }

    @inline(never)
    mutating func checkLogic(_ node: Int, _ isAnd: Bool, _ terms: [Int]) {
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
    mutating func checkCall(_ node: Int, _ name: String, _ arguments: [Int]) {
        for argument in arguments { check(argument) }
        guard let entry = environment.function(name) else {
            reportUnknown(name, node)
            return
        }
        resolve(entry, arguments, isMember: false, node)
    }

    @inline(never)
    mutating func checkMemberCall(_ node: Int, _ target: Int, _ name: String, _ arguments: [Int]) {
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
    mutating func reportUnknown(_ name: String, _ node: Int) {
        let shown = name.hasPrefix(".") ? String(name.dropFirst()) : name
        let near = Spelling.nearest(to: shown, among: environment.functions.names + Spelling.macros).map { "; did you mean '\($0)'?" } ?? ""
        report("undeclared reference to '\(shown)' (in container '\(environment.container)')", advice: "there is no function '\(shown)'\(near)", node)
    }

    @inline(never)
    mutating func resolve(_ entry: FunctionTable.Entry, _ arguments: [Int], isMember: Bool, _ node: Int) {
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
}

extension Overload {
    /// As advice shows it: `string.startsWith(string)`.
    func form(_ name: String) -> String {
        let names = parameters.map(\.description)
        return isReceiver ? "\(names.first ?? "").\(name)(\(names.dropFirst().joined(separator: ", ")))" : "\(name)(\(names.joined(separator: ", ")))"
    }
}
