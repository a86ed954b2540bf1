import RowSteps

/// Hears how a run goes, from the engine's threads: implementations are quick and never block.
public protocol PipelineObserver: Sendable {
    /// At most a few times a second, and once at the end.
    func progress(_ report: PipelineReport)
    /// After a checkpoint was saved: its size in bytes and how much of the input it covers.
    func checkpointSaved(bytes: Int, bytesRead: Int64)
    /// A row was rejected, or a cell made null: the first ones of a run.
    func problem(_ problem: PipelineProblem)
    /// Lines a script logged.
    func log(_ lines: [String])
}

/// Hears nothing.
public struct SilentObserver: PipelineObserver {
    public init() {}
    public func progress(_ report: PipelineReport) {}
    public func checkpointSaved(bytes: Int, bytesRead: Int64) {}
    public func problem(_ problem: PipelineProblem) {}
    public func log(_ lines: [String]) {}
}
