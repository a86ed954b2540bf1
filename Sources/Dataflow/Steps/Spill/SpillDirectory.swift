import Glibc
import Platform

/// The private directory where the steps of one run keep what doesn't fit in memory.
///
/// Guarantees: only the run's account can read it; files are made here and never elsewhere; after a crash `adopt` removes every file
/// that the checkpoint doesn't name; a file that a step is done with stays until a checkpoint that no longer names it was saved.
public final class SpillDirectory: Sendable {
    public let path: String
    private struct State: Sendable {
        var made = false
        var next = 0
        /// Files that their steps no longer need.
        var leaving: [(step: String, name: String)] = []
    }
    private let state: Locked<State>

    /// Nothing is made until the first file is.
    public init(path: String) {
        self.path = path
        state = Locked(State())
    }

    /// A new file's name, unique in this run.
    func newName(_ step: String) throws(PipelineProblem) -> String {
        let (number, made) = state.withLock { state in
            state.next += 1
            return (state.next, state.made)
        }
        if !made {
            do throws(SystemError) {
                try Files.makeDirectory(path, mode: 0o700)
            } catch { throw .spill(error) }
            state.withLock { $0.made = true }
        }
        // Only letters and digits of the step's name: it comes from a document and goes into a path.
        let safe = step.unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) }.prefix(20)
        return "\(number)-" + String(String.UnicodeScalarView(safe))
    }

    func fullPath(_ name: String) -> String { path + "/" + name }

    /// A file that its step needs no more, and that is needed only until a checkpoint without it is saved.
    func release(_ name: String, step: String) { state.withLock { $0.leaving.append((step, name)) } }

    /// Called when a step has given its state: what it released until now is not in that state.
    public func takeReleased(by step: String) -> [String] {
        state.withLock { state in
            let names = state.leaving.filter { $0.step == step }.map(\.name)
            state.leaving.removeAll { $0.step == step }
            return names
        }
    }

    /// Called when the checkpoint with that state is saved.
    public func remove(_ names: [String]) {
        for name in names { unlink(fullPath(name)) }
    }

    /// After a restart: keeps the files that `names` lists and removes all others.
    public func adopt(_ names: Set<String>) throws(PipelineProblem) {
        var highest = 0
        if Files.isDirectory(path) {
            let found: [String]
            do throws(SystemError) {
                found = try Files.list(path)
            } catch { throw .spill(error) }
            for name in found {
                if names.contains(name) {
                    highest = max(highest, Int(name.prefix { $0 != "-" }) ?? 0)
                } else {
                    unlink(fullPath(name))
                }
            }
        }
        let number = highest
        state.withLock { state in
            state.next = max(state.next, number)
            state.leaving = []
        }
    }

    /// A file that a checkpoint names must still be there, whole.
    func check(_ name: String, length: Int) throws(PipelineProblem) {
        var info = stat()
        guard stat(fullPath(name), &info) == 0, Int(info.st_size) >= length else { throw .spillDamaged(fullPath(name)) }
    }

    /// At the end of the run, however it ends: nothing stays behind.
    public func removeAll() {
        guard Files.isDirectory(path) else { return }
        if let names = try? Files.list(path) {  // nothing depends on it: what can't be listed is removed by the next run's adopt
            for name in names { unlink(fullPath(name)) }
        }
        rmdir(path)
        state.withLock { $0.made = false }
    }
}

extension PipelineProblem {
    static func spill(_ error: SystemError) -> PipelineProblem {
        PipelineProblem(
            .fatal, .resource, what: "the disk space for sorting and grouping can't be used", why: "\(error)",
            fix: "Free space on that file system or give the run another work directory; then resume the run")
    }

    static func spillDamaged(_ path: String) -> PipelineProblem {
        PipelineProblem(
            .fatal, .checkpoint, what: "a file that the checkpoint needs is missing or damaged", at: .init(file: path),
            why: "it is shorter than the checkpoint says or doesn't have the form it was written in",
            fix: "Start the run again from its beginning; nothing was committed")
    }
}
