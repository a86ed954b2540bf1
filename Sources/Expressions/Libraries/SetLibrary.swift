extension Library {
    /// Lists taken as sets.
    static let sets: Library = {
        let list = ValueType.list(.parameter("T"))
        @Sendable func contains(_ list: ValueList, _ other: ValueList) throws(EvaluationError) -> Bool {
            try other.forEach { wanted throws(EvaluationError) in
                // The walk over the list stops where the element is found.
                let isMissing = try list.forEach { element throws(EvaluationError) in !element.equals(wanted) }
                return !isMissing
            }
        }
        return Library(
            "cel.lib.ext.sets",
            functions: [
                Function(
                    "sets.contains",
                    .global("list_sets_contains_list", list, list, .bool, cost: .everyPair(1)) { a, b throws(EvaluationError) in
                        .bool(try contains(try a.asList(), try b.asList()))
                    }),
                Function(
                    "sets.equivalent",
                    .global("list_sets_equivalent_list", list, list, .bool, cost: .everyPair(2)) { a, b throws(EvaluationError) in
                        let (a, b) = (try a.asList(), try b.asList())
                        guard try contains(a, b) else { return .bool(false) }
                        return .bool(try contains(b, a))
                    }),
                Function(
                    "sets.intersects",
                    .global("list_sets_intersects_list", list, list, .bool, cost: .everyPair(1)) { a, b throws(EvaluationError) in
                        let (a, b) = (try a.asList(), try b.asList())
                        var intersects = false
                        a.walk { element in
                            b.walk { other in
                                intersects = element.equals(other)
                                return !intersects
                            }
                            return !intersects
                        }
                        return .bool(intersects)
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
