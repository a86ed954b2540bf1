import Kernel
import Kubernetes
import Platform
import Resilience
import ServiceKit
import Telemetry

/// A collection of an API server held in memory and kept up to date: what controllers read instead of asking the server.
///
/// Reads answer from memory, at once, with a state the server had; `hasSynced` says whether there is one. Handlers are called one
/// after the other in the order of the changes, from the informer's own task, and must not block. At rest it costs one idle connection.
public final class Informer: Service, Sendable {
    /// Finds objects by something in them.
    public struct Index: Sendable {
        public let name: String
        /// Must depend on nothing but the object.
        public let values: @Sendable (JSON) -> [String]

        public init(_ name: String, values: @escaping @Sendable (JSON) -> [String]) {
            self.name = name
            self.values = values
        }
    }

    public typealias Handler = @Sendable (CacheChange) -> Void

    private struct State {
        var cache: ObjectCache
        var handlers: [Handler] = []
        var waiters = Waiters<ObjectCache>()
        var lastError: KubernetesError?
    }

    public let type: ResourceType
    public let client: KubernetesClient
    private let reflector: Reflector
    private let state: Locked<State>
    private let logger: Logger
    private let metrics: Metrics

    public init(
        _ client: KubernetesClient, _ type: ResourceType, _ options: ListOptions = ListOptions(), indexes: [Index] = [],
        clocks: any WaitingClocks, logger: Logger, metrics: Metrics,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.client = client
        self.type = type
        reflector = Reflector(client, type, options, clocks: clocks, random: random)
        state = Locked(State(cache: ObjectCache(indexes: indexes)))
        self.logger = logger.with(["informer": type.description])
        self.metrics = metrics
    }

    public var name: String { "informer \(type)" }

    // MARK: Reads

    /// Whether the collection has been read once.
    public var hasSynced: Bool { state.withLock { $0.cache.hasSynced } }
    /// Why the server can't be read now; nil while it can.
    public var lastError: KubernetesError? { state.withLock { $0.lastError } }
    public var count: Int { state.withLock { $0.cache.count } }
    /// Sorted.
    public var keys: [NamespacedName] { state.withLock { $0.cache.keys } }

    public func get(_ key: NamespacedName) -> KubernetesObject? { state.withLock { $0.cache[key] } }

    /// The keys of the objects whose index has that value, sorted.
    public func keys(index: String, value: String) -> [NamespacedName] { state.withLock { $0.cache.keys(index: index, value: value) } }

    /// Sorted by key.
    public var objects: [KubernetesObject] { state.withLock { state in state.cache.keys.compactMap { state.cache[$0] } } }

    /// Calls the handler for every change from now on, and at once for every object there already is.
    public func onChange(_ handler: @escaping Handler) {
        let present = state.withLock { state in
            state.handlers.append(handler)
            return state.cache.keys.compactMap { state.cache[$0] }
        }
        for object in present { handler(CacheChange(key: object.name, old: nil, new: object, isInitial: true, isOwnWrite: false)) }
    }

    // MARK: Read your own writes

    /// Tells of a write of ours: until the watch has brought it, `isCurrent` is false for the key.
    public func note(ownWrite object: KubernetesObject) { state.withLock { $0.cache.note(ownWrite: object) } }

    /// Whether what `get` gives is no older than our own last write to the key.
    public func isCurrent(_ key: NamespacedName) -> Bool { state.withLock { $0.cache.isCurrent(key) } }

    // MARK: Waiting

    /// Returns once the collection has been read, or when the task is cancelled.
    public func waitUntilSynced() async { await state.wait(\.waiters, on: \.cache) { $0.hasSynced } }

    /// Returns once everything up to that revision has been applied, or when the task is cancelled.
    public func wait(forRevision revision: Int64) async { await state.wait(\.waiters, on: \.cache) { $0.progress >= revision } }

    // MARK: Running

    /// Follows the collection until the task is cancelled; ready once it has been read.
    public func run(ready: @escaping @Sendable () -> Void) async {
        var isReady = false
        for await event in reflector {
            handle(event)
            if !isReady, hasSynced {
                isReady = true
                ready()
            }
        }
    }

    private func handle(_ event: ReflectorEvent) {
        let (changes, handlers, done) = state.withLock { state -> ([CacheChange], [Handler], [CheckedContinuation<Void, Never>]) in
            var changes: [CacheChange] = []
            switch event {
            case .snapshot(let list): changes = state.cache.apply(snapshot: list)
            case .changed(let object): changes = state.cache.apply(changed: object).map { [$0] } ?? []
            case .deleted(let object): changes = state.cache.apply(deleted: object).map { [$0] } ?? []
            case .progress(let version): state.cache.advance(to: Int64(version))
            case .trouble(let error, _):
                state.lastError = error
                return ([], [], [])
            }
            state.lastError = nil
            let cache = state.cache
            return (changes, state.handlers, state.waiters.take(for: cache))
        }
        note(event, changes: changes.count)
        for change in changes {
            for handler in handlers { handler(change) }
        }
        for waiter in done { waiter.resume() }
    }

    private func note(_ event: ReflectorEvent, changes: Int) {
        let labels: Metrics.Labels = [("resource", type.description)]
        switch event {
        case .snapshot(let list):
            logger.debug("listed", ["objects": "\(list.items.count)", "resourceVersion": list.resourceVersion])
            metrics.increment("millwright_informer_lists_total", labels, help: "Whole collections read.")
        case .trouble(let error, let delay):
            metrics.increment("millwright_informer_errors_total", labels, help: "Lists and watches that failed.")
            if case .expired = error { return logger.debug("the watch expired, listing again") }
            logger.warning("can't follow \(type): \(error)", ["retryIn": delay.manifest])
        case .changed, .deleted, .progress: break
        }
        if changes > 0 { metrics.set("millwright_informer_objects", labels, to: Double(count), help: "Objects held in memory.") }
    }
}
