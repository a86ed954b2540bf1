import Glibc
import Kernel
import PipelineJobs
import PipelineProcess
import PipelineWorker
import Platform

/// `millwright pipeline validate` and `test`: looks at a document without running it on data.
enum PipelineCheckCommands {
    private static let common = PipelineDocuments.options + PipelineJobOptions.options + [.value("format", "FORMAT", "text or json. Default: text")]

    static let validate = CommandSpec(
        name: "pipeline validate", summary: "Checks a DataPipeline: fields, paths, expressions, scripts, with the columns of its real input.",
        options: common,
        notes: "If the input isn't there yet, the declared columns are taken. Nothing is written.\n\nExit statuses: 0 all is right, 64 wrong command line, 65 the document is wrong, 1 it could not be checked.",
        runBlocking: { arguments in try PipelineRefusal.asAsked(arguments) {
            let format = try PipelineRunCommand.format(arguments)
            let documents = try PipelineDocuments(arguments)
            let outcome = try converse(arguments, documents, .validate)
            let failure = outcome.report?["failure"]
            if format == "json" {
                Terminal.print(JSON.object(["pipeline": .string(documents.name), "valid": .bool(failure == nil && outcome.report != nil), "errors": .array(failure.map { [$0] } ?? []), "warnings": .array(outcome.problems)]).text)
            } else {
                for problem in outcome.problems { Terminal.note(PipelineProblemText.lines(problem)) }
            }
            if format != "json", let failure {
                Terminal.note(PipelineProblemText.lines(failure))
            } else if format != "json", outcome.report != nil {
                Terminal.print("\(Terminal.coloured(documents.name, .bold)) \(Terminal.coloured("is valid", .green)): \(Counted.text(documents.pipeline.steps.count, "step")), \(Counted.text(documents.pipeline.outputs.count, "output")), \(Counted.text(documents.pipeline.tests.count, "example"))")
            }
            guard outcome.report != nil else { return died(outcome, "while it checked the pipeline") }
            guard let failure else { return ExitStatus.success }
            return failure["category"] == "configuration" ? ExitStatus.document : ExitStatus.failure
        } })

    static let test = CommandSpec(
        name: "pipeline test", summary: "Runs the examples in a DataPipeline's tests, each row by itself through all steps.",
        options: common, notes: "Exit statuses: 0 all passed, 1 some failed, 64 wrong command line, 65 the document is wrong.",
        runBlocking: { arguments in try PipelineRefusal.asAsked(arguments) {
            let format = try PipelineRunCommand.format(arguments)
            let documents = try PipelineDocuments(arguments)
            guard !documents.pipeline.tests.isEmpty else {
                throw CommandFailure(ExitStatus.failure, "DataPipeline \(documents.name) has no examples; add some under spec.tests: {name, input: {column: text}, expect: {column: text}}")
            }
            let outcome = try converse(arguments, documents, .test)
            if let failure = outcome.report?["failure"] {
                if format == "json" { Terminal.print(JSON.object(["errors": [failure]]).text) } else { Terminal.note(PipelineProblemText.lines(failure)) }
                return ExitStatus.document
            }
            guard !outcome.tests.isEmpty else { return died(outcome, "while it ran the examples") }
            let failed = outcome.tests.filter { $0["passed"] != true }
            if format == "json" {
                Terminal.print(JSON.object(["pipeline": .string(documents.name), "passed": .bool(failed.isEmpty), "tests": .array(outcome.tests)]).text)
            } else {
                for test in outcome.tests {
                    let passed = test["passed"] == true
                    Terminal.print("\(Terminal.coloured(passed ? "✓" : "✗", passed ? .green : .red)) \(test["name"]?.string ?? "")\(test["message"]?.string.map { "\n    \($0)" } ?? "")")
                }
                Terminal.print("\(outcome.tests.count - failed.count) of \(outcome.tests.count) passed")
            }
            return failed.isEmpty ? ExitStatus.success : ExitStatus.failure
        } })

    private static func died(_ outcome: WorkerConversation.Outcome, _ when: String) -> Int32 {
        Terminal.note("millwright: the pipeline's worker gave no answer \(when)\n" + PipelineProblemText.lines(outcome.exit.failure(outcome.limits)))
        return ExitStatus.failure
    }

    private static func converse(_ arguments: Arguments, _ documents: PipelineDocuments, _ purpose: WorkerJob.Purpose) throws -> WorkerConversation.Outcome {
        var template = Array("/tmp/millwright-check-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure(ExitStatus.failure, "\(SystemError.last("make a temporary directory"))") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { OpenDirectory.removeTree(directory) }
        var job = try PipelineJobOptions.job(arguments, documents, runID: "check", start: SystemClocks().now, workDirectory: directory)
        job.purpose = purpose
        let identity = try PipelineIdentity(arguments)
        try identity.bind(&job)
        if let user = identity.user {
            do throws(SystemError) { try OpenDirectory(directory).give(to: user) } catch { throw CommandFailure(ExitStatus.failure, "\(error)") }
        }
        return try WorkerConversation(job: job, isResumable: false).run(current: Locked(nil))
    }

    /// The worker process itself.
    static let worker = CommandSpec(
        name: "pipeline-worker", summary: "Runs the rows of a pipeline; started by 'pipeline run' and by the control plane.", isHidden: true,
        runBlocking: { _ in PipelineWorker.run() })
}
