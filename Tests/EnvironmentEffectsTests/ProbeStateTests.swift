import EnvironmentPlan
import Kernel
import Resources
import Testing

@testable import EnvironmentEffects

/// When probes are asked and what their answers come to.
@Suite struct ProbeStateTests {
    private let zero = MonotonicInstant(nanoseconds: 0)
    private func probe(period: Int64 = 10, delay: Int64 = 0, successes: Int = 1, failures: Int = 3) -> Probe {
        Probe(
            handler: .exec(command: ["x"]), initialDelay: .seconds(delay), period: .seconds(period), successThreshold: successes,
            failureThreshold: failures)
    }

    @Test func withoutProbesAnInstanceIsReady() {
        let state = ProbeState(startup: nil, readiness: nil, liveness: nil, startedAgo: .zero, now: zero)
        #expect(state.next == nil && state.result == .init())
    }

    @Test func theInitialDelayCountsFromTheStart() {
        let late = ProbeState(startup: nil, readiness: probe(delay: 30), liveness: nil, startedAgo: .seconds(10), now: zero)
        #expect(late.next?.due == zero + .seconds(20))
        let over = ProbeState(startup: nil, readiness: probe(delay: 30), liveness: nil, startedAgo: .seconds(100), now: zero)
        #expect(over.next?.due == zero)
    }

    @Test func readinessNeedsItsThresholdsAndIsAskedEagerlyUntilTheFirstPass() {
        var state = ProbeState(startup: nil, readiness: probe(successes: 2, failures: 2), liveness: nil, startedAgo: .zero, now: zero)
        #expect(state.result.readiness == .unready("readiness probe hasn't passed yet"))
        state.record(.readiness, .failed("HTTP status 503"), now: zero)
        #expect(state.result.readiness == .unready("readiness probe: HTTP status 503"))
        #expect(state.next?.due == zero + .seconds(1))
        state.record(.readiness, .passed, now: zero)
        #expect(state.result.readiness != .ready)
        state.record(.readiness, .passed, now: zero)
        #expect(state.result.readiness == .ready && state.next?.due == zero + .seconds(10))
        state.record(.readiness, .failed("no answer"), now: zero)
        #expect(state.result.readiness == .ready, "one failure of two")
        state.record(.readiness, .unknown, now: zero)
        state.record(.readiness, .failed("no answer"), now: zero)
        #expect(state.result.readiness == .unready("readiness probe: no answer"))
        #expect(state.next?.due == zero + .seconds(10), "it was ready once: no hurry any more")
    }

    @Test func theOthersWaitForTheStartupProbe() {
        var state = ProbeState(startup: probe(period: 5, failures: 3), readiness: probe(), liveness: probe(period: 1, failures: 1), startedAgo: .zero, now: zero)
        #expect(state.next?.kind == .startup)
        state.record(.startup, .failed("not yet"), now: zero)
        #expect(state.next?.due == zero + .seconds(5) && state.result.failed == nil)
        let later = zero + .seconds(5)
        state.record(.startup, .passed, now: later)
        #expect(state.next?.kind == .liveness && state.next?.due == later)
        state.record(.liveness, .failed("gone"), now: later)
        #expect(state.result.failed == "liveness probe failed 1 times: gone")
    }

    @Test func aStartupProbeThatFailsForGoodHasTheContainerRestarted() {
        var state = ProbeState(startup: probe(failures: 2), readiness: nil, liveness: nil, startedAgo: .zero, now: zero)
        for _ in 0..<2 { state.record(.startup, .failed("not yet"), now: zero) }
        #expect(state.result.failed == "startup probe failed 2 times: not yet" && state.next == nil)
    }
}
