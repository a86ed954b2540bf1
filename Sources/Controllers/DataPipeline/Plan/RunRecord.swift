import Kernel

/// A run as the journal in PostgreSQL has it: the truth about what was started and how far it came.
public struct RunRecord: Sendable, Equatable {
    public enum Phase: String, Sendable, CaseIterable {
        case running = "Running", paused = "Paused", succeeded = "Succeeded", failed = "Failed", cancelled = "Cancelled"
        public var isEnded: Bool { self == .succeeded || self == .failed || self == .cancelled }
    }

    /// The last checkpoint, without its bytes.
    public struct Checkpoint: Sendable, Equatable {
        public var number: Int64
        public var bytesRead: Int64
        public var time: Timestamp

        public init(number: Int64, bytesRead: Int64, time: Timestamp) {
            self.number = number
            self.bytesRead = bytesRead
            self.time = time
        }
    }

    /// A run whose work this one takes up.
    public struct Base: Sendable, Equatable {
        /// What of it this run takes.
        public enum Rows: String, Sendable, CaseIterable {
            /// Those that were rejected: everything else is done.
            case rejected = "Rejected"
            /// Those behind its last checkpoint.
            case rest = "Rest"
            /// All: nothing of it had appeared, and there is no checkpoint to go on from.
            case all = "All"
        }

        public var run: String
        /// Of the pipeline that ran until then.
        public var generation: Int64
        /// Bytes of the input before the checkpoint that it goes on from; 0: from the beginning.
        public var offset: Int64
        public var rows: Rows
        /// The same for people, and why.
        public var words: String

        public init(run: String, generation: Int64, offset: Int64 = 0, rows: Rows, words: String) {
            self.rows = rows
            self.words = words
            self.run = run
            self.generation = generation
            self.offset = offset
        }
    }

    public var phase: Phase
    /// Of the pipeline's spec that it runs.
    public var revision: String
    /// `metadata.generation` of the pipeline that it runs.
    public var generation: Int64 = 0
    public var base: Base?
    /// How often its worker was started.
    public var attempts: Int
    /// How often a worker tried again by itself after a failure that might pass.
    public var retries: Int64 = 0
    /// Starts in a row after which no checkpoint was written.
    public var unproductive: Int
    /// Its worker ended last for something that may pass by itself (a database that is away), not for a crash.
    public var endedPassingly = false
    /// When its worker ended last.
    public var lastEnd: Timestamp?
    public var checkpoint: Checkpoint?
    /// The checkpoint is still there to go on from.
    public var hasCheckpoint = false
    public var started: Timestamp
    public var ended: Timestamp?
    /// What the worker reported last.
    public var report: JSON?
    /// Why it failed or was cancelled.
    public var reason: PipelineReason?
    public var message: String
    /// Another process has it.
    public var isHeldElsewhere: Bool
    /// We have asked that one for it.
    public var isClaimed = false
    /// It left hidden files or staging tables, for a run that goes on from there or to be cleared away.
    public var leavesSomething = false
    /// What follows a success has been started.
    public var isFollowed: Bool
    /// Directory of the report's files.
    public var reportPath: String?

    public init(phase: Phase, revision: String, started: Timestamp) {
        self.phase = phase
        self.revision = revision
        self.started = started
        attempts = 0
        unproductive = 0
        message = ""
        isHeldElsewhere = false
        isFollowed = false
    }
}
