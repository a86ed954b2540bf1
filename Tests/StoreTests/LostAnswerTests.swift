import Kernel
import Platform
import Postgres
import Testing

@testable import Store

extension DatabaseTests {
    /// A connection lost around a commit: what was done is found out, never assumed.
    @Suite(.serialized) struct LostAnswerTests {
        private func with(_ body: @escaping @Sendable (PostgresObjectStore, FaultProxy, SideSession) async throws -> Void) async throws {
            let server = try TestServer.required
            let endpoint = try await server.makeDatabase(TestLoop.shared)
            let proxy = try FaultProxy(upstream: endpoint.host)
            defer { proxy.stop() }
            let limits = PostgresConnector.Limits(statement: .seconds(60), lock: .seconds(60))
            var settings = PostgresStoreSettings()
            settings.writeDeadline = .seconds(30)
            try await TestStore.with(endpoint.with("host", proxy.directory.path), settings: settings, limits: limits) { store in
                try await body(store, proxy, try await SideSession(endpoint))
            }
        }

        @Test(arguments: FaultProxy.Fault.allCases) func aWriteWhoseAnswerIsLostIsMadeOnce(_ fault: FaultProxy.Fault) async throws {
            try await with { store, proxy, side in
                _ = try await store.commit(TestStore.create("first"))
                proxy.cut(fault, at: "CUT-HERE")
                let created = try await store.commit(TestStore.create("second", "CUT-HERE"))
                #expect(created.revision == 2)
                proxy.cut(fault, at: "CUT-AGAIN")
                let updated = try await store.commit(.update(created.key, from: 2, TestStore.object("second", "CUT-AGAIN")))
                #expect(updated.revision == 3, "an update made once doesn't conflict with itself")
                proxy.cut(fault, at: "CUT-DELETE")
                let deleted = try await store.commit(.delete(created.key, at: 3, lastBytes: TestStore.object("second", "CUT-DELETE")))
                #expect(deleted.revision == 4)
                proxy.cut(fault, at: "CUT-REFUSED")
                await #expect(throws: StoreError.exists) { try await store.commit(TestStore.create("first", "CUT-REFUSED")) }
                #expect(proxy.cuts == 4, "each cut was made")
                #expect(try await store.commit(TestStore.create("third")).revision == 5)
                let log = try await side.log()
                #expect(log.changes.map(\.revision) == [1, 2, 3, 4, 5])
                #expect(log.changes.map(\.name) == ["first", "second", "second", "second", "third"])
                await side.connection.close()
            }
        }

        @Test func aBatchStillUnderWayInADeadSessionIsNotDoneTwice() async throws {
            try await with { store, proxy, side in
                _ = try await store.commit(TestStore.create("first"))
                // The server's session gets the write and waits for the lock; its client is cut off and sends it again from another session.
                try await side.begin()
                try await side.create(["paused"])
                proxy.cut(.whileTheServerWorks, at: "CUT-HERE")
                let write = Task { try await store.commit(TestStore.create("second", "CUT-HERE")) }
                let look = try await SideSession(side.endpoint)
                try await Eventually.holds("both sessions wait for the lock") { try await look.waiters() == 2 }
                try await side.commit()
                #expect(try await write.value.revision == 3)
                try await Eventually.holds("nobody waits any more") { try await look.waiters() == 0 }
                #expect(try await store.commit(TestStore.create("third")).revision == 4)
                #expect(try await look.log().changes.map(\.name) == ["first", "paused", "second", "third"])
                await side.connection.close()
                await look.connection.close()
            }
        }

        @Test func aFullDiskIsSaidAtOnceAndNotAsAnUnknownOutcome() async throws {
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            try await TestStore.with(endpoint) { store in
                _ = try await store.commit(TestStore.create("first"))
                let side = try await SideSession(endpoint)
                try await side.execute(
                    "create function millwright.full() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$")
                try await side.execute("create trigger full_disk before insert on millwright.objects for each row execute function millwright.full()")
                await #expect {
                    try await store.commit(TestStore.create("second"))
                } throws: {
                    guard case .unavailable(let text)? = $0 as? StoreError else { return false }
                    return text.contains("configmaps/default/second was not written") && text.contains("No space left") && text.contains("Free space")
                }
                #expect(store.get(TestStore.key("first")) != nil)
                try await side.execute("drop trigger full_disk on millwright.objects")
                _ = try await store.commit(TestStore.create("third"))
                #expect(try await side.log().changes.map(\.name) == ["first", "third"])
                await side.connection.close()
            }
        }

        @Test func aWriteThatWasGivenUpIsNotMadeLater() async throws {
            let server = try TestServer.required
            let endpoint = try await server.makeDatabase(TestLoop.shared)
            let proxy = try FaultProxy(upstream: endpoint.host)
            defer { proxy.stop() }
            var settings = PostgresStoreSettings()
            settings.writeDeadline = .milliseconds(600)
            try await TestStore.with(endpoint.with("host", proxy.directory.path), settings: settings) { store in
                _ = try await store.commit(TestStore.create("first"))
                let side = try await SideSession(endpoint)
                proxy.close(true)
                proxy.cut(.beforeTheServer, at: "GIVEN-UP")
                await #expect {
                    try await store.commit(TestStore.create("lost", "GIVEN-UP"))
                } throws: {
                    guard case .unavailable(let text)? = $0 as? StoreError else { return false }
                    return text.contains("configmaps/default/lost") && text.contains("may or may not")
                        && text.contains("Check that PostgreSQL is running")
                }
                await #expect {
                    try await store.commit(TestStore.create("unsent"))
                } throws: {
                    guard case .unavailable(let text)? = $0 as? StoreError else { return false }
                    return text.contains("was not written")
                }
                proxy.sever()
                try await Eventually.holds("reads are marked stale") { store.freshness != .current }
                #expect(store.get(TestStore.key("first")) != nil, "reads go on from memory")
                proxy.close(false)
                try await Eventually.holds("the store is back") { store.freshness == .current }
                try await Eventually.holds("a write goes through") {
                    do {
                        _ = try await store.commit(TestStore.create("back"))
                        return true
                    } catch StoreError.unavailable {
                        return false
                    }
                }
                #expect(try await side.log().changes.map(\.name) == ["first", "back"])
                await side.connection.close()
            }
        }
    }
}
