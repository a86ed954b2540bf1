import Guards
import Kernel
import Kubernetes
import Platform
import SimulationKit
import Telemetry
import Testing

@testable import Reconciliation

/// Leases: one holder at a time whatever happens, and always one again soon after.
struct LeaseTests {
    private static let name = NamespacedName(namespace: "millwright-system", name: LeaderLease.name(forTarget: "local"))

    /// A clock that is off by so much, and counts from another origin: machines never agree on the time of day.
    private struct SkewedClock: WaitingClocks {
        let clock: ManualClock
        let skew: Duration
        var now: Timestamp { clock.now + skew }
        var monotonic: MonotonicInstant { clock.monotonic + skew }
        func sleep(for duration: Duration) async throws(CancellationError) { try await clock.sleep(for: duration) }
    }

    private static func candidate(
        _ identity: String, _ simulation: Simulation, _ api: SimulatedAPI, skew: Duration = .zero, changes: @escaping @Sendable (Bool) -> Void = { _ in }
    ) -> LeaderLease {
        let clock = SkewedClock(clock: simulation.clock, skew: skew)
        let client = KubernetesClient(transport: api.transport(for: SimulatedProcess()), guards: GuardRegistry(clocks: clock, seed: simulation.seed))
        return LeaderLease(client, name: name, identity: identity, clocks: clock, logger: .disabled, metrics: Metrics(), onChange: changes)
    }

    @Test func theFirstGetsItAndGivesItBackAtShutdown() throws {
        let simulation = Simulation(seed: 1)
        let api = SimulatedAPI(simulation, faults: FaultPlan(seed: 1, rates: .calm))
        let told = Locked<[Bool]>([])
        let (first, second) = (Self.candidate("a", simulation, api) { held in told.withLock { $0.append(held) } }, Self.candidate("b", simulation, api))
        let (stopFirst, stopSecond) = (StopSignal(), StopSignal())
        defer { simulation.stop() }
        simulation.start { await first.run(until: stopFirst) }
        simulation.advance(by: .seconds(1))
        simulation.start { await second.run(until: stopSecond) }
        simulation.advance(by: .seconds(60))
        #expect(first.isHeld && !second.isHeld)
        let lease = try #require(api.get(.leases, Self.name))
        #expect(lease["spec"]?["holderIdentity"] == "a" && lease["spec"]?["leaseDurationSeconds"] == 15 && lease["spec"]?["leaseTransitions"] == 0)

        let gaveUp = simulation.clock.monotonic
        stopFirst.stop()
        #expect(simulation.advance(atMost: .seconds(10)) { second.isHeld })
        #expect(simulation.clock.monotonic - gaveUp < .seconds(3), "given back, it need not run out")
        #expect(!first.isHeld && told.withLock { $0 } == [true, false])
        #expect(api.get(.leases, Self.name)?["spec"]?["leaseTransitions"] == 1)
    }

    @Test func aDeadHoldersLeaseRunsOutHoweverWrongTheClocksAre() {
        for skew in [Duration.seconds(-86_400), .seconds(-10), .zero, .seconds(10), .seconds(86_400)] {
            let simulation = Simulation(seed: 2)
            let api = SimulatedAPI(simulation, faults: FaultPlan(seed: 2, rates: .calm))
            defer { simulation.stop() }
            let (first, second) = (Self.candidate("a", simulation, api), Self.candidate("b", simulation, api, skew: skew))
            let dead = simulation.start { await first.run(until: StopSignal()) }
            simulation.advance(by: .seconds(30))
            simulation.start { await second.run(until: StopSignal()) }
            simulation.advance(by: .seconds(30))
            #expect(first.isHeld && !second.isHeld, "skew \(skew)")
            dead.cancel()
            let died = simulation.clock.monotonic
            #expect(simulation.advance(atMost: .seconds(60)) { second.isHeld }, "skew \(skew)")
            #expect(simulation.clock.monotonic - died >= .seconds(10) && simulation.clock.monotonic - died <= .seconds(25), "skew \(skew)")
        }
    }

    @Test func neverTwoHoldersWhateverGoesWrong() {
        var handovers = 0
        for seed in seeds(standard: 40) {
            let simulation = Simulation(seed: UInt64(seed))
            var rates = FaultRates.rough
            (rates.crash, rates.slow, rates.failBefore) = (0, 0.1, 0.1)
            let faults = FaultPlan(seed: UInt64(seed), rates: rates)
            let api = SimulatedAPI(simulation, faults: faults)
            defer { simulation.stop() }
            let candidates = (0..<3).map { Self.candidate("c\($0)", simulation, api, skew: .seconds($0 * 7 - 7)) }
            var stops = candidates.map { candidate -> StopSignal in
                let stop = StopSignal()
                simulation.start { await candidate.run(until: stop) }
                return stop
            }
            var last = ""
            for _ in 0..<2000 {
                simulation.advance(by: .milliseconds(simulation.draw(in: 10...400)))
                let holders = candidates.filter(\.isHeld).map(\.identity)
                #expect(holders.count <= 1, "seed \(seed): \(holders) hold the lease at once\n\(simulation.trace.text.suffix(4000))")
                if holders.count > 1 { return }
                if let holder = holders.first, holder != last {
                    handovers += 1
                    last = holder
                }
                if simulation.draw(in: 0...200) == 0 {
                    let at = simulation.draw(in: 0...2)
                    stops[at].stop()
                    simulation.advance(by: .seconds(3))
                    let (candidate, stop) = (candidates[at], StopSignal())
                    stops[at] = stop
                    simulation.start { await candidate.run(until: stop) }
                }
            }
            faults.end()
            #expect(simulation.advance(atMost: .seconds(60)) { candidates.contains { $0.isHeld } }, "seed \(seed): nobody holds it in the end")
        }
        #expect(handovers > 40)
    }

    @Test func aHolderThatCantReachTheServerStopsInTime() {
        let simulation = Simulation(seed: 3)
        var rates = FaultRates.calm
        rates.failBefore = 0
        let faults = FaultPlan(seed: 3, rates: rates)
        let api = SimulatedAPI(simulation, faults: faults)
        defer { simulation.stop() }
        let process = SimulatedProcess()
        let client = KubernetesClient(transport: api.transport(for: process), guards: GuardRegistry(clocks: simulation.clock))
        let told = Locked<[Bool]>([])
        let lease = LeaderLease(client, name: Self.name, identity: "a", clocks: simulation.clock, logger: .disabled, metrics: Metrics()) { held in
            told.withLock { $0.append(held) }
        }
        simulation.start { await lease.run(until: StopSignal()) }
        simulation.advance(by: .seconds(30))
        #expect(lease.isHeld)
        process.kill()  // its calls have no effect any more
        simulation.advance(by: .seconds(11))
        #expect(!lease.isHeld && told.withLock { $0 } == [true, false])
    }
}
