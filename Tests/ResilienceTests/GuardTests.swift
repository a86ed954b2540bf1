import Guards
import Kernel
import Platform
import Resilience
import Telemetry
import Testing

/// A clock that moves only when told.
private final class ManualClock: Clocks {
    private let instant = Locked<Int64>(1_000_000_000)
    var monotonic: MonotonicInstant { MonotonicInstant(nanoseconds: instant.withLock { $0 }) }
    var now: Timestamp { Timestamp(seconds: 1_700_000_000) + .nanoseconds(instant.withLock { $0 }) }
    func advance(_ span: Duration) { instant.withLock { $0 += span.wholeNanoseconds } }
}

private struct Boom: Error, CustomStringConvertible { var description: String { "boom" } }

/// Opens once, for as many as wait.
private final class Gate: Sendable {
    private let state = Locked<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }
}

/// Lets others run until it is so; a bound that is never reached by a right program.
private func eventually(_ what: Comment, _ condition: () -> Bool) async {
    for _ in 0..<2_000_000 {
        if condition() { return }
        await Task.yield()
    }
    Issue.record(what)
}

private let key = GuardKey(dependency: "docker", target: "local", operation: .write)

@Suite struct GuardTests {
    private let clock = ManualClock()
    private let metrics = Metrics()

    private func made(_ settings: BreakerSettings = BreakerSettings(), onChange: @escaping @Sendable (GuardChange) -> Void = { _ in }) -> CallGuard {
        CallGuard(key: key, settings: settings, clocks: clock, metrics: metrics, seed: 3, onChange: onChange)
    }

    private func fail(_ guarded: CallGuard, times: Int) async {
        for _ in 0..<times { _ = try? await guarded.run { throw Boom() } }
    }

    @Test func failuresOpenItAndTheRefusalSaysAll() async throws {
        let changes = Locked<[GuardChange]>([])
        let guarded = made { change in changes.withLock { $0.append(change) } }
        #expect(try await guarded.run { 5 } == 5)
        await fail(guarded, times: 9)
        let refusal = await #expect(throws: GuardRefusal.self) { try await guarded.run { Issue.record("it was let through") } }
        #expect(refusal?.guardName == "docker.local.Write")
        #expect(refusal?.reason == .open(forced: false))
        #expect(refusal?.lastError == "boom")
        #expect(refusal.map { $0.retryAfter >= .seconds(30) && $0.retryAfter <= .seconds(36) } == true)
        #expect(refusal?.description.contains("docker.local.Write is open") == true)
        #expect(changes.withLock { $0.map(\.transition.to) } == [.open])
        #expect(guarded.snapshot.phase == .open && guarded.snapshot.rejected == 1)
        #expect(metrics.value("millwright_guard_state", [("dependency", "docker"), ("target", "local"), ("operation", "Write")]) == 2)
    }

