/// Finds out which types the variables of generic signatures stand for.
struct Unifier {
    private var bindings: [ValueType?] = []
    /// The variables bound so far, oldest first, with what they were bound to before.
    private var trail: [(variable: Int, previous: ValueType?)] = []

    /// So many new variables; the number of the first.
    mutating func fresh(_ count: Int) -> Int {
        for _ in 0..<count { bindings.append(nil) }
        return bindings.count - count
    }

    mutating func freshVariable() -> ValueType { .variable(fresh(1)) }

    /// Whether arguments of these types can be given where those are expected; what variables turn out to be is kept only then.
    mutating func accepts(_ given: [ValueType], _ expected: [ValueType]) -> Bool {
        guard given.count == expected.count else { return false }
        let mark = trail.count
        for position in given.indices where !agree(given[position], expected[position]) {
            undo(to: mark)
            return false
        }
        return true
    }

    mutating func accepts(_ given: ValueType, _ expected: ValueType) -> Bool {
        let mark = trail.count
        if agree(given, expected) { return true }
        undo(to: mark)
        return false
    }

    private mutating func undo(to mark: Int) {
        while trail.count > mark, let (variable, previous) = trail.popLast() { bindings[variable] = previous }
    }

    private mutating func bind(_ variable: Int, _ type: ValueType) {
        trail.append((variable, bindings[variable]))
        bindings[variable] = type
    }

    private mutating func agree(_ a: ValueType, _ b: ValueType) -> Bool {
        if case .variable(let variable) = b {
            if case .variable(variable) = a { return true }
            if let bound = bindings[variable] { return widen(variable, bound, with: a) }
            if !occurs(variable, in: a) {
                bind(variable, a)
                return true
            }
        }
        if case .variable(let variable) = a {
            if let bound = bindings[variable] { return widen(variable, bound, with: b) }
            guard !occurs(variable, in: b) else { return false }
            bind(variable, b)
            return true
        }
        switch (a, b) {
        case (.dyn, _), (_, .dyn), (.error, _), (_, .error): return true
        case (.null, _): return b.takesNull
        case (_, .null): return a.takesNull
        case (.nullable(let x), .nullable(let y)): return agree(x, y)
        case (.nullable(let x), _): return agree(x, b)
        case (_, .nullable(let y)): return agree(a, y)
        case (.list(let x, _), .list(let y, _)): return agree(x, y)
        case (.map(let key, let value), .map(let otherKey, let otherValue)): return agree(key, otherKey) && agree(value, otherValue)
        case (.optional(let x), .optional(let y)): return agree(x, y)
        case (.type, .type): return true
        case (.opaque(let x, let arguments), .opaque(let y, let others)):
            guard x == y, arguments.count == others.count else { return false }
            for position in arguments.indices where !agree(arguments[position], others[position]) { return false }
            return true
        default: return a == b
        }
    }

    /// A variable that is bound to one type and now meets another: the more general of the two, where they agree at all.
    private mutating func widen(_ variable: Int, _ bound: ValueType, with type: ValueType) -> Bool {
        if bound == type { return true }
        guard agree(type, bound) else { return false }
        let general = mostGeneral(type, bound)
        if general != bound, !occurs(variable, in: general) { bind(variable, general) }
        return true
    }

    /// Of two types that agree, the one that says less.
    func mostGeneral(_ a: ValueType, _ b: ValueType) -> ValueType { saysNoMore(a, than: b) ? a : b }

    private func saysNoMore(_ a: ValueType, than b: ValueType) -> Bool {
        switch (a, b) {
        case (.dyn, _), (.variable, _): true
        case (_, .dyn), (_, .variable): false
        case (.list(let x, _), .list(let y, _)), (.optional(let x), .optional(let y)): saysNoMore(x, than: y)
        case (.map(let key, let value), .map(let otherKey, let otherValue)): saysNoMore(key, than: otherKey) && saysNoMore(value, than: otherValue)
        case (.type, .type): true
        default: a == b
        }
    }

    private func occurs(_ variable: Int, in type: ValueType) -> Bool {
        switch type {
        case .variable(let other): other == variable || (bindings[other].map { occurs(variable, in: $0) } ?? false)
        case .list(let element, _): occurs(variable, in: element)
        case .map(let key, let value): occurs(variable, in: key) || occurs(variable, in: value)
        case .optional(let wrapped), .type(let wrapped), .nullable(let wrapped): occurs(variable, in: wrapped)
        case .opaque(_, let arguments): arguments.contains { occurs(variable, in: $0) }
        default: false
        }
    }

    /// The type with all that is known put in; what is still unknown stays a variable, or becomes `dyn` at the end.
    func resolve(_ type: ValueType, atEnd: Bool = false) -> ValueType {
        switch type {
        case .variable(let variable): bindings[variable].map { resolve($0, atEnd: atEnd) } ?? (atEnd ? .dyn : type)
        case .list(let element, let semantics): .list(resolve(element, atEnd: atEnd), semantics)
        case .map(let key, let value): .map(resolve(key, atEnd: atEnd), resolve(value, atEnd: atEnd))
        case .optional(let wrapped): .optional(resolve(wrapped, atEnd: atEnd))
        case .type(let of): .type(resolve(of, atEnd: atEnd))
        case .nullable(let scalar): .nullable(resolve(scalar, atEnd: atEnd))
        case .opaque(let name, let arguments) where !arguments.isEmpty: .opaque(name, arguments.map { resolve($0, atEnd: atEnd) })
        default: type
        }
    }
}

extension ValueType {
    /// Whether null may stand where this type is expected.
    fileprivate var takesNull: Bool {
        switch self {
        case .null, .nullable, .timestamp, .duration, .object, .opaque, .optional: true
        default: false
        }
    }

    /// The type, or `dyn` where it is made of more parts than anyone writes: types can double with every nesting.
    var bounded: ValueType {
        var budget = 200
        return weigh(&budget) ? self : .dyn
    }

    private func weigh(_ budget: inout Int) -> Bool {
        budget -= 1
        guard budget > 0 else { return false }
        switch self {
        case .list(let part, _), .optional(let part), .type(let part), .nullable(let part): return part.weigh(&budget)
        case .map(let key, let value): return key.weigh(&budget) && value.weigh(&budget)
        case .opaque(_, let arguments): return arguments.allSatisfy { $0.weigh(&budget) }
        default: return true
        }
    }
}
