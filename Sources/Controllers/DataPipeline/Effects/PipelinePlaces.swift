import Glibc
import Kernel
import PipelineJobs
import Platform
import Reconciliation

/// Where the files of a namespace's pipelines are: below `--pipeline-root`, and where the installation allows more.
public struct PipelinePlaces: Sendable {
    /// An absolute path.
    let root: String
    /// `--allow-host-path`: namespaces and prefixes.
    let allowed: [(namespace: String, prefix: String)]

    public init(root: String, allowed: [(namespace: String, prefix: String)]) {
        self.root = root
        self.allowed = allowed
    }

    func directory(_ namespace: String) -> String { "\(root)/\(namespace)" }

    /// Spill files and the like, by run; nothing of it is the user's.
    func work(_ run: String) -> String { "\(root)/.millwright/runs/\(run)" }

    func reports(_ key: NamespacedName) -> String { "\(directory(key.namespace))/.reports/\(key.name)" }

    /// Whether it is the directory of a report of ours, and nothing else.
    func isReport(_ path: String) -> Bool {
        guard path.hasPrefix(root + "/") else { return false }
        let parts = path.dropFirst(root.utf8.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[1] == ".reports" && !parts.contains("..") && !parts.contains(".") && !parts.contains("")
    }

    func prefixes(_ namespace: String) -> [String] { [directory(namespace)] + allowed.filter { $0.namespace == namespace }.map(\.prefix) }

    /// The directories of a run are there; the worker becomes the owner of the namespace's directory if that isn't root.
    func prepare(_ namespace: String, run: String) throws(ActionFailure) -> (uid: UInt32, gid: UInt32)? {
        do throws(SystemError) {
            try Files.makeDirectory(directory(namespace), mode: 0o755)
            try Files.makeDirectory(work(run), mode: 0o700)
            var info = stat()
            guard stat(directory(namespace), &info) == 0 else { throw .last("look at \(directory(namespace))") }
            guard geteuid() == 0, info.st_uid != 0 else { return nil }
            // The worker's own: it takes the run's lock there.
            guard chown(work(run), info.st_uid, info.st_gid) == 0 else { throw .last("give \(work(run)) to user \(info.st_uid)") }
            return (info.st_uid, info.st_gid)
        } catch {
            throw .transient("the pipelines' directory can't be used: \(error); make it writable, or start Millwright with another --pipeline-root")
        }
    }

    /// A run that has ended needs nothing of it any more.
    func remove(_ run: String) { Self.removeTree(work(run)) }

    /// What is there of it; what can't be removed stays.
    static func removeTree(_ path: String) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        do throws(SystemError) { for name in try Files.list(path) { removeTree("\(path)/\(name)") } } catch { return }
        rmdir(path)
    }
}
