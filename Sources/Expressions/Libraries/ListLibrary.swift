extension Library {
    /// The third version of CEL's extended lists: `slice`, `flatten`, `sort`, `sortBy`, `reverse`, `distinct`, `lists.range`.
    static let lists: Library = {
        let element = ValueType.parameter("T")
        let list = ValueType.list(element)
        return Library(
            "cel.lib.ext.lists",
            functions: [
                Function(
                    "slice",
                    .counted("list_slice", [list, .int, .int], list, cost: .slicing.byResult()) { given, work throws(EvaluationError) in
                        .list(try ListOperations.slice(try given[0].asList(), try given[1].asInteger(), try given[2].asInteger(), &work))
                    }),
                Function(
                    "flatten",
                    .counted("list_flatten", [.list(list)], list, cost: .flattening) { given, work throws(EvaluationError) in
                        .list(try ListOperations.flatten(try given[0].asList(), depth: 1, &work))
                    },
                    .counted("list_flatten_int", [.list(.dyn), .int], .list(.dyn), cost: .flattening) { given, work throws(EvaluationError) in
                        .list(try ListOperations.flatten(try given[0].asList(), depth: try given[1].asInteger(), &work))
                    }),
                Function(
                    "sort",
                    comparable.map { type in
                        .counted("list_\(type.description)_sort", [.list(type)], .list(type), cost: .sorting(by: 0, texts: type)) { given, work throws(EvaluationError) in
                            let list = try given[0].asList()
                            return .list(try ListOperations.sort(list, by: list, &work))
                        }
                    }),
                // What the macro `sortBy` becomes.
                Function(
                    "@sortByAssociatedKeys",
                    comparable.map { type in
                        .counted("list_\(type.description)_sortByAssociatedKeys", [list, .list(type)], list, cost: .sorting(by: 1, texts: type)) {
                            given, work throws(EvaluationError) in
                            .list(try ListOperations.sort(try given[0].asList(), by: try given[1].asList(), &work))
                        }
                    }),
                Function(
                    "lists.range",
                    .global("lists_range", .int, .list(.int), cost: .range.byResult()) { count throws(EvaluationError) in
                        .list(ValueList((0..<max(try count.asInteger(), 0)).map { .int($0) }))
                    }),
                Function(
                    "reverse",
                    .receiver("list_reverse", list, list, cost: .copying.byResult()) { list throws(EvaluationError) in
                        .list(ValueList(try list.asList().elements.reversed()))
                    }),
                Function(
                    "distinct",
                    .counted("list_distinct", [list], list, cost: .sorting(by: 0, texts: .dyn)) { given, work throws(EvaluationError) in
                        .list(try ListOperations.distinct(try given[0].asList(), &work))
                    }),
            ])
    }()
}

extension CallCost {
    private static func allocated(_ size: UInt64, _ factor: Double = 1) -> UInt64 {
        let walked = (Double(size) * factor).rounded(.down)
        return (walked >= 0x1p64 ? .max : UInt64(walked)).saturatingSum(1 + Limits.listCreation)
    }

    private static func allocated(_ size: SizeEstimate, _ factor: Double = 1) -> CallEstimate {
        CallEstimate(size.traversed(factor) + .exactly(1 + Limits.listCreation), resultSize: size)
    }

    private static func natural(_ operand: Operand, or other: UInt64) -> UInt64 {
        if case .int(let number)? = operand.literal { UInt64(clamping: number) } else { other }
    }

    /// A failure counts as a list of one element.
    fileprivate func byResult() -> CallCost {
        var cost = self
        cost.whenFailed = Self.allocated(1)
        return cost
    }

    fileprivate static let copying = CallCost.from { arguments in
        allocated(arguments.first?.costSize ?? 1)
    } estimate: { operands in
        allocated(operands.first?.size ?? .unknown)
    }

    fileprivate static let range = CallCost.from { arguments in
        guard case .int(let count)? = arguments.first else { return 1 }
        return allocated(UInt64(clamping: count))
    } estimate: { operands in
        allocated(.exactly(operands.first.map { natural($0, or: .max) } ?? .max))
    }

    fileprivate static let slicing = CallCost.from { arguments in
        guard arguments.count > 2, case .int(let start) = arguments[1], case .int(let end) = arguments[2], start >= 0, end >= start else { return 1 }
        return allocated(min(UInt64(end - start), arguments[0].costSize))
    } estimate: { operands in
        guard operands.count > 2 else { return CallEstimate(.exactly(1)) }
        // Wraps as there when the end is before the start: that call only fails.
        return allocated(.exactly(natural(operands[2], or: operands[0].size.max) &- natural(operands[1], or: 0)))
    }

    fileprivate static let flattening = CallCost.from { arguments in
        var depth = 1.0
        if arguments.count > 1, case .int(let number) = arguments[1] { depth = Double(max(number, 0)) }
        return allocated(arguments.first?.costSize ?? 1, depth)
    } estimate: { operands in
        let depth = operands.count > 1 ? natural(operands[1], or: .max) : 1
        return allocated(operands.first?.size ?? .unknown, Double(depth))
    }

    /// Each element beside each other one, twice; texts cost their length a little.
    ///
    /// - Parameters:
    ///   - argument: whose elements are compared.
    ///   - texts: the type of those elements, where it is known before.
    fileprivate static func sorting(by argument: Int, texts type: ValueType) -> CallCost {
        .from { arguments in
            guard arguments.indices.contains(argument), case .list(let keys) = arguments[argument] else { return 1 }
            let size = UInt64(keys.count)
            var factor = 2.0
            switch keys[0] {
            case .string, .bytes: factor += Limits.traversalFactor
            default: break
            }
            return allocated(size.saturatingProduct(size), factor)
        } estimate: { operands in
            guard operands.indices.contains(argument) else { return CallEstimate(.exactly(1)) }
            let size = operands[argument].size
            return allocated(size * size, type == .string || type == .bytes ? 2 + Limits.traversalFactor : 2)
        }
    }
}
