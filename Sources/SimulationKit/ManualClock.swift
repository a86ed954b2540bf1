import Kernel
import Platform

/// Time that goes forward only when told: whoever sleeps is woken in the order of being due.
public final class ManualClock: WaitingClocks, Sendable {
    private struct Sleeper {
        let due: MonotonicInstant
        let sequence: UInt64
        let continuation: CheckedContinuation<Bool, Never>

        func isBefore(_ other: Sleeper) -> Bool { due != other.due ? due < other.due : sequence < other.sequence }
    }

    private struct State {
        var elapsed: Duration = .zero
        /// The next one due stands last.
        var sleepers: [Sleeper] = []
        /// Cancelled before they slept.
        var cancelled: Set<UInt64> = []
        var sequence: UInt64 = 0
    }

    private let start: Timestamp
    private let state = Locked(State())

    public init(start: Timestamp = Timestamp(seconds: 1_763_600_000)) { self.start = start }

    public var now: Timestamp { start + state.withLock { $0.elapsed } }
    public var monotonic: MonotonicInstant { MonotonicInstant(nanoseconds: 1_000_000_000) + state.withLock { $0.elapsed } }

    public func sleep(for duration: Duration) async throws(CancellationError) {
        let id = state.withLock { state -> UInt64 in
            state.sequence += 1
            return state.sequence
        }
        let finished = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state -> Bool in
                    if state.cancelled.remove(id) != nil { return true }
                    let due = MonotonicInstant(nanoseconds: 1_000_000_000) + state.elapsed + max(duration, .zero)
                    let sleeper = Sleeper(due: due, sequence: id, continuation: continuation)
                    let at = state.sleepers.lastIndex { sleeper.isBefore($0) }.map { $0 + 1 } ?? 0
                    state.sleepers.insert(sleeper, at: at)
                    return false
                }
                if isCancelled { continuation.resume(returning: false) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                if let at = state.sleepers.lastIndex(where: { $0.sequence == id }) { return state.sleepers.remove(at: at) }
                state.cancelled.insert(id)
                return nil
            }
            sleeper?.continuation.resume(returning: false)
        }
        _ = state.withLock { $0.cancelled.remove(id) }
        if !finished || Task.isCancelled { throw CancellationError() }
    }

    /// How many sleep now.
    public var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// When the next sleeper is due, as time since the start; nil when nobody sleeps.
    public var nextDue: MonotonicInstant? { state.withLock { $0.sleepers.last?.due } }

    /// Moves time forward and wakes everyone who is due by then, in order. Without an executor that runs them in between, as a
    /// simulation has, those who sleep again during that are not woken again.
    public func advance(by duration: Duration) { advance(to: monotonic + duration) }

    func advance(to instant: MonotonicInstant) {
        let due = state.withLock { state -> [Sleeper] in
            let current = MonotonicInstant(nanoseconds: 1_000_000_000) + state.elapsed
            if instant > current { state.elapsed += instant - current }
            var due: [Sleeper] = []
            while let next = state.sleepers.last, next.due <= instant {
                due.append(next)
                state.sleepers.removeLast()
            }
            return due
        }
        for sleeper in due { sleeper.continuation.resume(returning: true) }
    }
}