    @Test func itComesBackThroughItsProbes() async throws {
        let guarded = made()
        await fail(guarded, times: 10)
        clock.advance(try #require(guarded.refusal))
        for _ in 0..<3 { try await guarded.run {} }
        #expect(guarded.snapshot.phase == .closed)
    }

    @Test func cancelledCallsDoNotCount() async {
        let guarded = made()
        for _ in 0..<30 {
            let task = Task { try await guarded.run { try await Task.sleep(for: .seconds(3600)) } }
            await eventually("it runs") { guarded.snapshot.running == 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(guarded.snapshot.tally == CallTally())
        #expect(guarded.snapshot.running == 0 && guarded.snapshot.phase == .closed)
    }

    @Test func aCallThatWasCancelledAndThrowsSomethingElseDoesNotCount() async {
        let guarded = made()
        let gate = Gate()
        let task = Task {
            try await guarded.run {
                await gate.wait()
                throw Boom()
            }
        }
        await eventually("it runs") { guarded.snapshot.running == 1 }
        task.cancel()
        gate.open()
        await #expect(throws: Boom.self) { try await task.value }
        #expect(guarded.snapshot.tally == CallTally())
    }

    @Test func noMoreThanMayRunAtTheSameTime() async throws {
        let guarded = made(BreakerSettings(maxConcurrent: 3))
        let (gate, most) = (Gate(), Locked((now: 0, most: 0)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await guarded.run {
                        most.withLock { counts in
                            counts.now += 1
                            counts.most = max(counts.most, counts.now)
                        }
                        await gate.wait()
                        most.withLock { $0.now -= 1 }
                    }
                }
            }
            await eventually("3 run and 17 wait") { guarded.snapshot.running == 3 && guarded.snapshot.waiting == 17 }
            gate.open()
            try await group.waitForAll()
        }
        #expect(most.withLock { $0.most } == 3)
        #expect(guarded.snapshot.running == 0)
    }

    @Test func aFullLineRefusesAndOneThatGaveUpMakesRoom() async throws {
        let guarded = made(BreakerSettings(maxConcurrent: 1))
        let gate = Gate()
        let first = Task { try await guarded.run { await gate.wait() } }
        await eventually("one runs") { guarded.snapshot.running == 1 }
        let line = (0..<8).map { _ in Task { try await guarded.run {} } }
        await eventually("eight wait") { guarded.snapshot.waiting == 8 }
        let refusal = await #expect(throws: GuardRefusal.self) { try await guarded.run {} }
        #expect(refusal?.reason == .full)
        line[3].cancel()
        await #expect(throws: CancellationError.self) { try await line[3].value }
        #expect(guarded.snapshot.waiting == 7)
        gate.open()
        try await first.value
        for (position, task) in line.enumerated() where position != 3 { try await task.value }
        #expect(guarded.snapshot.running == 0 && guarded.snapshot.tally.failures == 0)
    }

    @Test func whenItOpensThoseWhoWaitAreSentAway() async {
        let guarded = made(BreakerSettings(minimumCalls: 1, maxConcurrent: 1))
        let gate = Gate()
        let first = Task {
            try await guarded.run {
                await gate.wait()
                throw Boom()
            }
        }
        await eventually("one runs") { guarded.snapshot.running == 1 }
        let line = (0..<5).map { _ in Task { try await guarded.run { Issue.record("it was let through") } } }
        await eventually("five wait") { guarded.snapshot.waiting == 5 }
        gate.open()
        await #expect(throws: Boom.self) { try await first.value }
        for task in line { await #expect(throws: GuardRefusal.self) { try await task.value } }
        #expect(guarded.snapshot.running == 0 && guarded.snapshot.waiting == 0)
    }

    @Test func theDeadlineEndsACallAndCountsAsFailure() async {
        let guarded = made()
        await #expect(throws: DeadlineExceeded(deadline: .milliseconds(1))) {
            try await guarded.run(deadline: .milliseconds(1)) { try await Task.sleep(for: .seconds(3600)) }
        }
        #expect(guarded.snapshot.tally.failures == 1)
    }

    @Test func waitingForAPlaceIsNotSlowness() async throws {
        let guarded = made(BreakerSettings(slowCall: .init(over: .seconds(5), ratePercent: 1), minimumCalls: 2, maxConcurrent: 1))
        let gate = Gate()
        let first = Task { try await guarded.run(classify: { _ in .ignored }) { await gate.wait(); throw Boom() } }
        await eventually("one runs") { guarded.snapshot.running == 1 }
        let second = Task { try await guarded.run {} }
        await eventually("one waits") { guarded.snapshot.waiting == 1 }
        clock.advance(.seconds(60))
        gate.open()
        await #expect(throws: Boom.self) { try await first.value }
        try await second.value
        #expect(guarded.snapshot.tally == CallTally(calls: 1))
    }

    @Test func whatAnErrorSaysItselfDecides() async {
        struct Missing: GuardClassified { var guardOutcome: CallOutcome { .success } }
        let guarded = made()
        for _ in 0..<50 { _ = try? await guarded.run { throw Missing() } }
        #expect(guarded.snapshot.tally == CallTally(calls: 50))
    }

    @Test func retriesStopAtTheBudget() async {
        let guarded = made(BreakerSettings(minimumCalls: 1000, retryBudget: .init(percent: 0, minPerSecond: 1)))
        let attempts = Locked(0)
        let policy = RetryPolicy(maxAttempts: 1000, backoff: Backoff(initial: .zero, cap: .zero))
        await #expect(throws: Boom.self) {
            try await guarded.run(retrying: policy, isIdempotent: true, failure: { _ in .transient }) {
                attempts.withLock { $0 += 1 }
                throw Boom()
            }
        }
        #expect(attempts.withLock { $0 } == 11)  // the first, and one a second for ten seconds
    }

    @Test func aLoopGoneWildIsHeldToTheRate() async throws {
        let guarded = made(BreakerSettings(rate: .init(perSecond: 0.1, burst: 2)))
        try await guarded.run {}
        try await guarded.run {}
        let refusal = await #expect(throws: GuardRefusal.self) { try await guarded.run {} }
        #expect(refusal?.reason == .rate)
        #expect(refusal?.retryAfter == .seconds(10))
        clock.advance(.seconds(10))
        try await guarded.run {}
        #expect(guarded.snapshot.tally == CallTally(calls: 3))
        guarded.configure(BreakerSettings())
        for _ in 0..<10 { try await guarded.run {} }
    }

    @Test func aCallWhoseTurnComesSoonWaitsForIt() async throws {
        let guarded = CallGuard(key: key, settings: BreakerSettings(rate: .init(perSecond: 1000, burst: 1)))
        for _ in 0..<20 { try await guarded.run {} }
        #expect(guarded.snapshot.tally == CallTally(calls: 20))
        #expect(guarded.snapshot.rejected == 0)
    }

    @Test func forcingWorksAtOnceAndSaysHowToLiftIt() async throws {
        let guarded = made()
        guarded.configure(BreakerSettings(force: .open))
        let refusal = await #expect(throws: GuardRefusal.self) { try await guarded.run {} }
        #expect(refusal?.description.contains("remove spec.force") == true)
        guarded.configure(BreakerSettings())
        try await guarded.run {}
    }
}

@Suite struct GuardRegistryTests {
    @Test func oneGuardForAKey() {
        let registry = GuardRegistry()
        #expect(registry.guard(for: key) === registry.guard(for: key))
        let other = GuardKey(dependency: "docker", target: "local", operation: .read)
        #expect(registry.guard(for: key) !== registry.guard(for: other))
        #expect(registry.snapshots.map(\.key.name) == ["docker.local.Read", "docker.local.Write"])
    }

