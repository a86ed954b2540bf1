import Kernel

/// One thing to do for a run.
public struct RunAction: PlannedAction {
    public enum Kind: Sendable, Equatable {
        /// Writes the run into the journal, with the copy of the pipeline that it runs.
        case record
        /// Writes it as ended without having begun.
        case recordEnded(PipelineIssue)
        /// Takes the run's lease and starts its worker, from the last checkpoint if there is one.
        case startWorker(attempt: Int)
        case pauseWorker
        case cancelWorker
        /// Marks a run that has no worker as paused.
        case markPaused
        /// Ends a run that has no worker.
        case end(PipelineIssue)
        /// Sets `cancel` of another run.
        case cancelOther(String)
        /// Makes the runs of `onSuccess`.
        case follow
        /// Asks the process that has the run to let it go.
        case claim
        /// Lets a worker clear away what the failed run left, as it is being deleted.
        case reopen
        /// Lets a worker clear away what the ended run left, as nobody can go on from there.
        case clear
        /// Deletes the object: its time after the end is over.
        case deleteSelf
    }

    public let kind: Kind
    public let name: String
    public let reason: String

    public init(_ kind: Kind, name: String, reason: String) {
        self.kind = kind
        self.name = name
        self.reason = reason
    }

    public var summary: String {
        switch kind {
        case .record: "begin run \(name)"
        case .recordEnded: "end run \(name) before it begins"
        case .startWorker(let attempt): attempt == 1 ? "start the worker of run \(name)" : "start the worker of run \(name) again (\(attempt). time)"
        case .pauseWorker: "let run \(name) drain"
        case .cancelWorker: "cancel run \(name)"
        case .markPaused: "pause run \(name)"
        case .end: "end run \(name)"
        case .cancelOther(let other): "cancel run \(other)"
        case .follow: "start what follows run \(name)"
        case .claim: "take over run \(name)"
        case .reopen, .clear: "clear away what run \(name) left"
        case .deleteSelf: "delete run \(name)"
        }
    }

    public var risk: RiskClass {
        switch kind {
        case .record, .startWorker, .pauseWorker, .markPaused, .follow, .claim: .low
        case .recordEnded, .cancelWorker, .end, .cancelOther, .reopen, .clear, .deleteSelf: .high
        }
    }

    public var breaker: String {
        switch kind {
        case .startWorker, .pauseWorker, .cancelWorker, .clear: "process.local.Write"
        case .record, .recordEnded, .markPaused, .end, .claim, .reopen: "postgres.store.Write"
        case .cancelOther, .follow, .deleteSelf: "kubernetes.local.Write"
        }
    }

    public var blastRadius: Int { 1 }
}
