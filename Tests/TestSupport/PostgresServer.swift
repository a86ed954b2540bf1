import Glibc
import Platform
import Postgres
import ServiceKit

/// A PostgreSQL server for tests, kept running by a thread of its own as the supervisor would: killed, it is started again.
public final class PostgresServer: Sendable {
    private struct State {
        var process: ChildProcess?
        var isKept = true
        var hasEnded = false
        var starts = 0
        var failure: String?
    }

    public struct Failure: Error, CustomStringConvertible { public let description: String }

    public let directory: TemporaryDirectory
    public let server: PrivateServer
    public let endpoint: PostgresEndpoint
    private let state = Locked(State())

    /// A server in a directory of its own, which `stop` removes.
    public init() throws {
        directory = try TemporaryDirectory()
        try PostgresTemplate.copy(to: directory)
        server = PrivateServer(directory: directory.path + "/postgres", logger: .disabled)
        endpoint = try server.prepare()
        // One thread for the server's whole life: the server ends with the thread that started it.
        Threads.start(name: "test-postgres") { [self] in keep() }
        try waitUntilReady()
    }

    /// As libpq takes it, with the password: for the environment of a child.
    ///
    /// - Parameter socketDirectory: another way to the same server, as a proxy's.
    public func url(through socketDirectory: String) throws -> String {
        let password = try Files.text(directory.path + "/postgres/password")
        return "postgresql://millwright:\(password.filter { !$0.isWhitespace })@/\(endpoint.database)?host=\(socketDirectory)"
    }

    private func keep() {
        while state.withLock({ $0.isKept }) {
            do {
                let command = try server.command()
                let log = open(command.startLog, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
                let process = try ChildProcess(
                    ChildCommand(
                        path: command.path, arguments: command.arguments, environment: command.environment, descriptors: [(log, 1), (log, 2)]))
                close(log)
                state.withLock {
                    $0.process = process
                    $0.starts += 1
                }
                while process.poll() == nil { usleep(2000) }
                state.withLock { $0.process = nil }
            } catch {
                state.withLock { $0.failure = "\(error)" }
                break
            }
        }
        state.withLock { $0.hasEnded = true }
    }

    /// nil while it is between two lives.
    public var pid: pid_t? { state.withLock { $0.process?.pid } }
    /// How often it was started.
    public var starts: Int { state.withLock { $0.starts } }

    /// kill -9 of the postmaster; it is started again at once.
    public func killHard() { if let pid { kill(pid, SIGKILL) } }

    public func waitUntilReady() throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !server.isReady {
            if let failure = state.withLock({ $0.failure }) { throw Failure(description: "the test server does not start: \(failure)") }
            guard ContinuousClock.now < deadline else { throw Failure(description: "the test server was not ready within 30 s") }
            usleep(2000)
        }
    }

    /// Ends it and removes its directory.
    public func stop() {
        state.withLock {
            $0.isKept = false
            // At once: the data is thrown away.
            $0.process?.signal(SIGQUIT)
        }
        for _ in 0..<15_000 where !state.withLock({ $0.hasEnded }) { usleep(2000) }
        directory.remove()
    }
}
