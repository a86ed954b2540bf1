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
        guard let result = results.withLock({ $0[desired.key] }), case .bad = result.check else { return false }
        return clocks.monotonic - result.at >= PipelinePlanner.recheck
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
            if let issue = try await ask(job) {
                check = .bad(issue)
                break
            }
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

    /// nil: nothing is wrong.
    private func ask(_ job: WorkerJob) async throws(ActionFailure) -> PipelineIssue? {
        try await errand.run(
            job, what: "the pipeline can't be checked",
            late: "the look at the pipeline did not end within \(WorkerErrand.longest.manifest): its input can't be opened in that time, or a script does not come to an end; it is tried again"
        ) { worker, events in await Self.hear(worker, events, job) }
    }

    private static func hear(_ worker: WorkerProcess, _ events: AsyncStream<WorkerProcess.Event>, _ job: WorkerJob) async -> PipelineIssue? {
        var issue: PipelineIssue?
        var hasAnswered = false
        // Only declared columns are known then, and a file with a header may have more.
        var isWithoutInput = false
        for await event in events {
            switch event {
            case .message(.problem(let problem)):
                if problem["severity"] == "warning", problem["category"] == "input", job.spec["source"]?["delimited"]?["header"] != false { isWithoutInput = true }
            case .message(.finished(let report, _)):
                hasAnswered = true
                if let failure = report["failure"], !(isWithoutInput && failure["category"] == "configuration" && failure["where"]?["step"] != nil) {
                    issue = Self.issue(failure, base: job.baseDirectory)
                }
            case .message(.tests(let tests)):
                hasAnswered = true
                let failed = tests.filter { $0["passed"] != true }
                if let first = failed.first {
                    issue = PipelineIssue(.testsFailed, "\(failed.count) of \(tests.count) examples fail; \(first["name"]?.string ?? ""): \(first["message"]?.string ?? "")")
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
        return issue
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
