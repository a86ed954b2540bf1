import Guards
import Kernel
import Platform
import Postgres
import Telemetry
import Testing

@testable import Store

extension DatabaseTests {
    /// No event lost, none out of order, none twice.
    @Suite(.serialized) struct OrderingTests {
        /// Eight writers here, writers in a second store, and side sessions that pause between revision and commit (some roll back), while the
        /// log is compacted all the time. Watches of both stores must see each revision once and in order.
        @Test func noEventIsLostOrOutOfOrderBesidePausedTransactionsAndCompaction() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.compaction = .init(changes: 150, age: .zero, most: 300, every: .milliseconds(10))
            settings.writeDeadline = .seconds(60)
            let limits = PostgresConnector.Limits(statement: .seconds(60), lock: .seconds(60))
            let (perWriter, pauses) = (40, 25)
            let seed = UInt64.random(in: 0...UInt64.max)
            print("noEventIsLost… seed \(seed)")

            try await TestStore.with(endpoint, settings: settings, limits: limits) { [settings] first in
                try await TestStore.with(endpoint, settings: settings, limits: limits) { second in
                    let followers = [(first, "first"), (second, "second")].map { store, name in Task { try await Self.follow(store, name) } }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for writer in 0..<8 {
                            group.addTask {
                                for number in 0..<perWriter {
                                    let created = try await first.commit(TestStore.create("w\(writer)-\(number)"))
                                    if number % 3 == 0 {
                                        _ = try await first.commit(.update(created.key, from: created.revision, TestStore.object("x", "2")))
                                    } else if number % 4 == 1 {
                                        _ = try await first.commit(.delete(created))
                                    }
                                }
                            }
                        }
                        group.addTask {
                            for number in 0..<perWriter { _ = try await second.commit(TestStore.create("second-\(number)")) }
                        }
                        group.addTask {
                            var random = SeededRandom(seed: seed)
                            let side = try await SideSession(endpoint)
                            let look = try await SideSession(endpoint)
                            for number in 0..<pauses {
                                try await side.begin()
                                try await side.create(["side-\(number)-a", "side-\(number)-b"])
                                // The pause: until the stores' writers stand in line behind it, or have nothing to write any more.
                                for _ in 0..<200 where try await look.waiters() == 0 { await Task.yield() }
                                if Int.random(in: 0..<3, using: &random) == 0 { try await side.rollback() } else { try await side.commit() }
                            }
                            await side.connection.close()
                            await look.connection.close()
                        }
                        try await group.waitForAll()
                    }
                    // What tells the followers that they have seen all.
                    _ = try await first.commit(TestStore.create("end"))
                    let side = try await SideSession(endpoint)
                    let (current, changes) = try await side.log()
                    #expect(
                        changes.map(\.revision) == Array((current - Int64(changes.count) + 1)...current),
                        "what is left of the log has no gap (seed \(seed))")
                    let objects = try await side.objects()
                    await side.connection.close()
                    for (store, follower) in zip([first, second], followers) {
                        #expect(await store.waitUntil(revision: current, timeout: .seconds(20)))
                        let seen = try await follower.value
                        #expect(seen.objects == objects, "following gives what the database has (seed \(seed))")
                        #expect(
                            Dictionary(uniqueKeysWithValues: store.list("configmaps", namespace: nil).items.map { ($0.key.name, $0.revision) })
                                == objects)
                    }
                    let own = try await followers[0].value
                    #expect(own.relists == 0, "the writing store never falls behind the log (seed \(seed))")
                    #expect(own.revisions == Array(1...current), "each revision once, in order (seed \(seed))")
                }
            }
        }

        private struct Seen: Sendable {
            var revisions: [Int64] = []
            var objects: [String: Int64] = [:]
            var relists = 0
        }

        /// As an informer does: applies events, and lists anew when told to.
        private static func follow(_ store: PostgresObjectStore, _ name: String) async throws -> Seen {
            var seen = Seen()
            var watch = try store.watch("configmaps", namespace: nil, after: 0)
            while true {
                guard let batch = try await Self.next(watch) else {
                    let list = store.list("configmaps", namespace: nil)
                    seen.objects = Dictionary(uniqueKeysWithValues: list.items.map { ($0.key.name, $0.revision) })
                    seen.relists += 1
                    if seen.objects["end"] != nil { return seen }
                    watch = try store.watch("configmaps", namespace: nil, after: list.revision)
                    continue
                }
                for event in batch.events {
                    #expect(event.revision > (seen.revisions.last ?? 0), "\(name): in order, none twice")
                    #expect(event.previous?.revision == seen.objects[event.key.name], "\(name): what was before is what was seen before")
                    seen.revisions.append(event.revision)
                    seen.objects[event.key.name] = event.kind == .deleted ? nil : event.revision
                }
                if seen.objects["end"] != nil { return seen }
            }
        }

        /// nil when the watch has to be begun anew.
        private static func next(_ watch: StoreWatch) async throws -> StoreBatch? {
            do {
                return try await watch.next()
            } catch StoreError.compacted {
                return nil
            }
        }

        @Test func aPausedTransactionHoldsBackLaterRevisionsInsteadOfHidingItsOwn() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            let limits = PostgresConnector.Limits(statement: .seconds(60), lock: .seconds(60))
            try await TestStore.with(endpoint, limits: limits) { store in
                let watch = try store.watch("configmaps", namespace: nil, after: 0)
                let side = try await SideSession(endpoint)
                let look = try await SideSession(endpoint)
                try await side.begin()
                #expect(try await side.create(["early-a", "early-b"]) == [1, 2])
                let late = Task { try await store.commit(TestStore.create("late")) }
                try await Eventually.holds("the store's write waits for the paused transaction") { try await look.waiters() == 1 }
                #expect(store.currentRevision == 0)
                try await side.commit()
                #expect(try await late.value.revision == 3)
                var revisions: [Int64] = []
                while revisions.count < 3 { revisions += try await watch.next().events.map(\.revision) }
                #expect(revisions == [1, 2, 3])

                try await side.begin()
                #expect(try await side.create(["undone"]) == [4])
                let next = Task { try await store.commit(TestStore.create("next")) }
                try await Eventually.holds("the store's write waits again") { try await look.waiters() == 1 }
                try await side.rollback()
                #expect(try await next.value.revision == 4, "a rollback gives its revisions back")
                await side.connection.close()
                await look.connection.close()
            }
        }

        @Test func aSecondStoreSeesWritesByNotification() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.pollEvery = .seconds(3600)
            try await TestStore.with(endpoint, settings: settings) { [settings] first in
                let before = try await first.commit(TestStore.create("before"))
                try await TestStore.with(endpoint, settings: settings) { second in
                    #expect(second.installationID == first.installationID)
                    #expect(second.get(before.key)?.bytes == before.bytes)
                    try await Eventually.holds("it follows") { second.freshness == .current }
                    let watch = try second.watch("configmaps", namespace: nil, after: 1)
                    let created = try await first.commit(TestStore.create("after", "1"))
                    let event = try #require(try await watch.next().events.first)
                    #expect(event.kind == .added && event.object.bytes == created.bytes)
                    // And the other way round: it writes on what it saw.
                    let updated = try await second.commit(.update(created.key, from: created.revision, TestStore.object("after", "2")))
                    #expect(await first.waitUntil(revision: updated.revision, timeout: .seconds(20)))
                    #expect(first.get(created.key)?.value == "2")
                }
            }
        }

        @Test func aStoreThatWritesAloneDoesNotReadItsOwnWritesBack() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            let metrics = Metrics()
            let guards = PostgresGuards(registry: GuardRegistry(metrics: metrics))
            let connector = PostgresConnector(endpoint: endpoint, loop: TestLoop.shared, guards: guards)
            var settings = PostgresStoreSettings()
            settings.pollEvery = .seconds(3600)
            let store = try await PostgresObjectStore.open(
                connector, loop: TestLoop.shared, keys: TestStore.keys, settings: settings, logger: .disabled, metrics: metrics)
            let running = Task { try await store.run() }
            try await Eventually.holds("it follows") { store.freshness == .current }
            func calls(_ operation: String) -> Double {
                metrics.value(
                    "millwright_guard_calls_total",
                    [("dependency", "postgresql"), ("target", "store"), ("operation", operation), ("outcome", "success")]) ?? 0
            }
            let (reads, writes) = (calls("Read"), calls("Write"))
            for number in 0..<60 { _ = try await store.commit(TestStore.create("o\(number)")) }
            #expect(calls("Write") - writes == 60)
            #expect(calls("Read") - reads < 10)
            #expect(metrics.value("millwright_store_writes_total", [("outcome", "written")]) == 60)
            #expect(metrics.value("millwright_store_revision") == 60)
            running.cancel()
            _ = try? await running.value
        }

        @Test func changesMadeWithoutANotificationAreFoundByLooking() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.pollEvery = .milliseconds(20)
            try await TestStore.with(endpoint, settings: settings) { store in
                let side = try await SideSession(endpoint)
                _ = try await side.connection.transaction(
                    [
                        PostgresStatement("update millwright.revision set current = 1"),
                        PostgresStatement(
                            """
                            insert into millwright.changes (revision, kind, resource, namespace, name, value, writer, batch)
                            values (1, 1, 'configmaps', 'default', 'quiet', $1, gen_random_uuid(), 1)
                            """, [.bytes(TestStore.object("quiet", "found"))]),
                    ], .write)
                #expect(await store.waitUntil(revision: 1, timeout: .seconds(20)))
                #expect(store.get(TestStore.key("quiet"))?.value == "found")
                await side.connection.close()
            }
        }

        @Test func aStoreThatMissedCompactedChangesLoadsAnewAndSaysSo() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.pollEvery = .seconds(3600)
            try await TestStore.with(endpoint, settings: settings) { store in
                _ = try await store.commit(TestStore.create("a"))
                let watch = try store.watch("configmaps", namespace: nil, after: 0)
                let side = try await SideSession(endpoint)
                // Written and compacted in one transaction: nobody can have read them from the log.
                try await side.begin()
                try await side.create(["b", "c", "d"])
                _ = try await side.connection.query(PostgresStatement("delete from millwright.changes where revision <= 3"), .write)
                _ = try await side.connection.query(PostgresStatement("update millwright.compaction set revision = 3"), .write)
                try await side.commit()
                #expect(await store.waitUntil(revision: 4, timeout: .seconds(20)))
                #expect(store.list("configmaps", namespace: nil).items.map(\.key.name) == ["a", "b", "c", "d"])
                await #expect(throws: StoreError.compacted(oldest: 4)) { while true { _ = try await watch.next() } }
                #expect(try await store.commit(TestStore.create("e")).revision == 5)
                await side.connection.close()
            }
        }
    }
}
