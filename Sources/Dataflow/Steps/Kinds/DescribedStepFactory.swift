/// Makes the built-in steps from their descriptions.
public struct DescribedStepFactory: RowStepFactory {
    private let description: StepDescription
    private let usesVectors: Bool

    public init(_ description: StepDescription) { self.init(description, usesVectors: true) }

    /// - Parameter usesVectors: false: expressions row by row only, for tests that compare.
    init(_ description: StepDescription, usesVectors: Bool) {
        self.description = description
        self.usesVectors = usesVectors
    }

    public func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        switch description {
        case .filter(let expression): return try FilterStep(name: name, expression: expression, input: input, context: context, usesVectors: usesVectors)
        case .derive(let column, let expression, let type):
            return try DeriveStep(name: name, column: column, expression: expression, type: type, input: input, context: context, usesVectors: usesVectors)
        case .select(let columns): return try SelectStep(name: name, columns: columns, input: input)
        case .rename(let renames): return try RenameStep(name: name, renames: renames, input: input)
        case .cast(let rules): return try TypingStep(name: name, rules: rules, input: input, context: context)
        case .lookup(let lookup): return try LookupStep(name: name, lookup, input: input, context: context)
        case .split(let split): return try SplitStep(name: name, split, input: input)
        case .deduplicate(let keys, .first): return try DeduplicateFirstStep(name: name, keys: keys, input: input, context: context)
        case .deduplicate(let keys, .last): return try DeduplicateLastStep(name: name, keys: keys, input: input, context: context)
        case .sort(let keys): return try SortStep(name: name, keys: keys, input: input, context: context)
        case .aggregate(let groupBy, let columns): return try AggregateStep(name: name, groupBy: groupBy, columns: columns, input: input, context: context)
        case .external(let kind):
            throw PipelineProblem(
                .fatal, .configuration, what: "step \(name) can't be run", at: .init(step: name), why: "steps of kind \(kind) are made elsewhere",
                fix: "Give the job a factory for \(kind)")
        }
    }
}
