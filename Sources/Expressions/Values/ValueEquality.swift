import Kernel

extension Value {
    /// The language's `==`: numbers by their worth whatever their kind, texts by bytes, containers by their elements; what can't be
    /// equal by its type isn't.
    public func equals(_ other: Value) -> Bool {
        var walk = EqualityWalk()
        return (try? walk.equal(self, other)) ?? false
    }
}

/// Compares values, and stops where that would take longer than any budget pays for: lists made by `+` share their parts and can be
/// longer than memory.
struct EqualityWalk {
    private var steps = 0
    private static let longest = 20_000_000

    mutating func equal(_ a: Value, _ b: Value) throws(EvaluationError) -> Bool {
        switch (a, b) {
        case (.int(let x), .int(let y)): return x == y
        case (.string(let x), .string(let y)): return sameBytes(x, y)
        case (.bool(let x), .bool(let y)): return x == y
        case (.null, .null): return true
        case (.uint(let x), .uint(let y)): return x == y
        case (.double(let x), .double(let y)): return x == y
        case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .double), (.double, .int), (.double, .uint):
            return a.numericOrder(b) == .equal
        case (.bytes(let x), .bytes(let y)): return x == y
        case (.timestamp(let x, _), .timestamp(let y, _)): return x == y
        case (.duration(let x), .duration(let y)): return x == y
        case (.type(let x), .type(let y)): return x.runtimeName == y.runtimeName
        case (.optional(let x), .optional(let y)):
            guard let x, let y else { return x == nil && y == nil }
            return try equal(x, y)
        case (.opaque(let x), .opaque(let y)): return x.equals(y)
        case (.list(let x), .list(let y)): return try equal(x, y)
        case (.map(let x), .map(let y)): return try equal(x, y)
        default: return false
        }
    }

    private mutating func equal(_ a: ValueList, _ b: ValueList) throws(EvaluationError) -> Bool {
        guard a.count == b.count else { return false }
        switch a.semantics {
        case .ordered: break
        case .set: return try equalAsSets(a, b)
        case .keyed(let keys): return try equalByKeys(a, b, keys)
        }
        var other = ListCursor(b)
        return try a.forEach { element throws(EvaluationError) in
            try step()
            guard let counterpart = other.next() else { return false }
            return try equal(element, counterpart)
        }
    }

    /// As Kubernetes compares lists that are sets: each element of one is in the other.
    private mutating func equalAsSets(_ a: ValueList, _ b: ValueList) throws(EvaluationError) -> Bool {
        let others = ElementIndex(b)
        return try a.forEach { element throws(EvaluationError) in
            try step()
            return try others.contains(element, &self)
        }
    }

    /// As Kubernetes compares lists of keyed objects: the same keys, and under each the same object.
    private mutating func equalByKeys(_ a: ValueList, _ b: ValueList, _ keys: [String]) throws(EvaluationError) -> Bool {
        var others: [[MapKey?]: Value] = [:]
        for element in b.elements { others[element.listKey(keys)] = element }
        return try a.forEach { element throws(EvaluationError) in
            try step()
            guard let counterpart = others[element.listKey(keys)] else { return false }
            return try equal(element, counterpart)
        }
    }

    mutating func spendStep() throws(EvaluationError) { try step() }

    private mutating func equal(_ a: ValueMap, _ b: ValueMap) throws(EvaluationError) -> Bool {
        // As Kubernetes counts objects: with the fields that are null.
        guard a.storedCount == b.storedCount else { return false }
        return try a.forEach { key, value throws(EvaluationError) in
            try step()
            guard let counterpart = b[key] else { return false }
            return try equal(value, counterpart)
        }
    }

    private mutating func step() throws(EvaluationError) {
        steps += 1
        if steps > Self.longest { throw .costLimit }
    }
}
