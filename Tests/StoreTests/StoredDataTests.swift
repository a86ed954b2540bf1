import Kernel
import Platform
import Postgres
import Telemetry
import TestSupport
import Testing

@testable import Store

extension DatabaseTests {
    /// What is on disk, and how it gets there from one release to the next.
    @Suite(.serialized) struct StoredDataTests {
        // MARK: Encryption

        @Test func secretsCanNotBeFoundInTheDataDirectory() async throws {
            let server = try TestServer.required
            let endpoint = try await server.makeDatabase(TestLoop.shared)
            let (secret, open) = ("canary-secret-8f31c2", "canary-open-77ab09")
            try await TestStore.with(endpoint) { store in
                let key = TestStore.key("s", resource: "secrets")
                let created = try await store.commit(.create(key, TestStore.object("s", secret)))
                #expect(created.value == secret)
                let updated = try await store.commit(.update(key, from: created.revision, TestStore.object("s", secret + "2")))
                _ = try await store.commit(.delete(updated))
                _ = try await store.commit(.create(key, TestStore.object("s", secret + "3")))
                _ = try await store.commit(TestStore.create("c", open))
                let side = try await SideSession(endpoint)
                _ = try await side.connection.query(PostgresStatement("checkpoint"), .write, timeout: .seconds(60))
                await side.connection.close()
            }
            let grep = { (text: String) in try Programs.run(["/bin/grep", "-rlaF", text, server.directory.path]) }
            #expect(try grep(open) != "", "what is not secret is found, so the search can find something")
            #expect(try grep(secret) == "")
            // And read back by the next process.
            try await TestStore.with(endpoint) { store in
                #expect(store.get(TestStore.key("s", resource: "secrets"))?.value == secret + "3")
            }
        }

