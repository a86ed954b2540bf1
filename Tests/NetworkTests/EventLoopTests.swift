import EventLoop
import Glibc
import Kernel
import Platform
import TestSupport
import Testing

/// An actor that lives on a loop.
private actor Pinned {
    let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private(set) var seen: [Int] = []

    init(_ loop: EventLoop) { self.loop = loop }

    func add(_ value: Int) -> Bool {
        seen.append(value)
        return loop.isInLoop
    }
}

@Suite struct EventLoopTests {
    private func makeLoop() throws -> EventLoop {
        let loop = try EventLoop()
        try loop.start(name: "test")
        return loop
    }

    @Test func pinnedActorsRunOnTheThread() async throws {
        let loop = try makeLoop()
        let actor = Pinned(loop)
        for value in 0..<100 {
            let isThere = await actor.add(value)
            #expect(isThere)
        }
        #expect(await actor.seen == Array(0..<100))
        #expect(!loop.isInLoop)
        // A callback of libevent has no task; it enters all the same.
        let entered = Flag()
        loop.execute { if actor.assumeIsolated({ $0.loop.isInLoop }) { entered.raise() } }
        try await eventually("the body ran") { entered.isRaised }
        loop.stop()
    }

    @Test func workFromManyThreadsRunsInItsOrder() async throws {
        let loop = try makeLoop()
        let seen = Locked<[[Int]]>(Array(repeating: [], count: 8))
        await withTaskGroup(of: Void.self) { group in
            for source in 0..<8 {
                group.addTask {
                    for value in 0..<5000 {
                        loop.execute { seen.withLock { $0[source].append(value) } }
                        if value % 500 == 0 { await Task.yield() }
                    }
                }
            }
        }
        try await eventually("all ran") { seen.withLock { $0.allSatisfy { $0.count == 5000 } } }
        #expect(seen.withLock { $0.allSatisfy { $0 == Array(0..<5000) } })
        loop.stop()
    }

    @Test func timersFireInOrderUnlessCancelled() async throws {
        let loop = try makeLoop()
        let fired = Locked<[Int]>([])
        // Armed in one turn, so that nothing comes between them.
        loop.execute {
            let timers = [30, 10, 20, 15].map { delay in loop.schedule(after: .milliseconds(delay)) { fired.withLock { $0.append(delay) } } }
            timers[3].cancel()
        }
        try await eventually("the last one fired") { fired.withLock { $0.last == 30 } }
        #expect(fired.withLock { $0 } == [10, 20, 30])
        // Within the loop a cancellation is never too late.
        let wrong = Flag()
        let done = Flag()
        loop.execute {
            let timer = loop.schedule(after: .zero) { wrong.raise() }
            loop.schedule(after: .milliseconds(5)) { done.raise() }
            timer.cancel()
        }
        try await eventually("both are past") { done.isRaised }
        #expect(!wrong.isRaised)
        loop.stop()
    }

    @Test func ioIsNotStarvedByJobs() async throws {
        let loop = try makeLoop()
        let fired = Flag()
        let ended = Flag()
        /// Fills the queue for ever, until the timer has had its turn.
        @Sendable func spin() {
            if fired.isRaised { ended.raise() } else { loop.execute { spin() } }
        }
        loop.schedule(after: .milliseconds(5)) { fired.raise() }
        loop.execute { spin() }
        try await eventually("the timer had its turn") { ended.isRaised }
        loop.stop()
    }

    @Test func aSleeperIsWokenByTimeOrCancellation() async throws {
        let loop = try makeLoop()
        try await loop.sleep(for: .milliseconds(5))
        let begun = Flag()
        let sleeping = Task {
            begun.raise()
            try await loop.sleep(for: .seconds(600))
        }
        try await eventually("it sleeps") { begun.isRaised }
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await loop.sleep(for: .seconds(600))
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        // Many at once, some cancelled while they begin.
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let task = Task { try await loop.sleep(for: index.isMultiple(of: 2) ? .milliseconds(1) : .seconds(600)) }
                    if !index.isMultiple(of: 2) { task.cancel() }
                    _ = await task.result
                }
            }
        }
        loop.stop()
    }

    @Test func tasksThatPreferTheLoopStayOnIt() async throws {
        let loop = try makeLoop()
        let actor = Pinned(loop)
        let stays = await withTaskExecutorPreference(loop.makeTaskExecutor()) {
            var stays = loop.isInLoop
            for value in 0..<10 {
                stays = await actor.add(value) && stays
                stays = loop.isInLoop && stays
            }
            return stays
        }
        #expect(stays)
        loop.stop()
    }

    @Test func stopEndsTheThreadAfterTheQueue() async throws {
        let loop = try EventLoop()
        let ran = Flag()
        for _ in 0..<1000 { loop.execute { ran.raise() } }
        loop.stop()
        loop.run()
        #expect(ran.count == 1000)
    }
}
