import Expressions
import Kernel
import Resources

/// Every text of a pipeline's document in which `${ … }` stands for something.
public enum DocumentPaths {
    /// What is wrong with them, each with its field; nothing is evaluated.
    public static func errors(_ spec: DataPipelineSpec, timeZones: (any TimeZones)? = nil) -> [FieldError] {
        let withRun = PathScope(spec.parameters, knowsRun: true, timeZones: timeZones)
        // What is watched is watched before there is a run.
        let ofSource = spec.watchSettle == nil ? withRun : PathScope(spec.parameters, knowsRun: false, timeZones: timeZones)
        var errors: [FieldError] = []
        func look(_ text: String, _ scope: PathScope, _ path: String) {
            do throws(FieldError) { _ = try PathTemplate(text, scope, at: path) } catch { errors.append(error) }
        }
        look(spec.source.path, ofSource, "spec.source.delimited.path")
        for (index, step) in spec.steps.enumerated() {
            if case .lookup(let lookup) = step.operation { look(lookup.source.path, withRun, "spec.steps[\(index)].lookup.source.delimited.path") }
        }
        for (index, output) in spec.outputs.enumerated() {
            if let path = output.path { look(path, withRun, "spec.outputs[\(index)].\(output.sinkName).path") }
        }
        if let path = spec.errors.deadLetterPath { look(path, withRun, "spec.errors.deadLetter.path") }
        for (index, successor) in spec.onSuccess.enumerated() {
            for (name, text) in successor.parameters.sorted(by: { $0.key < $1.key }) { look(text, withRun, "spec.onSuccess[\(index)].parameters.\(name)") }
        }
        return errors
    }
}