    @Test func settingsMadeBeforeTheFirstUseHold() async {
        let registry = GuardRegistry()
        registry.configure(key, BreakerSettings(force: .open))
        await #expect(throws: GuardRefusal.self) { try await registry.guard(for: key).run {} }
        registry.configure(key, nil)
        await #expect(throws: Never.self) { try await registry.guard(for: key).run {} }
    }

    @Test func changesReachEveryListener() async {
        let registry = GuardRegistry()
        let (first, second) = (registry.changes(), registry.changes())
        registry.configure(key, nil)
        let guarded = registry.guard(for: key)
        for _ in 0..<10 { _ = try? await guarded.run { throw Boom() } }
        for stream in [first, second] {
            var iterator = stream.makeAsyncIterator()
            let change = await iterator.next()
            #expect(change?.key == key && change?.transition.to == .open && change?.lastError == "boom")
        }
    }

    /// Two loggers would see the same: one line that says what, why and for how long.
    @Test func openingIsLoggedOnce() async {
        let lines = Locked<[String]>([])
        let logger = Logger(sink: { bytes in lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } })
        let guarded = GuardRegistry(logger: logger).guard(for: key)
        for _ in 0..<20 { _ = try? await guarded.run { throw Boom() } }
        let logged = lines.withLock { $0 }
        #expect(logged.count == 1)
        #expect(logged.first?.contains("circuit breaker docker.local.Write opened: 3 of 3 calls failed") == true)
        #expect(logged.first?.contains("boom") == true)
    }
}
