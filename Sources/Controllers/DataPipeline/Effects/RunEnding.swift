import DataPipelinePlan
import Kernel
import PipelineJobs
import PipelineProcess

/// What a worker's end means for its run: decided from what was heard of it.
enum RunEnding {
    /// The run has ended for good.
    case ended(RunJournal.Ending)
    /// It goes on with another worker, or rests. `isPassing`: what ended it may pass by itself.
    case goesOn(phase: RunRecord.Phase, message: String, report: JSON?, isPassing: Bool)

    /// What is known of a worker that has ended.
    struct Heard {
        var job: WorkerJob
        /// The worker was started to clear away, or told to.
        var wantsCancel: Bool
        var death: WorkerDeath
        /// Its last word; nil: it died without one.
        var said: (report: JSON, isTransient: Bool)?
        /// What it reported last on the way, or the worker before it.
        var progress: JSON?
        /// Where the rows up to its last checkpoint went, and bytes read until there; nil: it wrote none.
        var checkpoint: (rows: JSON, bytesRead: Int64)?
        /// How often it tried again by itself.
        var retries: Int64
        /// From the run's beginning.
        var elapsed: Duration
    }

    static func of(_ heard: Heard) -> RunEnding {
        guard let said = heard.said else {
            guard heard.death.isFinal(heard.job.limits) else {
                return .goesOn(phase: .running, message: "its worker \(heard.death.end)", report: crashed(heard), isPassing: false)
            }
            // Its checkpoint stays, for a run that goes on with what failed.
            return failed(heard, crashed(heard), clearsNothing: true)
        }
        switch said.report["outcome"]?.string {
        case "Paused": return .goesOn(phase: .paused, message: "", report: said.report, isPassing: false)
        case "Succeeded": return .ended(.init(phase: .succeeded, report: said.report, retries: heard.retries))
        case "Cancelled": return cancelled(heard, "cancelled; its outputs did not appear")
        default: break
        }
        let words = Self.words(heard, said.report)
        if heard.wantsCancel { return cancelled(heard, "cancelled; its outputs did not appear, but what it wrote could not be cleared away: \(words)") }
        // What may be over by itself is tried again, with the planner's backoff.
        if said.isTransient { return .goesOn(phase: .running, message: words, report: said.report, isPassing: true) }
        return failed(heard, said.report, clearsNothing: false)
    }

    private static func words(_ heard: Heard, _ report: JSON) -> String { report["failure"].map { ProblemWords.sentence($0, base: heard.job.baseDirectory) } ?? "its worker failed" }

    private static func cancelled(_ heard: Heard, _ words: String) -> RunEnding {
        .ended(.init(phase: .cancelled, issue: PipelineIssue(.cancelled, words), report: heard.said?.report, retries: heard.retries))
    }

    /// - Parameter clearsNothing: the worker died.
    private static func failed(_ heard: Heard, _ report: JSON, clearsNothing: Bool) -> RunEnding {
        let failure = report["failure"]
        let leaves = clearsNothing || RunRemains.areLeft(by: report)
        return .ended(
            .init(phase: .failed, issue: PipelineIssue(PipelineReason(failure: failure), words(heard, report)), report: report, retries: heard.retries, leavesSomething: leaves))
    }

    /// The report of a worker that gave none: as far as its last checkpoint, which is as far as the run has come.
    private static func crashed(_ heard: Heard) -> JSON {
        var report = heard.progress ?? [:]
        report["outcome"] = "Failed"
        report["failure"] = heard.death.failure(heard.job.limits)
        if let checkpoint = heard.checkpoint {
            report["rows"] = checkpoint.rows
            report["bytesRead"] = .int(checkpoint.bytesRead)
        }
        report["balanced"] = nil
        report["elapsedNanoseconds"] = .int(heard.elapsed.wholeMilliseconds * 1_000_000)
        return report
    }
}
