import Kernel
import RowSteps

/// What a run did: the figures of its status, its metrics and its report.
public struct PipelineReport: Sendable, Equatable {
    public enum Outcome: String, Sendable {
        /// Only in reports of progress.
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case cancelled = "Cancelled"
        /// Drained and checkpointed; the same job resumes it.
        case paused = "Paused"
    }

    public struct Step: Sendable, Equatable {
        public var name: String
        public var rowsIn: Int64 = 0
        public var rowsOut: Int64 = 0
        /// Thread time, all threads together.
        public var nanoseconds: Int64 = 0

        public init(name: String) { self.name = name }

        public var json: JSON {
            var object = JSONObject()
            object["name"] = .string(name)
            object["rowsIn"] = .int(rowsIn)
            object["rowsOut"] = .int(rowsOut)
            object["nanoseconds"] = .int(nanoseconds)
            return .object(object)
        }
    }

    public struct Channel: Sendable, Equatable {
        public var name: String
        public var capacity: Int
        /// Batches waiting now.
        public var depth: Int
        /// The most that ever waited.
        public var deepest: Int

        public init(name: String, capacity: Int, depth: Int, deepest: Int) {
            self.name = name
            self.capacity = capacity
            self.depth = depth
            self.deepest = deepest
        }

        public var json: JSON {
            var object = JSONObject()
            object["name"] = .string(name)
            object["capacity"] = .int(Int64(capacity))
            object["depth"] = .int(Int64(depth))
            object["deepest"] = .int(Int64(deepest))
            return .object(object)
        }
    }

    public var outcome: Outcome
    public var account = RowAccount()
    public var bytesRead: Int64 = 0
    public var bytesTotal: Int64?
    /// Of this process; a resumed run counts anew.
    public var elapsedNanoseconds: Int64 = 0
    /// When the first row reached an output; nil when none did, or an earlier process of the run had written it.
    public var firstRow: Timestamp?
    public var checkpoints: Int64 = 0
    /// It went on from a checkpoint.
    public var resumed = false
    /// It failed, and its last checkpoint is there for a run that goes on from it.
    public var keepsCheckpoint = false
    /// The source, the typing, each step, the outputs.
    public var steps: [Step] = []
    public var channels: [Channel] = []
    public var inputs: [InputSummary] = []
    public var outputs: [OutputSummary] = []
    public var deadLetters: OutputSummary?
    /// The first ten problems of rows, and what ended the run.
    public var problems: [PipelineProblem] = []
    /// What should be known of the input although nothing is wrong with the run.
    public var warnings: [PipelineProblem] = []
    /// What ended a failed run.
    public var failure: PipelineProblem?

    public static let problemLimit = 10

    public init(outcome: Outcome) { self.outcome = outcome }

    public var json: JSON {
        var object = JSONObject()
        object["outcome"] = .string(outcome.rawValue)
        object["rows"] = account.json
        object["balanced"] = .bool(account.isBalanced)
        object["bytesRead"] = .int(bytesRead)
        if let bytesTotal { object["bytesTotal"] = .int(bytesTotal) }
        object["elapsedNanoseconds"] = .int(elapsedNanoseconds)
        if let firstRow { object["firstRow"] = .string(firstRow.text(fractionDigits: 6)) }
        object["checkpoints"] = .int(checkpoints)
        object["resumed"] = .bool(resumed)
        if keepsCheckpoint { object["keepsCheckpoint"] = true }
        object["steps"] = .array(steps.map(\.json))
        object["channels"] = .array(channels.map(\.json))
        object["inputs"] = .array(inputs.map(\.json))
        object["outputs"] = .array(outputs.map(\.json))
        if let deadLetters { object["deadLetters"] = deadLetters.json }
        object["errors"] = .array(problems.map(\.json))
        if !warnings.isEmpty { object["warnings"] = .array(warnings.map(\.json)) }
        if let failure { object["failure"] = failure.json }
        return .object(object)
    }
}
