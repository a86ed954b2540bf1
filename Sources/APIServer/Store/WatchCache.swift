import Platform

/// All objects and the latest events, in memory: what every list, read and watch is served from.
///
/// Changes come in revision order without gaps, from one writer; readers come from any thread. All state is behind one lock,
/// held for the time of a binary search or a copy of references; continuations are resumed after it is let go.
final class WatchCache: Sendable {
    /// One change, before it is known what it does to the cache.
    struct Change: Sendable {
        let object: StoredObject
        let isDeletion: Bool
    }

    private struct Resource {
        var objects = SortedObjects()
        var window: EventWindow
        /// Watches with a reader waiting, in the order they began to wait.
        var waiting: [Int] = []
    }

    private struct Watcher {
        let resource: String
        let namespace: String?
        /// Everything up to here was handed out.
        var cursor: Int64
        var reader: CheckedContinuation<Result<StoreBatch, StoreError>, Never>?
        var wantsProgress = false
        var isCancelled = false
    }

    private struct State {
        var resources: [String: Resource] = [:]
        var revision: Int64 = 0
        /// Of resources that have no entry yet.
        var evictedThrough: Int64 = 0
        var watchers: [Int: Watcher] = [:]
        var nextID = 0

        mutating func makeID() -> Int {
            nextID += 1
            return nextID
        }
    }

    private typealias Wakeup = (CheckedContinuation<Result<StoreBatch, StoreError>, Never>, Result<StoreBatch, StoreError>)

    private static let batchLimit = 512
    private let state: Locked<State>
    private let limits: WindowLimits
    private let waiters = RevisionWaiters()

    init(limits: WindowLimits) {
        self.limits = limits
        state = Locked(State())
    }

    // MARK: Reading

    var revision: Int64 { state.withLock { $0.revision } }

    func get(_ key: StoreKey) -> StoredObject? { state.withLock { $0.resources[key.resource]?.objects[key] } }

    func list(_ resource: String, namespace: String?) -> StoreList {
        let (revision, objects) = state.withLock { ($0.revision, $0.resources[resource]?.objects) }
        return StoreList(revision: revision, items: objects?.items(resource: resource, namespace: namespace) ?? [])
    }

    /// Undoes what came after the revision, in a copy.
    func list(_ resource: String, namespace: String?, at revision: Int64) throws(StoreError) -> StoreList {
        let found: Result<(SortedObjects?, [StoreEvent]), StoreError> = state.withLock { state in
            let evicted = state.resources[resource]?.window.evictedThrough ?? state.evictedThrough
            guard revision <= state.revision, revision >= evicted else { return .failure(.compacted(oldest: evicted)) }
            let entry = state.resources[resource]
            return .success((entry?.objects, Array(entry?.window.events(after: revision) ?? [])))
        }
        var (objects, events) = try found.get()
        for event in events.reversed() {
            if let previous = event.previous { objects?.put(previous) } else { objects?.remove(event.object.key) }
        }
        return StoreList(revision: revision, items: objects?.items(resource: resource, namespace: namespace) ?? [])
    }

    func objectCount() -> Int { state.withLock { $0.resources.values.reduce(0) { $0 + $1.objects.count } } }

    // MARK: Changing

    /// Applies those changes that are the next ones; earlier ones are known already, and one that leaves a gap stops it.
    ///
    /// - Returns: false when a gap was met: the caller reads the change log.
    @discardableResult
    func apply(_ changes: [Change]) -> Bool {
        let (isWhole, wakeups, revision) = state.withLock { state -> (Bool, [Wakeup], Int64) in
            var isWhole = true
            var touched: [String] = []
            for change in changes where change.object.revision > state.revision {
                guard change.object.revision == state.revision + 1 else {
                    isWhole = false
                    break
                }
                apply(change, to: &state)
                if !touched.contains(change.object.key.resource) { touched.append(change.object.key.resource) }
            }
            return (isWhole, wake(touched, &state), state.revision)
        }
        resume(wakeups)
        waiters.reach(revision)
        return isWhole
    }

