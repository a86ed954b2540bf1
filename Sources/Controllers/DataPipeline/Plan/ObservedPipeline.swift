import Kernel
import Resources

/// What there is of a pipeline.
public struct ObservedPipeline: Sendable, Equatable {
    /// A file that the watched path matches.
    public struct File: Sendable, Equatable {
        public var path: String
        public var bytes: Int64
        /// When its content changed last.
        public var modified: Timestamp

        public init(path: String, bytes: Int64, modified: Timestamp) {
            self.path = path
            self.bytes = bytes
            self.modified = modified
        }

        /// Unlike that of the same path with other content.
        public var identity: String { "\(path) \(bytes) \(modified.seconds).\(modified.nanoseconds)" }
    }

    /// What the worker found when it looked at the pipeline.
    public enum Check: Sendable, Equatable {
        case good
        /// It can run, and its owner would want to know something: whole sentences, at least one.
        case remarkable([String])
        case bad(PipelineIssue)
    }

    /// Sorted by creation and name.
    public var runs: [RunOutline]
    /// Of these the ones that Millwright made, by uid: the history limits hold for them.
    public var ours: Set<String>
    public var succeeded: Int64
    public var failed: Int64
    public var lastSuccess: Timestamp?
    /// nil: this revision hasn't been looked at.
    public var check: Check?
    /// It was found wrong, or remarkable, a while ago.
    public var isCheckOld = false
    /// Files that no run has taken yet, sorted by path; nil: nothing is watched.
    public var newFiles: [File]?

    public init(runs: [RunOutline], ours: Set<String> = [], succeeded: Int64, failed: Int64, lastSuccess: Timestamp?, check: Check?, newFiles: [File]?) {
        self.runs = runs
        self.ours = ours
        self.succeeded = succeeded
        self.failed = failed
        self.lastSuccess = lastSuccess
        self.check = check
        self.newFiles = newFiles
    }
}
