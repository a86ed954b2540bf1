import Kernel
import Resilience
import Testing

@Suite struct OutcomeWindowTests {
    /// Against the plainest thing that could be right: a list of everything that happened.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func theCountWindowAgreesWithAList(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let size = Int.random(in: 1...50, using: &generator)
        var window = OutcomeWindow(.calls(size))
        var all: [(Bool, Bool)] = []
        for _ in 0..<500 {
            let mark = (Bool.random(using: &generator), Bool.random(using: &generator))
            all.append(mark)
            window.record(failed: mark.0, slow: mark.1, now: MonotonicInstant(nanoseconds: 0))
            let last = all.suffix(size)
            let expected = CallTally(calls: last.count, failures: last.count { $0.0 }, slow: last.count { $0.1 })
            #expect(window.tally(now: MonotonicInstant(nanoseconds: 0)) == expected, "seed \(seed)")
        }
    }

    /// Everything younger than nine tenths of the span counts, nothing older than the span does.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func theTimeWindowForgetsWithinATenth(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let span = Int64(10_000_000_000)
        var window = OutcomeWindow(.duration(.nanoseconds(span)))
        var now = Int64.random(in: 0...1_000_000_000_000, using: &generator)
        var all: [(Int64, Bool)] = []
        for _ in 0..<500 {
            now += Int64.random(in: 0...(Bool.random(using: &generator) ? 400_000_000 : 15_000_000_000), using: &generator)
            let failed = Bool.random(using: &generator)
            window.record(failed: failed, slow: false, now: MonotonicInstant(nanoseconds: now))
            all.append((now, failed))
            let look = now + Int64.random(in: 0...2_000_000_000, using: &generator)
            let tally = window.tally(now: MonotonicInstant(nanoseconds: look))
            let surely = all.filter { look - $0.0 < span / 10 * 9 }
            let perhaps = all.filter { look - $0.0 < span }
            #expect(tally.calls >= surely.count && tally.calls <= perhaps.count, "seed \(seed)")
            #expect(tally.failures >= surely.count { $0.1 } && tally.failures <= perhaps.count { $0.1 }, "seed \(seed)")
        }
    }

    @Test func aClockThatStandsStillLosesNothing() {
        var window = OutcomeWindow(.duration(.seconds(10)))
        let now = MonotonicInstant(nanoseconds: 5)
        for _ in 0..<1000 { window.record(failed: true, slow: true, now: now) }
        #expect(window.tally(now: now) == CallTally(calls: 1000, failures: 1000, slow: 1000))
        #expect(window.tally(now: now + .seconds(11)) == CallTally())
    }
}
