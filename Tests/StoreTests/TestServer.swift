import EventLoop
import Glibc
import Guards
import Kernel
import Platform
import Postgres
import ServiceKit
import Store
import Telemetry
import TestSupport
import Testing

/// The private PostgreSQL server of a suite.
typealias TestServer = PostgresServer

extension PostgresServer {
    /// The server of the suite that runs.
    @TaskLocal static var current: TestServer?

    private static let databases = Locked(0)

    /// A new, empty database.
    func makeDatabase(_ loop: EventLoop) async throws -> PostgresEndpoint {
        let number = Self.databases.withLock { number -> Int in
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
@Suite(.enabled(if: Capability.postgres, "no PostgreSQL server programs here"), .server, .serialized) enum DatabaseTests {}
