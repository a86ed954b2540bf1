import Kernel
import Platform
import Resilience

/// One deterministic run: tasks taken in turn on one thread, time that stands still until nobody has anything to do, chance from a seed.
///
/// Use from one thread: start tasks, let time go by, look, stop.
public final class Simulation: Sendable {
    public let seed: UInt64
    public let clock: ManualClock
    public let trace = Trace()
    private let executor: TurnExecutor
    private let random: Locked<SeededGenerator>
    private let tasks = Locked<[Task<Void, Never>]>([])

    public init(seed: UInt64) {
        self.seed = seed
        clock = ManualClock()
        executor = TurnExecutor(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        random = Locked(SeededGenerator(seed: seed &+ 0x5EED))
    }

    /// Jobs run so far: the measure of how long a run was.
    public var steps: Int { executor.jobs }

    /// A generator of its own for a part of the world, from the run's seed and the part's name.
    public func generator(for part: String) -> SeededGenerator {
        SeededGenerator(seed: part.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    public func draw(in range: ClosedRange<Int>) -> Int { random.withLock { Int.random(in: range, using: &$0) } }
    public func chance(of probability: Double) -> Bool { random.withLock { Double.random(in: 0..<1, using: &$0) < probability } }

    /// Starts a task of the run. Cancel it by the handle, or all of them by `stop`.
    @discardableResult
    public func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        let task = Task(executorPreference: executor) { await body() }
        tasks.withLock { $0.append(task) }
        return task
    }

    /// Runs everything that can run, and lets that much time go by, stopping on the way wherever somebody is due.
    public func advance(by duration: Duration) {
        let end = clock.monotonic + duration
        while true {
            while executor.step() {}
            guard let due = clock.nextDue, due <= end else { break }
            clock.advance(to: due)
        }
        clock.advance(to: end)
        while executor.step() {}
    }

    /// Lets time go by until the condition holds; false when it doesn't within that time.
    public func advance(atMost limit: Duration, until condition: () -> Bool) -> Bool {
        let end = clock.monotonic + limit
        while true {
            while executor.step() {}
            if condition() { return true }
            guard let due = clock.nextDue, due <= end else { return false }
            clock.advance(to: due)
        }
    }

    /// Runs the body to its end, time going by as needed; nil when it didn't end within that time.
    public func run<Result: Sendable>(atMost limit: Duration = .seconds(3600), _ body: @escaping @Sendable () async -> Result) -> Result? {
        let result = Locked<Result?>(nil)
        start {
            let value = await body()
            result.withLock { $0 = value }
        }
        _ = advance(atMost: limit) { result.withLock { $0 != nil } }
        return result.withLock { $0 }
    }

    /// Cancels all tasks and runs them to their ends.
    public func stop() {
        let running = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in running { task.cancel() }
        advance(by: .seconds(3600))
    }
}
