/// A store that keeps nothing past its own life: the same reads, preconditions, revisions and watches, for tests and plans.
public final class MemoryObjectStore: ObjectStore {
    public let installationID: String
    private let cache: WatchCache
    private let maximumBytes: Int

    /// - Parameter maximumBytes: of one object's JSON.
    public init(
        installationID: String = "00000000-0000-4000-8000-000000000000", window: WindowLimits = WindowLimits(),
        maximumBytes: Int = StoreLimits.objectBytes
    ) {
        self.installationID = installationID
        self.maximumBytes = maximumBytes
        cache = WatchCache(limits: window)
    }

    public var currentRevision: Int64 { cache.revision }
    public var freshness: StoreFreshness { .current }
    public func get(_ key: StoreKey) -> StoredObject? { cache.get(key) }
    public func list(_ resource: String, namespace: String?) -> StoreList { cache.list(resource, namespace: namespace) }

    public func list(_ resource: String, namespace: String?, at revision: Int64) throws(StoreError) -> StoreList {
        try cache.list(resource, namespace: namespace, at: revision)
    }

    public func commit(_ write: StoreWrite) async throws(StoreError) -> StoredObject {
        if let refusal = write.refusal(maximumBytes: maximumBytes) { throw refusal }
        return try cache.commit(write).get()
    }

    public func commit(_ writes: [StoreWrite]) async -> [Result<StoredObject, StoreError>] {
        writes.map { write in write.refusal(maximumBytes: maximumBytes).map { .failure($0) } ?? cache.commit(write) }
    }

    public func watch(_ resource: String, namespace: String?, after revision: Int64) throws(StoreError) -> StoreWatch {
        try cache.watch(resource, namespace: namespace, after: revision)
    }

    public func waitUntil(revision: Int64, timeout: Duration) async -> Bool {
        await cache.waitUntil(revision: revision, timeout: timeout)
    }

    /// Forgets the events up to a revision, as a database's compaction does.
    public func compact(through revision: Int64) { cache.compact(through: revision) }
}