        @Test func theWrongKeyIsRefusedWithWhatToDo() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            try await TestStore.with(endpoint) { store in
                _ = try await store.commit(.create(TestStore.key("s", resource: "secrets"), TestStore.object("s", "x")))
            }
            let other = try KeyRing(text: String(repeating: "aa", count: 32), source: "test")
            await #expect { try await TestStore.with(endpoint, keys: other) { _ in } } throws: {
                guard case .invalid(let text)? = $0 as? StoreError else { return false }
                return text.contains("secrets/default/s") && text.contains("restore the key file")
            }
        }

        @Test func aSecretMovedToAnotherRowDoesNotOpen() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            try await TestStore.with(endpoint) { store in
                _ = try await store.commit(.create(TestStore.key("s", resource: "secrets"), TestStore.object("s", "x")))
                let side = try await SideSession(endpoint)
                _ = try await side.connection.query(PostgresStatement("update millwright.objects set name = 'mine'"), .write)
                await side.connection.close()
            }
            await #expect { try await TestStore.with(endpoint) { _ in } } throws: { "\($0)".contains("secrets/default/mine") }
        }

        // MARK: Restart

        @Test func everythingIsThereAfterARestart() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            let installation = try await TestStore.with(endpoint) { store in
                for number in 0..<30 {
                    _ = try await store.commit(TestStore.create("o\(number)", "\(number)", resource: number % 2 == 0 ? "evens" : "odds"))
                }
                let gone = try #require(store.get(TestStore.key("o3", resource: "odds")))
                _ = try await store.commit(.delete(gone))
                return store.installationID
            }
            try await TestStore.with(endpoint) { store in
                #expect(store.installationID == installation)
                #expect(store.currentRevision == 31)
                #expect(store.list("evens", namespace: nil).items.count == 15)
                #expect(store.list("odds", namespace: nil).items.count == 14)
                #expect(store.get(TestStore.key("o4", resource: "evens"))?.revision == 5)
                // A watch resumes when nothing of its own is missing, else it is told to relist.
                let latest = try #require(store.list("evens", namespace: nil).items.map(\.revision).max())
                _ = try store.watch("evens", namespace: nil, after: latest)
                #expect(throws: StoreError.compacted(oldest: 31)) { try store.watch("odds", namespace: nil, after: 30) }
                _ = try store.watch("never", namespace: nil, after: 0)
                #expect(try await store.commit(TestStore.create("next")).revision == 32)
            }
        }

        @Test func manyObjectsAreLoadedInOrder() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            try await TestStore.with(endpoint) { _ in }
            let side = try await SideSession(endpoint)
            let count = 20_000
            _ = try await side.connection.transaction(
                [
                    PostgresStatement(
                        """
                        insert into millwright.objects (resource, namespace, name, revision, value)
                        select 'configmaps', 'ns-' || n % 7, 'o-' || n, n, convert_to('{"metadata":{"name":"o-' || n || '"}}', 'UTF8')
                        from generate_series(1, $1::int8) n
                        """, [.int(Int64(count))]),
                    PostgresStatement("update millwright.revision set current = $1", [.int(Int64(count))]),
                    PostgresStatement("update millwright.compaction set revision = $1", [.int(Int64(count))]),
                ], .write, timeout: .seconds(60))
            await side.connection.close()
            try await TestStore.with(endpoint) { store in
                let list = store.list("configmaps", namespace: nil)
                #expect(list.revision == Int64(count))
                #expect(list.items.map(\.key) == list.items.map(\.key).sorted())
                #expect(list.items.count == count)
                #expect(store.list("configmaps", namespace: "ns-3").items.count == (1...count).filter { $0 % 7 == 3 }.count)
                let one = try #require(store.get(TestStore.key("o-777", namespace: "ns-0")))
                #expect(try one.json()[path: ["metadata", "resourceVersion"]] == "777")
            }
        }

        // MARK: Which database

        @Test func aDatabaseOfAnotherInstallationIsRefused() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            let (mine, other) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
            var settings = PostgresStoreSettings()
            settings.installation = mine
            try await TestStore.with(endpoint, settings: settings) { store in
                #expect(store.installationID == mine, "a new database takes the id it is given")
                _ = try await store.commit(TestStore.create("a"))
            }
            try await TestStore.with(endpoint) { store in #expect(store.installationID == mine) }
            settings.installation = other
            await #expect { try await TestStore.with(endpoint, settings: settings) { _ in } } throws: {
                "\($0)".contains(mine) && "\($0)".contains(other) && "\($0)".contains("--database-url")
            }
        }

        @Test(arguments: ["update millwright.installation set id = gen_random_uuid()", "update millwright.revision set current = 1"])
        func aDatabaseReplacedUnderARunningStoreIsNotWrittenTo(_ change: String) async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            let connector = try TestServer.required.connector(TestLoop.shared, endpoint)
            let store = try await PostgresObjectStore.open(connector, loop: TestLoop.shared, keys: TestStore.keys, logger: .disabled)
            let running = Task { try await store.run() }
            for name in ["a", "b", "c"] { _ = try await store.commit(TestStore.create(name)) }
            let side = try await SideSession(endpoint)
            _ = try await side.connection.query(PostgresStatement(change), .write)
            await #expect { try await store.commit(TestStore.create("d")) } throws: {
                if case .unavailable? = $0 as? StoreError { true } else { false }
            }
            await #expect { try await running.value } throws: { "\($0)".contains("was replaced or restored") }
            #expect(try await side.objects().keys.sorted() == ["a", "b", "c"])
            await side.connection.close()
        }

        // MARK: Migrations

        @Test func processesThatStartTogetherMigrateOnce() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<4 { group.addTask { try await TestStore.with(endpoint) { $0.installationID } } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let side = try await SideSession(endpoint)
            #expect(
                try await side.connection.query(PostgresStatement("select count(*) from millwright.migrations"), .read).int(0, 0)
                    == Int64(Migrations.all.count))
            await side.connection.close()
        }

        @Test func aSchemaOneReleaseAheadIsWorkedWithAndTwoAheadIsRefused() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            try await TestStore.with(endpoint) { _ in }
            let side = try await SideSession(endpoint)
            let ahead = { (release: Int64) in
                PostgresStatement(
                    "insert into millwright.migrations (number, release, name) values (900 + $1, $1, 'from the future')", [.int(release)])
            }
            _ = try await side.connection.query(ahead(Migrations.release + 1), .write)
            try await TestStore.with(endpoint) { store in _ = try await store.commit(TestStore.create("a")) }
            _ = try await side.connection.query(ahead(Migrations.release + 2), .write)
            await #expect { try await TestStore.with(endpoint) { _ in } } throws: {
                "\($0)".contains("release \(Migrations.release + 2)") && "\($0)".contains("start the newer Millwright")
            }
            await side.connection.close()
        }

        @Test func aMigrationThatFailsLeavesNothingOfItselfAndIsTriedAgain() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            let connection = try await TestServer.required.connector(TestLoop.shared, endpoint).connect()
            let bad = Migration(number: Int64(Migrations.all.count) + 1, release: 1, name: "half", statements: ["create table millwright.half (n int8)", "select 1/0"])
            await #expect(throws: PostgresError.self) {
                try await SchemaMigrator(connection: connection, logger: .disabled, migrations: Migrations.all + [bad]).run()
            }
            let exists = PostgresStatement("select to_regclass('millwright.half') is not null")
            #expect(try await !connection.query(exists, .read).bool(0, 0))
            await connection.close()  // as the failed process would, with its lock
            let again = try await TestServer.required.connector(TestLoop.shared, endpoint).connect()
            let good = Migration(number: Int64(Migrations.all.count) + 1, release: 1, name: "whole", statements: ["create table millwright.half (n int8)"])
            try await SchemaMigrator(connection: again, logger: .disabled, migrations: Migrations.all + [good]).run()
            #expect(try await again.query(exists, .read).bool(0, 0))
            await again.close()
        }

        @Test func migrationsAreNumberedInOrderAndNeverOfALaterRelease() {
            #expect(Migrations.all.map(\.number) == (1...Int64(Migrations.all.count)).map { $0 })
            #expect(Migrations.all.allSatisfy { $0.release <= Migrations.release })
        }

        // MARK: The log

        @Test func theLogIsKeptShort() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.compaction = .init(changes: 10, age: .zero, most: 1000, every: .milliseconds(10))
            try await TestStore.with(endpoint, settings: settings) { store in
                for number in 0..<60 { _ = try await store.commit(TestStore.create("o\(number)")) }
                let side = try await SideSession(endpoint)
                try await Eventually.holds("ten changes are left") { try await side.log().changes.map(\.revision) == Array(51...60) }
                #expect(try store.list("configmaps", namespace: nil, at: 5).items.count == 5, "memory keeps its own window")
                await side.connection.close()
            }
        }

        @Test func largeChangesOfOthersAreReadInBoundedPages() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.pollEvery = .seconds(3600)
            try await TestStore.with(endpoint, settings: settings) { first in
                let side = try await SideSession(endpoint)
                let sizes = [1, 3 << 20, 6 << 20, 9 << 20, 2, 7 << 20, 3]
                try await side.begin()
                for (number, size) in sizes.enumerated() { try await side.create(["o\(number)"], padding: size) }
                try await side.commit()
                #expect(await first.waitUntil(revision: Int64(sizes.count), timeout: .seconds(30)))
                #expect(first.list("configmaps", namespace: nil).items.map { $0.value.utf8.count } == sizes)
                await side.connection.close()
            }
        }

        @Test func aPoisonedWriteFailsAloneAndTheOthersOfItsBatchGetThrough() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            try await TestStore.with(endpoint) { store in
                let side = try await SideSession(endpoint)
                _ = try await side.connection.query(
                    PostgresStatement("alter table millwright.objects add constraint no_poison check (name <> 'poison')"), .write)
                // While the lock is held, all of these become one batch behind the first.
                try await side.begin()
                try await side.create(["held"])
                let outcomes = try await withThrowingTaskGroup(of: (String, Bool).self) { group in
                    for name in ["a", "b", "poison", "c", "d"] {
                        group.addTask {
                            do {
                                _ = try await store.commit(TestStore.create(name))
                                return (name, true)
                            } catch StoreError.invalid(let text) {
                                #expect(text.contains("configmaps/default/poison"))
                                return (name, false)
                            }
                        }
                    }
                    let look = try await SideSession(endpoint)
                    try await Eventually.holds("the first waits") { try await look.waiters() >= 1 }
                    await look.connection.close()
                    try await side.commit()
                    return try await group.reduce(into: [String: Bool]()) { $0[$1.0] = $1.1 }
                }
                #expect(outcomes == ["a": true, "b": true, "poison": false, "c": true, "d": true])
                #expect(try await side.log().changes.map(\.revision) == [1, 2, 3, 4, 5])
                await side.connection.close()
            }
        }
    }
}
