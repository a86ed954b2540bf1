import Glibc
import Kernel
import Platform
import Testing

@testable import Postgres
@testable import Store

extension DatabaseTests {
    /// kill -9 of the server while writes go on.
    @Suite(.serialized) struct CrashTests {
        private struct Written: Sendable {
            var acknowledged: [String: Int64] = [:]
            var unknown: Set<String> = []
        }

        @Test func noAcknowledgedWriteIsLostAndNoneDoubledWhenTheServerIsKilled() async throws {
            let server = try TestServer.required
            let endpoint = try await server.makeDatabase(TestLoop.shared)
            let seed = UInt64.random(in: 0...UInt64.max)
            print("killed server: seed \(seed)")
            var settings = PostgresStoreSettings()
            settings.writeDeadline = .seconds(30)
            settings.compaction = .init(changes: 1_000_000, most: 1_000_000)
            try await TestStore.with(endpoint, settings: settings) { store in
                let written = Locked(Written())
                let isDone = Locked(false)
                let revisions = Task {
                    var seen: [Int64] = []
                    let watch = try store.watch("configmaps", namespace: nil, after: 0)
                    while true {
                        let events = try await watch.next().events
                        seen += events.map(\.revision)
                        if events.last?.key.name == "end" { return seen }
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<8 {
                        group.addTask {
                            var number = 0
                            while !isDone.withLock({ $0 }) {
                                let name = "w\(writer)-\(number)"
                                number += 1
                                do {
                                    let created = try await store.commit(TestStore.create(name))
                                    written.withLock { $0.acknowledged[name] = created.revision }
                                } catch StoreError.unavailable {
                                    written.withLock { _ = $0.unknown.insert(name) }
                                }
                            }
                        }
                    }
                    group.addTask {
                        var random = SeededRandom(seed: seed)
                        for _ in 0..<4 {
                            let goal = written.withLock { $0.acknowledged.count } + Int.random(in: 1...120, using: &random)
                            try await Eventually.holds("more writes", within: .seconds(60)) {
                                written.withLock { $0.acknowledged.count } >= goal
                            }
                            let starts = server.starts
                            server.killHard()
                            try await Eventually.holds("the server is started again", within: .seconds(30)) { server.starts > starts }
                        }
                        let goal = written.withLock { $0.acknowledged.count } + 20
                        try await Eventually.holds("writes go on", within: .seconds(60)) { written.withLock { $0.acknowledged.count } >= goal }
                        isDone.withLock { $0 = true }
                    }
                    try await group.waitForAll()
                }
                let end = try await store.commit(TestStore.create("end"))
                written.withLock { $0.acknowledged["end"] = end.revision }
                let side = try await SideSession(endpoint)
                let (current, changes) = try await side.log()
                let objects = try await side.objects()
                await side.connection.close()
                let result = written.withLock { $0 }
                #expect(changes.map(\.revision) == Array(1...current), "no gap (seed \(seed))")
                #expect(Set(changes.map(\.name)).count == changes.count, "none twice (seed \(seed))")
                for (name, revision) in result.acknowledged { #expect(objects[name] == revision, "acknowledged and kept (seed \(seed))") }
                for name in objects.keys where result.acknowledged[name] == nil {
                    #expect(result.unknown.contains(name), "nothing that nobody asked for (seed \(seed))")
                }
                #expect(
                    Dictionary(uniqueKeysWithValues: store.list("configmaps", namespace: nil).items.map { ($0.key.name, $0.revision) })
                        == objects)
                #expect(try await revisions.value == Array(1...current), "the watch went on through all of it (seed \(seed))")
            }
        }

        @Test func aServerThatBecameAStandbyIsLeftAndWritesGoOnWhenOneTakesThem() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.writeDeadline = .milliseconds(600)
            try await TestStore.with(endpoint, settings: settings) { store in
                _ = try await store.commit(TestStore.create("before"))
                let side = try await SideSession(endpoint)
                let others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                let database = endpoint.database
                _ = try await side.connection.query(PostgresStatement("alter database \(database) set default_transaction_read_only = on"), .write)
                _ = try await side.connection.query(PostgresStatement(others), .write)
                await #expect {
                    try await store.commit(TestStore.create("refused"))
                } throws: {
                    guard case .unavailable(let text)? = $0 as? StoreError else { return false }
                    return text.contains("read-only")
                }
                #expect(store.get(TestStore.key("before")) != nil)
                _ = try await side.connection.query(PostgresStatement("alter database \(database) reset default_transaction_read_only"), .write)
                try await Eventually.holds("writes go on") {
                    do {
                        _ = try await store.commit(TestStore.create("after"))
                        return true
                    } catch StoreError.unavailable {
                        return false
                    } catch StoreError.exists {
                        return true
                    }
                }
                #expect(try await side.log().changes.map(\.name) == ["before", "after"])
                await side.connection.close()
            }
        }

        @Test func aServerThatHangsIsAnsweredForInTimeAndCaughtUpWithLater() async throws {
            let server = try TestServer.required
            let endpoint = try await server.makeDatabase(TestLoop.shared)
            var settings = PostgresStoreSettings()
            settings.writeDeadline = .milliseconds(700)
            settings.pollEvery = .milliseconds(200)
            try await TestStore.with(endpoint, settings: settings) { store in
                _ = try await store.commit(TestStore.create("before"))
                let processes = ServerProcesses(layout: ServerLayout(directory: server.server.directory)).find().all
                for pid in processes { kill(pid, SIGSTOP) }
                defer { for pid in processes { kill(pid, SIGCONT) } }
                await #expect { try await store.commit(TestStore.create("hung")) } throws: {
                    guard case .unavailable(let text)? = $0 as? StoreError else { return false }
                    return text.contains("may or may not") && text.contains("700ms")
                }
                #expect(store.get(TestStore.key("before")) != nil, "reads go on")
                try await Eventually.holds("reads are marked stale") { store.freshness != .current }
                for pid in processes { kill(pid, SIGCONT) }
                try await Eventually.holds("writes go on") {
                    do {
                        _ = try await store.commit(TestStore.create("after"))
                        return true
                    } catch StoreError.unavailable {
                        return false
                    } catch StoreError.exists {
                        return true
                    }
                }
                try await Eventually.holds("it follows again") { store.freshness == .current }
                let side = try await SideSession(endpoint)
                let (current, changes) = try await side.log()
                await side.connection.close()
                #expect(changes.map(\.revision) == Array(1...current))
                #expect(await store.waitUntil(revision: current, timeout: .seconds(20)))
                #expect(store.list("configmaps", namespace: nil).items.map(\.key.name).sorted() == changes.map(\.name).sorted())
            }
        }
    }
}
