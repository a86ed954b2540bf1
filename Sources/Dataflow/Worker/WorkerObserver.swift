import Dataflow
import PipelineJobs
import RowSteps

/// Tells the parent how the run goes.
struct WorkerObserver: PipelineObserver {
    let channel: WorkerChannel

    func progress(_ report: PipelineReport) { channel.send(.progress(report.json)) }
    func checkpointSaved(bytes: Int, bytesRead: Int64) {}
    func problem(_ problem: PipelineProblem) { channel.send(.problem(problem.json)) }
    func log(_ lines: [String]) { channel.send(.log(lines)) }
}
