import HTTPMessages
import Kernel
import Kubernetes
import Platform

/// An API server in memory, reached through the real client: what the client sends is parsed here, what it gets is real JSON.
///
/// Every call takes a little time, and goes wrong as the fault plan says; watches lag, break and expire.
public final class SimulatedAPI: Sendable {
    let simulation: Simulation
    let faults: FaultPlan
    private let state: Locked<SimulatedStore>
    let changed = Bell()
    private let counts = Locked<[String: Int]>([:])

    public init(_ simulation: Simulation, faults: FaultPlan) {
        self.simulation = simulation
        self.faults = faults
        let clock = simulation.clock
        state = Locked(SimulatedStore(now: { clock.now }))
    }

    /// What a life of the program talks through.
    public func transport(for process: SimulatedProcess) -> any KubernetesTransport { SimulatedTransport(api: self, process: process) }

    // MARK: The other people

    /// Makes the object, or replaces its spec, labels and annotations: a user's `kubectl apply`.
    public func apply(_ type: ResourceType, _ object: JSON) {
        simulation.trace.note("user applies \(type) \(Metadata(of: object).namespacedName)")
        change { store in do { _ = try store.apply(type.description, object, isStatus: false) } catch {} }
    }

    public func merge(_ type: ResourceType, _ key: NamespacedName, _ patch: JSON) {
        simulation.trace.note("user patches \(type) \(key)")
        change { store in do { _ = try store.merge(type.description, key, patch, isStatus: false) } catch {} }
    }

    public func delete(_ type: ResourceType, _ key: NamespacedName) {
        simulation.trace.note("user deletes \(type) \(key)")
        change { store in do { _ = try store.delete(type.description, key, uid: nil) } catch {} }
    }

    /// Forgets the log: running watches go on, those that come back get 410.
    public func compact() { change { $0.compact() } }

    public func get(_ type: ResourceType, _ key: NamespacedName) -> JSON? {
        state.withLock { store in do { return try store.get(type.description, key) } catch { return nil } }
    }

    public func objects(_ type: ResourceType) -> [JSON] { state.withLock { $0.list(type.description, namespace: nil) } }
    public var revision: Int64 { state.withLock { $0.revision } }
    /// Requests that change something, of that resource (all when nil), since the start.
    public func writes(to type: ResourceType? = nil) -> Int {
        counts.withLock { counts in type.map { counts[$0.description] ?? 0 } ?? counts.values.reduce(0, +) }
    }

    // MARK: The transport's side

    func counted(_ resource: String) { counts.withLock { $0[resource, default: 0] += 1 } }

    func change<Result: Sendable>(_ body: (inout SimulatedStore) -> Result) -> Result {
        let before = revision
        let result = state.withLock { store in body(&store) }
        if revision != before { changed.ring() }
        return result
    }

    func read<Result: Sendable>(_ body: (SimulatedStore) -> Result) -> Result { state.withLock { store in body(store) } }
}
