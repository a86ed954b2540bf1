import Rows

/// Reads the declared columns of the source.
public struct TypingFactory: RowStepFactory {
    let rules: [ColumnRule]

    public init(rules: [ColumnRule]) { self.rules = rules }

    public func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        throw PipelineProblem(.fatal, .configuration, what: "step \(name) can't be run", why: "", fix: "")
    }
}

/// Rejects rows whose cell was seen before.
public struct UniqueFactory: RowStepFactory {
    let rules: [ColumnRule]

    public init(rules: [ColumnRule]) { self.rules = rules }

    public func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        throw PipelineProblem(.fatal, .configuration, what: "step \(name) can't be run", why: "", fix: "")
    }
}
