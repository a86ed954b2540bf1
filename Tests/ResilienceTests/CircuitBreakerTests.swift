import Kernel
import Resilience
import Testing

/// A breaker driven by hand: the clock moves only when told.
private struct Bench {
    var breaker: CircuitBreaker
    var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    var generator = SeededGenerator(seed: 7)

    init(_ settings: BreakerSettings) { breaker = CircuitBreaker(settings: settings, now: now) }

    mutating func admit() -> CallPermit? {
        if case .permitted(let permit) = breaker.admit(now: now).admission { permit } else { nil }
    }

    @discardableResult
    mutating func end(_ permit: CallPermit, _ outcome: CallOutcome, took: Duration = .milliseconds(1)) -> BreakerTransition? {
        breaker.record(permit, outcome, took: took, now: now, using: &generator)
    }

    /// One call from start to end; nil when it was refused.
    @discardableResult
    mutating func call(_ outcome: CallOutcome, took: Duration = .milliseconds(1)) -> BreakerTransition?? {
        guard let permit = admit() else { return nil }
        return .some(end(permit, outcome, took: took))
    }

    mutating func advance(_ span: Duration) { now = now + span }

    /// Past the open time, jitter included.
    mutating func waitOut() {
        guard let wait = breaker.refusal(now: now) else { return }
        advance(wait)
    }
}

private let small = BreakerSettings(
    window: .calls(10), failureRatePercent: 50, slowCall: .init(over: .seconds(5), ratePercent: 80), minimumCalls: 4, openFor: .seconds(30),
    halfOpenCalls: 3)

@Suite struct CircuitBreakerTests {
    @Test func theDefaultsAreTheAPIs() {
        let settings = BreakerSettings()
        #expect(settings.window == .calls(100))
        #expect(settings.failureRatePercent == 50)
        #expect(settings.slowCall == .init(over: .seconds(5), ratePercent: 80))
        #expect(settings.minimumCalls == 10)
        #expect(settings.openFor == .seconds(30))
        #expect(settings.halfOpenCalls == 3)
        #expect(settings.maxConcurrent == 16)
        #expect(settings.retryBudget == .init(percent: 20, minPerSecond: 3))
        #expect(settings.force == nil)
    }

    @Test func fewerCallsThanTheMinimumNeverOpenIt() {
        var bench = Bench(small)
        for _ in 0..<3 { bench.call(.failure) }
        #expect(bench.breaker.phase == .closed)
        #expect(bench.call(.failure) == .some(BreakerTransition(from: .closed, to: .open, reason: "4 of 4 calls failed")))
    }

    @Test func atTheRateItOpensAndBelowItDoesNot() {
        var below = Bench(small)
        for outcome in [CallOutcome.success, .success, .failure, .success, .failure, .success, .success, .failure] { below.call(outcome) }
        #expect(below.breaker.phase == .closed)  // 3 of 8
        var at = Bench(small)
        for outcome in [CallOutcome.success, .success, .failure, .failure] { at.call(outcome) }
        #expect(at.breaker.phase == .open)
    }

    @Test func cancelledCallsCountForNothing() {
        var bench = Bench(small)
        for _ in 0..<1000 { bench.call(.ignored, took: .seconds(100)) }
        #expect(bench.breaker.tally(now: bench.now) == CallTally())
        #expect(bench.breaker.phase == .closed)
    }

    @Test func slowCallsOpenItThoughNoneFailed() {
        var bench = Bench(small)
        bench.call(.success)
        for _ in 0..<3 { bench.call(.success, took: .seconds(5)) }
        #expect(bench.breaker.phase == .closed)  // 75 %
        bench.call(.success, took: .seconds(6))
        #expect(bench.breaker.phase == .open)  // 80 %
    }

    @Test func withoutASlowCallSettingNothingIsSlow() {
        var settings = small
        settings.slowCall = nil
        var bench = Bench(settings)
        for _ in 0..<50 { bench.call(.success, took: .seconds(1000)) }
        #expect(bench.breaker.phase == .closed)
    }

    @Test func openItRefusesUntilItsTimeIsOver() throws {
        var bench = Bench(small)
        for _ in 0..<4 { bench.call(.failure) }
        let wait = try #require(bench.breaker.refusal(now: bench.now))
        #expect(wait >= .seconds(30) && wait <= .seconds(36))
        bench.advance(wait - .nanoseconds(1))
        #expect(bench.admit() == nil)
        bench.advance(.nanoseconds(1))
        #expect(bench.admit() != nil)
        #expect(bench.breaker.phase == .halfOpen)
    }

    @Test func jitterSpreadsTheOpenTimes() {
        var waits: Set<Int64> = []
        for seed in 0..<50 as Range<UInt64> {
            var bench = Bench(small)
            bench.generator = SeededGenerator(seed: seed)
            for _ in 0..<4 { bench.call(.failure) }
            waits.insert(bench.breaker.refusal(now: bench.now)?.wholeMilliseconds ?? 0)
        }
        #expect(waits.count > 40)
    }

