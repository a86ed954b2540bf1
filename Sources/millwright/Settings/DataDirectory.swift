import Glibc
import Platform

/// Everything that stays on disk: keys and certificates, the admin's kubeconfig, the private PostgreSQL.
struct DataDirectory: Sendable {
    let path: String

    static var defaultPath: String {
        if let given = Environ["MILLWRIGHT_DATA_DIR"], !given.isEmpty { return given }
        if getuid() == 0 { return "/var/lib/millwright" }
        let home = Environ["HOME"] ?? "/tmp"
        return (Environ["XDG_DATA_HOME"] ?? "\(home)/.local/share") + "/millwright"
    }

    init(_ given: String?) throws {
        guard given != "" else { throw CommandFailure(ExitStatus.usage, "--data-dir: names no directory; leave it out for \(Self.defaultPath)") }
        var path = given ?? Self.defaultPath
        if !path.hasPrefix("/") {
            guard let here = Files.resolved(".") else { throw CommandFailure(ExitStatus.configuration, "the current directory can't be read; give --data-dir an absolute path") }
            path = "\(here)/\(path)"
        }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    var lock: String { "\(path)/lock" }
    var kubeconfig: String { "\(path)/kubeconfig" }
    var keys: String { "\(path)/keys" }
    /// The installation id, for commands that run while the server does not.
    var installation: String { "\(path)/installation" }
    /// Holds the private server's cluster; its own directory, so that it can belong to another user.
    var postgres: String { "\(path)/postgres" }

    /// Held by the control plane: one that a killed supervisor left behind must have ended before its successor acts.
    func waitForPredecessor() throws -> FileLock {
        let path = "\(path)/control.lock"
        for attempt in 0..<600 {
            if let lock = try FileLock(path: path) { return lock }
            if attempt == 0 { Terminal.note("waiting for an earlier control plane on \(self.path) to end") }
            usleep(50_000)
        }
        throw CommandFailure(ExitStatus.failure, "an earlier control plane still runs on \(self.path) after 30 s; find it with 'pgrep -af \"millwright serve\"' and end it")
    }

    /// Makes it, for its owner alone (others may pass through to the directory of PostgreSQL, which has modes of its own).
    func create() throws {
        do throws(SystemError) {
            try Files.makeDirectory(path, mode: 0o711)
            try Files.makeDirectory(keys, mode: 0o700)
        } catch {
            throw CommandFailure(ExitStatus.configuration, "\(error); choose a directory you may write to by --data-dir")
        }
    }

    /// Held as long as the value lives: one control plane for one data directory.
    func acquireLock() throws -> FileLock {
        let lock: FileLock?
        do throws(SystemError) { lock = try FileLock(path: self.lock) } catch {
            throw CommandFailure(ExitStatus.configuration, "\(error); choose a directory you may write to by --data-dir")
        }
        guard let lock else {
            let holder = (try? Files.text(self.lock))?.split(separator: "\n").first.map { " (process \($0))" } ?? ""
            throw CommandFailure(
                ExitStatus.configuration,
                "another Millwright\(holder) already runs on \(path): use that one (export KUBECONFIG=\(kubeconfig)), stop it, or give this one a --data-dir of its own")
        }
        try lock.note("\(getpid())")
        return lock
    }
}
