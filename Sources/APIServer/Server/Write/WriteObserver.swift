import Store

/// Hears of every write of this process, to refresh what is derived from objects without waiting for a watch.
protocol WriteObserver: Sendable {
    func wrote(_ object: StoredObject, removed: Bool)
}
