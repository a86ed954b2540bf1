import Kernel

extension Value {
    /// The language's `==`: numbers by their worth whatever their kind, texts by bytes, containers by their elements; what can't be
    /// equal by its type isn't.
    public func equals(_ other: Value) -> Bool {
        var work = WorkCounter(limit: Limits.perCall * Limits.workPerCost)
        return (try? work.equal(self, other)) ?? false
    }
}

/// Compares values and counts what it looks at: lists made by `+` share their parts and can be longer than memory.
extension WorkCounter {
    mutating func equal(_ a: Value, _ b: Value) throws(EvaluationError) -> Bool {
        switch (a, b) {
        case (.int(let x), .int(let y)): return x == y
        case (.string(let x), .string(let y)):
            guard x.utf8.count == y.utf8.count else { return false }
            try add(UInt64(x.utf8.count >> 3))
            return sameBytes(x, y)
        case (.bool(let x), .bool(let y)): return x == y
        case (.null, .null): return true
        case (.uint(let x), .uint(let y)): return x == y
        case (.double(let x), .double(let y)): return x == y
        case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .double), (.double, .int), (.double, .uint):
            return a.numericOrder(b) == .equal
        case (.bytes(let x), .bytes(let y)):
            try add(UInt64(x.count))
            return x == y
        case (.timestamp(let x, _), .timestamp(let y, _)): return x == y
        case (.duration(let x), .duration(let y)): return x == y
        case (.type(let x), .type(let y)): return x.runtimeName == y.runtimeName
        case (.optional(let x), .optional(let y)):
            guard let x, let y else { return x == nil && y == nil }
            return try equal(x, y)
        case (.opaque(let x), .opaque(let y)):
            try add(x.textBytes.saturatingSum(y.textBytes).saturatingProduct(4))
            return x.equals(y)
        case (.list(let x), .list(let y)): return try equal(x, y)
        case (.map(let x), .map(let y)): return try equal(x, y)
        default: return false
        }
    }

    /// Before two values are put in order.
    mutating func addComparing(_ a: Value, _ b: Value) throws(EvaluationError) {
        switch (a, b) {
        case (.string(let x), .string(let y)): try add(UInt64(min(x.utf8.count, y.utf8.count)))
        case (.bytes(let x), .bytes(let y)): try add(UInt64(min(x.count, y.count)))
        default: break
        }
    }

    /// Whether an element of the list equals a value.
    mutating func finds(_ element: Value, in list: ValueList) throws(EvaluationError) -> Bool {
        try !list.forEach { candidate throws(EvaluationError) in
            try add(Self.element)
            try addReading(candidate)
            return try !equal(element, candidate)
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
            try add(Self.element)
            guard let counterpart = other.next() else { return false }
            return try equal(element, counterpart)
        }
    }

    /// As Kubernetes compares lists that are sets: each element of one is in the other.
    private mutating func equalAsSets(_ a: ValueList, _ b: ValueList) throws(EvaluationError) -> Bool {
        let others = try ElementIndex(b, &self)
        return try a.forEach { element throws(EvaluationError) in try others.contains(element, &self) }
    }

    /// As Kubernetes compares lists of keyed objects: the same keys, and under each the same object.
    private mutating func equalByKeys(_ a: ValueList, _ b: ValueList, _ keys: [String]) throws(EvaluationError) -> Bool {
        try add(UInt64(clamping: b.count).saturatingProduct(4 * Self.hashing))
        var others: [[MapKey?]: Value] = [:]
        for element in b.elements { others[element.listKey(keys)] = element }
        return try a.forEach { element throws(EvaluationError) in
            try add(4 * Self.hashing)
            guard let counterpart = others[element.listKey(keys)] else { return false }
            return try equal(element, counterpart)
        }
    }

    private mutating func equal(_ a: ValueMap, _ b: ValueMap) throws(EvaluationError) -> Bool {
        // As Kubernetes counts objects: with the fields that are null.
        guard a.storedCount == b.storedCount else { return false }
        return try a.forEach { key, value throws(EvaluationError) in
            try add(Self.hashing)
            try addKey(key)
            guard let counterpart = b[key] else { return false }
            return try equal(value, counterpart)
        }
    }
}
