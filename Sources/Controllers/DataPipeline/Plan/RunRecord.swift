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

    public var phase: Phase
    /// Of the pipeline's spec that it runs.
    public var revision: String
    /// How often its worker was started.
    public var attempts: Int
    /// Starts in a row after which no checkpoint was written.
    public var unproductive: Int
    /// When its worker ended last.
    public var lastEnd: Timestamp?
    public var checkpoint: Checkpoint?
    public var started: Timestamp
    public var ended: Timestamp?
    /// What the worker reported last.
    public var report: JSON?
    /// Why it failed or was cancelled.
    public var reason: PipelineReason?
    public var message: String
    /// Another process has it.
    public var isHeldElsewhere: Bool
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
