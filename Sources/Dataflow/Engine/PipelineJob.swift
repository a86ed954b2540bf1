import Expressions
import RowSteps

/// What a run does, as values: the engine compiles it when the source's columns are known.
public struct PipelineJob: Sendable {
    /// A step of the document under its name.
    public struct Step: Sendable {
        public var name: String
        public var description: StepDescription

        public init(name: String, _ description: StepDescription) {
            self.name = name
            self.description = description
        }
    }

    /// The run's identity: keys hashing and names private files. The same for a run and its resumption.
    public var runID: String
    /// What is random follows this in place of `runID`: a run that computes rows of an earlier run once more gives them the numbers of that one.
    public var seedID: String?
    /// A run that its rows, its scripts or its budget end keeps its last checkpoint and what was written up to it: another run goes on from there.
    public var keepsCheckpointOfFailure = false
    /// The run's start in microseconds since 1970: the clock that steps see. The same for a run and its resumption.
    public var startMicroseconds: Int64
    /// Declared columns of the source. Columns of the input without a declaration are strings.
    public var columns: [ColumnRule]
    public var steps: [Step]
    /// Makers of external steps, by their kind's key.
    public var factories: [String: any RowStepFactory]
    /// Tables of lookups, by their key.
    public var tables: [String: LookupTable]
    /// What `parameters.NAME` stands for in expressions and scripts.
    public var parameters: [StepParameter] = []
    /// For rows without a policy of their own: deadLetter, skip or fail.
    public var policy: ErrorPolicy
    public var budget: ErrorBudget
    /// By output name the name of the output that takes its rows when it refuses them.
    public var fallbacks: [String: String]
    /// A directory of this run's own. Spill files are in a directory `spill` within it, made when it is needed, removed at the end; nothing
    /// else in it is touched.
    public var workDirectory: String
    public var limits: Limits
    public var checkpointInterval: CheckpointInterval
    /// How often and when a run goes on from its checkpoint after a problem that may pass.
    public var retry: Retry
    /// For named zones in expressions; nil: they know UTC and fixed offsets only.
    public var timeZones: (any TimeZones)?

    /// Exponential backoff: `initial`, then `factor` times as long each time, at most `maximum`. Progress (a checkpoint) starts it anew.
    public struct Retry: Sendable, Equatable {
        public var attempts: Int
        public var initialMilliseconds: Int64
        public var factor: Int64
        public var maximumMilliseconds: Int64

        public init(attempts: Int = 5, initialMilliseconds: Int64 = 500, factor: Int64 = 2, maximumMilliseconds: Int64 = 30_000) {
            self.attempts = max(0, attempts)
            self.initialMilliseconds = max(0, initialMilliseconds)
            self.factor = max(1, min(factor, 100))
            self.maximumMilliseconds = max(0, maximumMilliseconds)
        }

        /// The wait before the attempt of that number, from 1.
        func delay(before attempt: Int) -> Int64 {
            var wait = min(initialMilliseconds, maximumMilliseconds)
            for _ in 1..<max(attempt, 1) {
                if wait >= maximumMilliseconds { break }
                wait = min(wait * factor, maximumMilliseconds)
            }
            return wait
        }
    }

    public struct Limits: Sendable, Equatable {
        /// Bytes one step with state may hold in memory.
        public var stepMemory: Int
        /// Threads for steps without state; 1 runs all steps on one.
        public var threads: Int
        /// Batches that may wait between two stages.
        public var channelDepth: Int
        /// Rows of a batch, at most.
        public var batchRows: Int
        /// Bytes of input of a batch.
        public var batchBytes: Int

        public init(stepMemory: Int = 64 << 20, threads: Int = 2, channelDepth: Int = 4, batchRows: Int = 4096, batchBytes: Int = 256 << 10) {
            self.stepMemory = stepMemory
            self.threads = max(1, threads)
            self.channelDepth = max(1, channelDepth)
            self.batchRows = max(16, batchRows)
            self.batchBytes = max(1024, batchBytes)
        }
    }

    var spillDirectory: String { workDirectory + "/spill" }

    /// When the engine cuts: after so many bytes of input, or so much time, whichever comes first.
    public struct CheckpointInterval: Sendable, Equatable {
        public var bytes: Int64
        public var milliseconds: Int64

        public init(bytes: Int64 = 1 << 30, milliseconds: Int64 = 5000) {
            self.bytes = bytes
            self.milliseconds = milliseconds
        }

        /// After every batch: for tests.
        public static let everyBatch = CheckpointInterval(bytes: 0, milliseconds: 0)
    }

    public init(
        runID: String, startMicroseconds: Int64, columns: [ColumnRule] = [], steps: [Step] = [], factories: [String: any RowStepFactory] = [:],
        tables: [String: LookupTable] = [:], policy: ErrorPolicy = .deadLetter, budget: ErrorBudget = ErrorBudget(),
        fallbacks: [String: String] = [:], workDirectory: String, limits: Limits = Limits(), checkpointInterval: CheckpointInterval = CheckpointInterval(),
        retry: Retry = Retry()
    ) {
        self.runID = runID
        self.startMicroseconds = startMicroseconds
        self.columns = columns
        self.steps = steps
        self.factories = factories
        self.tables = tables
        self.policy = policy
        self.budget = budget
        self.fallbacks = fallbacks
        self.workDirectory = workDirectory
        self.limits = limits
        self.checkpointInterval = checkpointInterval
        self.retry = retry
    }
}
