extension Library {
    /// `isSorted`, `sum`, `min`, `max` of lists of what has an order; `indexOf` and `lastIndexOf` of any.
    static let comparableLists: Library = {
        let element = ValueType.parameter("A")
        func overloads(_ types: [ValueType], _ make: (ValueType, String) -> Overload) -> [Overload] { types.map { make($0, $0.description) } }
        return Library(
            "kubernetes.lists",
            functions: [
                Function(
                    "isSorted",
                    overloads(comparable) { type, name in
                        .receiver("list_\(name)_is_sorted_bool", .list(type), .bool, cost: .listWalk) { list throws(EvaluationError) in
                            .bool(try isSorted(try list.asList()))
                        }
                    }),
                Function(
                    "sum",
                    overloads([.int, .uint, .double, .duration]) { type, name in
                        .receiver("list_\(name)_sum_\(name)", .list(type), type, cost: .listWalk) { list throws(EvaluationError) in
                            try sum(try list.asList(), type)
                        }
                    }),
                Function(
                    "max",
                    overloads(comparable) { type, name in
                        .receiver("list_\(name)_max_\(name)", .list(type), type, cost: .listWalk) { list throws(EvaluationError) in
                            try extreme(try list.asList(), "max") { $0 == .less }
                        }
                    }),
                Function(
                    "min",
                    overloads(comparable) { type, name in
                        .receiver("list_\(name)_min_\(name)", .list(type), type, cost: .listWalk) { list throws(EvaluationError) in
                            try extreme(try list.asList(), "min") { $0 == .greater }
                        }
                    }),
                Function(
                    "indexOf",
                    .counted("list_a_index_of_int", [.list(element), element], .int, cost: .listWalk) { given, work throws(EvaluationError) in
                        .int(try positions(of: given[1], in: try given[0].asList(), &work).first ?? -1)
                    }),
                Function(
                    "lastIndexOf",
                    .counted("list_a_last_index_of_int", [.list(element), element], .int, cost: .listWalk) { given, work throws(EvaluationError) in
                        .int(try positions(of: given[1], in: try given[0].asList(), &work).last ?? -1)
                    }),
            ])
    }()

    static let comparable: [ValueType] = [.int, .uint, .double, .bool, .duration, .timestamp, .string, .bytes]

    private static func isSorted(_ list: ValueList) throws(EvaluationError) -> Bool {
        var previous: Value?
        return try list.forEach { element throws(EvaluationError) in
            defer { previous = element }
            guard let previous else { return true }
            guard let order = previous.order(element) else { throw .noSuchOverload }
            return order != .greater
        }
    }

    private static func sum(_ list: ValueList, _ type: ValueType) throws(EvaluationError) -> Value {
        var total: Value =
            switch type {
            case .uint: .uint(0)
            case .double: .double(0)
            case .duration: .duration(0)
            default: .int(0)
            }
        try list.forEach { element throws(EvaluationError) in
            switch (total, element) {
            case (.int(let a), .int(let b)):
                let sum = a.addingReportingOverflow(b)
                if sum.overflow { throw EvaluationError(.overflow, "integer overflow") }
                total = .int(sum.partialValue)
            case (.uint(let a), .uint(let b)):
                let sum = a.addingReportingOverflow(b)
                if sum.overflow { throw EvaluationError(.overflow, "unsigned integer overflow") }
                total = .uint(sum.partialValue)
            case (.double(let a), .double(let b)): total = .double(a + b)
            case (.duration(let a), .duration(let b)):
                let sum = a.addingReportingOverflow(b)
                if sum.overflow { throw EvaluationError(.overflow, "integer overflow") }
                total = .duration(sum.partialValue)
            default: throw .noSuchOverload
            }
            return true
        }
        return total
    }

    /// - Parameter yields: whether the one found so far gives way, by how it stands to the next.
    private static func extreme(_ list: ValueList, _ name: String, yields: (ValueOrder) -> Bool) throws(EvaluationError) -> Value {
        var found: Value?
        try list.forEach { element throws(EvaluationError) in
            guard let best = found else {
                found = element
                return true
            }
            guard let order = best.order(element) else { throw .noSuchOverload }
            if yields(order) { found = element }
            return true
        }
        guard let found else { throw EvaluationError(.invalidArgument, "\(name) called on empty list") }
        return found
    }

    private static func positions(
        of wanted: Value, in list: ValueList, _ work: inout WorkCounter
    ) throws(EvaluationError) -> (first: Int64?, last: Int64?) {
        var first: Int64?
        var last: Int64?
        var position: Int64 = 0
        try list.forEach { element throws(EvaluationError) in
            try work.add(WorkCounter.element)
            if try work.equal(element, wanted) {
                if first == nil { first = position }
                last = position
            }
            position += 1
            return true
        }
        return (first, last)
    }
}

extension CallCost {
    /// A walk over everything in a list, texts by their length.
    static let listWalk = CallCost.from { arguments in
        arguments.first.map { traversal($0) } ?? 0
    } estimate: { operands in
        guard let list = operands.first else { return CallEstimate(.exactly(1)) }
        guard case .list(let element, _) = list.type else { return CallEstimate(list.size.traversed(Limits.traversalFactor)) }
        var each = CostEstimate.exactly(1)
        if element == .string || element == .bytes { each = each + list.elementSize.traversed(Limits.traversalFactor) }
        return CallEstimate(list.size * each)
    }

    /// As Kubernetes counts it: a text costs a tenth of its bytes, rounded down, any other scalar 1. Stops counting where no budget
    /// would pay.
    private static func traversal(_ value: Value) -> UInt64 {
        switch value {
        case .string(let text): return UInt64(Double(text.utf8.count) * Limits.traversalFactor)
        case .bytes(let bytes): return UInt64(Double(bytes.count) * Limits.traversalFactor)
        case .list(let list):
            if list.count > Int(Limits.perCall) * 100 { return .max }
            var cost: UInt64 = 0
            list.walk {
                cost = cost.saturatingSum(traversal($0))
                return cost <= Limits.perObject
            }
            return cost
        case .map(let map):
            var cost: UInt64 = 0
            for key in map.keys where cost <= Limits.perObject {
                cost = cost.saturatingSum(traversal(key)).saturatingSum(map[key].map { traversal($0) } ?? 0)
            }
            return cost
        default: return 1
        }
    }
}

extension ValueList {
    /// `forEach` with a body that doesn't throw.
    func walk(_ body: (Value) -> Bool) {
        do throws(EvaluationError) {
            try forEach { element throws(EvaluationError) in body(element) }
        } catch {
            // The body throws nothing.
        }
    }
}
