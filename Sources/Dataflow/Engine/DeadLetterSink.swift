import RowSteps

/// Keeps the rows that a run rejected, so that they can be looked at and replayed.
///
/// Used by one thread at a time. Rows come in input order. Kept also when the run fails: `commit` is called whenever the run ends for good.
public protocol DeadLetterSink: AnyObject {
    /// As `RowOutput.open`.
    func open(at position: [UInt8]?) throws(PipelineProblem)

    /// - Parameter file: the name of the input the row is from.
    func write(_ rejection: RowRejection, file: String) throws(PipelineProblem)

    /// As `RowOutput.flushForCheckpoint`.
    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8]

    /// As `RowOutput.commit`. nil: nothing was rejected and nothing is kept.
    func commit() throws(PipelineProblem) -> OutputSummary?

    /// What was written so far appears as a copy, and writing can still go on from a checkpoint. nil: nothing was rejected yet.
    func publishCopy() throws(PipelineProblem) -> OutputSummary?

    /// As `RowOutput.recoverCommit`.
    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary?

    /// As `RowOutput.suspend`.
    func suspend()

    /// As `RowOutput.abort`.
    func abort()
}
