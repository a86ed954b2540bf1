import Kernel
import RowSteps
import Rows

/// Where a run's rows go. Nothing that others can see changes before `commit`.
///
/// Used by one thread at a time.
public protocol RowOutput: AnyObject {
    var name: String { get }

    /// Begins writing; called again after `suspend` or `abort` when the run is tried again. With a position: everything written after it is undone first, so that what follows continues there byte for byte.
    ///
    /// - Throws: also when what was written up to the position is no longer there.
    func open(columns: [StepColumn], at position: [UInt8]?) throws(PipelineProblem)

    /// Whether it may refuse rows; others are never asked.
    var mayRefuse: Bool { get }

    /// The selected rows that it can't write as it is declared, ascending, each once: those are rejected as the document's policy says, and
    /// never come to `write`. A function of the rows alone.
    func refusals(_ batch: RowBatch) throws(PipelineProblem) -> [RowRefusal]

    /// Writes the selected rows of the batch.
    func write(_ batch: RowBatch) throws(PipelineProblem)

    /// Makes everything written so far survive a crash, and says where it ends.
    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8]

    /// Makes the output visible as one step. Called once all rows are written, flushed, and a checkpoint says that the run commits.
    func commit() throws(PipelineProblem) -> OutputSummary

    /// Finishes a commit that a crash interrupted, without `open`: an output that is already visible stays as it is.
    ///
    /// - Parameter position: what `flushForCheckpoint` gave last.
    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary

    /// Stops without committing and keeps what was written, for `open` at the last checkpoint: by this object or another process.
    func suspend()

    /// Gives up: what was written goes away. Never throws; what can't be removed is removed by the next run.
    func abort()

    /// Bytes written so far; for metrics.
    var bytesWritten: Int64 { get }
}

extension RowOutput {
    public var mayRefuse: Bool { false }
    public func refusals(_ batch: RowBatch) throws(PipelineProblem) -> [RowRefusal] { [] }
}

/// A row that an output can't write: which one of its batch, the rule's word for reports, and what to tell.
public struct RowRefusal: Sendable {
    public var row: Int
    public var rule: String
    public var problem: PipelineProblem

    public init(row: Int, rule: String, _ problem: PipelineProblem) {
        self.row = row
        self.rule = rule
        self.problem = problem
    }
}

/// One output as the run left it.
public struct OutputSummary: Sendable, Equatable {
    public var name: String
    /// A path, or a table.
    public var path: String
    public var rows: Int64
    public var bytes: Int64
    /// `xxh3:` and 16 hexadecimal digits; nil for what is no file.
    public var hash: String?
    /// `sha256:` and 64 hexadecimal digits, where it is asked for and the file is whole.
    public var sha256: String?

    public init(name: String, path: String, rows: Int64, bytes: Int64, hash: String? = nil, sha256: String? = nil) {
        self.name = name
        self.path = path
        self.rows = rows
        self.bytes = bytes
        self.hash = hash
        self.sha256 = sha256
    }

    public var json: JSON {
        var object = JSONObject()
        object["name"] = .string(name)
        object["path"] = .string(path)
        object["rows"] = .int(rows)
        object["bytes"] = .int(bytes)
        if let hash { object["hash"] = .string(hash) }
        if let sha256 { object["sha256"] = .string(sha256) }
        return .object(object)
    }
}
