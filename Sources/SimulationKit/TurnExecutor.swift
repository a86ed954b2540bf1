import Platform
import Resilience

/// Runs Swift's tasks one job at a time on the calling thread, in an order drawn from a seed: the same seed gives the same run, and
/// different seeds give different interleavings of what runs side by side.
///
/// Tasks started with it as their preference stay on it with everything they call, as long as that is bound to no executor of its own.
public final class TurnExecutor: TaskExecutor, Sendable {
    private struct State {
        var ready: [UnownedJob] = []
        var random: SeededGenerator
        var jobs = 0
    }

    private let state: Locked<State>

    public init(seed: UInt64) { state = Locked(State(random: SeededGenerator(seed: seed))) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    /// Jobs run so far.
    public var jobs: Int { state.withLock { $0.jobs } }

    /// Runs one job; false when there is none.
    func step() -> Bool {
        let job = state.withLock { state -> UnownedJob? in
            guard !state.ready.isEmpty else { return nil }
            state.jobs += 1
            // Mostly in order, so that runs get somewhere; one time in four any of those that are ready.
            let at = Int.random(in: 0..<4, using: &state.random) == 0 ? Int.random(in: 0..<state.ready.count, using: &state.random) : 0
            return state.ready.remove(at: at)
        }
        guard let job else { return false }
        job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }
}
