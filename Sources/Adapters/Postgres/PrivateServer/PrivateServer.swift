import Glibc
import Kernel
import Platform
import Telemetry

/// A PostgreSQL server of our own in a directory, for `millwright up` without a database URL.
///
/// Flow: `prepare()` once, by the process that will be the server's parent; then, for every start, `command()` gives what to run; `isReady`
/// tells when it takes connections; SIGINT (`stopSignal`) shuts it down. Whoever holds the directory's password reaches it by `endpoint(of:)`.
///
/// Guarantees: a kill at any moment, of this process or of the server, leaves what the next `prepare()` and `command()` recover from by
/// themselves. One process at a time runs the server. The server's parent takes it down with it, also when it is killed. No other user of
/// the machine gets in: the socket is in a directory closed to them, and the server wants the password, which is in a file of mode 0600 and
/// in no command line. Everything here blocks; no event loop is needed.
public final class PrivateServer: Sendable {
    /// What to run, as the supervisor takes it. The kernel ties the server's life to the thread that starts it: use one that lives as long as
    /// the process.
    public struct Command: Sendable {
        /// An absolute path.
        public let path: String
        /// Without the program's own name.
        public let arguments: [String]
        /// `NAME=value` lines: the whole environment.
        public let environment: [String]
        /// A file for what the server says before its own log begins: to be its standard output and error. It tells why it doesn't start.
        public let startLog: String
    }

    /// A fast shutdown: sessions end, what is open rolls back, a checkpoint is written. Within seconds.
    public static let stopSignal = SIGINT

    private struct Prepared {
        let lock: FileLock
        let account: ServerAccount
        let binaries: PostgresBinaries
        let socketDirectory: String
    }

    private let layout: ServerLayout
    private let logger: Logger
    private let prepared = Locked<Prepared?>(nil)

    /// - Parameter directory: its own, made when it isn't there; an absolute path. Those above it must let the server's account through.
    public init(directory: String, logger: Logger) {
        layout = ServerLayout(directory: directory)
        self.logger = logger
    }

    /// Locks the directory, ends what an earlier run left, and makes the database if there is none.
    ///
    /// - Returns: where the server will be found. It isn't running yet.
    /// - Throws: what is wrong and what to do; nothing is retried.
    public func prepare() throws(PrivateServerError) -> PostgresEndpoint {
        guard layout.directory.hasPrefix("/") else {
            throw PrivateServerError("the database's directory must be an absolute path; found \(layout.directory)")
        }
        let lock = try lockDirectory()
        DataDirectory.removeUnfinished(layout)
        let account = try ServerAccount.choose(dataDirectory: layout.data)
        try account.checkReach(layout.data)
        let version = try layout.dataVersion()
        let binaries = try PostgresBinaries.choose(dataVersion: version, dataDirectory: layout.data)
        if version == nil {
            if Files.exists(layout.data) {
                throw PrivateServerError("\(layout.data) is there but holds no PostgreSQL database; move it away and start again")
            }
            try DataDirectory.create(layout, account: account, binaries: binaries, logger: logger)
        }
        let socketDirectory = try SocketDirectory.prepare(layout, account: account)
        prepared.withLock { $0 = Prepared(lock: lock, account: account, binaries: binaries, socketDirectory: socketDirectory) }
        return try Self.endpoint(of: layout.directory)
    }

    var directory: String { layout.directory }

    /// What starts the server. Ends a server that still runs here, and waits for the last processes of one that was killed: call it right
    /// before each start.
    public func command() throws(PrivateServerError) -> Command {
        guard let prepared = prepared.withLock({ $0 }) else { throw PrivateServerError("prepare() comes before command()") }
        let processes = ServerProcesses(layout: layout)
        try processes.stop(logger: logger)
        try processes.clearReusedPid()
        DataDirectory.boundLogs(layout)
        var line = try prepared.account.launcher(diesWithParent: true)
        line += ServerCommandLine.arguments(layout, binaries: prepared.binaries, socketDirectory: prepared.socketDirectory)
        return Command(path: line[0], arguments: Array(line.dropFirst()), environment: ServerCommandLine.environment, startLog: layout.startLog)
    }

    /// Why the server died, and where more is to be read; nil when its logs don't tell.
    public var lastWords: String? { LastWords.of(layout) }

    /// Whether a server runs here and takes connections. Quick: reads what it says of itself.
    public var isReady: Bool {
        guard let content = layout.pidFileContent(), content.isReady else { return false }
        return ServerProcesses(layout: layout).isPostmaster(content.pid)
    }

    /// The process id of the server that runs here, for tests and for the doctor.
    public var processID: pid_t? { ServerProcesses(layout: layout).find().postmaster }

    /// Ends a server that runs here and returns when it is gone: for a parent that gives up, and for tests.
    public func stop() throws(PrivateServerError) { try ServerProcesses(layout: layout).stop(logger: .disabled) }

    /// Where the server in a directory is found, for another process that may read its password.
    public static func endpoint(of directory: String) throws(PrivateServerError) -> PostgresEndpoint {
        let layout = ServerLayout(directory: directory)
        let password: String
        do { password = try Files.text(layout.password) } catch {
            throw PrivateServerError(
                "\(error): without it the database in \(layout.data) can't be opened; restore the file from a backup, "
                    + "or move \(directory) away to begin anew")
        }
        return PostgresEndpoint(
            socketDirectory: SocketDirectory.current(layout), user: DataDirectory.user, password: password, database: DataDirectory.database)
    }

    private func lockDirectory() throws(PrivateServerError) -> FileLock {
        let lock: FileLock?
        do throws(SystemError) {
            try Files.makeDirectory(layout.directory, mode: 0o711)
            guard chmod(layout.directory, 0o711) == 0 else { throw .last("set the mode of \(layout.directory)") }
            lock = try FileLock(path: layout.lock)
        } catch {
            throw PrivateServerError("\(error)")
        }
        guard let lock else {
            let holder: String
            do { holder = try Files.text(layout.lock).filter(\.isNumber) } catch { holder = "" }  // only makes the message poorer
            throw PrivateServerError(
                "the database in \(layout.directory) is in use by another Millwright\(holder.isEmpty ? "" : " (process \(holder))"); "
                    + "stop that one, or choose another --data-dir")
        }
        do { try lock.note(String(getpid())) } catch { throw PrivateServerError("\(error)") }
        return lock
    }
}
