/// The elements of a list, found by their worth: scalars by hashing, the rest by comparing.
struct ElementIndex {
    private var scalars: Set<MapKey> = []
    private var others: [Value] = []

    init(_ list: ValueList, _ work: inout WorkCounter) throws(EvaluationError) {
        for element in list.elements { try insert(element, &work) }
    }

    mutating func insert(_ element: Value, _ work: inout WorkCounter) throws(EvaluationError) {
        try work.add(WorkCounter.hashing)
        try work.addKey(element)
        if let key = MapKey(element) { scalars.insert(key) } else { others.append(element) }
    }

    func contains(_ element: Value, _ work: inout WorkCounter) throws(EvaluationError) -> Bool {
        try work.add(WorkCounter.element)
        try work.addKey(element)
        if let key = MapKey(element) { return scalars.contains(key) }
        for other in others {
            try work.add(WorkCounter.element)
            if try work.equal(element, other) { return true }
        }
        return false
    }
}

extension Value {
    /// What tells an object in a keyed list apart: the values of its key fields, nil where one is absent.
    func listKey(_ fields: [String]) -> [MapKey?] {
        guard case .map(let map) = self else { return [] }
        return fields.map { map[$0].flatMap { MapKey($0) } }
    }
}

extension ValueList {
    /// The most elements that a list made by `+` may have.
    static let longest = 10_000_000

    /// The language's `+`, as the left list's semantics say.
    func appending(_ other: ValueList, _ work: inout WorkCounter) throws(EvaluationError) -> ValueList {
        switch semantics {
        case .ordered:
            if isEmpty { return other }
            if other.isEmpty { return self }
            let both = ValueList(self, other)
            guard both.count <= Self.longest else { throw EvaluationError(.range, "a list of \(both.count) elements is beyond \(Self.longest)") }
            return both
        case .set:
            var merged = elements
            var known = try ElementIndex(self, &work)
            for element in other.elements where try !known.contains(element, &work) {
                merged.append(element)
                try known.insert(element, &work)
            }
            return ValueList(merged, semantics: semantics)
        case .keyed(let fields):
            var merged = elements
            var places: [[MapKey?]: Int] = [:]
            try work.add(UInt64(clamping: count).saturatingSum(UInt64(clamping: other.count)).saturatingProduct(4 * WorkCounter.hashing))
            for (at, element) in merged.enumerated() { places[element.listKey(fields)] = at }
            for element in other.elements {
                let key = element.listKey(fields)
                if let at = places[key] {
                    merged[at] = element
                } else {
                    places[key] = merged.count
                    merged.append(element)
                }
            }
            return ValueList(merged, semantics: semantics)
        }
    }
}
