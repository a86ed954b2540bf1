import Kernel
import Resilience
import Testing

/// Long random histories; a failure prints its seed.
@Suite struct BreakerPropertyTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func noHistoryBreaksTheRules(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        let settings = BreakerSettings(
            window: chance(50) ? .calls(Int.random(in: 1...30, using: &generator)) : .duration(.seconds(Int.random(in: 1...60, using: &generator))),
            failureRatePercent: Int.random(in: 1...100, using: &generator), slowCall: chance(50) ? .init(over: .seconds(1), ratePercent: 50) : nil,
            minimumCalls: Int.random(in: 1...20, using: &generator), openFor: .seconds(Int.random(in: 1...30, using: &generator)),
            halfOpenCalls: Int.random(in: 1...5, using: &generator))
        var now = MonotonicInstant(nanoseconds: 0)
        var breaker = CircuitBreaker(settings: settings, now: now)
        var running: [(CallPermit, probe: Bool)] = []
        var openUntil: MonotonicInstant?
        var failuresSinceClosed = 0
        var slowSinceClosed = 0

        for step in 0..<600 {
            now = now + .milliseconds(Int.random(in: 0...2000, using: &generator))
            if chance(55) || running.isEmpty {
                let expectedRefusal = breaker.refusal(now: now)
                let (admission, transition) = breaker.admit(now: now)
                switch admission {
                case .refused(let retryAfter):
                    #expect(expectedRefusal == retryAfter, "seed \(seed) step \(step)")
                    #expect(retryAfter > .zero, "seed \(seed) step \(step): a refusal says when to come back")
                    #expect(transition == nil)
                case .permitted(let permit):
                    #expect(expectedRefusal == nil, "seed \(seed) step \(step)")
                    if let openUntil { #expect(now >= openUntil, "seed \(seed) step \(step): let through while open") }
                    openUntil = nil
                    if transition != nil {
                        #expect(transition?.from == .open && transition?.to == .halfOpen)
                        running = running.map { ($0.0, false) }
                    }
                    running.append((permit, breaker.phase == .halfOpen))
                }
            } else {
                let at = Int.random(in: running.indices, using: &generator)
                let (permit, _) = running.remove(at: at)
                let outcome: CallOutcome = chance(20) ? .ignored : chance(50) ? .failure : .success
                let took: Duration = chance(30) ? .seconds(2) : .milliseconds(5)
                let before = breaker.phase
                let transition = breaker.record(permit, outcome, took: took, now: now, using: &generator)
                if outcome == .ignored { #expect(transition == nil, "seed \(seed) step \(step): an ignored call changed the state") }
                if outcome == .failure { failuresSinceClosed += 1 }
                if outcome != .ignored, took >= .seconds(1) { slowSinceClosed += 1 }
                if let transition {
                    #expect(transition.from == before && transition.to == breaker.phase)
                    #expect(transition.from != .open, "seed \(seed) step \(step): a result moved an open breaker")
                    switch transition.to {
                    case .open:
                        #expect(failuresSinceClosed + slowSinceClosed > 0, "seed \(seed) step \(step): opened without a cause")
                        let wait = breaker.refusal(now: now) ?? .zero
                        #expect(wait >= settings.openFor && wait <= settings.openFor * 1.2 + .nanoseconds(1), "seed \(seed) step \(step)")
                        openUntil = now + wait
                    case .closed:
                        #expect(transition.from == .halfOpen)
                        (failuresSinceClosed, slowSinceClosed) = (0, 0)
                    case .halfOpen: Issue.record("seed \(seed) step \(step): a result made it half open")
                    }
                    running = running.map { ($0.0, false) }
                }
            }
            if case .halfOpen(let probing) = breaker.state {
                #expect(probing.inFlight == running.count { $0.probe }, "seed \(seed) step \(step): a probe's place was lost")
                #expect(probing.inFlight + probing.ended.calls <= settings.halfOpenCalls, "seed \(seed) step \(step)")
            }
        }
    }

    /// Whatever happened before, a dependency that is well again is used again.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func itAlwaysComesBack(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var now = MonotonicInstant(nanoseconds: 0)
        var breaker = CircuitBreaker(settings: BreakerSettings(window: .calls(20)), now: now)
        for _ in 0..<Int.random(in: 0...300, using: &generator) {
            now = now + .milliseconds(Int.random(in: 0...5000, using: &generator))
            guard case .permitted(let permit) = breaker.admit(now: now).admission else { continue }
            let outcome = CallOutcome.allCases.randomElement(using: &generator) ?? .failure
            _ = breaker.record(permit, outcome, took: .zero, now: now, using: &generator)
        }
        for _ in 0..<200 {
            now = now + (breaker.refusal(now: now) ?? .milliseconds(1))
            guard case .permitted(let permit) = breaker.admit(now: now).admission else { continue }
            _ = breaker.record(permit, .success, took: .zero, now: now, using: &generator)
        }
        #expect(breaker.phase == .closed, "seed \(seed)")
    }
}
