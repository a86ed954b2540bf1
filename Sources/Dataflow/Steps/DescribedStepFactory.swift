/// Makes the built-in steps from their descriptions.
public struct DescribedStepFactory: RowStepFactory {
    private let description: StepDescription

    public init(_ description: StepDescription) { self.description = description }

    public func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        switch description {
        case .select(let columns): return try SelectStep(name: name, columns: columns, input: input)
        case .rename(let renames): return try RenameStep(name: name, renames: renames, input: input)
        default:
            throw PipelineProblem(.fatal, .configuration, what: "step \(name) can't be run", why: "", fix: "")
        }
    }
}
