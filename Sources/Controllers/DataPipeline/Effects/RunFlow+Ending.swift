import DataPipelinePlan
import Kernel
import PipelineJobs
import PipelineReports
import Platform
import Reconciliation

/// How a run without a worker ends, and what it left goes.
extension RunFlow {
    /// Its worker ended too often, or it was cancelled and could not be cleared away.
    func end(_ desired: DesiredRun, _ issue: PipelineIssue, in pass: PassContext) async throws(ActionFailure) {
        let isCancelled = issue.reason == .cancelled
        // Nobody goes on from a cancelled run: what it left is cleared away next.
        var ending = RunJournal.Ending(phase: isCancelled ? .cancelled : .failed, issue: issue, leavesSomething: true)
        if !isCancelled { ending.reportPath = try await writeReport(desired, pass) }
        try await journal.end(desired.uid, epoch: nil, ending)
    }

    /// From what its last worker left in the journal. nil: it can't be written; the run ends all the same.
    private func writeReport(_ desired: DesiredRun, _ pass: PassContext) async throws(ActionFailure) -> String? {
        guard let record = try await journal.find(desired.uid), let report = record.report else { return nil }
        var facts = RunReport.Facts(
            pipeline: desired.spec.pipeline, namespace: desired.key.namespace, run: desired.key.name, version: version, revision: record.revision, started: record.started, ended: pass.clocks.now,
            attempts: record.attempts)
        if let job = try await journal.left(by: desired.uid).flatMap({ WorkerJob($0.job) }) { facts.parameters = job.parameters }
        do throws(SystemError) { return try RunReportFiles.write(facts, report, of: desired.key, in: places) } catch {
            pass.logger.warning("the report of run \(desired.key) can't be written: \(error)")
            return nil
        }
    }

    /// Lets a worker remove hidden files and staging tables. What it can't remove is said once: a run that can't be cleared away must not keep its object.
    func clear(_ desired: DesiredRun, in pass: PassContext) async throws(ActionFailure) {
        if let left = try await journal.left(by: desired.uid), var job = WorkerJob(left.job) {
            try await install(&job, desired)
            job.clearsAway = true
            job.checkpoints = .none
            let failure = try await errand.run(job, what: "what run \(desired.key) left can't be cleared away", late: "clearing away what run \(desired.key) left did not end in time") { _, events in
                var failure: JSON?
                for await event in events { if case .message(.finished(let report, _)) = event { failure = report["failure"] } }
                return failure
            }
            if let failure { pass.logger.warning("what run \(desired.key) left could not all be cleared away: \(ProblemWords.sentence(failure, base: job.baseDirectory))") }
            places.remove(job.runID)
        }
        try await journal.markCleared(desired.uid)
    }
}
