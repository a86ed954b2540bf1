import APIServerCore
import Kernel
import Store
import Telemetry

/// Deletes the objects of a definition that is being deleted, and lets it go once they are gone.
struct DefinitionCleaner: Sendable {
    private let parts: ServerParts
    private let logger: Logger
    private static let firstDelay = Duration.milliseconds(50)
    private static let lastDelay = Duration.seconds(5)

    init(_ parts: ServerParts) {
        self.parts = parts
        logger = parts.logger.with(["component": "definitions"])
    }

    func run() async {
        let (work, queue) = AsyncStream.makeStream(of: StoreKey.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await ResourceFollower(store: parts.store).follow(DefinitionService.resourceName) { change in
                    switch change {
                    case .list(let items): for item in items where item.isMarkedForDeletion { queue.yield(item.key) }
                    case .event(let event):
                        if event.kind == .deleted { await offerNames() } else if event.object.isMarkedForDeletion { queue.yield(event.object.key) }
                    }
                }
                queue.finish()
            }
            group.addTask {
                await withDiscardingTaskGroup { definitions in
                    let busy = BusySet()
                    for await key in work where busy.begin(key.name) {
                        definitions.addTask {
                            await clean(key)
                            busy.end(key.name)
                        }
                    }
                    definitions.cancelAll()
                }
            }
        }
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

    private func clean(_ key: StoreKey) async {
        guard let definitions = parts.registry.table.find(GroupResource(group: "apiextensions.k8s.io", resource: "customresourcedefinitions")) else { return }
        var delay = Self.firstDelay
        while !Task.isCancelled {
            guard let object = parts.store.get(key), object.isMarkedForDeletion, let definition = definitions.json(object) else { return }
            let finalizers = definition["metadata"]?["finalizers"]?.array ?? []
            guard finalizers.contains(.string(DefinitionService.cleanupFinalizer)) else { return }
            // The name is plural.group: that is how its objects are stored.
            let items = parts.store.list(key.name, namespace: nil).items
            let resource = parts.registry.table.stored.first { $0.definition.storage.resource == key.name }
            if items.isEmpty || resource == nil {
                await release(key, definitions)
            } else if let resource {
                do throws(APIStatus) {
                    _ = try await parts.deletes.deleteAll(items, resource, .none)
                    if parts.store.list(key.name, namespace: nil).items.isEmpty { continue }
                } catch {
                    logger.warning("deleting the objects of a definition failed, trying again", ["name": key.name, "reason": error.message])
                }
            }
            do { try await Task.sleep(for: delay) } catch { return }
            delay = min(delay * 2, Self.lastDelay)
        }
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
