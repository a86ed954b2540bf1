/// What the functions on lists do.
enum ListOperations {
    static func slice(_ list: ValueList, _ start: Int64, _ end: Int64, _ work: inout WorkCounter) throws(EvaluationError) -> ValueList {
        func failure(_ reason: String) -> EvaluationError { EvaluationError(.range, "cannot slice(\(start), \(end)), \(reason)") }
        if start < 0 || end < 0 { throw failure("negative indexes not supported") }
        if start > end { throw failure("start index must be less than or equal to end index") }
        if list.count < end { throw failure("list is length \(list.count)") }
        // Kubernetes lets only what is taken cost, and what is passed over on the way to it nothing.
        try work.add(UInt64(clamping: end).saturatingProduct(WorkCounter.element))
        var values: [Value] = []
        var position: Int64 = 0
        list.walk { element in
            if position >= end { return false }
            if position >= start { values.append(element) }
            position += 1
            return true
        }
        return ValueList(values)
    }

    static func flatten(_ list: ValueList, depth: Int64, _ work: inout WorkCounter) throws(EvaluationError) -> ValueList {
        if depth < 0 { throw EvaluationError(.range, "level must be non-negative") }
        var values: [Value] = []
        try flatten(list, depth, into: &values, &work)
        return ValueList(values)
    }

    private static func flatten(_ list: ValueList, _ depth: Int64, into values: inout [Value], _ work: inout WorkCounter) throws(EvaluationError) {
        var out = values
        values = []
        try list.forEach { element throws(EvaluationError) in
            // Lists within lists may share their parts, and be more than was paid for.
            try work.add(2 * WorkCounter.element)
            if depth > 0, case .list(let inner) = element { try flatten(inner, depth - 1, into: &out, &work) } else { out.append(element) }
            return true
        }
        values = out
    }

    /// By the order of other values, one for each element. Equal ones keep their order.
    static func sort(_ list: ValueList, by keys: ValueList, _ work: inout WorkCounter) throws(EvaluationError) -> ValueList {
        if list.count != keys.count {
            throw EvaluationError(
                .invalidArgument,
                "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got \(list.count) and \(keys.count) elements respectively")
        }
        let order = keys.elements
        guard let first = order.first else { return list }
        if first.order(first) == nil { throw EvaluationError(.noSuchOverload, "list elements must be comparable") }
        for key in order where key.type != first.type { throw EvaluationError(.noSuchOverload, "list elements must have the same type") }
        // A comparison for each halving, of each; texts are compared to where they differ.
        let halvings = UInt64(Int.bitWidth - order.count.leadingZeroBitCount)
        try work.add(UInt64(order.count).saturatingProduct(WorkCounter.hashing &+ 8 &* halvings))
        for key in order {
            switch key {
            case .string(let text): try work.add(UInt64(text.utf8.count).saturatingProduct(halvings))
            case .bytes(let bytes): try work.add(UInt64(bytes.count).saturatingProduct(halvings))
            default: break
            }
        }
        let elements = list.elements
        return ValueList(order.indices.sorted { order[$0].order(order[$1]) == .less }.map { elements[$0] })
    }

    /// The first of equal elements stays.
    static func distinct(_ list: ValueList, _ work: inout WorkCounter) throws(EvaluationError) -> ValueList {
        var values: [Value] = []
        try list.forEach { element throws(EvaluationError) in
            for known in values where try work.equal(known, element) { return true }
            values.append(element)
            return true
        }
        return ValueList(values)
    }
}
