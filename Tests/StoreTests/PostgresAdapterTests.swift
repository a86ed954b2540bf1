import EventLoop
import Glibc
import Guards
import Kernel
import Platform
import Resilience
import TestSupport
import Testing

@testable import Postgres

extension DatabaseTests {
    /// The adapter against a real server.
    @Suite(.serialized) struct PostgresAdapterTests {
        private func connect(limits: PostgresConnector.Limits = .init()) async throws -> PostgresConnection {
            try await TestServer.required.connector(TestLoop.shared, limits: limits).connect()
        }

        @Test func valuesGoThereAndBack() async throws {
            let connection = try await connect()
            let bytes: [UInt8] = [0, 1, 255, 39, 92]
            let rows = try await connection.query(
                PostgresStatement(
                    "select $1::bytea, $2::text, $3::int8, $4::bool, $5::text, $6::int8[], array_length($7::text[], 1), ($8::bytea[])[2], $9::bytea, 7::int2, 8::int4",
                    [
                        .bytes(bytes), .text("é\n"), .int(.min), .bool(true), .text(nil), .ints([1, -2, .max]), .texts(["a", nil, ""]),
                        .byteArrays([[], bytes]),
                        .bytes([]),
                    ]), .read)
            #expect(rows.count == 1)
            #expect(rows.bytes(0, 0) == bytes)
            #expect(rows.text(0, 1) == "é\n")
            #expect(try rows.int(0, 2) == .min)
            #expect(try rows.bool(0, 3))
            #expect(rows.bytes(0, 4) == nil)
            #expect(try rows.ints(0, 5) == [1, -2, .max])
            #expect(try rows.int(0, 6) == 3)
            #expect(rows.bytes(0, 7) == bytes)
            #expect(rows.bytes(0, 8) == [], "an empty value is not NULL")
            #expect(try rows.int(0, 9) == 7)
            #expect(try rows.int(0, 10) == 8)
            #expect(rows.bytes(0, 99) == nil && rows.bytes(9, 0) == nil && rows.bytes(-1, 0) == nil)
            #expect(throws: PostgresError.self) { try rows.int(0, 4) }
            #expect(throws: PostgresError.self) { try rows.ints(0, 0) }
            #expect(try await connection.query(PostgresStatement("select $1::int8[]", [.ints([])]), .read).ints(0, 0) == [])
            await connection.close()
        }

        @Test func aFailedStatementSaysWhyAndTheConnectionGoesOn() async throws {
            let connection = try await connect()
            await #expect { try await connection.query(PostgresStatement("select 1/0"), .read) } throws: {
                ($0 as? PostgresError)?.sqlState == "22012" && ($0 as? PostgresError)?.isOutcomeUnknown == false
            }
            await #expect(throws: PostgresError.self) { try await connection.query(PostgresStatement("selec 1", isPrepared: true), .read) }
            await #expect(throws: PostgresError.self) { try await connection.query(PostgresStatement("selec 1", isPrepared: true), .read) }
            // Prepared well, failing at run time, and then not.
            let divide = { (n: Int64) in PostgresStatement("select 6 / $1::int8", [.int(n)], isPrepared: true) }
            await #expect(throws: PostgresError.self) { try await connection.query(divide(0), .read) }
            #expect(try await connection.query(divide(2), .read).int(0, 0) == 3)
            #expect(await connection.isOpen)
            await connection.close()
        }

