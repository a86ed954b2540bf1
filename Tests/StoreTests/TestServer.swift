import EventLoop
import Glibc
import Guards
import Kernel
import Platform
import Postgres
import ServiceKit
import Store
import Telemetry
import Testing

/// A private PostgreSQL server for tests, kept running by a thread of its own as the supervisor would.
final class TestServer: Sendable {
    private struct State {
        var process: ChildProcess?
        var isKept = true
        var hasEnded = false
        var starts = 0
    }

    /// The server of the suite that runs.
    @TaskLocal static var current: TestServer?

    let directory: TemporaryDirectory
    let server: PrivateServer
    let endpoint: PostgresEndpoint
    private let state = Locked(State())
    private let databases = Locked(0)

    init(logger: Logger = .disabled) throws {
        directory = try TemporaryDirectory()
        try DatabaseTemplate.copy(to: directory)
        server = PrivateServer(directory: directory.path + "/postgres", logger: logger)
        endpoint = try server.prepare()
        // One thread for the server's whole life: the server ends with the thread that started it.
        Threads.start(name: "test-server") { [self] in keep() }
        try waitUntilReady()
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
                Issue.record("the test server does not start: \(error)")
                break
            }
        }
        state.withLock { $0.hasEnded = true }
    }

    var pid: pid_t? { state.withLock { $0.process?.pid } }
    var starts: Int { state.withLock { $0.starts } }

    /// kill -9 of the postmaster; it is started again at once.
    func killHard() { if let pid { kill(pid, SIGKILL) } }

    func waitUntilReady() throws {
        try Eventually.blocking("the server takes connections", within: .seconds(30)) { self.server.isReady }
    }

    func stop() {
        state.withLock {
            $0.isKept = false
            // At once: the data is thrown away.
            $0.process?.signal(SIGQUIT)
        }
        do { try Eventually.blocking("the server ends", within: .seconds(30)) { self.state.withLock { $0.hasEnded } } } catch {
            Issue.record(error)
        }
        directory.remove()
    }

    /// A new, empty database.
    func makeDatabase(_ loop: EventLoop) async throws -> PostgresEndpoint {
        let number = databases.withLock { number -> Int in
            number += 1
            return number
        }
        let connection = try await connector(loop).connect()
        _ = try await connection.query(PostgresStatement("create database test_\(number)"), .write, timeout: .seconds(60))
        await connection.close()
        return endpoint.with("dbname", "test_\(number)")
    }

    func connector(_ loop: EventLoop, _ endpoint: PostgresEndpoint? = nil, limits: PostgresConnector.Limits = .init()) -> PostgresConnector {
        PostgresConnector(endpoint: endpoint ?? self.endpoint, loop: loop, guards: Self.guards(), limits: limits)
    }

    static func guards(
        _ registry: GuardRegistry = GuardRegistry(defaults: { PostgresGuards.defaults(for: $0) ?? GuardRegistry.standardDefaults($0) })
    ) -> PostgresGuards {
        PostgresGuards(registry: registry)
    }
}

/// A directory under /tmp that the server's user may pass through.
final class TemporaryDirectory: Sendable {
    let path: String

    init(suffix: String = "") throws {
        var template = Array("/tmp/mw-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a temporary directory") }
        let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(root, 0o711)
        path = root
    }

    func remove() {
        do { _ = try Programs.run(["/bin/rm", "-rf", path]) } catch { Issue.record(error) }
    }
}

enum Programs {
    /// Runs a program to its end; its standard output.
    static func run(_ arguments: [String]) throws -> String {
        let command = arguments.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
        guard let pipe = popen(command + " 2>&1", "r") else { throw SystemError.last("run \(arguments.first ?? "")") }
        defer { pclose(pipe) }
        return String(decoding: try Files.readAll(fileno(pipe), name: "output"), as: UTF8.self)
    }
}

extension String {
    func replacing(_ part: String, with other: String) -> String {
        split(separator: Character(part), omittingEmptySubsequences: false).joined(separator: other)
    }
}

/// Waiting for a condition, with a bound.
enum Eventually {
    struct Failure: Error, CustomStringConvertible { let description: String }

    static func blocking(_ what: String, within limit: Duration = .seconds(20), _ condition: () -> Bool) throws {
        let clocks = SystemClocks()
        let start = clocks.monotonic
        while !condition() {
            guard clocks.monotonic - start < limit else { throw Failure(description: "not within \(limit): \(what)") }
            usleep(2000)
        }
    }

    static func holds(_ what: String, within limit: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws {
        let clocks = SystemClocks()
        let start = clocks.monotonic
        while try await !condition() {
            guard clocks.monotonic - start < limit else { throw Failure(description: "not within \(limit): \(what)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// Starts one server for a suite and stops it at the end.
struct WithServer: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
        guard Capability.postgres else { return try await body() }
        let server = try TestServer()
        defer { server.stop() }
        try await TestServer.$current.withValue(server) { try await body() }
    }
}

extension Trait where Self == WithServer {
    static var server: WithServer { WithServer() }
}

enum Capability {
    /// Whether this machine has the PostgreSQL server's programs.
    static let postgres: Bool = {
        do { return try !Files.list("/usr/lib/postgresql").isEmpty } catch { return Programs.has("initdb") }
    }()

    /// A missing capability that is required fails the tests instead of skipping them.
    static let isPostgresRequired = (Environ["MILLWRIGHT_REQUIRE"] ?? "").split(separator: ",").contains("postgres")
    static let runsPostgres = postgres || isPostgresRequired
    static let reason: Comment = "no PostgreSQL server programs here (Debian: apt-get install postgresql)"
}

extension Programs {
    static func has(_ name: String) -> Bool {
        (Environ["PATH"] ?? "").split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}

/// One event loop for all tests of the process.
enum TestLoop {
    static let shared: EventLoop = {
        do {
            let loop = try EventLoop()
            try loop.start(name: "test-loop")
            return loop
        } catch {
            preconditionFailure("\(error)")
        }
    }()
}

extension TestServer {
    static var required: TestServer {
        get throws { try #require(current, "PostgreSQL is required (MILLWRIGHT_REQUIRE) but not installed") }
    }
}

/// The suites that share one server, one after another, as some of them kill it.
@Suite(.enabled(if: Capability.runsPostgres, Capability.reason), .server, .serialized) enum DatabaseTests {}

/// A database made once for the process and copied, as making one takes seconds on a busy disk.
enum DatabaseTemplate {
    private static let directory: Result<TemporaryDirectory, any Error> = Result {
        let directory = try TemporaryDirectory()
        leftover.withLock { $0 = directory.path }
        atexit {
            guard let path = leftover.withLock({ $0 }) else { return }
            do { _ = try Programs.run(["/bin/rm", "-rf", path]) } catch { print("\(path) is left behind: \(error)") }
        }
        _ = try PrivateServer(directory: directory.path + "/postgres", logger: .disabled).prepare()
        return directory
    }
    private static let leftover = Locked<String?>(nil)

    /// A prepared directory, `postgres` in the one given.
    static func copy(to target: TemporaryDirectory) throws {
        let output = try Programs.run(["/bin/cp", "-a", try directory.get().path + "/postgres", target.path + "/postgres"])
        guard output.isEmpty else { throw Eventually.Failure(description: output) }
    }
}
