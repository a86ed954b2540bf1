import Kernel
import RowSteps

/// Makes JavaScript steps for the engine, which knows nothing of JavaScript: put it under `factories` by the step's name.
///
/// Each step made has a machine of its own.
public struct JavaScriptStepFactory: RowStepFactory {
    private let options: JavaScriptStepOptions

    public init(_ options: JavaScriptStepOptions) { self.options = options }

    public func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        let plan = try StepPlan(options, input: input, step: name)
        let options = options
        // Every step draws random numbers of its own.
        var seed = context.seed
        for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var settings = ScriptSettings(
            runID: options.runID, startMilliseconds: context.startMicroseconds / 1000, seed: seed, stateless: options.stateless,
            timeLimitMilliseconds: options.timeLimitMilliseconds, memoryLimit: options.memoryLimit, stateLimit: options.stateLimit, outputs: context.outputs,
            samples: options.samples, unstoppable: { options.unstoppable(PipelineProblem(script: $0, step: name)) })
        settings.parameters = .object(JSONObject(context.parameters.map { ($0.name, $0.json) }))
        do throws(ScriptProblem) {
            return try JavaScriptStep(name: name, plan: plan, options: options, settings: settings, policy: context.policy)
        } catch { throw PipelineProblem(script: error, step: name) }
    }
}

extension PipelineProblem {
    /// What ends a run because of a script.
    public init(script problem: ScriptProblem, step: String) {
        var why = problem.message
        if problem.frames.count > 1 { why += " (in \(problem.frames.joined(separator: ", called from ")))" }
        if let place = problem.place, place.module != JavaScriptSource.mainName { why = "module \(place.module): " + why }
        if !problem.excerpt.isEmpty { why += "\n\(problem.excerpt)\n" }
        let (category, what, fix): (Category, String, String) =
            switch problem.kind {
            case .unavailable: (.resource, "the script can't be run", "Install the package, or run `hack/setup`")
            case .syntax: (.configuration, "the script is no JavaScript", "Correct the script")
            case .contract: (.configuration, "the script can't be used", "Correct the script")
            // No row has anything to do with it: a mistake of the document.
            case .thrown: (.configuration, "the script failed while it was loaded", "Correct the script: this happens before any row")
            case .time: (.script, "the script took too long", "Look for a loop that doesn't end, or raise the step's timeLimit")
            case .memory:
                (.resource, "the script used too much memory",
                 "Hold less from row to row (a text cut from a row keeps its whole batch: ctx.keep copies it), or raise the step's memoryLimit")
            case .hidden: (.script, "the script keeps what a checkpoint doesn't see", "Correct the script: ctx.state is what outlives a row")
            case .state: (.script, "ctx.state can't be stored", "Correct what the script keeps in ctx.state")
            }
        self.init(.fatal, category, what: what, at: Place(row: problem.row, step: step, line: problem.place?.line), why: why, fix: fix)
    }
}
