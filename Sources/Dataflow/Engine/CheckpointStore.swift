import RowSteps

/// Keeps the one checkpoint of a run: in PostgreSQL's journal, or in a file beside the output.
///
/// Used by one thread at a time. `save` replaces the checkpoint as one step: after a crash there is the old one or the new one.
public protocol CheckpointStore: AnyObject {
    /// nil: the run has none yet.
    func load() throws(PipelineProblem) -> [UInt8]?
    /// When it returns, the checkpoint survives a crash.
    func save(_ checkpoint: [UInt8]) throws(PipelineProblem)
    /// The run has ended for good. No harm when there is none.
    func remove() throws(PipelineProblem)
    /// The run has succeeded: what it wrote is there. Who keeps the last checkpoint until that is noted elsewhere may leave it: such a run, run again, finds everything done.
    func finish() throws(PipelineProblem)
}

extension CheckpointStore {
    public func finish() throws(PipelineProblem) { try remove() }
}

/// No checkpoints: a run that is interrupted starts again.
public final class NoCheckpoints: CheckpointStore {
    public init() {}
    public func load() throws(PipelineProblem) -> [UInt8]? { nil }
    public func save(_ checkpoint: [UInt8]) throws(PipelineProblem) {}
    public func remove() throws(PipelineProblem) {}
}
