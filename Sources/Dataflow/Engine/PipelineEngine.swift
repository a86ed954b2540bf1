import Glibc
import Platform
import RowSteps

/// Runs a pipeline: source, steps, outputs, with checkpoints, dead letters and an error budget.
///
/// Guarantees:
/// - nothing is visible outside before all rows were processed within the budget and every row is accounted for; then the outputs are
///   committed one after the other, and a crash in between is finished by the next `run`;
/// - killed at any point, the same job with the same source, outputs and store goes on from its last checkpoint, and its outputs are byte
///   for byte those of an undisturbed run;
/// - rows keep their order, whatever the number of threads;
/// - memory is bounded by the channels' depth, the steps' limits and the longest row.
///
/// Blocks the calling thread until the run ends: call it from a thread of its own.
///
/// One engine is one run; it is used by one thread.
public final class PipelineEngine {
    private let job: PipelineJob
    private let source: any RowSource
    private let outputs: [any RowOutput]
    private let deadLetters: (any DeadLetterSink)?
    private let store: any CheckpointStore
    private let observer: any PipelineObserver
    private let control: RunControl

    /// - Parameters:
    ///   - outputs: in the document's order: rows that nobody routes go to the first. Names are unique.
    ///   - deadLetters: nil: a row that would go there ends the run.
    public init(
        _ job: PipelineJob, source: any RowSource, outputs: [any RowOutput], deadLetters: (any DeadLetterSink)? = nil,
        checkpoints: any CheckpointStore = NoCheckpoints(), observer: any PipelineObserver = SilentObserver(), control: RunControl = RunControl()
    ) {
        self.job = job
        self.source = source
        self.outputs = outputs
        self.deadLetters = deadLetters
        store = checkpoints
        self.observer = observer
        self.control = control
    }

    /// Where the rows up to that checkpoint went; nil: it can't be read.
    public static func account(in checkpoint: [UInt8], runID: String) -> RowAccount? {
        do throws(PipelineProblem) { return try PipelineCheckpoint(checkpoint, runID: runID).account } catch { return nil }
    }

    /// Whether that checkpoint says that all rows are done and outputs have begun to appear.
    public static func isCommitting(_ checkpoint: [UInt8], runID: String) -> Bool {
        do throws(PipelineProblem) { return try PipelineCheckpoint(checkpoint, runID: runID).phase == .committing } catch { return false }
    }

    /// Runs to the end, to a pause, or to what can't be overcome.
    public func run() -> PipelineReport {
        let started = StepMeter.now
        var redirects: [(from: String, to: String)] = []
        var attempt = 0
        var report: PipelineReport
        while true {
            let pass = PipelinePass(
                job, source: source, outputs: outputs, deadLetters: deadLetters, store: store, observer: observer, control: control, redirects: redirects)
            let result = pass.run()
            report = result.report
            guard let problem = result.problem else { break }
            if result.madeProgress { attempt = 0 }
            if result.checkpointIsSpoilt {
                // What the checkpoint needs is gone. Nothing was committed: the run starts again from its beginning.
                if let removal = forget() { report = failed(report, removal); break }
                observer.problem(softened(problem))
                continue
            }
            if problem.isTransient, attempt < job.retry.attempts, wait(job.retry.delay(before: attempt + 1)) {
                attempt += 1
                observer.problem(softened(problem))
                continue
            }
            if let name = result.failedOutput, result.canStartOver, let other = job.fallbacks[name], !redirects.contains(where: { $0.from == name }), other != name {
                // All rows of the output go to its fallback, those included that it took already: so the run starts again.
                redirects = result.redirects + [(name, other)]
                if let removal = forget() { report = failed(report, removal); break }
                observer.problem(softened(problem))
                attempt = 0
                continue
            }
            break
        }
        report.elapsedNanoseconds = StepMeter.now - started
        observer.progress(report)
        return report
    }

    private func softened(_ problem: PipelineProblem) -> PipelineProblem {
        var warning = problem
        warning.severity = .warning
        return warning
    }

    private func failed(_ report: PipelineReport, _ problem: PipelineProblem) -> PipelineReport {
        var report = report
        report.outcome = .failed
        report.failure = problem
        return report
    }

    /// Everything of the run so far goes away.
    private func forget() -> PipelineProblem? {
        for output in outputs { output.abort() }
        deadLetters?.abort()
        SpillDirectory(path: job.spillDirectory).removeAll()
        do throws(PipelineProblem) {
            try store.remove()
            return nil
        } catch { return error }
    }

    /// False: somebody wants the run to stop.
    private func wait(_ milliseconds: Int64) -> Bool {
        var left = milliseconds
        while left > 0, control.current == .goOn {
            let step = min(left, 50)
            usleep(UInt32(step * 1000))
            left -= step
        }
        return control.current == .goOn
    }
}
