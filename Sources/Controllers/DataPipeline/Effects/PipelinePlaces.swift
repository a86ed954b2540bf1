import Confinement
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

    /// Whom workers become where a namespace's directory belongs to root, and this process is root.
    let user: (uid: UInt32, gid: UInt32)

    /// Nobody, and no group, as Debian numbers them.
    public static let nobody: (uid: UInt32, gid: UInt32) = (65534, 65534)

    public init(root: String, allowed: [(namespace: String, prefix: String)], user: (uid: UInt32, gid: UInt32) = nobody) {
        self.root = root
        self.allowed = allowed
        self.user = user
    }

    func directory(_ namespace: String) -> String { "\(root)/\(namespace)" }

    /// Spill files and the like, by run; nothing of it is the user's.
    func work(_ run: String) -> String { "\(root)/.millwright/runs/\(run)" }

    func reports(_ key: NamespacedName) -> String { "\(directory(key.namespace))/\(Self.reports)/\(key.name)" }

    private static let reports = ".reports"

    /// Does something with the directory of a namespace's reports. It is in a directory that may be anybody's: it is done in the owner's name, so that
    /// nothing that was put there leads to what the owner couldn't reach himself.
    func withReports<Result>(of namespace: String, _ body: (borrowing OpenDirectory) throws(SystemError) -> Result) throws(SystemError) -> Result {
        let place = try OpenDirectory(directory(namespace)), owner = try place.owner()
        let reports = try FileIdentity.with(owner) { () throws(SystemError) in try place.directory(Self.reports, mode: 0o755) }
        // Of one that root made before the namespace's directory was given away, only root can go on.
        let keeper = try reports.owner()
        return try FileIdentity.with(keeper) { () throws(SystemError) in try body(reports) }
    }

    /// Removes a directory of a report of ours; any other path is left alone.
    func removeReport(_ path: String) throws(SystemError) {
        guard path.hasPrefix(root + "/") else { return }
        let parts = path.dropFirst(root.utf8.count + 1).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[1] == Self.reports, !parts.contains(".."), !parts.contains("."), !parts.contains(""), Files.exists(path) else { return }
        try withReports(of: parts[0]) { reports in reports.remove(parts[2]) }
    }

    func prefixes(_ namespace: String) -> [String] { [directory(namespace)] + allowed.filter { $0.namespace == namespace }.map(\.prefix) }

    /// The directories of a run are there. Where this process is root, says whom the worker becomes: the owner of the namespace's directory, and where
    /// that is root, `user`. Never root.
    func prepare(_ namespace: String, run: String) throws(ActionFailure) -> (uid: UInt32, gid: UInt32)? {
        let place = directory(namespace)
        do throws(SystemError) {
            let isNew = !Files.exists(place)
            try Files.makeDirectory(place, mode: 0o755)
            try Files.makeDirectory(work(run), mode: 0o700)
            guard geteuid() == 0 else { return nil }
            // One that somebody made stays as it is: it may be shared, and what is in it isn't ours to give away.
            if isNew, chown(place, user.uid, user.gid) != 0 { throw .last("give \(place) to user \(user.uid)") }
            var info = stat()
            guard stat(place, &info) == 0 else { throw .last("look at \(place)") }
            let owner = info.st_uid == 0 ? user : (uid: info.st_uid, gid: info.st_gid == 0 ? user.gid : info.st_gid)
            // The worker's own: its lock, spilled rows, and what an earlier worker of another user left there.
            try OpenDirectory(work(run)).give(to: owner)
            return owner
        } catch {
            throw .transient("the pipelines' directory can't be used: \(error); make it writable, or start Millwright with another --pipeline-root")
        }
    }

    /// A run that has ended needs nothing of it any more.
    func remove(_ run: String) { OpenDirectory.removeTree(work(run)) }
}