        @Test func aTransactionIsAllOrNothing() async throws {
            let connection = try await connect()
            _ = try await connection.query(PostgresStatement("create table pairs (n int8 primary key)"), .write)
            let insert = { (n: Int64) in PostgresStatement("insert into pairs values ($1)", [.int(n)], isPrepared: true) }
            _ = try await connection.transaction([insert(1), insert(2)], .write)
            await #expect { try await connection.transaction([insert(3), insert(1), insert(4)], .write) } throws: {
                ($0 as? PostgresError)?.sqlState == "23505"
            }
            #expect(try await connection.query(PostgresStatement("select count(*) from pairs"), .read).int(0, 0) == 2)
            // One skipped by a failure before it is prepared again.
            await #expect(throws: PostgresError.self) {
                try await connection.transaction(
                    [insert(1), PostgresStatement("delete from pairs where n = $1", [.int(2)], isPrepared: true)], .write)
            }
            #expect(
                try await connection.query(PostgresStatement("delete from pairs where n = $1", [.int(2)], isPrepared: true), .write).affected
                    == 1)
            await connection.close()
        }

        @Test func overlappingRequestsEachGetTheirOwnAnswer() async throws {
            let connection = try await connect()
            try await withThrowingTaskGroup(of: (Int64, Int64).self) { group in
                for number in 0..<30 {
                    group.addTask {
                        (
                            Int64(number),
                            try await connection.query(
                                PostgresStatement("select $1::int8", [.int(Int64(number))], isPrepared: number % 2 == 0), .read
                            ).int(0, 0)
                        )
                    }
                }
                for try await (asked, answered) in group { #expect(asked == answered) }
            }
            await connection.close()
        }

        @Test func aLargeResultIsStreamedRowByRow() async throws {
            let connection = try await connect()
            let seen = Locked((count: 0, sum: Int64(0)))
            try await connection.stream(
                PostgresStatement("select n::int8, repeat('x', 1000) from generate_series(1, 20000) n"), timeout: .seconds(60)
            ) { row throws(PostgresError) in
                let value = try row.int(0, 0)
                seen.withLock {
                    $0.count += row.count
                    $0.sum += value
                }
            }
            #expect(seen.withLock { $0.count } == 20000)
            #expect(seen.withLock { $0.sum } == 200_010_000)
            #expect(try await connection.query(PostgresStatement("select 1::int8"), .read).int(0, 0) == 1)
            await #expect(throws: PostgresError.malformed("enough")) {
                try await connection.stream(PostgresStatement("select 1 from generate_series(1, 100000)"), timeout: .seconds(60)) {
                    _ throws(PostgresError) in
                    throw .malformed("enough")
                }
            }
            #expect(await !connection.isOpen)
        }

        @Test func notificationsAreHeardWithoutAsking() async throws {
            let (listener, speaker) = (try await connect(), try await connect())
            let heard = Locked<[String]>([])
            let isLost = Locked(false)
            try await listener.listen("news") { channel, payload in
                heard.withLock { $0.append("\(channel) \(payload)") }
            } onLoss: {
                isLost.withLock { $0 = true }
            }
            _ = try await speaker.query(PostgresStatement("select pg_notify('news', 'one')"), .write)
            _ = try await speaker.query(PostgresStatement("select pg_notify('other', 'two')"), .write)
            _ = try await speaker.query(PostgresStatement("select pg_notify('news', 'three')"), .write)
            try await Eventually.holds("both are heard") { heard.withLock { $0 } == ["news one", "news three"] }
            _ = try await speaker.query(
                PostgresStatement(
                    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'"),
                .write)
            try await Eventually.holds("the loss is told") { isLost.withLock { $0 } }
            await #expect { try await listener.query(PostgresStatement("select 1"), .read) } throws: {
                if case .connectionLost(_, wasSent: false)? = $0 as? PostgresError { true } else { false }
            }
            await #expect(throws: PostgresError.self) {
                try await speaker.listen("a; drop table x") { _, _ in
                } onLoss: {
                }
            }
            await speaker.close()
        }

        @Test func theServerEndsSlowStatementsForCertain() async throws {
            let connection = try await connect(limits: .init(statement: .milliseconds(50)))
            await #expect { try await connection.query(PostgresStatement("select pg_sleep(60)"), .read) } throws: {
                ($0 as? PostgresError)?.sqlState == "57014" && ($0 as? PostgresError)?.isOutcomeUnknown == false
            }
            #expect(await connection.isOpen)
            await connection.close()
        }

        @Test func timeoutAndCancellationDropTheConnectionAndSayTheOutcomeIsUnknown() async throws {
            let first = try await connect()
            await #expect { try await first.query(PostgresStatement("select pg_sleep(60)"), .write, timeout: .milliseconds(20)) } throws: {
                $0 as? PostgresError == .timeout(.milliseconds(20)) && ($0 as? PostgresError)?.isOutcomeUnknown == true
            }
            #expect(await !first.isOpen)

            let second = try await connect()
            let started = Locked(false)
            let task = Task {
                started.withLock { $0 = true }
                return try await second.query(PostgresStatement("select pg_sleep(60)"), .write).count
            }
            let watcher = try await connect()
            try await Eventually.holds("the statement runs") {
                try await watcher.query(
                    PostgresStatement(
                        "select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active' and pid <> pg_backend_pid()"
                    ), .read
                ).int(0, 0) > 0
            }
            task.cancel()
            await #expect { try await task.value } throws: { $0 as? PostgresError == .cancelled(wasSent: true) }
            #expect(await !second.isOpen)
            await watcher.close()
        }

        @Test func neitherErrorsNorDescriptionsShowThePassword() async throws {
            let canary = "s3cr3t-canary"
            let wrong = try TestServer.required.endpoint.with("password", canary)
            let connector = try TestServer.required.connector(TestLoop.shared, wrong)
            do {
                _ = try await connector.connect()
                Issue.record("a wrong password was accepted")
            } catch {
                #expect("\(error)".contains("password authentication failed"))
                #expect(!"\(error)".contains(canary))
                #expect(error.isOutcomeUnknown == false)
            }
            for text in ["postgresql://u:\(canary)@[::1:5432/db", "postgresql://u:\(canary)@host:notaport:x/db?x=y", "host='\(canary)"] {
                #expect { try PostgresEndpoint(url: text) } throws: { !"\($0)".contains(canary) && "\($0)".contains("--database-url") }
            }
            let good = try PostgresEndpoint(url: "postgresql://u:\(canary)@db.example:6432/plant?sslmode=require")
            var dumped = "\(good) \(String(reflecting: good))"
            dump(good, to: &dumped)
            #expect(!dumped.contains(canary))
            #expect(good.description == "PostgreSQL at db.example:6432, database plant")
        }

        @Test func aDatabaseIsReachedByItsURL() async throws {
            let server = try TestServer.required
            let proxy = try FaultProxy(upstream: server.endpoint.host, overTCP: true)
            defer { proxy.stop() }
            let password = try Files.text(server.server.directory + "/password")
            let endpoint = try PostgresEndpoint(url: "postgresql://millwright:\(password)@127.0.0.1:\(proxy.port)/postgres?sslmode=disable")
            #expect("\(endpoint)" == "PostgreSQL at 127.0.0.1:\(proxy.port), database postgres")
            let connection = try await server.connector(TestLoop.shared, endpoint).connect()
            #expect(try await connection.query(PostgresStatement("select 7::int8"), .read).int(0, 0) == 7)
            await connection.close()
        }

        /// Everything that reaches the database, by name: a new way in must be added here, and is refused by an open breaker.
        @Test func noCallGetsPastAnOpenBreaker() async throws {
            let registry = GuardRegistry()
            let connection = try await PostgresConnector(
                endpoint: TestServer.required.endpoint, loop: TestLoop.shared, guards: PostgresGuards(registry: registry, target: "closed")
            ).connect()
            let keys = registry.guards.map(\.key)
            #expect(keys.map(\.name) == ["postgresql.closed.Connect", "postgresql.closed.Read", "postgresql.closed.Write"])
            for key in keys { registry.configure(key, BreakerSettings(force: .open)) }
            let connector = PostgresConnector(
                endpoint: try TestServer.required.endpoint, loop: TestLoop.shared, guards: PostgresGuards(registry: registry, target: "closed"))
            let pool = PostgresPool(connector)
            let statement = PostgresStatement("select 1")
            let calls: [(name: String, call: @Sendable () async throws -> Void)] = [
                ("PostgresConnection.query", { _ = try await connection.query(statement, .read) }),
                ("PostgresConnection.query", { _ = try await connection.query(statement, .write) }),
                ("PostgresConnection.transaction", { _ = try await connection.transaction([statement], .write) }),
                ("PostgresConnection.stream", { try await connection.stream(statement, timeout: .seconds(1)) { _ in } }),
                (
                    "PostgresConnection.listen",
                    {
                        try await connection.listen("a") { _, _ in
                        } onLoss: {
                        }
                    }
                ),
                ("PostgresConnector.connect", { _ = try await connector.connect() }),
                ("PostgresPool.query", { _ = try await pool.query(statement, .read) }),
                ("PostgresPool.transaction", { _ = try await pool.transaction([statement], .write) }),
                ("PostgresPool.with", { try await pool.with { _ in } }),
            ]
            for (name, call) in calls {
                await #expect("\(name) is guarded") { try await call() } throws: {
                    if case .refused? = $0 as? PostgresError { true } else { false }
                }
            }
            // The sources hold no other way in: each public function that can wait for the server is in the list.
            let sources = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Sources/Adapters/Postgres"
            var found: Set<String> = []
            for file in try Files.list(sources) where file.hasSuffix(".swift") {
                let lines = try Files.text("\(sources)/\(file)").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                for (at, line) in lines.enumerated() {
                    if let range = line.split(separator: "public func ").last, line.hasPrefix("    public func ") {
                        let head = lines[at..<min(at + 5, lines.count)].joined(separator: " ").split(separator: "{").first ?? ""
                        if head.contains("async throws") { found.insert("\(file.dropLast(6)).\(range.prefix { $0.isLetter })") }
                    }
                    if line.contains("PQsend") || line.contains("PQexec") { #expect(file == "PostgresSending.swift", "\(file): \(line)") }
                    if line.contains("PostgresSending.") { #expect(file == "PostgresConnection.swift", "\(file): \(line)") }
                    if line.contains("PQconnect") { #expect(file == "PostgresConnector.swift", "\(file): \(line)") }
                    // The one way to `PostgresSending`, called behind a guard only.
                    if line.contains("await perform(") {
                        #expect(lines[max(0, at - 2)..<at].joined().contains("PostgresGuards.run("), "\(file): \(line)")
                    }
                }
            }
            #expect(found == Set(calls.map(\.name)))
            await connection.close()
        }

        @Test func nobodyThereIsSaidSoWithoutBlocking() async throws {
            let nowhere = PostgresEndpoint(socketDirectory: "/nonexistent", user: "u", password: "p", database: "d")
            await #expect { try await TestServer.required.connector(TestLoop.shared, nowhere).connect() } throws: {
                if case .unreachable(let message)? = $0 as? PostgresError { message.contains("/nonexistent") } else { false }
            }
            // A server that accepts and never answers.
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let silent = try SilentServer(path: directory.path + "/.s.PGSQL.5432")
            defer { silent.stop() }
            let endpoint = PostgresEndpoint(socketDirectory: directory.path, user: "u", password: "p", database: "d")
            await #expect {
                try await TestServer.required.connector(TestLoop.shared, endpoint, limits: .init(connect: .milliseconds(50))).connect()
            } throws: {
                if case .unreachable? = $0 as? PostgresError { true } else { false }
            }
            let task = Task { try await TestServer.required.connector(TestLoop.shared, endpoint).connect() }
            task.cancel()
            await #expect { try await task.value } throws: { ($0 as? PostgresError) == .cancelled(wasSent: false) }
        }

        @Test func thePoolLendsABoundedNumberAndReplacesWhatBreaks() async throws {
            let pool = PostgresPool(try TestServer.required.connector(TestLoop.shared), size: 2, waiters: 3)
            let pids = Locked<Set<Int64>>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        let pid = try await pool.query(PostgresStatement("select pg_backend_pid()::int8"), .read).int(0, 0)
                        pids.withLock { _ = $0.insert(pid) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(pids.withLock { $0.count } <= 2)

            // Both lent out, three wait, the next is refused; a cancelled one makes room.
            let gate = Locked(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let holding = Locked(0)
                for _ in 0..<2 {
                    group.addTask {
                        try await pool.with { _ throws(PostgresError) in
                            holding.withLock { $0 += 1 }
                            do { try await Eventually.holds("the gate opens") { gate.withLock { $0 } } } catch { throw .malformed("\(error)") }
                        }
                    }
                }
                try await Eventually.holds("both are lent") { holding.withLock { $0 } == 2 }
                let waiting = (0..<3).map { _ in Task { try await pool.query(PostgresStatement("select 1::int8"), .read).int(0, 0) } }
                try await Eventually.holds("three wait") { await pool.waiting == 3 }
                await #expect(throws: PostgresError.exhausted) { try await pool.query(PostgresStatement("select 1"), .read) }
                waiting[0].cancel()
                await #expect(throws: PostgresError.cancelled(wasSent: false)) { try await waiting[0].value }
                gate.withLock { $0 = true }
                #expect(try await waiting[1].value == 1)
                #expect(try await waiting[2].value == 1)
                try await group.waitForAll()
            }
            // A broken one is not lent out again.
            for _ in 0..<3 {
                _ = try? await pool.query(PostgresStatement("select pg_terminate_backend(pg_backend_pid())"), .write)
                #expect(try await pool.query(PostgresStatement("select 1::int8"), .read).int(0, 0) == 1)
            }
            await pool.close()
            await #expect(throws: PostgresError.self) { try await pool.query(PostgresStatement("select 1"), .read) }
        }
    }
}

extension PostgresPool {
    var waiting: Int { waiterCount }
}

/// Accepts connections and never says a word.
final class SilentServer: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = try UnixSocket.listen(path)
    }

    func stop() { close(descriptor) }
}
