import Crypto
import EventLoop
import Kernel
import Platform
import Postgres
import Telemetry

/// The store on PostgreSQL: objects and a change log there, everything to be read in memory here.
///
/// Flow: `open` migrates the schema and loads all objects at one revision; `run` carries writes and follows the log. Concurrent writes
/// are gathered into one transaction and one round trip while the one before is under way, so that their number and not the disk's
/// syncs bounds the rate.
///
/// Guarantees: those of `ObjectStore`, also with several processes on one database, and when the database or the connection dies at any
/// moment: an answer that got lost is read back under the batch's number (see `CommitFunction`). While the database is away reads go on from
/// memory and writes wait up to `writeDeadline`.
public final class PostgresObjectStore: ObjectStore {
    private let engine: StoreEngine
    private let cache: WatchCache
    private let state: Locked<StoreFreshness>
    private let maximumBytes: Int
    public let installationID: String

    private init(engine: StoreEngine, cache: WatchCache, state: Locked<StoreFreshness>, maximumBytes: Int, installationID: String) {
        self.engine = engine
        self.cache = cache
        self.state = state
        self.maximumBytes = maximumBytes
        self.installationID = installationID
    }

    /// Reaches the database, brings its schema up to date, and loads all objects.
    ///
    /// - Throws: `invalid` for a database that can't be worked with, `unavailable` when it isn't reached within `openDeadline`.
    public static func open(
        _ connector: PostgresConnector, loop: EventLoop, keys: KeyRing, settings: PostgresStoreSettings = PostgresStoreSettings(),
        logger: Logger, metrics: Metrics = Metrics()
    ) async throws(StoreError) -> PostgresObjectStore {
        guard let writer = SecureRandom.bytes(16) else { throw .unavailable("the system gives no randomness; repair its devices") }
        let codec = ObjectCodec(keyRing: keys, encryptedResources: settings.encryptedResources)
        let cache = WatchCache(limits: settings.window)
        let connection = try await reach(connector, loop: loop, deadline: settings.openDeadline)
        let identity: StoreIdentity
        do {
            try await SchemaMigrator(connection: connection, logger: logger).run()
            identity = try await StoreIdentity.read(connection, wanted: settings.installation)
            let snapshot = try await SnapshotLoader(connection: connection, codec: codec).load()
            cache.reset(snapshot.objects, revision: snapshot.revision, evictedThrough: snapshot.latestChanges, floor: snapshot.compacted)
        } catch let error as StoreError {
            await connection.close()
            throw error
        } catch {
            await connection.close()
            throw .unavailable("the database could not be loaded from \(connector.endpoint): \(error)")
        }
        await connection.close()
        let state = Locked(StoreFreshness.stale(reason: "the store is not running yet"))
        let engine = StoreEngine(
            loop: loop, connector: connector, cache: cache, codec: codec, settings: settings, identity: identity, writer: writer,
            freshness: state, logger: logger, instruments: StoreInstruments(metrics: metrics))
        logger.info("store opened", ["revision": "\(cache.revision)", "objects": "\(cache.objectCount())", "installation": identity.text])
        return PostgresObjectStore(
            engine: engine, cache: cache, state: state, maximumBytes: settings.maximumBytes, installationID: identity.text)
    }

    private static func reach(
        _ connector: PostgresConnector, loop: EventLoop, deadline: Duration
    ) async throws(StoreError) -> PostgresConnection {
        let clocks = SystemClocks()
        let start = clocks.monotonic
        while true {
            do {
                return try await connector.connect()
            } catch {
                let isOver = clocks.monotonic - start >= deadline
                // A wrong password or a missing database doesn't get right by waiting.
                if isOver || error.sqlState != nil || Task.isCancelled {
                    throw .unavailable(
                        "\(connector.endpoint): \(error); check that it is running and that the address, user and password are right")
                }
            }
            do { try await loop.sleep(for: .milliseconds(50)) } catch { throw .cancelled }
        }
    }

    /// Carries writes and follows the database until the task is cancelled. Without it, commits wait.
    ///
    /// - Parameter ready: called once the store follows the database.
    /// - Throws: `StoreError` when it can't go on from what it has in memory: the process starts anew.
    public func run(ready: @escaping @Sendable () -> Void = {}) async throws {
        let engine = engine
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.runWriter() }
            group.addTask { try await engine.runFollower() }
            group.addTask { try await engine.runCompaction() }
            group.addTask {
                await engine.following.wait(for: nil)
                if !Task.isCancelled { ready() }
            }
            defer { group.cancelAll() }
            do {
                while try await group.next() != nil {}
            } catch {
                await engine.close()
                throw error
            }
            await engine.close()
        }
    }

    public var currentRevision: Int64 { cache.revision }
    public var freshness: StoreFreshness { state.withLock { $0 } }
    public func get(_ key: StoreKey) -> StoredObject? { cache.get(key) }
    public func list(_ resource: String, namespace: String?) -> StoreList { cache.list(resource, namespace: namespace) }

    public func list(_ resource: String, namespace: String?, at revision: Int64) throws(StoreError) -> StoreList {
        try cache.list(resource, namespace: namespace, at: revision)
    }

    public func commit(_ write: StoreWrite) async throws(StoreError) -> StoredObject {
        if let refusal = write.refusal(maximumBytes: maximumBytes) { throw refusal }
        return try await engine.commit(write).get()
    }

    public func commit(_ writes: [StoreWrite]) async -> [Result<StoredObject, StoreError>] {
        await withTaskGroup(of: (Int, Result<StoredObject, StoreError>).self) { group in
            // All of them queued before the first is answered: they share batches.
            for (position, write) in writes.enumerated() {
                group.addTask {
                    do throws(StoreError) { return (position, .success(try await self.commit(write))) } catch {
                        return (position, .failure(error))
                    }
                }
            }
            var results = writes.map { _ in Result<StoredObject, StoreError>.failure(.cancelled) }
            for await (position, result) in group { results[position] = result }
            return results
        }
    }

    public func watch(_ resource: String, namespace: String?, after revision: Int64) throws(StoreError) -> StoreWatch {
        try cache.watch(resource, namespace: namespace, after: revision)
    }

    public func waitUntil(revision: Int64, timeout: Duration) async -> Bool {
        await cache.waitUntil(revision: revision, timeout: timeout)
    }

    /// Removes changes up to a revision from the log and from memory; watches that need them get `compacted`.
    public func compact(through revision: Int64) async throws(StoreError) { try await engine.compact(through: revision) }
}
