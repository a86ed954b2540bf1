import EventLoop
import Glibc
import Guards
import Kernel
import Platform
import Postgres
import Store
import TestSupport
import Testing

/// A private PostgreSQL server for the whole run of the suite; it ends with this process, and its directory with it.
final class PostgresFixture: Sendable {
    private let server: PostgresServer

    /// What `atexit` ends: a C callback can capture nothing.
    private static let servers = Locked<[PostgresServer]>([])
    private static let loops = Locked<[EventLoop]>([])

    init() throws {
        let server = try PostgresServer()
        self.server = server
        Self.servers.withLock { $0.append(server) }
    }

    /// When the process ends: the loop's thread stands still before OpenSSL takes down what it uses, then the server goes.
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
            for server in PostgresFixture.servers.withLock({ $0 }) { server.stop() }
        }
    }

    func connector(_ loop: EventLoop) -> PostgresConnector {
        let registry = GuardRegistry(defaults: { PostgresGuards.defaults(for: $0) ?? GuardRegistry.standardDefaults($0) })
        return PostgresConnector(endpoint: server.endpoint, loop: loop, guards: PostgresGuards(registry: registry))
    }
}
