import RowSteps

/// A job's steps made for the columns of its source, cut into stages.
///
/// Neighbouring steps without state share a stage that several threads may run; neighbouring steps with state one that a single thread runs.
struct CompiledPipeline {
    struct Step {
        let name: String
        let factory: any RowStepFactory
        let input: [StepColumn]
        /// The place in the pipeline, from 0.
        let index: Int
        let instance: any RowStep
    }

    struct Stage {
        var steps: [Step]
        var isStateless: Bool
    }

    var stages: [Stage] = []
    let steps: [Step]
    let outputColumns: [StepColumn]
    let context: StepContext

    init(_ job: PipelineJob, source: [StepColumn], context: StepContext) throws(PipelineProblem) {
        var factories: [(name: String, factory: any RowStepFactory)] = []
        if !job.columns.isEmpty { factories.append(("columns", TypingFactory(rules: job.columns))) }
        let unique = job.columns.filter(\.unique)
        if !unique.isEmpty { factories.append(("unique", UniqueFactory(rules: unique))) }
        for step in job.steps {
            if case .external(let kind) = step.description {
                guard let factory = job.factories[kind] else {
                    throw PipelineProblem(
                        .fatal, .configuration, what: "step \(step.name) can't be run", at: .init(step: step.name),
                        why: "nothing here runs steps of kind \(kind)", fix: "Use another kind of step, or a build of Millwright that has this one")
                }
                factories.append((step.name, factory))
            } else {
                factories.append((step.name, DescribedStepFactory(step.description)))
            }
        }
        var columns = source
        var steps: [Step] = []
        for (index, entry) in factories.enumerated() {
            let instance = try entry.factory.makeStep(name: entry.name, input: columns, context: context)
            steps.append(Step(name: entry.name, factory: entry.factory, input: columns, index: index, instance: instance))
            columns = instance.outputColumns
        }
        self.steps = steps
        outputColumns = columns
        self.context = context
        for step in steps {
            if stages.last?.isStateless == step.instance.isStateless {
                stages[stages.count - 1].steps.append(step)
            } else {
                stages.append(Stage(steps: [step], isStateless: step.instance.isStateless))
            }
        }
    }

    /// Gives each step its state back, after the spill directory was cleared of everything else.
    func restore(_ states: [(step: Int, state: [UInt8])]) throws(PipelineProblem) {
        var files: Set<String> = []
        for (index, state) in states where steps.indices.contains(index) { files.formUnion(try steps[index].instance.spillFiles(in: state)) }
        try context.spill.adopt(files)
        for (index, state) in states {
            guard steps.indices.contains(index) else { throw .unusableCheckpoint("it has more steps than the pipeline") }
            try steps[index].instance.restore(state)
        }
    }

    /// A stage's steps for one more thread. Only for stages without state.
    func copy(of stage: Stage) throws(PipelineProblem) -> [Step] {
        var copies: [Step] = []
        for step in stage.steps {
            let instance = try step.factory.makeStep(name: step.name, input: step.input, context: context)
            copies.append(Step(name: step.name, factory: step.factory, input: step.input, index: step.index, instance: instance))
        }
        return copies
    }
}
