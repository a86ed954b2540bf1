import EventLoop
import Kernel
import Platform
import TestSupport
import Postgres

@testable import Store

/// Another session that writes as the store does, but holds its transaction open between taking its revisions and committing.
struct SideSession: Sendable {
    let endpoint: PostgresEndpoint
    let connection: PostgresConnection
    private let identity: [UInt8]
    private let writer: [UInt8]
    private let batch = Locked<Int64>(0)

    init(_ endpoint: PostgresEndpoint) async throws {
        self.endpoint = endpoint
        connection = try await PostgresConnector(
            endpoint: endpoint, loop: TestLoop.shared, guards: TestServer.guards(), limits: .init(statement: .seconds(60), lock: .seconds(60))
        ).connect()
        identity = try await StoreIdentity.read(connection, wanted: nil).bytes
        writer = (0..<16).map { _ in UInt8.random(in: 0...255) }
    }

    func begin() async throws { _ = try await connection.query(PostgresStatement("begin"), .write) }
    func commit() async throws { _ = try await connection.query(PostgresStatement("commit"), .write) }
    func rollback() async throws { _ = try await connection.query(PostgresStatement("rollback"), .write) }

    func execute(_ sql: String) async throws { _ = try await connection.query(PostgresStatement(sql), .write) }

    /// Creates objects in the transaction that is open; the revisions it got.
    @discardableResult
    func create(_ names: [String], resource: String = "configmaps", padding: Int = 4) async throws -> [Int64] {
        let number = batch.withLock { batch -> Int64 in
            batch += 1
            return batch
        }
        let rows = try await connection.query(
            PostgresStatement(
                CommitFunction.call,
                [
                    .uuid(identity), .int(0), .uuid(writer), .int(number), .ints(names.map { _ in CommitFunction.Kind.create }),
                    .texts(names.map { _ in resource }),
                    .texts(names.map { _ in "default" }), .texts(names), .ints(names.map { _ in 0 }), .texts(names.map { _ in nil }),
                    .byteArrays(names.map { TestStore.object($0, String(repeating: "s", count: padding)) }),
                ]), .write, timeout: .seconds(60))
        return Array(try rows.ints(0, 0).dropFirst())
    }

    /// Sessions that wait for a lock of this database.
    func waiters() async throws -> Int64 {
        try await connection.query(
            PostgresStatement("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"), .read
        ).int(0, 0)
    }

    /// The counter, and the log's revisions in order.
    func log() async throws -> (current: Int64, changes: [(revision: Int64, kind: Int64, name: String)]) {
        let current = try await connection.query(PostgresStatement("select current from millwright.revision"), .read).int(0, 0)
        let rows = try await connection.query(PostgresStatement("select revision, kind, name from millwright.changes order by revision"), .read)
        return (current, try rows.indices.map { (try rows.int($0, 0), try rows.int($0, 1), rows.text($0, 2) ?? "") })
    }

    func objects() async throws -> [String: Int64] {
        let rows = try await connection.query(PostgresStatement("select name, revision from millwright.objects order by name"), .read)
        var result: [String: Int64] = [:]
        for row in rows.indices { result[rows.text(row, 0) ?? ""] = try rows.int(row, 1) }
        return result
    }
}
