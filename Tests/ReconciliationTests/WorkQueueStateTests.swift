import Kernel
import Resilience
import Testing

@testable import Reconciliation

/// The queue's decisions, first by example, then by seeds against everything it promises.
struct WorkQueueStateTests {
    typealias Queue = WorkQueueState<Int>

    static func at(_ milliseconds: Int) -> MonotonicInstant { MonotonicInstant(nanoseconds: Int64(milliseconds) * 1_000_000) }

    static func taken(_ queue: inout Queue, _ now: MonotonicInstant) throws -> Queue.Ticket {
        let ticket = queue.take(now: now)
        return try #require(ticket)
    }

    private var random = SeededGenerator(seed: 1)

    @Test func takesInTheOrderOfArrivalAndOnlyOnce() {
        var queue = Queue()
        for key in [3, 1, 2, 1, 3] { queue.add(key, cause: .object, now: Self.at(0)) }
        let taken = (0..<4).map { _ in queue.take(now: Self.at(0))?.key }
        #expect(taken == [3, 1, 2, nil])
    }

    @Test func runsNoMoreThanItsConcurrency() {
        var queue = Queue(.init(concurrency: 2))
        for key in 1...3 { queue.add(key, cause: .object, now: Self.at(0)) }
        let taken = (0..<3).map { _ in queue.take(now: Self.at(0))?.key }
        #expect(taken == [1, 2, nil])
    }

    @Test mutating func aChangeDuringAPassMakesOneMore() throws {
        var queue = Queue()
        queue.add(1, cause: .object, now: Self.at(0))
        let first = try Self.taken(&queue, Self.at(0))
        for _ in 0..<5 { queue.add(1, cause: .object, now: Self.at(1)) }
        #expect(queue.take(now: Self.at(1)) == nil)
        queue.finish(first, .settled, now: Self.at(2), using: &random)
        let second = try Self.taken(&queue, Self.at(2))
        queue.finish(second, .settled, now: Self.at(3), using: &random)
        #expect(queue.take(now: Self.at(3)) == nil && queue.count == 0)
    }

    @Test func changesGoBeforeResyncsWithoutStarvingThem() {
        var queue = Queue(.init(changesPerResync: 3, concurrency: 100))
        for key in 0..<3 { queue.add(key, cause: .resync, now: Self.at(0)) }
        for key in 10..<20 { queue.add(key, cause: .object, now: Self.at(0)) }
        let taken = (0..<13).compactMap { _ in queue.take(now: Self.at(0))?.key }
        #expect(taken == [10, 11, 12, 0, 13, 14, 15, 1, 16, 17, 18, 2, 19])
    }

    @Test func aResyncThatChangesMovesUp() {
        var queue = Queue(.init(concurrency: 100))
        queue.add(1, cause: .resync, now: Self.at(0))
        queue.add(2, cause: .resync, now: Self.at(0))
        queue.add(2, cause: .object, now: Self.at(0))
        #expect(queue.take(now: Self.at(0)).map { [$0.key, $0.cause.rawValue] } == [2, PassCause.object.rawValue])
        #expect(queue.take(now: Self.at(0))?.key == 1)
        #expect(queue.take(now: Self.at(0)) == nil && queue.depth == 0)
    }

    @Test mutating func failuresWaitLongerEachTimeUpToTheCap() throws {
        var queue = Queue(.init(backoff: Backoff(initial: .seconds(1), factor: 2, cap: .seconds(60), jitter: .none)))
        var now = Self.at(0)
        queue.add(1, cause: .object, now: now)
        var delays: [Int64] = []
        for _ in 0..<9 {
            let ticket = try Self.taken(&queue, now)
            let finished = queue.finish(ticket, .retry("no"), now: now, using: &random)
            let delay = try #require(finished)
            #expect(queue.take(now: now + delay + .milliseconds(-1)) == nil)
            delays.append(delay.components.seconds)
            now = now + delay
        }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        let ticket = try Self.taken(&queue, now)
        #expect(ticket.failures == 9)
        queue.finish(ticket, .settled, now: now, using: &random)
        queue.add(1, cause: .object, now: now)
        #expect(queue.take(now: now)?.failures == 0)
    }

    @Test mutating func aChangedDocumentIsTriedAfterASecondAtMost() throws {
        var queue = Queue(.init(backoff: Backoff(initial: .seconds(30), factor: 2, cap: .seconds(60), jitter: .none)))
        queue.add(1, cause: .object, now: Self.at(0))
        do {
            let ticket = try Self.taken(&queue, Self.at(0))
            queue.finish(ticket, .retry("no"), now: Self.at(10), using: &random)
        }
        queue.add(1, cause: .object, now: Self.at(20))
        #expect(queue.take(now: Self.at(999)) == nil)
        #expect(queue.take(now: Self.at(1000))?.failures == 0)
    }

