import Kernel

/// Names, and the fields of what they stand for.
extension Checker {
    @inline(never)
    mutating func checkIdentifier(_ node: Int, _ name: String, isRooted: Bool) {
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

    func adviceForName(_ name: String) -> String {
        let known = locals.map(\.name) + environment.variables.map(\.name)
        if let near = Spelling.nearest(to: name, among: known) { return "there is no '\(name)' here; did you mean '\(near)'?" }
        if known.isEmpty { return "there is no '\(name)' here: this expression has no variables" }
        return "there is no '\(name)' here; the variables are \(known.joined(separator: ", "))"
    }

    /// The names of `a.b.c`, unless it begins with a macro's variable.
    func qualifiedName(_ node: Int) -> (name: String, isRooted: Bool)? {
        switch tree.nodes[node].kind {
        case .identifier(let name, let isRooted):
            return !isRooted && locals.contains { $0.name == name } ? nil : (name, isRooted)
        case .select(let operand, let field): return qualifiedName(operand).map { ($0.name + "." + field, $0.isRooted) }
        default: return nil
        }
    }

    /// What `a.b.c` begins with.
    func rootName(_ node: Int) -> String? {
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
    mutating func checkSelect(_ node: Int, _ operand: Int, _ field: String) {
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
    mutating func fieldType(_ node: Int, _ operand: Int, _ field: String) -> ValueType {
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
            if target == EmptyMessage.valueType {
                report("undefined field '\(field)'", advice: "a \(target.description) has no fields, so '.\(field)' can't follow it", node)
                return isOptional ? .optional(.dyn) : .error
            }
            // Kubernetes declares addresses and networks otherwise than the other types of its libraries.
            let isObject = if case .opaque(let name, _) = target { !name.hasPrefix("net.") } else { false }
            report(
                isObject ? "unexpected failed resolution of '\(target.description)'" : "type '\(target.description)' does not support field selection",
                advice: "a \(target.description) has no fields, so '.\(field)' can't follow it", node)
            found = .error
        }
        return isOptional ? .optional(found == .error ? .dyn : found) : found
    }
}
