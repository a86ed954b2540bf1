import Glibc
import Platform
import Postgres
import ServiceKit
import Telemetry

/// The supervisor of `up` and `manager`: prepares the data directory, then keeps PostgreSQL and the control plane alive.
enum Supervision {
    /// The exit statuses of the control plane that say "starting me again is of no use".
    private static let hopeless: Set<Int32> = [ExitStatus.configuration, ExitStatus.usage]

    /// What the supervisor and the control plane wait for in one place each.
    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGCHLD]

    static func blockSignals() { _ = Signals(blocking: signals) }

    /// - Parameters:
    ///   - worker: the hidden command that does the work, `serve` or `control`.
    ///   - words: the options it was given; it gets the same.
    /// - Returns: the exit status of the whole command.
    static func run(worker: String, words: [String], settings: Settings) throws -> Int32 {
        let signals = Signals(blocking: signals)
        let logger = settings.logger.with(["process": "supervisor"])
        try settings.dataDirectory.create()
        let lock = try settings.dataDirectory.acquireLock()
        let lifeline: (read: Int32, write: Int32)
        do throws(SystemError) { lifeline = try Lifeline.make() } catch {
            throw CommandFailure(ExitStatus.configuration, "\(error); raise the limit of open files (ulimit -n)")
        }
        guard let binary = Files.resolved("/proc/self/exe") else {
            throw CommandFailure(ExitStatus.configuration, "/proc is not mounted: millwright can't find its own binary to start the control plane")
        }

        var children: [SupervisedChild] = []
        if settings.databaseURL == nil { children.append(try database(settings, logger)) }
        var environment = Environ.all.filter { $0.key != Lifeline.variable }.map { "\($0.key)=\($0.value)" } + [Lifeline.environment]
        // The runtime's own crash report walks the whole binary's symbols for up to a minute, in which nothing serves. Ask for it by hand.
        if Environ["SWIFT_BACKTRACE"] == nil { environment.append("SWIFT_BACKTRACE=enable=no") }
        let childEnvironment = environment
        children.append(
            SupervisedChild(name: "control plane", stopSignal: SIGTERM, stopGrace: .seconds(40), givesUpWith: hopeless) {
                ChildCommand(path: binary, arguments: [worker] + words, environment: childEnvironment, descriptors: Lifeline.descriptors(lifeline.read))
            })
        var supervisor = Supervisor(children: children, signals: signals, logger: logger)
        let status = supervisor.run()
        close(lifeline.write)
        withExtendedLifetime(lock) {}
        return status
    }

    private static func database(_ settings: Settings, _ logger: Logger) throws -> SupervisedChild {
        let server = PrivateServer(directory: settings.dataDirectory.postgres, logger: logger)
        do { _ = try server.prepare() } catch {
            throw CommandFailure(ExitStatus.configuration, "the private PostgreSQL can't be prepared: \(error)")
        }
        return SupervisedChild(
            name: "PostgreSQL", stopSignal: PrivateServer.stopSignal, stopGrace: .seconds(30),
            // Some seconds, with the pauses between.
            broken: (
                after: 7, status: ExitStatus.configuration,
                fix: "Mend what is said there, then start Millwright again; its log is in \(settings.dataDirectory.postgres). If the database can't be mended, restore \(settings.dataDirectory.postgres) from a backup, "
                    + "or move it away to begin with an empty one: containers and files stay"),
            command: {
                let command = try server.command()
                let output = open(command.startLog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
                guard output >= 0 else { throw SystemError.last("open \(command.startLog)") }
                return ChildCommand(
                    path: command.path, arguments: command.arguments, environment: command.environment,
                    descriptors: [(ours: output, theirs: STDOUT_FILENO), (ours: output, theirs: STDERR_FILENO)], closesAfterStart: [output])
            }, isReady: { server.isReady }, lastWords: { server.lastWords })
    }
}
