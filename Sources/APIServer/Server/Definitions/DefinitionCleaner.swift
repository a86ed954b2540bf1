import APIServerCore
import Kernel
import Store
import Telemetry

/// Deletes the objects of a definition that is being deleted, and lets it go once they are gone.
struct DefinitionCleaner: Sendable {
    private let parts: ServerParts
    private let logger: Logger

    init(_ parts: ServerParts) {
        self.parts = parts
        logger = parts.logger.with(["component": "definitions"])
    }

    func run() async {
        await EmptyingQueue(
            store: parts.store, resource: DefinitionService.resourceName,
            keys: { change in
                switch change {
                case .list(let items): return items.filter(\.isMarkedForDeletion).map(\.key)
                case .event(let event):
                    if event.kind == .deleted { await offerNames() }
                    return event.kind != .deleted && event.object.isMarkedForDeletion ? [event.object.key] : []
                }
            },
            isToBeEmptied: { _ in true }, empty: { key in await clean(key) }
        ).run()
    }

    /// Names that a definition gave up may be what others wait for.
    private func offerNames() async {
        guard let definitions = parts.registry.table.find(GroupResource(group: "apiextensions.k8s.io", resource: "customresourcedefinitions")) else { return }
        for object in parts.store.list(DefinitionService.resourceName, namespace: nil).items {
            guard let json = definitions.json(object), DefinitionStatus.condition("NamesAccepted", of: json)?["status"]?.string == "False" else { continue }
            do throws(APIStatus) {
                // Every write of a definition decides its names anew.
                _ = try await parts.writer.update(object.key, definitions, WriteOptions(), part: .whole, warnings: Warnings()) { old, _ throws(APIStatus) in old }
            } catch {
                if error.reason != .notFound { logger.warning("accepting the names of a definition failed", ["name": object.key.name, "reason": error.message]) }
            }
        }
    }

    /// - Returns: whether there is nothing more to do.
    private func clean(_ key: StoreKey) async -> Bool {
        guard let definitions = parts.registry.table.find(GroupResource(group: "apiextensions.k8s.io", resource: "customresourcedefinitions")),
            let object = parts.store.get(key), object.isMarkedForDeletion, let definition = definitions.json(object),
            (definition["metadata"]?["finalizers"]?.array ?? []).contains(.string(DefinitionService.cleanupFinalizer))
        else { return true }
        // The name is plural.group: that is how its objects are stored.
        let items = parts.store.list(key.name, namespace: nil).items
        if !items.isEmpty, let resource = parts.registry.table.stored.first(where: { $0.definition.storage.resource == key.name }) {
            do throws(APIStatus) {
                _ = try await parts.deletes.deleteAll(items, resource, .none)
            } catch {
                logger.warning("deleting the objects of a definition failed, trying again", ["name": key.name, "reason": error.message])
            }
            guard parts.store.list(key.name, namespace: nil).items.isEmpty else { return false }
        }
        await release(key, definitions)
        return false
    }

    private func release(_ key: StoreKey, _ definitions: ServedResource) async {
        do throws(APIStatus) {
            _ = try await parts.writer.update(key, definitions, WriteOptions(), part: .whole, warnings: Warnings()) { old, _ throws(APIStatus) in
                var new = old
                let left = (old["metadata"]?["finalizers"]?.array ?? []).filter { $0.string != DefinitionService.cleanupFinalizer }
                new["metadata"]?["finalizers"] = left.isEmpty ? nil : .array(left)
                return new
            }
        } catch {
            if error.reason != .notFound { logger.warning("letting a definition go failed, trying again", ["name": key.name, "reason": error.message]) }
        }
    }
}