    @Test mutating func aStormOfWorldEventsMakesNoHotLoop() throws {
        var queue = Queue()
        queue.add(1, cause: .object, now: Self.at(0))
        var passes = 0
        for millisecond in 0..<60_000 {
            queue.add(1, cause: .world, now: Self.at(millisecond))
            while let ticket = queue.take(now: Self.at(millisecond)) {
                passes += 1
                queue.finish(ticket, .retry("the engine is away"), now: Self.at(millisecond), using: &random)
            }
        }
        #expect(passes <= 61 && passes >= 50)
    }

    @Test mutating func anOpenBreakerIsWaitedFor() throws {
        var queue = Queue()
        queue.add(1, cause: .object, now: Self.at(0))
        do {
            let ticket = try Self.taken(&queue, Self.at(0))
            queue.finish(ticket, .retryAfter(.seconds(30), "open"), now: Self.at(0), using: &random)
        }
        queue.add(1, cause: .world, now: Self.at(2000))
        do {
            let ticket = try Self.taken(&queue, Self.at(2000))
            queue.finish(ticket, .retryAfter(.seconds(28), "open"), now: Self.at(2000), using: &random)
        }
        #expect(queue.take(now: Self.at(29_999)) == nil)
        #expect(queue.take(now: Self.at(33_000)) != nil)
    }

    @Test mutating func repeatingWithoutEndCountsAsFailing() throws {
        var queue = Queue(.init(immediateRepeats: 3))
        queue.add(1, cause: .object, now: Self.at(0))
        var immediate = 0
        while let ticket = queue.take(now: Self.at(0)) {
            immediate += 1
            queue.finish(ticket, .again(after: .zero), now: Self.at(0), using: &random)
        }
        #expect(immediate == 4)
        #expect(queue.nextDue() != nil)
    }

    /// Random histories; what the queue promises is checked against a plain record of what happened.
    @Test func keepsItsPromises() { for seed in seeds(standard: 200) { Self.keepsItsPromises(seed: seed) } }

    private static func keepsItsPromises(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var queue = Queue(.init(concurrency: 3))
        var now = Self.at(0)
        var running: [Queue.Ticket] = []
        var owed: [Int: MonotonicInstant] = [:]  // keys that were added after their last pass began
        var lastFailedStart: [Int: MonotonicInstant] = [:]
        for _ in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let key = Int.random(in: 0..<6, using: &random)
                queue.add(key, cause: PassCause.allCases.randomElement(using: &random) ?? .object, now: now)
                owed[key] = now
            case 4..<7:
                if let ticket = queue.take(now: now) {
                    #expect(!running.contains { $0.key == ticket.key }, "two passes of key \(ticket.key), seed \(seed)")
                    if let start = lastFailedStart[ticket.key] {
                        #expect(now - start >= .seconds(1), "a failing key is passed over twice within a second, seed \(seed)")
                    }
                    owed[ticket.key] = nil
                    lastFailedStart[ticket.key] = nil
                    running.append(ticket)
                    #expect(running.count <= 3)
                } else {
                    #expect(running.count == 3 || queue.depth == 0, "work in line and nobody gets it, seed \(seed)")
                }
            case 7..<9:
                guard !running.isEmpty else { break }
                let ticket = running.remove(at: Int.random(in: 0..<running.count, using: &random))
                let results: [PassResult] = [
                    .settled, .again(after: .zero), .again(after: .seconds(3)), .retry("x"), .retryAfter(.seconds(5), "x"), .stalled("x"), .cancelled,
                ]
                let result = results.randomElement(using: &random) ?? .settled
                // When it began is not known here; that it ended now bounds it from above, so only what is certain is checked.
                let delay = queue.finish(ticket, result, now: now, using: &random)
                if case .retry = result { #expect(delay != nil) }
                if case .retryAfter = result { #expect(delay != nil) }
            default: now = now + .milliseconds(Int.random(in: 0...3000, using: &random))
            }
        }
        // Everything owed gets its pass once passes succeed.
        for ticket in running { queue.finish(ticket, .settled, now: now, using: &random) }
        for _ in 0..<10_000 {
            if let ticket = queue.take(now: now) {
                owed[ticket.key] = nil
                queue.finish(ticket, .settled, now: now, using: &random)
            } else if let due = queue.nextDue() {
                now = max(now, due)
            } else {
                break
            }
        }
        #expect(owed.isEmpty, "keys \(owed.keys.sorted()) never got their pass, seed \(seed)")
        #expect(queue.count == 0, "something is left over, seed \(seed)")
    }
}
