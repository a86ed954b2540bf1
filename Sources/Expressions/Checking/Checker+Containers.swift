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
        guard let message = message(name, fields, node) else { return }
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

    /// The message of that name, or of the type that the name stands for.
    ///
    /// - Returns: nil where there is none, which has been reported then, with what is wrong with the fields.
    @inline(never)
    private mutating func message(_ name: String, _ fields: [SyntaxNode.Field], _ node: Int) -> WellKnownMessage? {
        let isRooted = name.hasPrefix(".")
        let shown = isRooted ? String(name.dropFirst()) : name
        let local = isRooted ? nil : locals.last { $0.name == name }?.type
        if local == nil, let message = environment.message(name) { return message }
        guard let found = local ?? environment.resolve(shown, isRooted: isRooted)?.0 else {
            report(
                "undeclared reference to '\(shown)' (in container '\(environment.container)')",
                advice: "there is no type '\(shown)' that an expression can make; write a map, {\"name\": value}", node)
            return nil
        }
        if case .type(let type) = found {
            if environment.options.comparesAsKubernetes, [.timestamp, .duration, .null].contains(type) {
                // Checked as if it were there; an evaluation that gets there fails.
                references[node] = .undefinedType(shown)
                if let message = WellKnownMessage.all[type.runtimeName] { return message }
            } else {
                report(
                    "'\(type.runtimeName)' is not a message type", advice: "'\(shown)' is no type that can be written out with fields; \(shown)(…) converts a value", node)
            }
            refuse(fields, of: type == .null ? "google.protobuf.NullValue" : shown)
            types[node] = type == .null ? .null : .error
            return nil
        }
        let described = if case .nullable = found { found.description } else { found.runtimeName }
        if found != .error { report("'\(described)' is not a type", advice: "'\(shown)' is a value and no type, so '{' can't follow it", node) }
        refuse(fields, of: shown)
        return nil
    }

    /// What Kubernetes says of the fields of what has none; people are told once that it has none.
    private mutating func refuse(_ fields: [SyntaxNode.Field], of name: String) {
        for field in fields {
            check(field.value)
            switch name {
            case "map": continue
            case "bool", "bytes", "double", "int", "list", "string", "uint": report("undefined field '\(field.name)'", advice: "", at: field.offset)
            default: report("unexpected failed resolution of '\(name)'", advice: "", at: field.offset)
            }
        }
    }
}
