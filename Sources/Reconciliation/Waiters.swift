import Platform

/// Tasks that wait until something holds of a value. Kept beside that value, under the same lock; see `Locked.wait`.
struct Waiters<Seen>: Sendable {
    typealias Condition = @Sendable (Seen) -> Bool

    private struct Waiter: Sendable {
        let id: UInt64
        let condition: Condition
        let continuation: CheckedContinuation<Void, Never>
    }

    private var waiting: [Waiter] = []
    private var lastID: UInt64 = 0

    /// Takes out those whose condition holds now. The caller resumes each, after it let go of the lock.
    mutating func take(for seen: Seen) -> [CheckedContinuation<Void, Never>] {
        guard !waiting.isEmpty else { return [] }
        let done = waiting.filter { $0.condition(seen) }
        if !done.isEmpty { waiting.removeAll { waiter in done.contains { $0.id == waiter.id } } }
        return done.map(\.continuation)
    }

    fileprivate mutating func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    fileprivate mutating func add(_ id: UInt64, _ condition: @escaping Condition, _ continuation: CheckedContinuation<Void, Never>) {
        waiting.append(Waiter(id: id, condition: condition, continuation: continuation))
    }

    fileprivate mutating func take(_ id: UInt64) -> CheckedContinuation<Void, Never>? {
        waiting.firstIndex { $0.id == id }.map { waiting.remove(at: $0).continuation }
    }
}

extension Locked {
    /// Returns once the condition holds, at once if it does already, or when the task is cancelled.
    ///
    /// Whoever changes what is seen takes the waiters out in the same turn of the lock.
    func wait<Seen>(
        _ waiters: WritableKeyPath<Value, Waiters<Seen>> & Sendable, on seen: KeyPath<Value, Seen> & Sendable,
        until condition: @escaping Waiters<Seen>.Condition
    ) async {
        let id = withLock { $0[keyPath: waiters].newID() }
        let abandon: @Sendable () -> Void = { self.withLock { $0[keyPath: waiters].take(id) }?.resume() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = withLock { value -> Bool in
                    if condition(value[keyPath: seen]) || Task.isCancelled { return true }
                    value[keyPath: waiters].add(id, condition, continuation)
                    return false
                }
                if isDone { continuation.resume() } else if Task.isCancelled { abandon() }
            }
        } onCancel: {
            abandon()
        }
    }
}
