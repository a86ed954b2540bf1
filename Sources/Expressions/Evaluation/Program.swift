/// A compiled expression: immutable, usable from any thread, as often as wanted.
public struct Program: Sendable {
    /// As it was written.
    public let source: String
    public let resultType: ValueType
    /// The variables of the environment that the expression refers to, by number, each once, in ascending order.
    public let usedVariables: [Int]
    /// Why every evaluation that gets there fails: a conversion of something written out, `int(1e99)`, or a type that isn't there. Kubernetes takes no such rule.
    public let conversionFailure: EvaluationError?
    let checked: CheckedTree
    let environment: Environment
    private let code: Evaluable
    private let slotCount: Int

    init(source: String, environment: Environment, checked: CheckedTree) {
        self.source = source
        self.environment = environment
        self.checked = checked
        resultType = checked.type
        slotCount = checked.slotCount
        var compiler = Compiler(checked, environment)
        code = compiler.compile(checked.tree.root)
        usedVariables = compiler.used.sorted()
        conversionFailure = compiler.failure
    }

    /// Evaluates under a budget of its own.
    public func evaluate(_ activation: some Activation, limit: UInt64 = Limits.perCall) throws(EvaluationError) -> Value {
        var budget = CostBudget(limit: limit)
        return try evaluate(activation, budget: &budget)
    }

    /// Evaluates and takes what it costs from a budget, also when it fails.
    public func evaluate(_ activation: some Activation, budget: inout CostBudget) throws(EvaluationError) -> Value {
        var frame = Frame(slots: slotCount, budget: budget)
        defer { budget = frame.budget }
        return try code.value(&frame, activation)
    }

    /// For conditions: no value is made.
    public func evaluateCondition(_ activation: some Activation, budget: inout CostBudget) throws(EvaluationError) -> Bool {
        var frame = Frame(slots: slotCount, budget: budget)
        defer { budget = frame.budget }
        return try code.bool(&frame, activation)
    }

    /// For conditions, under a budget of its own.
    public func evaluateCondition(_ activation: some Activation, limit: UInt64 = Limits.perCall) throws(EvaluationError) -> Bool {
        var budget = CostBudget(limit: limit)
        return try evaluateCondition(activation, budget: &budget)
    }

    /// What an evaluation will cost at least and at most, as the bounds of the variables tell.
    public func estimatedCost() -> CostEstimate { CostEstimator.estimate(checked, variables: environment.variables) }

    /// With the place in the source, for people: `line 1, column 6: …`, the line and a caret.
    public func describe(_ error: EvaluationError) -> String {
        guard let offset = error.offset else { return error.message }
        return ExpressionError([Checker.Issue(message: error.message, advice: nil, offset: offset)], source).description
    }
}
