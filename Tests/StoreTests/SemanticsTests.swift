import Kernel
import Platform
import TestSupport
import Testing

@testable import Store

/// What every store must do, run against the one in memory and the one on PostgreSQL.
@Suite(.server, .serialized) struct SemanticsTests {
    enum Kind: CaseIterable, CustomTestStringConvertible {
        case memory, postgresql
        var testDescription: String { self == .memory ? "in memory" : "on PostgreSQL" }
        static let available: [Kind] = Capability.postgres ? allCases : [.memory]
    }

    /// A store and how its past is compacted.
    struct Subject: Sendable {
        let store: any ObjectStore
        let compact: @Sendable (Int64) async throws -> Void
    }

    private func with(_ kind: Kind, window: WindowLimits = WindowLimits(), _ body: @escaping @Sendable (Subject) async throws -> Void)
        async throws
    {
        switch kind {
        case .memory:
            let store = MemoryObjectStore(window: window)
            try await body(Subject(store: store, compact: { store.compact(through: $0) }))
        case .postgresql:
            var settings = PostgresStoreSettings()
            settings.window = window
            let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
            try await TestStore.with(endpoint, settings: settings) { store in
                try await body(Subject(store: store, compact: { try await store.compact(through: $0) }))
            }
        }
    }

    @Test(arguments: Kind.available) func writesHoldTheirPreconditions(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            let key = TestStore.key("a")
            #expect(store.currentRevision == 0)
            let created = try await store.commit(TestStore.create("a", "1"))
            #expect(created.revision == 1)
            #expect(created.value == "1")
            #expect(try created.json()[path: ["metadata", "resourceVersion"]] == "1")
            #expect(store.get(key)?.revision == 1, "visible when the write is answered")

            await #expect(throws: StoreError.exists) { try await store.commit(TestStore.create("a", "2")) }
            await #expect(throws: StoreError.missing) { try await store.commit(.update(TestStore.key("b"), from: 1, TestStore.object("b"))) }
            await #expect(throws: StoreError.conflict(current: 1)) { try await store.commit(.update(key, from: 7, TestStore.object("a", "2"))) }
            let updated = try await store.commit(.update(key, from: 1, TestStore.object("a", "2")))
            #expect(updated.revision == 2)
            await #expect(throws: StoreError.conflict(current: 2)) { try await store.commit(.delete(created)) }
            let deleted = try await store.commit(.delete(key, at: 2, lastBytes: TestStore.object("a", "last")))
            #expect(deleted.revision == 3)
            #expect(deleted.value == "last")
            #expect(try deleted.json()[path: ["metadata", "resourceVersion"]] == "3")
            #expect(store.get(key) == nil)
            await #expect(throws: StoreError.missing) { try await store.commit(.delete(updated)) }
            #expect(try await store.commit(TestStore.create("a", "3")).revision == 4, "refused writes take no revision")
            #expect(store.currentRevision == 4)
        }
    }

    @Test(arguments: Kind.available) func whatWasDecidedByLookingAtAllIsWrittenOnlyIfNoneHasChanged(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            func write(_ name: String, _ precondition: StoreWrite.Precondition) -> StoreWrite {
                StoreWrite(key: TestStore.key(name), precondition: precondition, change: .put(TestStore.object(name)))
            }
            #expect(try await store.commit(write("a", .absentAmongUnchanged(since: 0))).revision == 1)
            await #expect(throws: StoreError.conflict(current: 1)) { try await store.commit(write("b", .absentAmongUnchanged(since: 0))) }
            #expect(store.get(TestStore.key("b")) == nil)
            await #expect(throws: StoreError.exists) { try await store.commit(write("a", .absentAmongUnchanged(since: 1))) }
            _ = try await store.commit(TestStore.create("x", resource: "secrets"))
            #expect(try await store.commit(write("b", .absentAmongUnchanged(since: 1))).revision == 3, "others don't count")
            await #expect(throws: StoreError.conflict(current: 3)) { try await store.commit(write("a", .unchangedAmongUnchanged(since: 2))) }
            await #expect(throws: StoreError.missing) { try await store.commit(write("c", .unchangedAmongUnchanged(since: 3))) }
            let updated = try await store.commit(write("a", .unchangedAmongUnchanged(since: 3)))
            #expect(updated.revision == 4)
            let events = try await store.watch("configmaps", namespace: nil, after: 0).next()
            #expect(events.events.map(\.kind) == [.added, .added, .modified])
        }
    }

    @Test(arguments: Kind.available) func whatCanNeverBeStoredIsRefused(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            await #expect(throws: StoreError.tooLarge(limit: StoreLimits.objectBytes)) {
                try await store.commit(TestStore.create("big", String(repeating: "x", count: StoreLimits.objectBytes)))
            }
            for write in [
                StoreWrite.create(TestStore.key("a\u{0}b"), TestStore.object("a")), .create(TestStore.key("a"), Array("[]".utf8)),
                StoreWrite(key: TestStore.key("a"), precondition: .absent, change: .delete(lastBytes: TestStore.object("a"))),
            ] {
                await #expect { try await store.commit(write) } throws: { if case .invalid? = $0 as? StoreError { true } else { false } }
            }
            #expect(store.currentRevision == 0)
            // The largest, and every byte there is: stored as it came.
            let text = String(repeating: "y", count: StoreLimits.objectBytes - 200)
            #expect(try await store.commit(TestStore.create("big", text)).value == text)
            var strange = TestStore.object("strange")
            strange.insert(contentsOf: [0x20, 0x00, 0xFF, 0xFE, 0x80], at: strange.count - 1)
            let stored = try await store.commit(.create(TestStore.key("strange"), strange))
            #expect(stored.unversionedBytes == strange)
            #expect(store.get(TestStore.key("strange"))?.unversionedBytes == strange)
        }
    }

    @Test(arguments: Kind.available) func listsAreSortedAndByNamespace(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            for (namespace, name) in [("b", "2"), ("a", "9"), ("b", "1"), ("ab", "1"), ("a", "10")] {
                _ = try await store.commit(TestStore.create(name, namespace: namespace))
            }
            _ = try await store.commit(TestStore.create("x", resource: "others"))
            let all = store.list("configmaps", namespace: nil)
            #expect(all.revision == 6)
            #expect(all.items.map { "\($0.key.namespace)/\($0.key.name)" } == ["a/10", "a/9", "ab/1", "b/1", "b/2"])
            #expect(store.list("configmaps", namespace: "a").items.map(\.key.name) == ["10", "9"])
            #expect(store.list("configmaps", namespace: "none").items.isEmpty)
            #expect(store.list("none", namespace: nil).items.isEmpty)
        }
    }

    @Test(arguments: Kind.available) func anEarlierListCanBeHadUntilItIsCompacted(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            let a = try await store.commit(TestStore.create("a", "1"))
            let b = try await store.commit(TestStore.create("b", "1"))
            let then = store.list("configmaps", namespace: nil)
            _ = try await store.commit(.update(a.key, from: a.revision, TestStore.object("a", "2")))
            _ = try await store.commit(.delete(b))
            _ = try await store.commit(TestStore.create("c", "1"))
            let again = try store.list("configmaps", namespace: nil, at: then.revision)
            #expect(again.revision == 2)
            #expect(again.items.map(\.key.name) == ["a", "b"])
            #expect(again.items.map(\.value) == ["1", "1"])
            #expect(try store.list("configmaps", namespace: nil, at: 3).items.map(\.value) == ["2", "1"])
            #expect(throws: StoreError.self) { try store.list("configmaps", namespace: nil, at: 99) }
            try await subject.compact(3)
            #expect(throws: StoreError.compacted(oldest: 3)) { try store.list("configmaps", namespace: nil, at: 2) }
            #expect(try store.list("configmaps", namespace: nil, at: 3).items.count == 2)
        }
    }

    @Test(arguments: Kind.available) func aWatchSeesEachChangeWithWhatWasBefore(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            let a = try await store.commit(TestStore.create("a", "1"))
            let watch = try store.watch("configmaps", namespace: nil, after: 0)
            let later = try store.watch("configmaps", namespace: nil, after: 1)
            let elsewhere = try store.watch("configmaps", namespace: "elsewhere", after: 0)
            let updated = try await store.commit(.update(a.key, from: 1, TestStore.object("a", "2")))
            _ = try await store.commit(TestStore.create("x", resource: "others"))
            _ = try await store.commit(.delete(updated))

            let batch = try await watch.next()
            #expect(batch.events.map(\.kind) == [.added, .modified, .deleted])
            #expect(batch.events.map(\.revision) == [1, 2, 4])
            #expect(batch.events.map { $0.previous?.value } == [nil, "1", "2"])
            #expect(batch.revision == 4)
            #expect(try await later.next().events.map(\.revision) == [2, 4])

            elsewhere.requestProgress()
            let progress = try await elsewhere.next()
            #expect(progress.events.isEmpty)
            #expect(progress.revision == 4)
        }
    }

    @Test(arguments: Kind.available) func aWaitingWatchIsWokenAndEndsWhenCancelled(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            let watch = try store.watch("configmaps", namespace: "default", after: 0)
            async let first = watch.next()
            _ = try await store.commit(TestStore.create("a", namespace: "other"))
            _ = try await store.commit(TestStore.create("b"))
            #expect(try await first.events.map(\.key.name) == ["b"])

            async let second = watch.next()
            watch.requestProgress()
            #expect(try await second.events.isEmpty)

            let task = Task { try await watch.next() }
            task.cancel()
            await #expect(throws: StoreError.cancelled) { try await task.value }
            _ = try await store.commit(TestStore.create("c"))
            #expect(try await watch.next().events.map(\.key.name) == ["c"], "a cancelled read loses nothing")
            watch.cancel()
            await #expect(throws: StoreError.cancelled) { try await watch.next() }
        }
    }

    @Test(arguments: Kind.available) func compactionEndsTheWatchesThatNeedThePast(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            let quiet = try store.watch("others", namespace: nil, after: 0)
            let slow = try store.watch("configmaps", namespace: nil, after: 0)
            let upToDate = try store.watch("configmaps", namespace: nil, after: 0)
            for name in ["a", "b", "c", "d"] { _ = try await store.commit(TestStore.create(name)) }
            #expect(try await upToDate.next().events.count == 4)
            try await subject.compact(3)
            await #expect(throws: StoreError.compacted(oldest: 3)) { try await slow.next() }
            #expect(throws: StoreError.compacted(oldest: 3)) { try store.watch("configmaps", namespace: nil, after: 2) }
            #expect(try await store.watch("configmaps", namespace: nil, after: 3).next().events.map(\.revision) == [4])
            _ = try await store.commit(TestStore.create("e"))
            #expect(try await upToDate.next().events.map(\.key.name) == ["e"])
            _ = try await store.commit(TestStore.create("x", resource: "others"))
            #expect(try await quiet.next().events.map(\.revision) == [6], "what misses no event of its own goes on")
        }
    }

    @Test(arguments: Kind.available) func aReaderThatFallsOutOfTheWindowIsToldSo(_ kind: Kind) async throws {
        try await with(kind, window: WindowLimits(events: 4)) { subject in
            let store = subject.store
            let watch = try store.watch("configmaps", namespace: nil, after: 0)
            for number in 0..<6 { _ = try await store.commit(TestStore.create("o\(number)")) }
            await #expect(throws: StoreError.compacted(oldest: 2)) { try await watch.next() }
            #expect(try await store.watch("configmaps", namespace: nil, after: 2).next().events.count == 4)
        }
    }

    @Test(arguments: Kind.available) func aRevisionCanBeWaitedFor(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            async let reached = store.waitUntil(revision: 2, timeout: .seconds(20))
            _ = try await store.commit(TestStore.create("a"))
            _ = try await store.commit(TestStore.create("b"))
            #expect(await reached)
            #expect(await store.waitUntil(revision: 1, timeout: .zero))
            #expect(await !store.waitUntil(revision: 3, timeout: .milliseconds(1)))
            let task = Task { await store.waitUntil(revision: 3, timeout: .seconds(600)) }
            task.cancel()
            #expect(await !task.value)
        }
    }

    @Test(arguments: Kind.available) func contendingWritersLoseNoUpdate(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            _ = try await store.commit(TestStore.create("counter", "0"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var done = 0
                        while done < 12 {
                            let object = try #require(store.get(TestStore.key("counter")))
                            let next = (Int(object.value) ?? -1) + 1
                            do {
                                _ = try await store.commit(.update(object.key, from: object.revision, TestStore.object("counter", "\(next)")))
                                done += 1
                            } catch StoreError.conflict(let current) {
                                #expect(store.currentRevision >= current, "a conflict is answered when what caused it can be read")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(store.get(TestStore.key("counter"))?.value == "96")
            #expect(store.currentRevision == 97)
        }
    }

    @Test(arguments: Kind.available) func manyWritesAtOnceEachGetTheirOwnAnswer(_ kind: Kind) async throws {
        try await with(kind) { subject in
            let store = subject.store
            let first = await store.commit((0..<300).map { TestStore.create("o\($0)") })
            #expect(Set(first.compactMap { try? $0.get().revision }) == Set(1...300))
            let objects = store.list("configmaps", namespace: nil).items
            let second = await store.commit(
                objects.map { .delete($0) } + [TestStore.create("new"), .delete(objects[0].key, at: 999, lastBytes: TestStore.object("x"))])
            #expect(second.dropLast(2).allSatisfy { if case .success = $0 { true } else { false } })
            #expect(throws: Never.self) { try second[300].get() }
            guard case .failure = second[301] else {
                Issue.record("a write that can't be made was answered as made")
                return
            }
            #expect(store.list("configmaps", namespace: nil).items.map(\.key.name) == ["new"])
            #expect(await store.commit([]).isEmpty)
        }
    }

    @Test(arguments: Kind.available) func watchesThatAreLetGoLeaveNothingBehind(_ kind: Kind) async throws {
        let cache = WatchCache(limits: WindowLimits())
        for _ in 0..<100 { _ = try cache.watch("r", namespace: nil, after: 0) }
        #expect(cache.watchCount == 0)
    }
}

extension StoreEvent {
    var key: StoreKey { object.key }
}
