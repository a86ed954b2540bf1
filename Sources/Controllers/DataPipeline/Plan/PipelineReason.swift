import Kernel

/// Why a pipeline or a run is as it is: the closed lists of reasons that crds/ promises.
public enum PipelineReason: String, Sendable, CaseIterable {
    // Ready of a pipeline
    case idle = "Idle"
    case running = "Running"
    case suspended = "Suspended"
    case paused = "Paused"
    // Valid
    case accepted = "Accepted"
    case acceptedWithWarnings = "AcceptedWithWarnings"
    // Ready of a run
    case succeeded = "Succeeded"
    case pending = "Pending"
    case waiting = "Waiting"
    case draining = "Draining"
    // Reconciling
    case atGoal = "AtGoal"
    case ended = "Ended"
    // Stalled
    case invalidSpec = "InvalidSpec"
    case invalidExpression = "InvalidExpression"
    case invalidScript = "InvalidScript"
    case testsFailed = "TestsFailed"
    case configMissing = "ConfigMissing"
    case pathRefused = "PathRefused"
    case pipelineMissing = "PipelineMissing"
    case invalidParameters = "InvalidParameters"
    case inputMissing = "InputMissing"
    case inputFailed = "InputFailed"
    case budgetExceeded = "BudgetExceeded"
    case rowFailed = "RowFailed"
    case scriptFailed = "ScriptFailed"
    case outputFailed = "OutputFailed"
    case limitExceeded = "LimitExceeded"
    case workerFailed = "WorkerFailed"
    case recordMissing = "RecordMissing"
    case cancelled = "Cancelled"
    case notStalled = "NotStalled"
    // SpecIgnored
    case specChanged = "SpecChanged"
    case asStarted = "AsStarted"

    /// What a failure of the worker comes to, by its category and, where several things share one, by what it says.
    public init(failure: JSON?) {
        let what = failure?["what"]?.string ?? ""
        switch failure?["category"]?.string {
        case "configuration":
            self = what == "a path is refused" ? .pathRefused : what.hasPrefix("the expression ") ? .invalidExpression : what.contains("script") ? .invalidScript : .invalidSpec
        case "input": self = what == "the input is not there" ? .inputMissing : .inputFailed
        case "data": self = .rowFailed
        case "expression": self = .invalidExpression
        case "script": self = .scriptFailed
        case "output": self = .outputFailed
        case "budget": self = .budgetExceeded
        case "resource": self = .limitExceeded
        case "cancelled": self = .cancelled
        default: self = .workerFailed
        }
    }
}

/// What stands in the way, with the way out.
public struct PipelineIssue: Error, Sendable, Equatable {
    public let reason: PipelineReason
    public let message: String

    public init(_ reason: PipelineReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