    /// Makes the write's change with the next revision if its precondition holds: for a store that lives in memory alone.
    func commit(_ write: StoreWrite) -> Result<StoredObject, StoreError> {
        let (outcome, wakeups) = state.withLock { state -> (Result<StoredObject, StoreError>, [Wakeup]) in
            let current = state.resources[write.key.resource]?.objects[write.key]
            var newest: Int64 { state.resources[write.key.resource]?.objects.newestRevision ?? 0 }
            switch (write.precondition, current) {
            case (.absent, .some), (.absentAmongUnchanged, .some): return (.failure(.exists), [])
            case (.revision, nil), (.unchangedAmongUnchanged, nil): return (.failure(.missing), [])
            case (.revision(let wanted), let object?) where object.revision != wanted:
                return (.failure(.conflict(current: object.revision)), [])
            case (.absentAmongUnchanged(let since), nil) where newest > since, (.unchangedAmongUnchanged(let since), .some) where newest > since:
                return (.failure(.conflict(current: newest)), [])
            case (.absent, nil), (.revision, .some), (.absentAmongUnchanged, nil), (.unchangedAmongUnchanged, .some): break
            }
            guard let object = StoredObject(key: write.key, revision: state.revision + 1, unversioned: write.bytes) else {
                return (.failure(.invalid("\(write.key) is not a JSON object with metadata; send the whole object")), [])
            }
            let isDeletion = if case .delete = write.change { true } else { false }
            apply(Change(object: object, isDeletion: isDeletion), to: &state)
            return (.success(object), wake([write.key.resource], &state))
        }
        resume(wakeups)
        if case .success(let object) = outcome { waiters.reach(object.revision) }
        return outcome
    }

    private func apply(_ change: Change, to state: inout State) {
        let object = change.object
        state.revision = object.revision
        let empty = Resource(window: EventWindow(evictedThrough: state.evictedThrough))
        let limits = limits
        func update(_ resource: inout Resource) {
            let previous = change.isDeletion ? resource.objects.remove(object.key) : resource.objects.put(object)
            let kind: StoreEvent.Kind = change.isDeletion ? .deleted : previous == nil ? .added : .modified
            resource.window.append(StoreEvent(kind: kind, object: object, previous: previous), limits: limits)
        }
        update(&state.resources[object.key.resource, default: empty])
    }

    /// Replaces everything, at start and when too much was missed to catch up by events: watches from before get `compacted`
    /// unless `evictedThrough` says that nothing of theirs is missing.
    ///
    /// - Parameter evictedThrough: for each resource, the latest change that is not in memory; `floor` for those not named.
    func reset(_ objects: [String: SortedObjects], revision: Int64, evictedThrough: [String: Int64], floor: Int64) {
        let wakeups = state.withLock { state -> [Wakeup] in
            let old = state.resources
            state.resources = [:]
            state.evictedThrough = floor
            state.revision = revision
            for name in Set(objects.keys).union(evictedThrough.keys).union(old.keys).sorted() {
                var resource = Resource(window: EventWindow(evictedThrough: evictedThrough[name] ?? floor))
                resource.objects = objects[name] ?? SortedObjects()
                resource.waiting = old[name]?.waiting ?? []
                state.resources[name] = resource
            }
            return wake(state.resources.keys.sorted(), &state)
        }
        resume(wakeups)
        waiters.reach(revision)
    }

    /// Forgets the events up to a revision; watches that still need them get `compacted`.
    func compact(through revision: Int64) {
        let wakeups = state.withLock { state -> [Wakeup] in
            let names = state.resources.keys.sorted()
            for name in names { state.resources[name]?.window.evict(through: revision) }
            return wake(names, &state)
        }
        resume(wakeups)
    }

    // MARK: Watching

    func watch(_ resource: String, namespace: String?, after revision: Int64) throws(StoreError) -> StoreWatch {
        let id: Result<Int, StoreError> = state.withLock { state in
            let evicted = state.resources[resource]?.window.evictedThrough ?? state.evictedThrough
            guard revision >= evicted else { return .failure(.compacted(oldest: evicted)) }
            let id = state.makeID()
            state.watchers[id] = Watcher(resource: resource, namespace: namespace, cursor: revision)
            return .success(id)
        }
        return StoreWatch(cache: self, id: try id.get())
    }

