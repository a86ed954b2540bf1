extension Library {
    /// Lists taken as sets.
    static let sets: Library = {
        let list = ValueType.list(.parameter("T"))
        @Sendable func contains(_ list: ValueList, _ other: ValueList, _ work: inout WorkCounter) throws(EvaluationError) -> Bool {
            try other.forEach { wanted throws(EvaluationError) in try work.finds(wanted, in: list) }
        }
        return Library(
            "cel.lib.ext.sets",
            functions: [
                Function(
                    "sets.contains",
                    .counted("list_sets_contains_list", isReceiver: false, [list, list], .bool, cost: .everyPair(1)) { given, work throws(EvaluationError) in
                        .bool(try contains(try given[0].asList(), try given[1].asList(), &work))
                    }),
                Function(
                    "sets.equivalent",
                    .counted("list_sets_equivalent_list", isReceiver: false, [list, list], .bool, cost: .everyPair(2)) { given, work throws(EvaluationError) in
                        let (a, b) = (try given[0].asList(), try given[1].asList())
                        guard try contains(a, b, &work) else { return .bool(false) }
                        return .bool(try contains(b, a, &work))
                    }),
                Function(
                    "sets.intersects",
                    .counted("list_sets_intersects_list", isReceiver: false, [list, list], .bool, cost: .everyPair(1)) { given, work throws(EvaluationError) in
                        let (a, b) = (try given[0].asList(), try given[1].asList())
                        return .bool(try !a.forEach { element throws(EvaluationError) in try !work.finds(element, in: b) })
                    }),
            ])
    }()
}

extension CallCost {
    /// Each element of one list beside each of the other.
    fileprivate static func everyPair(_ times: UInt64) -> CallCost {
        .from { arguments in
            guard arguments.count > 1 else { return 1 }
            return arguments[0].costSize.saturatingProduct(arguments[1].costSize).saturatingProduct(times).saturatingSum(1)
        } estimate: { operands in
            guard operands.count > 1 else { return CallEstimate(.exactly(1)) }
            let pairs = operands[0].size * operands[1].size
            return CallEstimate(CostEstimate(min: pairs.min, max: pairs.max).multiplied(Double(times)) + .exactly(1))
        }
    }
}
