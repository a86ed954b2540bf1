import APIServerCore
import Kernel
import Store

/// Follows all objects of some resources: a list first, then every change, and a list anew when changes were missed.
struct ResourceFollower: Sendable {
    let store: any ObjectStore

    enum Change: Sendable {
        /// All there are now; what isn't among them is gone.
        case list([StoredObject])
        case event(StoreEvent)
    }

    /// Runs until the task is cancelled.
    func follow(_ resource: String, _ handle: @Sendable (Change) async -> Void) async {
        while !Task.isCancelled {
            let list = store.list(resource, namespace: nil)
            await handle(.list(list.items))
            do throws(StoreError) {
                let watch = try store.watch(resource, namespace: nil, after: list.revision)
                while true {
                    for event in try await watch.next().events { await handle(.event(event)) }
                }
            } catch {
                if error == .cancelled, Task.isCancelled { return }
                // Events were missed, or the watch ended: begin anew, not in a hot loop.
                do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
            }
        }
    }

    /// Follows every resource that is stored, also those that come and go with definitions.
    func followAll(_ registry: ResourceRegistry, _ handle: @escaping @Sendable (String, Change) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            var known: Set<String> = []
            for await _ in registry.changes.changes() {
                for resource in registry.table.stored {
                    let name = resource.definition.storage.resource
                    // One that went away stays followed: its objects are gone, so it costs nothing, and it may come back.
                    guard known.insert(name).inserted else { continue }
                    group.addTask { await follow(name) { change in await handle(name, change) } }
                }
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
    }
}
