import Glibc
import Platform
import ServiceKit

/// A memory cgroup for one worker: whatever it does, in whatever call it is, the kernel ends it when it grows beyond the bound.
///
/// Made below this process's own group, where the system lets it (version 1 or 2); removed when the worker has ended. Groups that an earlier
/// process left behind are removed when the next is made.
final class MemoryGroup: Sendable {
    enum Version: Sendable { case one, two }

    /// A directory that groups may be made in.
    struct Place: Equatable, Sendable {
        var version: Version
        var directory: String
    }

    let path: String
    private let version: Version
    private static let made = Locked(0)
    private static let prefix = "millwright-worker-"

    /// - Parameter path: a directory that is there.
    init(_ path: String, _ version: Version) {
        self.path = path
        self.version = version
    }

    /// - Returns: nil where nobody lets this process make one.
    static func make(limit: Int64) -> MemoryGroup? { make(limit: limit, groups: text("/proc/self/cgroup"), mounts: text("/proc/self/mountinfo")) }

    static func make(limit: Int64, groups: String, mounts: String) -> MemoryGroup? {
        for place in places(groups: groups, mounts: mounts) {
            sweep(place.directory)
            let number = made.withLock { made -> Int in
                made += 1
                return made
            }
            let group = MemoryGroup("\(place.directory)/\(prefix)\(getpid())-\(number)", place.version)
            guard mkdir(group.path, 0o755) == 0 else { continue }
            if group.bound(limit, in: place.directory) { return group }
            rmdir(group.path)
        }
        return nil
    }

    /// Where groups may be, best first: below the own group; in version 2, whose groups with processes have none below them, beside it.
    static func places(groups: String, mounts: String) -> [Place] {
        var result: [Place] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let version: Version
            if parts[1].split(separator: ",").contains("memory") { version = .one } else if parts[0] == "0", parts[1].isEmpty { version = .two } else { continue }
            guard let directory = directory(of: String(parts[2]), version, mounts) else { continue }
            // Version 1 first: where both are mounted, the controller is there.
            if version == .one { result.insert(Place(version: .one, directory: directory), at: 0) } else { result.append(Place(version: .two, directory: directory)) }
            let names = parts[2].split(separator: "/")
            // A slice is somebody else's; a service or a scope with a group of its own below it was given to us.
            guard version == .two, names.count >= 2, !names[names.count - 2].hasSuffix(".slice"), let slash = directory.lastIndex(of: "/") else { continue }
            result.append(Place(version: .two, directory: String(directory[..<slash])))
        }
        return result
    }

    private static func directory(of group: String, _ version: Version, _ mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            // id parent device root point options … - type source options
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), words.count > dash + 3, words.count > 5 else { continue }
            let isRight = version == .two ? words[dash + 1] == "cgroup2" : words[dash + 1] == "cgroup" && words[dash + 3].split(separator: ",").contains("memory")
            guard isRight else { continue }
            let root = words[3] == "/" ? "" : String(words[3]), inner = group == "/" ? "" : group
            // A container that sees the host's names has its own group mounted as the root.
            return String(words[4]) + (inner == root || inner.hasPrefix(root + "/") ? String(inner.dropFirst(root.count)) : inner)
        }
        return nil
    }

    private static func text(_ path: String) -> String {
        do throws(SystemError) { return try Files.text(path) } catch { return "" }
    }

    /// What processes left that are gone; a group with a process in it can't be removed.
    private static func sweep(_ directory: String) {
        let names: [String]
        do throws(SystemError) { names = try Files.list(directory) } catch { return }
        for name in names where name.hasPrefix(prefix) {
            guard let owner = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ pid_t($0) }), owner != getpid(), kill(owner, 0) != 0, errno == ESRCH else { continue }
            rmdir("\(directory)/\(name)")
        }
    }

    func bound(_ limit: Int64, in parent: String) -> Bool {
        switch version {
        case .one:
            guard write("\(limit)", to: "memory.limit_in_bytes") else { return false }
            // Where swap isn't counted there is no such file.
            _ = write("\(limit)", to: "memory.memsw.limit_in_bytes")
            return true
        case .two:
            if !Files.exists("\(path)/memory.max") { _ = Self.write("+memory", to: "\(parent)/cgroup.subtree_control") }
            guard write("\(limit)", to: "memory.max") else { return false }
            _ = write("0", to: "memory.swap.max")
            return true
        }
    }

    private func write(_ text: String, to file: String) -> Bool { Self.write(text, to: "\(path)/\(file)") }

    private static func write(_ text: String, to path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return Glibc.write(file, text, text.utf8.count) == text.utf8.count
    }

    /// Puts a process into it. Takes some tens of milliseconds: the kernel waits for all its processors.
    func add(_ process: pid_t) -> Bool { write("\(process)", to: "cgroup.procs") }

    /// The kernel has ended a process of the group because of its bound.
    var hasKilled: Bool {
        let events = Self.text("\(path)/\(version == .one ? "memory.oom_control" : "memory.events")")
        return events.split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == "oom_kill" && words[1] != "0"
        }
    }

    /// Its processes have ended.
    func remove() {
        // The kernel takes a moment to see that the last process is gone.
        for _ in 0..<100 where rmdir(path) != 0 && errno == EBUSY { usleep(2000) }
    }
}
