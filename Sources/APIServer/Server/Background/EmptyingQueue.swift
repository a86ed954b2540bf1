import Store

/// What the server does with things that hold others and are being deleted: follows a resource, and works on each thing in a task of
/// its own, never twice at a time.
struct EmptyingQueue: Sendable {
    private static let firstDelay = Duration.milliseconds(50)
    private static let lastDelay = Duration.seconds(5)

    let store: any ObjectStore
    let resource: String
    /// Which keys a change makes worth a look.
    let keys: @Sendable (ResourceFollower.Change) async -> [StoreKey]
    /// Looks at a key, one after the other; whether it is to be emptied.
    let isToBeEmptied: @Sendable (StoreKey) async -> Bool
    /// One attempt; whether there is nothing more to do. Called again, after a pause that grows up to five seconds, until then:
    /// finalizers let go when they like.
    let empty: @Sendable (StoreKey) async -> Bool

    /// Works until the task is cancelled.
    func run() async {
        let (work, queue) = AsyncStream.makeStream(of: StoreKey.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await ResourceFollower(store: store).follow(resource) { change in
                    for key in await keys(change) { queue.yield(key) }
                }
                queue.finish()
            }
            group.addTask {
                await withDiscardingTaskGroup { tasks in
                    let busy = BusySet()
                    for await key in work {
                        guard await isToBeEmptied(key), busy.begin(key.name) else { continue }
                        tasks.addTask {
                            await attempt(key)
                            busy.end(key.name)
                        }
                    }
                    tasks.cancelAll()
                }
            }
        }
    }

    private func attempt(_ key: StoreKey) async {
        var delay = Self.firstDelay
        while !Task.isCancelled {
            if await empty(key) { return }
            do { try await Task.sleep(for: delay) } catch { return }
            delay = min(delay * 2, Self.lastDelay)
        }
    }
}
