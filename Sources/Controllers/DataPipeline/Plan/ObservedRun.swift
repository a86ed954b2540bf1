import Kernel
import Resources

/// What there is of a run.
public struct ObservedRun: Sendable, Equatable {
    /// The worker process, if it runs here.
    public struct Worker: Sendable, Equatable {
        public enum Request: Sendable, Equatable { case goOn, pause, cancel }
        public var request: Request
        /// The report so far.
        public var progress: JSON?
        /// Of late.
        public var rowsPerSecond: Int64?
        /// At that rate of bytes.
        public var remaining: Duration?
        /// How often it tried again by itself.
        public var retries: Int64 = 0
        /// Why it is trying again now.
        public var trouble: String?
        /// What holds it.
        public var inForce: [String]

        public init(request: Request = .goOn, progress: JSON? = nil, inForce: [String] = []) {
            self.request = request
            self.progress = progress
            self.inForce = inForce
        }
    }

    /// The pipeline as it is now.
    public struct Pipeline: Sendable, Equatable {
        public var uid: String
        public var spec: JSON
        public var revision: String
        /// `metadata.generation`.
        public var generation: Int64
        public var suspend: Bool
        public var concurrency: DataPipelineSpec.Concurrency
        public var successors: Int
        /// Why it can't run.
        public var issue: PipelineIssue?

        public init(uid: String, spec: JSON, revision: String, generation: Int64 = 1, suspend: Bool, concurrency: DataPipelineSpec.Concurrency, successors: Int, issue: PipelineIssue?) {
            self.uid = uid
            self.spec = spec
            self.revision = revision
            self.generation = generation
            self.suspend = suspend
            self.concurrency = concurrency
            self.successors = successors
            self.issue = issue
        }
    }

    /// Another run of the same pipeline that hasn't ended.
    public struct Other: Sendable, Equatable {
        public var name: String
        public var creation: Timestamp
        public var hasStarted: Bool
        public var isCancelling: Bool

        public init(name: String, creation: Timestamp, hasStarted: Bool, isCancelling: Bool) {
            self.name = name
            self.creation = creation
            self.hasStarted = hasStarted
            self.isCancelling = isCancelling
        }
    }

    public var record: RunRecord?
    public var worker: Worker?
    public var pipeline: Pipeline?
    /// Sorted by creation and name.
    public var others: [Other]
    /// What is wrong with the parameters; nil when they fit.
    public var parameterIssue: String?
    /// For a replay: what the earlier run left, or why there is nothing.
    public var replayIssue: String?

    public init(record: RunRecord?, worker: Worker?, pipeline: Pipeline?, others: [Other], parameterIssue: String? = nil, replayIssue: String? = nil) {
        self.record = record
        self.worker = worker
        self.pipeline = pipeline
        self.others = others
        self.parameterIssue = parameterIssue
        self.replayIssue = replayIssue
    }
}
