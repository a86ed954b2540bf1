import Platform

/// Those who wait until a revision is visible.
///
/// A waiter enters first and looks then; whoever makes a revision visible does so first and calls `reach` then: nobody is missed.
final class RevisionWaiters: Sendable {
    private struct Waiter {
        let id: Int
        let revision: Int64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var waiters: [Waiter] = []
        /// Whose time was over before they had entered.
        var early: Set<Int> = []
        var nextID = 0
    }

    private let state = Locked(State())

    /// - Parameter isReached: looks whether the revision is visible now.
    /// - Returns: false when the time is over or the task was cancelled before.
    func wait(for revision: Int64, timeout: Duration, isReached: @escaping @Sendable () -> Bool) async -> Bool {
        if isReached() { return true }
        let id = state.withLock { state -> Int in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cancelled when the revision came first: nothing to do then.
                do { try await Task.sleep(for: timeout) } catch { return }
                self.end(id)
            }
            let isVisible = await self.wait(id, revision, isReached)
            group.cancelAll()
            await group.waitForAll()
            state.withLock { _ = $0.early.remove(id) }
            return isVisible || isReached()
        }
    }

    /// Lets go those who wait for this revision or an earlier one.
    func reach(_ revision: Int64) {
        let reached = state.withLock { state -> [Waiter] in
            guard !state.waiters.isEmpty else { return [] }
            let reached = state.waiters.filter { $0.revision <= revision }
            state.waiters.removeAll { $0.revision <= revision }
            return reached
        }
        for waiter in reached { waiter.continuation.resume(returning: true) }
    }

    private func wait(_ id: Int, _ revision: Int64, _ isReached: @Sendable () -> Bool) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state -> Bool in
                    if Task.isCancelled || state.early.contains(id) { return true }
                    state.waiters.append(Waiter(id: id, revision: revision, continuation: continuation))
                    return false
                }
                if isOver { return continuation.resume(returning: false) }
                if isReached() { end(id) }
            }
        } onCancel: {
            end(id)
        }
    }

    private func end(_ id: Int) {
        let waiter = state.withLock { state -> Waiter? in
            guard let at = state.waiters.firstIndex(where: { $0.id == id }) else {
                state.early.insert(id)
                return nil
            }
            return state.waiters.remove(at: at)
        }
        waiter?.continuation.resume(returning: false)
    }
}
