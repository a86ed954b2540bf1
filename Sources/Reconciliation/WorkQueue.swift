import Kernel
import Platform

/// The queue of one controller: a `WorkQueueState` behind a lock, with waiters and a timer.
///
/// `run` must be running for delayed keys to come due.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    public typealias Ticket = WorkQueueState<Key>.Ticket

    private struct State {
        var queue: WorkQueueState<Key>
        var random: any RandomNumberGenerator & Sendable
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Ticket?, Never>)] = []
        var nextWaiter: UInt64 = 0
        var isShutDown = false
        /// What the timer is set to.
        var alarm: MonotonicInstant?
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Locked<State>
    private let clocks: any WaitingClocks
    private let alarmChanged = Wakeup()

    /// - Parameter random: for jitter; seeded in simulations.
    public init(
        _ settings: WorkQueueState<Key>.Settings = .init(), clocks: any WaitingClocks,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.clocks = clocks
        state = Locked(State(queue: WorkQueueState(settings), random: random))
    }

    public var depth: Int { state.withLock { $0.queue.depth } }
    public var running: Int { state.withLock { $0.queue.running } }
    /// Keys in line, delayed or in a pass.
    public var count: Int { state.withLock { $0.queue.count } }

    public func add(_ key: Key, cause: PassCause) {
        change { $0.queue.add(key, cause: cause, now: clocks.monotonic) }
    }

    public func add(_ key: Key, cause: PassCause, after delay: Duration) {
        change { $0.queue.add(key, cause: cause, at: clocks.monotonic + delay, now: clocks.monotonic) }
    }

    /// The next key to pass over, to be given back by `finish` or `postpone` whatever happens; nil once the queue is shut down or the task is
    /// cancelled.
    public func next() async -> Ticket? {
        let id = state.withLock { state -> UInt64 in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { $0.waiters.append((id: id, continuation: continuation)) }
                // A cancellation that came before the line above found nothing to end.
                if Task.isCancelled { abandon(id) }
            }
        } onCancel: {
            abandon(id)
        }
    }

    private func abandon(_ id: UInt64) {
        let waiter = state.withLock { state -> CheckedContinuation<Ticket?, Never>? in
            guard let at = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: at).continuation
        }
        waiter?.resume(returning: nil)
    }

    @discardableResult
    public func finish(_ ticket: Ticket, _ result: PassResult) -> Duration? {
        change { state in
            var random = state.random
            let delay = state.queue.finish(ticket, result, now: clocks.monotonic, using: &random)
            state.random = random
            return delay
        }
    }

    public func postpone(_ ticket: Ticket, by delay: Duration) {
        change { $0.queue.postpone(ticket, by: delay, now: clocks.monotonic) }
    }

    /// No more keys are handed out; passes that run may finish.
    public func shutDown() { change { $0.isShutDown = true } }

    /// Returns when no pass runs; not ended by cancellation.
    public func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            change { $0.drained.append(continuation) }
        }
    }

    /// Lets delayed keys come due, until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            let due = change { state -> MonotonicInstant? in
                state.alarm = state.queue.nextDue()
                return state.alarm
            }
            if let due {
                await alarmChanged.wait(atMost: due - clocks.monotonic, clocks: clocks)
            } else {
                await alarmChanged.wait()
            }
        }
    }

    /// Changes the state, then hands out what can be handed out, outside the lock.
    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        var handed: [(CheckedContinuation<Ticket?, Never>, Ticket?)] = []
        var drained: [CheckedContinuation<Void, Never>] = []
        var mustResetAlarm = false
        let result = state.withLock { state -> Result in
            let result = body(&state)
            let now = clocks.monotonic
            state.queue.advance(now: now)
            if state.isShutDown {
                handed = state.waiters.map { ($0.continuation, nil) }
                state.waiters = []
            }
            while !state.waiters.isEmpty, let ticket = state.queue.take(now: now) {
                handed.append((state.waiters.removeFirst().continuation, ticket))
            }
            if state.queue.running == 0 {
                drained = state.drained
                state.drained = []
            }
            let due = state.queue.nextDue()
            mustResetAlarm = due.map { due in state.alarm.map { due < $0 } ?? true } ?? false
            if mustResetAlarm { state.alarm = due }
            return result
        }
        if mustResetAlarm { alarmChanged.wake() }
        for (continuation, ticket) in handed { continuation.resume(returning: ticket) }
        for continuation in drained { continuation.resume() }
        return result
    }
}
