/// Finds out which types the variables of generic signatures stand for.
struct Unifier {
    private var bindings: [ValueType?] = []
    /// The variables bound so far, oldest first, with what they were bound to before.
    private var trail: [(variable: Int, previous: ValueType?)] = []
    /// How many parts of types may still be looked at. Variables bound to types made of variables can spell a type of astronomical
    /// size in a few characters; whoever gets there is past every honest expression, and everything agrees with everything.
    private var fuel = 0
    private static let fuelForOne = 10_000

    /// So many new variables; the number of the first.
    mutating func fresh(_ count: Int) -> Int {
        for _ in 0..<count { bindings.append(nil) }
        return bindings.count - count
    }

    mutating func freshVariable() -> ValueType { .variable(fresh(1)) }

    /// Whether arguments of these types can be given where those are expected; what variables turn out to be is kept only then.
    mutating func accepts(_ given: [ValueType], _ expected: [ValueType]) -> Bool {
        guard given.count == expected.count else { return false }
        fuel = Self.fuelForOne
        let mark = trail.count
        for position in given.indices where !agree(given[position], expected[position]) {
            undo(to: mark)
            return false
        }
        return true
    }

    mutating func accepts(_ given: ValueType, _ expected: ValueType) -> Bool {
        fuel = Self.fuelForOne
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
        fuel -= 1
        guard fuel > 0 else { return true }
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

    private mutating func occurs(_ variable: Int, in type: ValueType) -> Bool {
        fuel -= 1
        guard fuel > 0 else { return true }
        switch type {
        case .variable(let other):
            if other == variable { return true }
            guard let bound = bindings[other] else { return false }
            return occurs(variable, in: bound)
        case .list(let part, _), .optional(let part), .type(let part), .nullable(let part): return occurs(variable, in: part)
        case .map(let key, let value): return occurs(variable, in: key) || occurs(variable, in: value)
        case .opaque(_, let arguments):
            for argument in arguments where occurs(variable, in: argument) { return true }
            return false
        default: return false
        }
    }

    /// The type with all that is known put in; what is still unknown stays a variable, or becomes `dyn` at the end.
    func resolve(_ type: ValueType, atEnd: Bool = false) -> ValueType {
        var parts = 500
        return resolve(type, atEnd, &parts)
    }

    /// - Parameter parts: how many more the result may have; beyond them it is `dyn`.
    private func resolve(_ type: ValueType, _ atEnd: Bool, _ parts: inout Int) -> ValueType {
        switch type {
        case .dyn, .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .object, .error, .parameter: return type
        default: break
        }
        parts -= 1
        guard parts > 0 else { return .dyn }
        switch type {
        case .variable(let variable):
            guard let bound = bindings[variable] else { return atEnd ? .dyn : type }
            return resolve(bound, atEnd, &parts)
        case .list(let element, let semantics): return .list(resolve(element, atEnd, &parts), semantics)
        case .map(let key, let value):
            let key = resolve(key, atEnd, &parts)
            return .map(key, resolve(value, atEnd, &parts))
        case .optional(let wrapped): return .optional(resolve(wrapped, atEnd, &parts))
        case .type(let of): return .type(resolve(of, atEnd, &parts))
        case .nullable(let scalar): return .nullable(resolve(scalar, atEnd, &parts))
        case .opaque(let name, let arguments) where !arguments.isEmpty:
            var resolved: [ValueType] = []
            for argument in arguments { resolved.append(resolve(argument, atEnd, &parts)) }
            return .opaque(name, resolved)
        default: return type
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
