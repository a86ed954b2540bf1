import Glibc
import Kernel
import Platform
import Telemetry

/// The processes of one private server, also those that a killed Millwright or a killed postmaster left behind.
///
/// Told by their command lines, which anyone may read: that of the postmaster names the data directory, those of its children begin with
/// the cluster's name.
struct ServerProcesses {
    let layout: ServerLayout

    struct Found {
        var postmaster: pid_t?
        var children: [pid_t] = []
        var isEmpty: Bool { postmaster == nil && children.isEmpty }
        var all: [pid_t] { (postmaster.map { [$0] } ?? []) + children }
    }

    func find() -> Found {
        var found = Found()
        let names: [String]
        do { names = try Files.list("/proc") } catch { return found }  // no /proc, nothing to be known
        let ownDepth = Self.namespaceDepth("self")
        for name in names {
            guard let pid = pid_t(name), pid != getpid(), let arguments = Self.commandLine(pid), let program = arguments.first else { continue }
            let isChild = program.hasPrefix("postgres: \(layout.clusterName): ")
            // One inside a container is another's, though its path reads the same.
            guard isChild || isPostmaster(arguments), Self.namespaceDepth(name) == ownDepth else { continue }
            if isChild { found.children.append(pid) } else { found.postmaster = pid }
        }
        return found
    }

    func isPostmaster(_ pid: pid_t) -> Bool { Self.commandLine(pid).map(isPostmaster) ?? false }

    private func isPostmaster(_ arguments: [String]) -> Bool {
        guard let program = arguments.first, program.hasSuffix("/postgres"), let option = arguments.firstIndex(of: "-D") else { return false }
        return arguments.dropFirst(option + 1).first == layout.data
    }

    /// Ends all of them, cleanly if they let us, and returns when they are gone: two servers on one data directory would destroy it.
    ///
    /// A backend whose postmaster died ends by itself once it notices; a postmaster shuts down on SIGINT, rolling back what is open.
    func stop(logger: Logger) throws(PrivateServerError) {
        var found = find()
        guard !found.isEmpty else { return }
        logger.warning(
            "stopping a database server that an earlier run left behind", ["directory": layout.data, "processes": "\(found.all.count)"])
        let patience: [(signal: Int32, wait: Duration)] = [(SIGINT, .seconds(20)), (SIGQUIT, .seconds(5)), (SIGKILL, .seconds(5))]
        let clocks = SystemClocks()
        for (signal, wait) in patience {
            // To backends SIGINT would only cancel a statement: with their postmaster gone they get SIGQUIT, after a moment to end alone.
            if let postmaster = found.postmaster { kill(postmaster, signal) }
            let start = clocks.monotonic
            var isAsked = false
            while clocks.monotonic - start < wait {
                found = find()
                if found.isEmpty { return }
                if found.postmaster == nil, !isAsked, clocks.monotonic - start > .milliseconds(500) {
                    for child in found.children { kill(child, signal == SIGKILL ? SIGKILL : SIGQUIT) }
                    isAsked = true
                }
                usleep(10_000)
            }
        }
        let left = found.all.map(String.init).joined(separator: ", ")
        throw PrivateServerError("the database server in \(layout.data) does not end (process \(left)); end it, then start again")
    }

    /// Takes away a `postmaster.pid` whose process id now belongs to somebody else: PostgreSQL would believe that the server still runs.
    /// Any other stale one is left to PostgreSQL, which knows best. Call it only when `find` is empty and the lock is held.
    func clearReusedPid() throws(PrivateServerError) {
        guard let content = layout.pidFileContent(), kill(content.pid, 0) == 0 || errno == EPERM, !isPostmaster(content.pid) else { return }
        guard unlink(layout.pidFile) == 0 || errno == ENOENT else {
            throw PrivateServerError("cannot remove the stale \(layout.pidFile): \(String(cString: strerror(errno))); remove it and start again")
        }
    }

    /// How many process namespaces a process is in, one inside the other, as far as they can be seen from here.
    private static func namespaceDepth(_ process: String) -> Int? {
        let text: String
        do { text = try Files.text("/proc/\(process)/status") } catch { return nil }  // ended in between
        let line = text.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
        return line.map { $0.split(whereSeparator: \.isWhitespace).count - 1 } ?? 1
    }

    private static func commandLine(_ pid: pid_t) -> [String]? {
        let bytes: [UInt8]
        do { bytes = try Files.read("/proc/\(pid)/cmdline", limit: 1 << 20) } catch { return nil }  // ended in between, or hidden
        guard !bytes.isEmpty else { return nil }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
