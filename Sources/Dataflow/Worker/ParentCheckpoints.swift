import Dataflow
import RowSteps

/// Checkpoints that the parent keeps in its journal.
final class ParentCheckpoints: CheckpointStore {
    private let channel: WorkerChannel
    private var latest: [UInt8]?
    private var number: Int64 = 0
    private let bytesRead: () -> Int64
    private let runID: String

    init(_ channel: WorkerChannel, latest: [UInt8]?, runID: String, bytesRead: @escaping () -> Int64) {
        self.channel = channel
        self.latest = latest
        self.runID = runID
        self.bytesRead = bytesRead
    }

    func load() throws(PipelineProblem) -> [UInt8]? { latest }

    func save(_ checkpoint: [UInt8]) throws(PipelineProblem) {
        try keep(checkpoint)
        latest = checkpoint
    }

    func remove() throws(PipelineProblem) {
        guard latest != nil else { return }
        // An empty one: the run's end is told by its last message.
        try keep([])
        latest = nil
    }

    private func keep(_ bytes: [UInt8]) throws(PipelineProblem) {
        number += 1
        guard channel.keep(number: number, bytes: bytes, bytesRead: bytesRead(), rows: PipelineEngine.account(in: bytes, runID: runID)?.json ?? [:]) else {
            throw PipelineProblem(
                .fatal, .checkpoint, what: "the checkpoint was refused", why: "another process of Millwright has this run now", fix: "Nothing is to be done: the other one goes on with it")
        }
    }
}
