import APIServerCore
import Kernel
import Platform
import Store
import Telemetry

/// Turns CustomResourceDefinitions into served resources: at once when one is written here, and by a watch when another replica wrote it.
final class DefinitionService: WriteObserver {
    static let resourceName = "customresourcedefinitions.apiextensions.k8s.io"
    /// Holds a definition until its objects are gone.
    static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    private struct Known: Sendable {
        let revision: Int64
        let versions: JSON
        /// The revision at which the schemas last changed.
        let changedAt: Int64
    }

    private let store: any ObjectStore
    private let registry: ResourceRegistry
    private let rules: RuleLanguage
    private let logger: Logger
    private let known = Locked<[String: Known]>([:])
    /// Held from `complete` until the definition is stored: of two that want the same name at the same time one gets it.
    let turns = Turns()

    init(store: any ObjectStore, registry: ResourceRegistry, rules: RuleLanguage, logger: Logger) {
        self.store = store
        self.registry = registry
        self.rules = rules
        self.logger = logger.with(["component": "definitions"])
        for object in store.list(Self.resourceName, namespace: nil).items { serve(object) }
    }

    func wrote(_ object: StoredObject, removed: Bool) {
        guard object.key.resource == Self.resourceName else { return }
        if removed { drop(object) } else { serve(object) }
    }

    /// Follows what other replicas write, until the task is cancelled.
    func run() async {
        await ResourceFollower(store: store).follow(Self.resourceName) { change in
            switch change {
            case .list(let items):
                let present = Set(items.map(\.key.name))
                let gone = self.known.withLock { known in known.keys.filter { !present.contains($0) } }
                for name in gone { self.forget(name) }
                for item in items { self.serve(item) }
            case .event(let event): self.wrote(event.object, removed: event.kind == .deleted)
            }
        }
    }

    /// Serves what the definition says now; an older version of it than is served already changes nothing.
    private func serve(_ object: StoredObject) {
        let definition: JSON
        do throws(JSONError) { definition = try object.json() } catch {
            logger.error("a stored CustomResourceDefinition is not readable", ["name": object.key.name, "error": error.description])
            return
        }
        let versions = definition["spec"]?["versions"] ?? .null
        let name = object.key.name
        // The table is swapped under the lock: of two writes close together the later one must be what stays.
        known.withLock { known in
            let before = known[name]
            if let before, before.revision >= object.revision { return }
            // An event from before its deletion comes late.
            if before == nil, store.get(object.key) == nil { return }
            let changedAt = before.map { $0.versions == versions ? $0.changedAt : object.revision } ?? object.revision
            known[name] = Known(revision: object.revision, versions: versions, changedAt: changedAt)
            registry.set(name, resources(definition, name: name, changedAt: changedAt))
        }
    }

    private func resources(_ definition: JSON, name: String, changedAt: Int64) -> [ServedResource] {
        guard DefinitionStatus.isEstablished(definition) else { return [] }
        return CustomResources.resources(of: definition, rules: rules).enumerated().map { position, resource in
            ServedResource(
                resource, customDefinition: name, defaultedSince: resource.schema.hasDefaults ? changedAt : 0, isPreferred: position == 0)
        }
    }

    private func drop(_ object: StoredObject) {
        known.withLock { known in
            guard let before = known[object.key.name], before.revision < object.revision else { return }
            known[object.key.name] = nil
            registry.set(object.key.name, [])
        }
    }

    private func forget(_ name: String) {
        known.withLock { known in
            known[name] = nil
            registry.set(name, [])
        }
    }

    /// Completes a definition that is about to be stored: which names it gets, and that it holds until its objects are gone.
    /// The caller has the turn.
    func complete(_ definition: inout JSON, now: Timestamp) {
        let name = definition["metadata"]?["name"]?.string ?? ""
        if definition["metadata"]?["deletionTimestamp"]?.string == nil {
            var finalizers = definition["metadata"]?["finalizers"]?.array ?? []
            if !finalizers.contains(.string(Self.cleanupFinalizer)) { finalizers.append(.string(Self.cleanupFinalizer)) }
            definition["metadata"]?["finalizers"] = .array(finalizers)
        }
        let others = store.list(Self.resourceName, namespace: nil).items.filter { $0.key.name != name }.compactMap { object -> JSON? in
            guard case .success(let json) = Result(catching: { () throws(JSONError) in try object.json() }) else { return nil }
            return json
        }
        if let status = DefinitionStatus.next(definition, others: others, now: now) { definition["status"] = status }
    }
}
