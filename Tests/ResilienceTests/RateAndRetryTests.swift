import Kernel
import Resilience
import Testing

private func second(_ seconds: Double) -> MonotonicInstant { MonotonicInstant(nanoseconds: Int64(seconds * 1e9)) }

@Suite struct RetryBudgetTests {
    @Test func theMinimumIsAlwaysThere() {
        var budget = RetryBudget(.init(percent: 20, minPerSecond: 3))
        let taken = (0..<100).count { _ in budget.takeRetry(now: second(1)) }
        #expect(taken == 30)
        #expect(budget.takeRetry(now: second(10.9)) == false)
        #expect(budget.takeRetry(now: second(11)) == true)  // the first second has left the window
    }

    @Test func retriesAreAShareOfTheCalls() {
        var budget = RetryBudget(.init(percent: 20, minPerSecond: 0))
        #expect(budget.takeRetry(now: second(0)) == false)
        for _ in 0..<100 { budget.recordCall(now: second(0.5)) }
        #expect((0..<100).count { _ in budget.takeRetry(now: second(1)) } == 20)
    }
}

@Suite struct TokenBucketTests {
    @Test func itStartsFullAndFillsAtItsRate() {
        var bucket = TokenBucket(perSecond: 2, burst: 3)
        #expect((0..<4).map { _ in bucket.take(now: second(10)) } == [.taken, .taken, .taken, .empty(retryAfter: .milliseconds(500))])
        #expect(bucket.take(now: second(10.4)) == .empty(retryAfter: .milliseconds(100)))
        #expect(bucket.take(now: second(10.5)) == .taken)
        #expect((0..<10).count { _ in bucket.take(now: second(1000)) == .taken } == 3)
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func neverMoreThanRateAndBurst(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let (rate, burst) = (Double.random(in: 0.5...50, using: &generator), Int.random(in: 1...20, using: &generator))
        var bucket = TokenBucket(perSecond: rate, burst: burst)
        var (now, taken) = (0.0, 0)
        for _ in 0..<1000 {
            now += Double.random(in: 0...0.1, using: &generator)
            if bucket.take(now: second(now)) == .taken { taken += 1 }
            #expect(Double(taken) <= Double(burst) + now * rate + 1, "seed \(seed)")
        }
    }
}

@Suite struct BackoffTests {
    @Test func ceilingsGrowToTheCap() {
        let backoff = Backoff(initial: .seconds(1), factor: 2, cap: .seconds(30))
        #expect([1, 2, 3, 4, 5, 6, 7, 1_000_000].map { backoff.ceiling(failures: $0) } == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
        #expect(backoff.ceiling(failures: 0) == .seconds(1) && backoff.ceiling(failures: .min) == .seconds(1))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func jitterStaysInItsBounds(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for failures in 1...12 {
            for jitter in [Backoff.Jitter.none, .full, .equal] {
                let backoff = Backoff(initial: .milliseconds(10), factor: 3, cap: .seconds(20), jitter: jitter)
                let (delay, top) = (backoff.delay(failures: failures, using: &generator), backoff.ceiling(failures: failures))
                #expect(delay >= .zero && delay <= top, "seed \(seed)")
                if jitter == .none { #expect(delay == top) }
                if jitter == .equal { #expect(delay >= top / 2 - .nanoseconds(1), "seed \(seed)") }
            }
        }
    }

    @Test func theSameSeedGivesTheSameDelays() {
        func delays() -> [Duration] {
            var generator = SeededGenerator(seed: 42)
            return (1...20).map { Backoff().delay(failures: $0, using: &generator) }
        }
        #expect(delays() == delays())
    }
}

@Suite struct RetryPolicyTests {
    private func decide(
        _ failure: RetryPolicy.Failure, attempts: Int = 1, idempotent: Bool = true, remaining: Duration? = nil,
        budget settings: BreakerSettings.Retries = .init()
    ) -> RetryPolicy.Decision {
        var (budget, generator) = (RetryBudget(settings), SeededGenerator(seed: 1))
        return RetryPolicy(maxAttempts: 3, backoff: Backoff(initial: .seconds(1), jitter: .none)).decide(
            after: failure, attempts: attempts, isIdempotent: idempotent, remaining: remaining, now: second(0), budget: &budget, using: &generator)
    }

    @Test func everyReasonToGiveUp() {
        #expect(decide(.transient) == .retry(after: .seconds(1)))
        #expect(decide(.transient, attempts: 2) == .retry(after: .seconds(2)))
        #expect(decide(.transient, attempts: 3) == .giveUp(.attemptsUsed))
        #expect(decide(.terminal) == .giveUp(.terminal))
        #expect(decide(.outcomeUnknown) == .retry(after: .seconds(1)))
        #expect(decide(.outcomeUnknown, idempotent: false) == .giveUp(.outcomeUnknown))
        #expect(decide(.transient, idempotent: false) == .retry(after: .seconds(1)))
        #expect(decide(.transient, remaining: .seconds(1)) == .giveUp(.deadline))
        #expect(decide(.transient, budget: .init(percent: 0, minPerSecond: 0)) == .giveUp(.budgetUsed))
    }
}