    @Test func halfOpenLetsOnlyItsProbesThrough() {
        var bench = Bench(small)
        for _ in 0..<4 { bench.call(.failure) }
        bench.waitOut()
        let probes = (0..<3).compactMap { _ in bench.admit() }
        #expect(probes.count == 3)
        #expect(bench.admit() == nil)
        for probe in probes.dropLast() { bench.end(probe, .success) }
        #expect(bench.breaker.phase == .halfOpen)
        #expect(bench.admit() == nil)  // ended ones count as used
        let closing = bench.end(probes[2], .success)
        #expect(closing?.to == .closed)
        #expect(bench.breaker.tally(now: bench.now) == CallTally())  // begins afresh
    }

    @Test(arguments: [CallOutcome.success, .failure, .ignored])
    func aProbesPlaceIsReleasedByEveryOutcome(outcome: CallOutcome) {
        var settings = small
        settings.halfOpenCalls = 100
        var bench = Bench(settings)
        for _ in 0..<4 { bench.call(.failure) }
        bench.waitOut()
        for _ in 0..<40 {
            guard let probe = bench.admit() else { break }
            bench.end(probe, outcome)
        }
        guard case .halfOpen(let probing) = bench.breaker.state else {
            Issue.record("half open was expected, it is \(bench.breaker.phase)")
            return
        }
        #expect(probing.inFlight == 0)
        #expect(probing.ended.calls == (outcome == .ignored ? 0 : 40))
    }

    @Test func cancelledProbesGiveTheirPlaceToOthersForEver() {
        var bench = Bench(small)
        for _ in 0..<4 { bench.call(.failure) }
        bench.waitOut()
        for _ in 0..<1000 { #expect(bench.call(.ignored) == .some(nil)) }
        for _ in 0..<3 { bench.call(.success) }
        #expect(bench.breaker.phase == .closed)
    }

    @Test func halfOpenOpensAgainAsSoonAsTooManyProbesFailed() {
        var bench = Bench(small)
        for _ in 0..<4 { bench.call(.failure) }
        bench.waitOut()
        let (first, second) = (bench.admit(), bench.admit())
        if let first { #expect(bench.end(first, .failure) == nil) }  // 1 of 3
        if let second { #expect(bench.end(second, .failure)?.to == .open) }  // 2 of 3
        #expect(bench.breaker.refusal(now: bench.now) != nil)
    }

    @Test func aLateResultOfAnEarlierStateChangesNothing() throws {
        var bench = Bench(small)
        let admitted = bench.admit()
        let late = try #require(admitted)
        for _ in 0..<4 { bench.call(.failure) }
        #expect(bench.end(late, .success) == nil)
        #expect(bench.breaker.phase == .open)
        bench.waitOut()
        let second = bench.admit()
        let probe = try #require(second)
        #expect(bench.end(late, .failure) == nil)
        guard case .halfOpen(let probing) = bench.breaker.state else {
            Issue.record("half open was expected")
            return
        }
        #expect(probing.inFlight == 1 && probing.ended.calls == 0)
        bench.end(probe, .success)
    }

    @Test func forcedOpenRefusesForEverAndForcedClosedNever() {
        var settings = small
        settings.force = .open
        var bench = Bench(settings)
        bench.advance(.seconds(1_000_000))
        #expect(bench.admit() == nil)
        settings.force = .closed
        #expect(bench.breaker.apply(settings, now: bench.now)?.to == .closed)
        for _ in 0..<100 { #expect(bench.call(.failure) == .some(nil)) }
        settings.force = nil
        _ = bench.breaker.apply(settings, now: bench.now)
        #expect(bench.breaker.tally(now: bench.now) == CallTally())  // what was counted under force is forgotten
        for _ in 0..<4 { bench.call(.failure) }
        #expect(bench.breaker.phase == .open)
    }

    @Test func otherSettingsKeepWhatWasCounted() {
        var bench = Bench(small)
        for _ in 0..<3 { bench.call(.failure) }
        var settings = small
        settings.minimumCalls = 5
        _ = bench.breaker.apply(settings, now: bench.now)
        bench.call(.failure)
        #expect(bench.breaker.phase == .closed)
        bench.call(.failure)
        #expect(bench.breaker.phase == .open)
    }

    @Test func aWindowSmallerThanTheMinimumStillOpens() {
        var bench = Bench(BreakerSettings(window: .calls(3), minimumCalls: 10))
        for _ in 0..<3 { bench.call(.failure) }
        #expect(bench.breaker.phase == .open)
    }

    @Test func settingsOutsideTheirRangeAreMovedIntoIt() {
        let settings = BreakerSettings(
            window: .calls(-5), failureRatePercent: 0, slowCall: .init(over: .zero, ratePercent: 500), minimumCalls: .min, openFor: .seconds(-1),
            halfOpenCalls: 0, maxConcurrent: .max, retryBudget: .init(percent: -1, minPerSecond: .max))
        #expect(settings.window == .calls(1))
        #expect(settings.failureRatePercent == 1)
        #expect(settings.slowCall?.ratePercent == 100)
        #expect(settings.minimumCalls == 1 && settings.halfOpenCalls == 1 && settings.maxConcurrent == 10_000)
        #expect(settings.openFor == .milliseconds(1))
        #expect(settings.retryBudget == .init(percent: 0, minPerSecond: 1000))
    }
}
