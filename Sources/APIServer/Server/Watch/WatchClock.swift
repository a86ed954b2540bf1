import Kernel
import Platform
import Store

/// Ends watches when their time is up and asks for their bookmarks, for thousands of watches with one timer.
final class WatchClock: Sendable {
    /// How often it looks: watch timeouts are in seconds.
    static let tick = Duration.seconds(1)
    /// A real server's bookmarks come about once a minute.
    static let bookmarkInterval = Duration.seconds(50)

    private struct Entry {
        let watch: StoreWatch
        let deadline: MonotonicInstant
        let wantsBookmarks: Bool
        var nextBookmark: MonotonicInstant
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextID = 0
        var isClosed = false
    }

    private let state = Locked(State())
    private let clocks: any Clocks

    init(clocks: any Clocks) { self.clocks = clocks }

    /// - Returns: an id for `remove`.
    func add(_ watch: StoreWatch, timeout: Duration, wantsBookmarks: Bool) -> Int {
        let now = clocks.monotonic
        let first = now + Self.bookmarkInterval
        let (id, isClosed) = state.withLock { state -> (Int, Bool) in
            state.nextID += 1
            state.entries[state.nextID] = Entry(
                watch: watch, deadline: now + timeout, wantsBookmarks: wantsBookmarks, nextBookmark: first)
            return (state.nextID, state.isClosed)
        }
        if isClosed { watch.cancel() }
        return id
    }

    func remove(_ id: Int) { _ = state.withLock { $0.entries.removeValue(forKey: id) } }

    var count: Int { state.withLock { $0.entries.count } }

    /// Ends every watch, and those to come: the server is going down, and clients resume elsewhere.
    func close() {
        let watches = state.withLock { state -> [StoreWatch] in
            state.isClosed = true
            return state.entries.values.map(\.watch)
        }
        for watch in watches { watch.cancel() }
    }

    /// Runs until cancelled.
    func run() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.tick) } catch { break }
            tickNow()
        }
        close()
    }

    func tickNow() {
        let now = clocks.monotonic
        let (ended, due) = state.withLock { state -> ([StoreWatch], [StoreWatch]) in
            var ended: [StoreWatch] = []
            var due: [StoreWatch] = []
            for (id, entry) in state.entries {
                if entry.deadline < now {
                    ended.append(entry.watch)
                } else if entry.wantsBookmarks, entry.nextBookmark < now {
                    due.append(entry.watch)
                    state.entries[id]?.nextBookmark = now + Self.bookmarkInterval
                }
            }
            return (ended, due)
        }
        for watch in ended { watch.cancel() }
        for watch in due { watch.requestProgress() }
    }
}
