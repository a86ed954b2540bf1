import Dataflow
import Glibc
import JavaScript
import Kernel
import PipelineJobs
import Platform
import Resources
import RowSteps

/// Makers of a pipeline's script steps; what they load is loaded when a step is made, so that a pipeline without scripts pays nothing.
final class ScriptFactories: Sendable {
    let factories: [String: any RowStepFactory]
    private let profiles: Locked<[String: ScriptProfile]>
    /// The script of each step, by lines.
    private let lines: [String: [Substring]]

    /// - Parameters:
    ///   - fileNames: of the inputs, for `ctx.run.file`.
    ///   - samples: looks where the time goes.
    ///   - notice: is told of columns that scripts read and no row has; nil: nobody asks.
    init(
        _ compiler: JobCompiler, channel: WorkerChannel, fileNames: [String] = [], samples: Bool = false, notice: (@Sendable (PipelineProblem) -> Void)? = nil
    ) throws(PipelineProblem) {
        let profiles = Locked<[String: ScriptProfile]>([:])
        var factories: [String: any RowStepFactory] = [:]
        var lines: [String: [Substring]] = [:]
        for step in compiler.spec.steps {
            guard case .javascript(let script) = step.operation else { continue }
            let main = try Self.text(script.source, compiler.job, step.name)
            var modules: [JavaScriptSource.Module] = []
            for module in script.modules { modules.append(.init(name: module.name, source: try Self.text(module.source, compiler.job, step.name))) }
            lines[step.name] = main.split(separator: "\n", omittingEmptySubsequences: false)
            let name = step.name
            var options = JavaScriptStepOptions(source: JavaScriptSource(main: main, modules: modules), runID: compiler.job.runID) { problem in
                // A native call that nothing interrupts: the process ends, with a last word, and leaves everything as it is.
                var report = PipelineReport(outcome: .failed)
                report.keepsCheckpoint = true
                report.failure = problem.at(step: name)
                channel.send(.finished(report: report.json, isTransient: false))
                _exit(WorkerExit.failed)
            }
            options.columns = script.columns
            // A script's values become text as they come: the document's decimal sign is wanted here already.
            let comma = compiler.hasDecimalComma ? "0,#" : nil
            options.output = script.output.map {
                StepColumn($0.name, JobCompiler.type($0.type), format: $0.format ?? ($0.type == .decimal || $0.type == .float ? comma : nil))
            }
            for column in script.output { options.policies[column.name] = column.onError.map(JobCompiler.policy) }
            options.stateless = script.stateless
            options.timeLimitMilliseconds = Int(clamping: script.timeLimit.wholeMilliseconds)
            options.memoryLimit = Int(clamping: script.memoryLimit.count)
            options.samples = samples
            options.fileName = { fileNames.indices.contains($0) ? fileNames[$0] : "" }
            options.profiled = { profile in
                profiles.withLock { profiles in
                    var sum = profiles[name] ?? ScriptProfile()
                    sum.add(profile)
                    profiles[name] = sum
                }
            }
            let factory = JavaScriptStepFactory(options)
            factories[JobCompiler.scriptKind(step.name)] = notice.map {
                ScriptReads(factory: factory, text: main, columns: script.columns, output: script.output.map(\.name), notice: $0)
            } ?? factory
        }
        self.factories = factories
        self.profiles = profiles
        self.lines = lines
    }

    private static func text(_ source: Resources.JavaScriptStep.Source, _ job: WorkerJob, _ step: String) throws(PipelineProblem) -> String {
        switch source {
        case .text(let text): return text
        case .configMap(let name, let key):
            if let text = job.texts["\(name)/\(key)"] { return text }
            throw PipelineProblem(
                .fatal, .configuration, what: "a script is not there", at: .init(step: step), why: "ConfigMap \(name) with key \(key) isn't known here",
                fix: "Apply the ConfigMap; for 'millwright pipeline run' put it into a file of -f")
        }
    }

    /// The lines that cost most, of all scripts.
    private static let mostLines = 20

    /// `[{step, module, line, percent, source}]`; empty when nothing was sampled.
    var profile: JSON {
        let profiles = profiles.withLock { $0 }
        let total = max(1, profiles.values.reduce(0) { $0 + $1.samples })
        var items: [(samples: Int, json: JSON)] = []
        for step in profiles.keys.sorted() {
            guard let profile = profiles[step] else { continue }
            for line in profile.lines {
                let text = line.module == JavaScriptSource.mainName ? lines[step].flatMap { $0.indices.contains(line.line - 1) ? String($0[line.line - 1]) : nil } : nil
                let shown = String((text ?? line.function).drop { $0 == " " || $0 == "\t" }.prefix(120))
                items.append((
                    line.samples,
                    [
                        "step": .string(step), "module": .string(line.module), "line": JSON(line.line), "percent": .double(Double(line.samples) / Double(total) * 100),
                        "source": .string(shown),
                    ]
                ))
            }
            if profile.handover > 0 {
                items.append((
                    profile.handover,
                    ["step": .string(step), "line": 0, "percent": .double(Double(profile.handover) / Double(total) * 100), "source": "(handing rows over)"]
                ))
            }
        }
        return .array(items.sorted { $0.samples > $1.samples }.prefix(Self.mostLines).map(\.json))
    }
}
