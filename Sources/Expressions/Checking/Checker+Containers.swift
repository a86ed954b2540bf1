import Kernel

/// Lists and maps that are written out.
extension Checker {
    @inline(never)
    mutating func unwrapped(_ node: Int, isOptional: Bool) -> ValueType {
        let type = type(node)
        guard isOptional else { return type }
        if case .optional(let wrapped) = type { return wrapped }
        if type != .dyn {
            report(
                "expected type 'optional_type(\(type.description))' but found '\(type.description)'",
                advice: "after '?' an optional value is expected, and this is \(type.description)", node)
        }
        return type
    }

    @inline(never)
    mutating func joined(_ known: ValueType?, _ type: ValueType) -> ValueType {
        guard let known else { return type }
        if unifier.accepts(type, known) { return unifier.mostGeneral(unifier.resolve(known), unifier.resolve(type)) }
        return .dyn
    }

    @inline(never)
    mutating func checkList(_ node: Int, _ elements: [Int], _ optional: [Bool]) {
        var element: ValueType?
        for (position, child) in elements.enumerated() {
            check(child)
            element = joined(element, unwrapped(child, isOptional: optional.indices.contains(position) && optional[position]))
        }
        types[node] = ValueType.list(element ?? unifier.freshVariable()).bounded
    }

    @inline(never)
    mutating func checkMap(_ node: Int, _ entries: [SyntaxNode.Entry]) {
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

    @inline(never)
    mutating func checkObject(_ node: Int, _ name: String, _ fields: [SyntaxNode.Field]) {
        guard let message = environment.message(name) else {
            for field in fields { check(field.value) }
            let shown = name.hasPrefix(".") ? String(name.dropFirst()) : name
            report(
                "undeclared reference to '\(shown)' (in container '\(environment.container)')",
                advice: "there is no type '\(shown)' that an expression can make; write a map, {\"name\": value}", node)
            return
        }
        for field in fields {
            check(field.value)
            guard let declared = message.fields.first(where: { $0.name == field.name })?.type else {
                let near = Spelling.nearest(to: field.name, among: message.fields.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
                report("undefined field '\(field.name)'", advice: "\(message.name) has no field '\(field.name)'\(near)", at: field.offset)
                continue
            }
            let given = unwrapped(field.value, isOptional: field.isOptional)
            if given == .error || unifier.accepts(given, declared) { continue }
            let found = unifier.resolve(given, atEnd: true).description
            report(
                "expected type of field '\(field.name)' is '\(declared.description)' but provided type is '\(found)'",
                advice: "the field '\(field.name)' of \(message.name) is \(declared.description), and this is \(found)", at: field.offset)
        }
        types[node] = message.type
    }
}
