import Dataflow
import Platform
import RowSteps

/// A checkpoint store that first makes sure of the files a resumed run begins with. Only now, not when they are written: most runs end
/// before they need any of it, and the first row needn't wait for a disk.
final class RunFilesSynced: CheckpointStore {
    private let store: any CheckpointStore
    /// Cleared by the first checkpoint.
    private var files: [String]

    init(_ store: any CheckpointStore, files: [String]) {
        self.store = store
        self.files = files
    }

    func load() throws(PipelineProblem) -> [UInt8]? { try store.load() }

    func save(_ checkpoint: [UInt8]) throws(PipelineProblem) {
        for file in files where Files.exists(file) {
            do throws(SystemError) { try Files.sync(file) } catch {
                throw PipelineProblem(
                    .fatal, .resource, what: "the run's own directory can't be used", at: .init(file: file), why: "\(error)",
                    fix: "Free space and make it writable for the run's user", isTransient: true)
            }
        }
        files = []
        try store.save(checkpoint)
    }

    func remove() throws(PipelineProblem) { try store.remove() }
}
