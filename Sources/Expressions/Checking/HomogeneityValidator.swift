/// Demands that the elements of a list or map that is written out are of one type, as Kubernetes does; but for what `format` is given.
///
/// Looked at last: in an expression that has other mistakes these are not reported.
enum HomogeneityValidator {
    static func issues(in checked: CheckedTree) -> [Checker.Issue] {
        var walk = Walk(checked: checked)
        walk.look(checked.tree.root)
        return walk.issues
    }

    private struct Walk {
        let checked: CheckedTree
        var issues: [Checker.Issue] = []

        /// As deep as expressions are nested, which is bounded.
        mutating func look(_ node: Int) {
            switch checked.tree.nodes[node].kind {
            case .memberCall(_, "format", _), .call("format", _): return
            case .list(let elements, let optional): list(elements, optional)
            case .map(let entries): map(entries)
            default: break
            }
            for child in checked.tree.nodes[node].kind.children { look(child) }
        }

        private func type(_ node: Int, isOptional: Bool) -> ValueType {
            if isOptional, case .optional(let wrapped) = checked.types[node] { return wrapped.plain }
            return checked.types[node].plain
        }

        private mutating func list(_ elements: [Int], _ optional: [Bool]) {
            var wanted: ValueType?
            for (position, element) in elements.enumerated() {
                let found = type(element, isOptional: optional.indices.contains(position) && optional[position])
                // What an optional holds may not be known.
                if found == .dyn, optional.indices.contains(position), optional[position] { continue }
                if let wanted, wanted.withoutNull != found.withoutNull {
                    report(wanted, found, element)
                    return
                }
                wanted = found
            }
        }

        private mutating func map(_ entries: [SyntaxNode.Entry]) {
            var wanted: (key: ValueType, value: ValueType)?
            for entry in entries {
                let found = (key: type(entry.key, isOptional: false), value: type(entry.value, isOptional: entry.isOptional))
                guard let wanted else {
                    wanted = found
                    continue
                }
                if wanted.key.withoutNull != found.key.withoutNull { report(wanted.key, found.key, entry.key) }
                if wanted.value.withoutNull != found.value.withoutNull, !(entry.isOptional && found.value == .dyn) { report(wanted.value, found.value, entry.value) }
            }
        }

        private mutating func report(_ wanted: ValueType, _ found: ValueType, _ node: Int) {
            issues.append(
                Checker.Issue(
                    message: "expected type '\(wanted.description)' but found '\(found.description)'",
                    advice: "all elements must be of one type: \(wanted.description) so far, and this is \(found.description)",
                    offset: checked.tree.nodes[node].offset))
        }
    }
}

extension ValueType {
    /// Without how lists behave, which is no part of a type's name.
    fileprivate var plain: ValueType {
        switch self {
        case .list(let element, _): .list(element.plain)
        case .map(let key, let value): .map(key.plain, value.plain)
        case .optional(let wrapped): .optional(wrapped.plain)
        default: self
        }
    }

    /// A scalar that may be null goes with its like.
    fileprivate var withoutNull: ValueType {
        switch self {
        case .nullable(let scalar): scalar
        case .list(let element, _): .list(element.withoutNull)
        case .map(let key, let value): .map(key.withoutNull, value.withoutNull)
        case .optional(let wrapped): .optional(wrapped.withoutNull)
        default: self
        }
    }
}

extension SyntaxNode.Kind {
    /// The nodes right below.
    var children: [Int] {
        switch self {
        case .literal, .identifier: []
        case .select(let operand, _), .presence(let operand, _), .optionalSelect(let operand, _), .unary(_, let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .logic(_, let terms, _): terms
        case .conditional(let condition, let first, let second): [condition, first, second]
        case .call(_, let arguments): arguments
        case .memberCall(let target, _, let arguments): [target] + arguments
        case .list(let elements, _): elements
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .object(_, let fields): fields.map(\.value)
        case .comprehension(let macro): [macro.range] + (macro.filter.map { [$0] } ?? []) + [macro.body]
        case .bind(_, let value, let body): [value, body]
        case .optionalMap(_, let target, let body, _): [target, body]
        }
    }
}
