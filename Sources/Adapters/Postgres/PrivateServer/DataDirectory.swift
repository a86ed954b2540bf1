import Glibc
import Kernel
import Platform
import Telemetry

/// Makes the data directory of a private server, so that a kill at any moment leaves either none or a whole one.
enum DataDirectory {
    static let user = "millwright"
    static let database = "postgres"
    private static let unfinished = "data.new-"

    static func create(
        _ layout: ServerLayout, account: ServerAccount, binaries: PostgresBinaries, logger: Logger
    ) throws(PrivateServerError) {
        guard let password = RandomText.hex(bytes: 24), let suffix = RandomText.hex(bytes: 4) else {
            throw PrivateServerError("/dev/urandom gives no randomness; repair the system's devices")
        }
        let temporary = "\(layout.directory)/\(unfinished)\(suffix)"
        let passwordForInit = "\(temporary).password"
        defer { unlink(passwordForInit) }
        do throws(SystemError) {
            // The password first: once the data is there, so is what opens it.
            try Files.write(Array(password.utf8), to: layout.password, mode: 0o600)
            try Files.write(Array((password + "\n").utf8), to: passwordForInit, mode: 0o600)
            try Files.makeDirectory(temporary, mode: 0o700)
        } catch {
            throw PrivateServerError("\(error)")
        }
        try account.own(passwordForInit)
        try account.own(temporary)
        logger.info("making a database", ["directory": layout.data, "version": "\(binaries.major)"])
        let outcome: BlockingProgram.Outcome
        do throws(SystemError) {
            outcome = try BlockingProgram.run(
                try launcher(account) + [
                    binaries.initdb, "-D", temporary, "-U", user, "--pwfile=\(passwordForInit)", "-A", "scram-sha-256", "-E", "UTF8",
                    "--locale=C", "--data-checksums", "--no-instructions", "--no-sync",
                ])
        } catch {
            throw PrivateServerError("\(error)")
        }
        guard outcome.isSuccess else {
            let last = outcome.output.split(separator: "\n").suffix(3).joined(separator: "; ")
            throw PrivateServerError("initdb could not make a database in \(layout.directory): \(last)")
        }
        // Its file system at once, instead of initdb's thousand files one after the other, which takes seconds on a busy disk.
        Glibc.sync()
        guard rename(temporary, layout.data) == 0 else {
            throw PrivateServerError("cannot rename \(temporary) to \(layout.data): \(String(cString: strerror(errno)))")
        }
        sync(layout.directory)
    }

    private static func launcher(_ account: ServerAccount) throws(SystemError) -> [String] {
        do { return try account.launcher(diesWithParent: true) } catch {
            throw SystemError(code: ENOENT, doing: "find setpriv (package util-linux)")
        }
    }

    /// Removes what an interrupted `create` left.
    static func removeUnfinished(_ layout: ServerLayout) {
        let names: [String]
        do { names = try Files.list(layout.directory) } catch { return }  // made in a moment
        for name in names where name.hasPrefix(unfinished) { OpenDirectory.removeTree("\(layout.directory)/\(name)") }
    }

    /// Logs over this many bytes are dropped at start; PostgreSQL itself keeps seven, one for each weekday.
    private static let logLimit = 16 << 20
    /// A few lines come with each start.
    private static let startLogLimit = 1 << 20

    static func boundLogs(_ layout: ServerLayout) {
        var start = stat()
        if lstat(layout.startLog, &start) == 0, Int(start.st_size) > startLogLimit { unlink(layout.startLog) }
        let names: [String]
        do { names = try Files.list(layout.data + "/log") } catch { return }  // none yet
        for name in names {
            var info = stat()
            let path = "\(layout.data)/log/\(name)"
            if lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, Int(info.st_size) > logLimit { unlink(path) }
        }
    }

    private static func sync(_ directory: String) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
