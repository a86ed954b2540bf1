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
    private let logger: Logger
    private let known = Locked<[String: Known]>([:])

    init(store: any ObjectStore, registry: ResourceRegistry, logger: Logger) {
        self.store = store
        self.registry = registry
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
        let changedAt = known.withLock { known -> Int64? in
            let before = known[object.key.name]
            if let before, before.revision >= object.revision { return nil }
            let changedAt = before.map { $0.versions == versions ? $0.changedAt : object.revision } ?? object.revision
            known[object.key.name] = Known(revision: object.revision, versions: versions, changedAt: changedAt)
            return changedAt
        }
        guard let changedAt else { return }
        guard DefinitionStatus.isEstablished(definition) else {
            registry.set(object.key.name, [])
            return
        }
        let served = CustomResources.resources(of: definition).enumerated().map { position, resource in
            ServedResource(
                resource, customDefinition: object.key.name, defaultedSince: resource.schema.hasDefaults ? changedAt : 0, isPreferred: position == 0)
        }
        registry.set(object.key.name, served)
    }

    private func drop(_ object: StoredObject) {
        let isNews = known.withLock { known -> Bool in
            guard let before = known[object.key.name], before.revision < object.revision else { return false }
            known[object.key.name] = nil
            return true
        }
        if isNews { registry.set(object.key.name, []) }
    }

    private func forget(_ name: String) {
        _ = known.withLock { $0.removeValue(forKey: name) }
        registry.set(name, [])
    }

    /// Completes a definition that is about to be stored: which names it gets, and that it holds until its objects are gone.
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
