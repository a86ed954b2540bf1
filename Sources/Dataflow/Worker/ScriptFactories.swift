import Kernel
import Resources
import RowSteps

/// Makers of a pipeline's script steps.
struct ScriptFactories {
    let factories: [String: any RowStepFactory]
    /// Time by line, when the run is profiled.
    var profile: JSON? { nil }

    init(_ compiler: JobCompiler) throws(PipelineProblem) {
        for step in compiler.spec.steps {
            guard case .javascript = step.operation else { continue }
            throw PipelineProblem(.fatal, .configuration, what: "step \(step.name) is a script", at: .init(step: step.name), why: "scripts can't be run here", fix: "Use the built-in steps")
        }
        factories = [:]
    }
}
