/// What calling a function costs: at run time from the real arguments, and estimated from what is known of them.
public struct CallCost: Sendable {
    enum Actual: Sendable {
        case constant(UInt64)
        /// From the arguments, receiver first; paid before the call, so that an expensive one never starts without the means.
        case before(@Sendable ([Value]) -> UInt64)
        /// Needs the result as well; paid after the call.
        case after(@Sendable ([Value], Value) -> UInt64)
    }
    let actual: Actual
    /// What a call that fails costs, where its result would tell what it costs and is reckoned before.
    var whenFailed: UInt64?
    let estimate: @Sendable ([Operand]) -> CallEstimate

    /// The same whatever the arguments; what most functions cost is 1.
    public static func constant(_ cost: UInt64, resultSize: SizeEstimate? = nil) -> CallCost {
        CallCost(actual: .constant(cost)) { _ in CallEstimate(.exactly(cost), resultSize: resultSize) }
    }

    /// From the arguments alone.
    public static func from(
        _ actual: @escaping @Sendable ([Value]) -> UInt64, estimate: @escaping @Sendable ([Operand]) -> CallEstimate
    ) -> CallCost {
        CallCost(actual: .before(actual), estimate: estimate)
    }

    /// From the arguments and the result.
    public static func withResult(
        _ actual: @escaping @Sendable ([Value], Value) -> UInt64, estimate: @escaping @Sendable ([Operand]) -> CallEstimate
    ) -> CallCost {
        CallCost(actual: .after(actual), estimate: estimate)
    }

    /// Walking over one argument (the receiver is number 0) `times` times; with `keepsSize` the result is as large as that argument.
    public static func traversal(of argument: Int = 0, times: Double = 1, keepsSize: Bool = false) -> CallCost {
        CallCost(
            actual: .before { arguments in
                arguments.indices.contains(argument) ? arguments[argument].costSize.timesRoundedUp(Limits.traversalFactor * times) : 1
            }
        ) { operands in
            guard operands.indices.contains(argument) else { return CallEstimate(.exactly(1)) }
            let size = operands[argument].size
            return CallEstimate(size.traversed(Limits.traversalFactor * times), resultSize: keepsSize ? size : nil)
        }
    }

    init(actual: Actual, estimate: @escaping @Sendable ([Operand]) -> CallEstimate) {
        self.actual = actual
        self.estimate = estimate
    }
}

/// What is known of an argument before anything runs.
public struct Operand: Sendable {
    public let type: ValueType
    /// `unknown` where nothing bounds it; 1 for scalars.
    public let size: SizeEstimate
    /// Of a list's elements or a map's values, where a schema says it; `unknown` for what the expression makes, as Kubernetes has it.
    public let elementSize: SizeEstimate
    /// When it is written out in the expression.
    public let literal: Value?

    public init(type: ValueType, size: SizeEstimate, elementSize: SizeEstimate = .unknown, literal: Value? = nil) {
        self.type = type
        self.size = size
        self.elementSize = elementSize
        self.literal = literal
    }
}

/// What a call will cost, its arguments not counted, and how large its result will be.
public struct CallEstimate: Sendable {
    public let cost: CostEstimate
    /// For lists, maps, texts and bytes, where it can be told.
    public let resultSize: SizeEstimate?

    public init(_ cost: CostEstimate, resultSize: SizeEstimate? = nil) {
        self.cost = cost
        self.resultSize = resultSize
    }
}
