import Glibc
import Platform
import RowSteps

/// The checkpoint as a file, replaced by renaming. The last one of a run that succeeded stays for who keeps the run's state: until that is
/// cleared away the run isn't over, and must not be done a second time.
public final class FileCheckpointStore: CheckpointStore {
    private let path: String

    public init(path: String) { self.path = path }

    public func load() throws(PipelineProblem) -> [UInt8]? {
        guard Files.exists(path) else { return nil }
        do throws(SystemError) {
            return try Files.read(path)
        } catch { throw .checkpointFile(path, error) }
    }

    public func save(_ checkpoint: [UInt8]) throws(PipelineProblem) {
        do throws(SystemError) {
            try Files.write(checkpoint, to: path, mode: 0o600)
        } catch { throw .checkpointFile(path, error) }
    }

    public func finish() throws(PipelineProblem) {}

    public func remove() throws(PipelineProblem) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw .checkpointFile(path, .last("remove \(path)"))
    }
}

extension PipelineProblem {
    static func checkpointFile(_ path: String, _ error: SystemError) -> PipelineProblem {
        PipelineProblem(
            .fatal, .resource, what: "the checkpoint can't be kept", at: .init(file: path), why: "\(error)",
            fix: "Make the file's directory writable and free space on it; then resume the run")
    }
}