    func next(_ id: Int) async throws(StoreError) -> StoreBatch {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Result<StoreBatch, StoreError>? = state.withLock { state in
                    if Task.isCancelled { return .failure(.cancelled) }
                    if let ready = take(id, &state) { return ready }
                    if state.watchers[id]?.reader != nil {
                        return .failure(.invalid("two readers wait on one watch; give each its own"))
                    }
                    guard let resource = state.watchers[id]?.resource else { return .failure(.cancelled) }
                    state.watchers[id]?.reader = continuation
                    let empty = Resource(window: EventWindow(evictedThrough: state.evictedThrough))
                    state.resources[resource, default: empty].waiting.append(id)
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            stopReading(id, with: .failure(.cancelled))
        }
        return try outcome.get()
    }

    func requestProgress(_ id: Int) {
        let wakeups = state.withLock { state -> [Wakeup] in
            guard let watcher = state.watchers[id] else { return [] }
            state.watchers[id]?.wantsProgress = true
            return watcher.reader == nil ? [] : wake([watcher.resource], &state)
        }
        resume(wakeups)
    }

    func cancelWatch(_ id: Int) {
        state.withLock { $0.watchers[id]?.isCancelled = true }
        stopReading(id, with: .failure(.cancelled))
    }

    func endWatch(_ id: Int) {
        stopReading(id, with: .failure(.cancelled))
        state.withLock { _ = $0.watchers.removeValue(forKey: id) }
    }

    var watchCount: Int { state.withLock { $0.watchers.count } }

    private func stopReading(_ id: Int, with result: Result<StoreBatch, StoreError>) {
        let reader = state.withLock { state -> CheckedContinuation<Result<StoreBatch, StoreError>, Never>? in
            guard let watcher = state.watchers[id], let reader = watcher.reader else { return nil }
            state.watchers[id]?.reader = nil
            state.resources[watcher.resource]?.waiting.removeAll { $0 == id }
            return reader
        }
        reader?.resume(returning: result)
    }

    /// What the watch would get now; nil when it has to wait.
    private func take(_ id: Int, _ state: inout State) -> Result<StoreBatch, StoreError>? {
        guard let watcher = state.watchers[id], !watcher.isCancelled else { return .failure(.cancelled) }
        let window = state.resources[watcher.resource]?.window ?? EventWindow(evictedThrough: state.evictedThrough)
        guard watcher.cursor >= window.evictedThrough else { return .failure(.compacted(oldest: window.evictedThrough)) }
        var events: [StoreEvent] = []
        var reached = max(state.revision, watcher.cursor)
        for event in window.events(after: watcher.cursor) where watcher.namespace == nil || event.object.key.namespace == watcher.namespace {
            events.append(event)
            guard events.count < Self.batchLimit else {
                reached = event.revision
                break
            }
        }
        state.watchers[id]?.cursor = reached
        guard !events.isEmpty || watcher.wantsProgress else { return nil }
        state.watchers[id]?.wantsProgress = false
        return .success(StoreBatch(events: events, revision: reached))
    }

    /// The waiting readers of these resources that have something to get now.
    private func wake(_ resources: [String], _ state: inout State) -> [Wakeup] {
        var wakeups: [Wakeup] = []
        for name in resources {
            guard let waiting = state.resources[name]?.waiting, !waiting.isEmpty else { continue }
            var still: [Int] = []
            for id in waiting {
                guard let reader = state.watchers[id]?.reader else { continue }
                guard let result = take(id, &state) else {
                    still.append(id)
                    continue
                }
                state.watchers[id]?.reader = nil
                wakeups.append((reader, result))
            }
            state.resources[name]?.waiting = still
        }
        return wakeups
    }

    // MARK: Waiting for a revision

    func waitUntil(revision: Int64, timeout: Duration) async -> Bool {
        await waiters.wait(for: revision, timeout: timeout) { self.revision >= revision }
    }

    private func resume(_ wakeups: [Wakeup]) {
        for (reader, result) in wakeups { reader.resume(returning: result) }
    }
}
