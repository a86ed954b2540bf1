/// What goes on beside requests, in one group: ends together when the task is cancelled.
struct BackgroundServices: Sendable {
    private let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    var isReady: Bool { parts.readiness.isReady }

    func sweepEvents() async { await EventExpiry(parts: parts).sweep() }

    func run() async throws {
        let parts = parts
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await parts.watchClock.run() }
            group.addTask { await parts.definitions.run() }
            group.addTask { await parts.authorizer.run() }
            group.addTask { await Bootstrap(parts).run() }
            group.addTask { await RoleAggregator(parts).run() }
            group.addTask { await NamespaceController(parts).run() }
            group.addTask { await DefinitionCleaner(parts).run() }
            group.addTask { await GarbageCollector(parts).run() }
            group.addTask { await EventExpiry(parts: parts).run() }
            await group.waitForAll()
        }
    }
}
