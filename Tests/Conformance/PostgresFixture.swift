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

/// A private PostgreSQL server for the whole run of the suite; it ends with this process, and its directory with it.
final class PostgresFixture: Sendable {
    private struct State {
        var process: ChildProcess?
        var failure: String?
    }

    private let server: PrivateServer
    private let state = Locked(State())
    let endpoint: PostgresEndpoint

    /// What `atexit` removes: a C callback can capture nothing.
    private static let directories = Locked<[String]>([])

    init() throws {
        var template = Array("/tmp/mw-conformance-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a temporary directory") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The server's own user must get through.
        chmod(directory, 0o711)
        Self.directories.withLock { $0.append(directory) }
        server = PrivateServer(directory: directory + "/postgres", logger: .disabled)
        endpoint = try server.prepare()
        // The server ends with the thread that started it, so that one waits for ever.
        Threads.start(name: "conformance-postgres") { [self] in keep() }
        let deadline = ContinuousClock.now + .seconds(30)
        while !server.isReady {
            if let failure = state.withLock({ $0.failure }) { throw TestFailure("PostgreSQL does not start: \(failure)") }
            guard ContinuousClock.now < deadline else { throw TestFailure("PostgreSQL was not ready within 30 s") }
            usleep(5000)
        }
    }

    private func keep() {
        do {
            let command = try server.command()
            let log = open(command.startLog, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            let process = try ChildProcess(
                ChildCommand(
                    path: command.path, arguments: command.arguments, environment: command.environment, descriptors: [(log, 1), (log, 2)]))
            close(log)
            state.withLock { $0.process = process }
            while process.poll() == nil { usleep(50_000) }
        } catch {
            state.withLock { $0.failure = "\(error)" }
        }
    }

    /// When the process ends: the loop's thread stands still before OpenSSL takes down what it uses, then the directories go.
    ///
    /// Called once OpenSSL runs: handlers are called in the reverse of the order they were registered in.
    static func cleanUpAtExit(_ loop: EventLoop) {
        loops.withLock { $0.append(loop) }
        atexit {
            for loop in PostgresFixture.loops.withLock({ $0 }) {
                let stands = Locked(false)
                loop.execute {
                    stands.withLock { $0 = true }
                    while true { sleep(1000) }
                }
                for _ in 0..<2000 where !stands.withLock({ $0 }) { usleep(1000) }
            }
            PostgresFixture.removeDirectories()
        }
    }

    private static let loops = Locked<[EventLoop]>([])

    private static func removeDirectories() {
        for directory in directories.withLock({ $0 }) {
            guard let pipe = popen("/bin/rm -rf '\(directory)' 2>/dev/null", "r") else { continue }
            pclose(pipe)
        }
    }

    func connector(_ loop: EventLoop) -> PostgresConnector {
        let registry = GuardRegistry(defaults: { PostgresGuards.defaults(for: $0) ?? GuardRegistry.standardDefaults($0) })
        return PostgresConnector(endpoint: endpoint, loop: loop, guards: PostgresGuards(registry: registry))
    }
}

/// What this machine offers; a miss is said once, and is a failure where the capability is required.
enum Capability {
    static let required = Set((Environ["MILLWRIGHT_REQUIRE"] ?? "").split(separator: ",").map(String.init))

    static let postgres: Bool = {
        if required.contains("postgres") { return true }
        if Files.exists("/usr/lib/postgresql") { return true }
        print("conformance over a socket is skipped: no PostgreSQL server programs here (Debian: apt-get install postgresql)")
        return false
    }()

    /// The kubectl programs to try: `KUBECTLS` (a list with `:`), else the one on the path.
    static let kubectls: [String] = {
        let named = (Environ["KUBECTLS"] ?? "").split(separator: ":").map(String.init)
        if !named.isEmpty { return named }
        let directories = (Environ["PATH"] ?? "").split(separator: ":").map { String($0) }
        let found = directories.map { (directory: String) -> String in directory + "/kubectl" }.first { (path: String) -> Bool in access(path, X_OK) == 0 }
        if let found { return [found] }
        if required.contains("kubectl") { return ["/usr/bin/kubectl"] }
        print("kubectl's flows are skipped: no kubectl on the path (Debian: apt-get install kubernetes-client)")
        return []
    }()
}
