import Platform

/// Tells waiting tasks that something changed; a change that comes while nobody waits is not lost.
final class ChangeSignal: Sendable {
    private let continuations = Locked<[Int: AsyncStream<Void>.Continuation]>([:])
    private let next = Locked(0)

    func notify() {
        let waiting = continuations.withLock { Array($0.values) }
        for continuation in waiting { continuation.yield() }
    }

    /// Yields once now, and after every change; changes that come together may count as one.
    func changes() -> AsyncStream<Void> {
        let id = next.withLock { next in
            next += 1
            return next
        }
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            continuations.withLock { $0[id] = continuation }
            continuation.onTermination = { [weak self] _ in self?.remove(id) }
            continuation.yield()
        }
    }

    private func remove(_ id: Int) { _ = continuations.withLock { $0.removeValue(forKey: id) } }
}
