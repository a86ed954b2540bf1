/// Where every object is kept: writes under a precondition, reads and watches from memory.
///
/// Guarantees: each successful write gets the next revision of one counter, without gaps; a write is visible to `get`, `list` and
/// `watch` of this store before `commit` returns; a write answered with success is never lost, and never applied twice.
/// Reads never wait: while the database is away they answer from memory, and `freshness` says so.
public protocol ObjectStore: Sendable {
    /// Made once for the installation, with the database.
    var installationID: String { get }
    /// Every change up to this revision is visible. 0 for a store that never held anything.
    var currentRevision: Int64 { get }
    /// Whether memory follows the database.
    var freshness: StoreFreshness { get }

    func get(_ key: StoreKey) -> StoredObject?

    /// - Parameter namespace: nil for all.
    func list(_ resource: String, namespace: String?) -> StoreList

    /// The list as it was at an earlier revision, for the later pages of a list.
    ///
    /// - Throws: `compacted` when the changes since then are no longer all kept, or the revision is still to come.
    func list(_ resource: String, namespace: String?, at revision: Int64) throws(StoreError) -> StoreList

    /// Makes one change, durably.
    ///
    /// - Returns: the object as stored, with its revision; of a deletion its last state with the deletion's revision.
    /// - Throws: `exists`, `conflict`, `missing`, `tooLarge`, `invalid`, `unavailable`.
    func commit(_ write: StoreWrite) async throws(StoreError) -> StoredObject

    /// Makes many changes, each for itself: some may fail and others not. Quicker than one after another, as they share transactions.
    ///
    /// - Returns: what became of each, in their order.
    func commit(_ writes: [StoreWrite]) async -> [Result<StoredObject, StoreError>]

    /// The changes of a resource after a revision, usually that of a list.
    ///
    /// - Throws: `compacted` when changes after that revision are no longer kept.
    func watch(_ resource: String, namespace: String?, after revision: Int64) throws(StoreError) -> StoreWatch

    /// Waits until `currentRevision` is at least this.
    ///
    /// - Returns: false when that was not so within the timeout, or the task was cancelled.
    func waitUntil(revision: Int64, timeout: Duration) async -> Bool
}
