import DataPipelinePlan
import Kernel
import PipelineJobs
import PipelineProcess
import Platform
import Reconciliation
import Resources

/// Lets a worker look at pipelines, once for each revision, and remembers what it said. Scripts never run in this process.
public final class PipelineChecker: Sendable {
    private let results = Locked<[NamespacedName: (revision: String, check: ObservedPipeline.Check, at: MonotonicInstant)]>([:])
    private let errand: WorkerErrand
    private let clocks: any WaitingClocks

    init(errand: WorkerErrand, clocks: any WaitingClocks) {
        self.errand = errand
        self.clocks = clocks
    }

    func result(_ desired: DesiredPipeline) -> ObservedPipeline.Check? {
        results.withLock { $0[desired.key] }.flatMap { $0.revision == desired.revision ? $0.check : nil }
    }

    /// Whether what was found wrong may have been put right outside the document: a file's header, a ConfigMap.
    func isOld(_ desired: DesiredPipeline) -> Bool {
        guard let result = results.withLock({ $0[desired.key] }) else { return false }
        let age = clocks.monotonic - result.at
        return switch result.check {
        case .bad: age >= PipelinePlanner.recheck
        case .remarkable: age >= PipelinePlanner.recheckOfWarnings
        case .good: false
        }
    }

    func forget(_ key: NamespacedName) { results.withLock { $0[key] = nil } }

    func check(_ desired: DesiredPipeline, places: PipelinePlaces, reader: PipelineReader) async throws(ActionFailure) {
        let texts = try await reader.texts(desired.spec, namespace: desired.key.namespace)
        let id = "check-\(desired.uid)"
        var job = WorkerJob(
            runID: id, pipeline: desired.key.name, startMicroseconds: 0, spec: desired.json, baseDirectory: places.directory(desired.key.namespace), workDirectory: places.work(id))
        job.allowedPrefixes = places.prefixes(desired.key.namespace)
        job.texts = texts
        job.threads = 1
        // Every parameter needs some value; those without a default get one of their type.
        for parameter in desired.spec.parameters { job.parameters[parameter.name] = parameter.standard ?? Self.example(parameter.type) }
        job.limits = WorkerJob.Limits(desired.spec, threads: 1)
        job.limits.user = try places.prepare(desired.key.namespace, run: id)
        job.limits.processor = 60
        defer { places.remove(id) }
        var check = ObservedPipeline.Check.good
        for purpose in desired.spec.tests.isEmpty ? [WorkerJob.Purpose.validate] : [.validate, .test] {
            job.purpose = purpose
            let answer = try await ask(job)
            if let issue = answer.issue {
                check = .bad(issue)
                break
            }
            if !answer.warnings.isEmpty { check = .remarkable(answer.warnings) }
        }
        let result = check
        let now = clocks.monotonic
        results.withLock { $0[desired.key] = (desired.revision, result, now) }
    }

    private static func example(_ type: Resources.ColumnType) -> String {
        switch type {
        case .string: "example"
        case .integer, .decimal, .float: "1"
        case .boolean: "true"
        case .date: "2026-01-01"
        case .timestamp: "2026-01-01T00:00:00Z"
        }
    }

    private struct Answer: Sendable {
        /// nil: nothing is wrong.
        var issue: PipelineIssue?
        var warnings: [String] = []
    }

    /// More of them nobody reads.
    private static let mostWarnings = 10

    private func ask(_ job: WorkerJob) async throws(ActionFailure) -> Answer {
        try await errand.run(
            job, what: "the pipeline can't be checked",
            late: "the look at the pipeline did not end within \(WorkerErrand.longest.manifest): its input can't be opened in that time, or a script does not come to an end; it is tried again"
        ) { worker, events in await Self.hear(worker, events, job) }
    }

    private static func hear(_ worker: WorkerProcess, _ events: AsyncStream<WorkerProcess.Event>, _ job: WorkerJob) async -> Answer {
        var issue: PipelineIssue?
        var warnings: [String] = []
        var hasAnswered = false
        // Only declared columns are known then, and a file with a header may have more.
        var isWithoutInput = false
        for await event in events {
            switch event {
            case .message(.problem(let problem)):
                if Self.isWorthSaying(problem), warnings.count < mostWarnings { warnings.append(ProblemWords.sentence(problem, base: job.baseDirectory)) }
                if problem["severity"] == "warning", problem["category"] == "input", problem["what"]?.string?.contains("only its declared columns") == true, job.spec["source"]?["delimited"]?["header"] != false { isWithoutInput = true }
            case .message(.finished(let report, _)):
                hasAnswered = true
                if let failure = report["failure"], !(isWithoutInput && Self.mayBeAMissingColumn(failure)) {
                    issue = Self.issue(failure, base: job.baseDirectory)
                }
            case .message(.tests(let tests)):
                hasAnswered = true
                let failed = tests.filter { $0["passed"] != true }
                if let first = failed.first {
                    issue = PipelineIssue(.testsFailed, "\(failed.count) of \(Counted.text(Int64(tests.count), "example")) \(failed.count == 1 ? "fails" : "fail"); \(first["name"]?.string ?? ""): \(first["message"]?.string ?? "")")
                }
            case .message(.checkpoint(let number, _, _, _)): worker.send(.acknowledge(number: number, isRefused: false))
            case .message: break
            case .ended(let end):
                if !hasAnswered {
                    issue = end.isFinal(job.limits)
                        ? PipelineIssue(.limitExceeded, ProblemWords.sentence(end.failure(job.limits), base: job.baseDirectory))
                        : PipelineIssue(.invalidScript, "the worker \(end.end) while it looked at the pipeline; does a script run without end?")
                }
            }
        }
        return Answer(issue: issue, warnings: warnings)
    }

    /// What the columns of an input that isn't there yet may put right; not a script or an expression that can't be read at all.
    private static func mayBeAMissingColumn(_ failure: JSON) -> Bool {
        guard failure["category"] == "configuration", failure["where"]?["step"] != nil else { return false }
        return failure["what"]?.string?.hasSuffix("needs a column that isn't there") == true || failure["why"]?.string?.contains("there is no field '") == true
    }

    /// Here it is no news that an input will come later, and what is sent to a database is seen when it is sent.
    private static func isWorthSaying(_ problem: JSON) -> Bool {
        problem["severity"] == "warning" && problem["category"] != "input" && problem["what"]?.string?.hasSuffix(" was not looked at") != true
    }

    private static func issue(_ failure: JSON, base: String) -> PipelineIssue? {
        let words = ProblemWords.sentence(failure, base: base)
        return switch failure["category"]?.string {
        // The document may be right although its input isn't there yet.
        case "input", "output", "resource": nil
        case "expression": PipelineIssue(.invalidExpression, words)
        case "script": PipelineIssue(.invalidScript, words)
        default: PipelineIssue(PipelineReason(failure: failure), words)
        }
    }
}
