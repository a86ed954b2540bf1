/// The changes of one resource from a revision on: none lost, none twice, in order. For one reader at a time.
///
/// It holds no events of its own, only a place in the store's window, so an idle watch costs next to nothing; a reader that falls so
/// far behind that its events left the window gets `StoreError.compacted`. Ends when it is cancelled or let go.
public final class StoreWatch: Sendable {
    private let cache: WatchCache
    private let id: Int

    init(cache: WatchCache, id: Int) {
        self.cache = cache
        self.id = id
    }

    deinit { cache.endWatch(id) }

    /// Waits for the next events.
    ///
    /// - Throws: `compacted`: relist; `cancelled`: the task or the watch was.
    public func next() async throws(StoreError) -> StoreBatch { try await cache.next(id) }

    /// Makes the current `next()`, else the next one, return at once, with no events if there are none: for bookmarks.
    public func requestProgress() { cache.requestProgress(id) }

    /// Makes the current and every later `next()` throw `cancelled`.
    public func cancel() { cache.cancelWatch(id) }
}
