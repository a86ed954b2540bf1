import Guards
import Kernel
import Kubernetes
import Platform
import Resilience
import ServiceKit
import SimulationKit
import Telemetry
import Testing

@testable import Reconciliation

/// What the controller promises a reconciler.
struct ControllerTests {
    /// Records its passes; what a pass does is up to the test.
    private final class Probe: Reconciler {
        struct Pass: Sendable {
            let name: String
            let revision: Int64
            let cause: PassCause
            let at: MonotonicInstant
        }

        let passes = Locked<[Pass]>([])
        let forgotten = Locked<[String]>([])
        private let body: @Sendable (KubernetesObject, PassContext) async -> PassResult

        init(_ body: @escaping @Sendable (KubernetesObject, PassContext) async -> PassResult = { _, _ in .settled }) { self.body = body }

        func reconcile(_ object: KubernetesObject, in pass: PassContext) async -> PassResult {
            passes.withLock { $0.append(Pass(name: object.name.name, revision: object.revision ?? 0, cause: pass.cause, at: pass.clocks.monotonic)) }
            return await body(object, pass)
        }

        func forget(_ key: NamespacedName) async { forgotten.withLock { $0.append(key.name) } }
        var names: [String] { passes.withLock { $0.map(\.name) } }
    }

    private struct World {
        let simulation: Simulation
        let api: SimulatedAPI
        let client: KubernetesClient
        let informer: Informer
        let stop = StopSignal()

        init(seed: UInt64 = 1, rates: FaultRates = .calm) {
            simulation = Simulation(seed: seed)
            api = SimulatedAPI(simulation, faults: FaultPlan(seed: seed, rates: rates))
            client = KubernetesClient(transport: api.transport(for: SimulatedProcess()), guards: GuardRegistry(clocks: simulation.clock))
            informer = Informer(
                client, widgets, clocks: simulation.clock, logger: .disabled, metrics: Metrics(), random: simulation.generator(for: "informer"))
        }

        func run<Handler: Reconciler>(_ reconciler: Handler, _ settings: Controller<Handler>.Settings = .init(name: "test")) -> Controller<Handler> {
            let (informer, stop) = (informer, stop)
            let controller = Controller(
                settings, informer: informer, reconciler: reconciler, clocks: simulation.clock, logger: .disabled, metrics: Metrics(),
                random: simulation.generator(for: "controller"))
            simulation.start { await informer.run(ready: {}) }
            simulation.start { await controller.run(until: stop) }
            return controller
        }
    }

    private func widget(_ name: String, size: Int = 1) -> JSON { ServerFixture.widget(name, size: size) }
    private let a = NamespacedName(namespace: "plant", name: "a")

    @Test func aThousandObjectsAtRestCostNothing() {
        let world = World()
        defer { world.simulation.stop() }
        for number in 0..<1000 { world.api.apply(widgets, widget("w\(number)")) }
        let probe = Probe()
        _ = world.run(probe)
        world.simulation.advance(by: .seconds(60))
        #expect(probe.names.count == 1000)
        let before = world.simulation.steps
        world.simulation.advance(by: .seconds(3600))
        // A watch that the server ends now and then is all there is.
        #expect(world.simulation.steps - before < 3000, "\(world.simulation.steps - before) jobs in an hour")
        #expect(probe.names.count == 1000)
    }

    @Test func aPassSeesItsOwnLastWrite() {
        // The watch lags behind by seconds, while changes by others keep coming.
        var rates = FaultRates.calm
        rates.lag = 0.8
        for seed in seeds(standard: 30) {
            let world = World(seed: UInt64(seed), rates: rates)
            defer { world.simulation.stop() }
            world.api.apply(widgets, widget("a"))
            let last = Locked<Int64>(0)
            let (client, informer) = (world.client, world.informer)
            let probe = Probe { object, pass in
                let floor = last.withLock { $0 }
                if (object.revision ?? 0) < floor { Issue.record("seed \(seed): saw \(object), had written \(floor)") }
                do {
                    let body: JSON = [
                        "apiVersion": "example.org/v1", "kind": "Widget", "metadata": ["name": "a", "namespace": "plant"],
                        "status": ["seen": .int(object.revision ?? 0)],
                    ]
                    let written = try await client.apply(widgets, body, fieldManager: "test", subresource: "status")
                    informer.note(ownWrite: written)
                    last.withLock { $0 = written.revision ?? 0 }
                } catch {}
                return .settled
            }
            let controller = world.run(probe)
            for _ in 0..<20 {
                world.simulation.advance(by: .milliseconds(world.simulation.draw(in: 10...3000)))
                controller.enqueue(a)
            }
            world.simulation.advance(by: .seconds(120))
            #expect(probe.names.count >= 5)
        }
    }

    /// Found by seed: asked about an object that our own write had ended, the server said that it was gone; the next pass saw it
    /// again in a cache that was still behind, and made everything for it anew.
    @Test func anObjectThatIsGoneIsNotSeenAgainInACacheThatLags() {
        var rates = FaultRates.calm
        rates.lag = 1
        let world = World(rates: rates)
        defer { world.simulation.stop() }
        world.api.apply(
            widgets,
            [
                "apiVersion": "example.org/v1", "kind": "Widget",
                "metadata": ["name": "a", "namespace": "plant", "finalizers": [.string(MillwrightName.finalizer)]], "spec": ["size": 1],
            ])
        let (client, informer, api, isGone) = (world.client, world.informer, world.api, Locked(false))
        let name = a
        let probe = Probe { object, _ in
            if isGone.withLock({ $0 }) {
                Issue.record("a pass over \(object), which is gone")
                return .settled
            }
            do {
                // Somebody deletes it while the pass runs; the pass takes the finalizer off, and with it the object goes.
                api.delete(widgets, name)
                let current = try await client.get(widgets, name)
                if let last = try await Finalizers(client, widgets).remove(MillwrightName.finalizer, from: current.json()) { informer.note(ownWrite: last) }
                isGone.withLock { $0 = true }
            } catch { Issue.record("\(error)") }
            return .settled
        }
        let controller = world.run(probe)
        for _ in 0..<200 {
            world.simulation.advance(by: .milliseconds(200))
            controller.enqueue(name)
        }
        #expect(isGone.withLock { $0 } && informer.get(name) == nil)
    }

    @Test func ourOwnStatusWriteCausesNoPassButAnotherChangeDoes() {
        let world = World()
        defer { world.simulation.stop() }
        world.api.apply(widgets, widget("a"))
        let (client, informer) = (world.client, world.informer)
        let probe = Probe { object, _ in
            do {
                let body: JSON = [
                    "apiVersion": "example.org/v1", "kind": "Widget", "metadata": ["name": "a", "namespace": "plant"], "status": ["phase": "Ready"],
                ]
                informer.note(ownWrite: try await client.apply(widgets, body, fieldManager: "test", subresource: "status"))
            } catch { Issue.record("\(error)") }
            return .settled
        }
        _ = world.run(probe)
        world.simulation.advance(by: .seconds(60))
        #expect(probe.names == ["a"])
        world.api.merge(widgets, a, ["metadata": ["annotations": [MillwrightName.reconcileAtAnnotation: "2026-11-20T08:00:00Z"]]])
        world.simulation.advance(by: .seconds(60))
        #expect(probe.names == ["a", "a"])
    }

    @Test func aDeletedObjectIsForgotten() {
        let world = World()
        defer { world.simulation.stop() }
        world.api.apply(widgets, widget("a"))
        let probe = Probe()
        _ = world.run(probe)
        world.simulation.advance(by: .seconds(5))
        world.api.delete(widgets, a)
        world.simulation.advance(by: .seconds(5))
        #expect(probe.names == ["a"] && probe.forgotten.withLock { $0 } == ["a"])
    }

    @Test func aPassThatTakesTooLongIsStoppedAndTriedAgain() {
        let world = World()
        defer { world.simulation.stop() }
        world.api.apply(widgets, widget("a"))
        let clock = world.simulation.clock
        let probe = Probe { _, _ in
            do { try await clock.sleep(for: .seconds(3600)) } catch { return .cancelled }
            return .settled
        }
        _ = world.run(probe, .init(name: "test", passTimeout: .seconds(30)))
        world.simulation.advance(by: .seconds(40))
        #expect(probe.names.count == 2)
    }

    @Test func shutdownLetsPassesEndAndBeginsNoMore() {
        let world = World()
        defer { world.simulation.stop() }
        for name in ["a", "b", "c"] { world.api.apply(widgets, widget(name)) }
        let clock = world.simulation.clock
        let ended = Locked<[Bool]>([])
        let probe = Probe { _, _ in
            do { try await clock.sleep(for: .seconds(10)) } catch {}
            ended.withLock { $0.append(!Task.isCancelled) }
            return .settled
        }
        _ = world.run(probe, .init(name: "test", queue: .init(concurrency: 2), grace: .seconds(20)))
        world.simulation.advance(by: .seconds(5))
        world.stop.stop()
        world.simulation.advance(by: .seconds(30))
        #expect(probe.names.count == 2 && ended.withLock { $0 } == [true, true])
    }

    @Test func shutdownDoesNotWaitForAServerThatNeverAnswered() {
        var rates = FaultRates.calm
        rates.failBefore = 1
        let world = World(rates: rates)
        defer { world.simulation.stop() }
        let (simulation, informer, stop, ended) = (world.simulation, world.informer, StopSignal(), Locked(false))
        let controller = Controller(
            .init(name: "test"), informer: informer, reconciler: Probe(), clocks: simulation.clock, logger: .disabled, metrics: Metrics())
        simulation.start { await informer.run(ready: {}) }
        simulation.start {
            await controller.run(until: stop)
            ended.withLock { $0 = true }
        }
        simulation.advance(by: .seconds(10))
        stop.stop()
        simulation.advance(by: .seconds(1))
        #expect(ended.withLock { $0 })
    }

    @Test func shutdownCutsPassesThatOutlastTheGrace() {
        let world = World()
        defer { world.simulation.stop() }
        world.api.apply(widgets, widget("a"))
        let clock = world.simulation.clock
        let cut = Locked<MonotonicInstant?>(nil)
        let probe = Probe { _, _ in
            do { try await clock.sleep(for: .seconds(3600)) } catch { cut.withLock { $0 = clock.monotonic } }
            return .cancelled
        }
        _ = world.run(probe, .init(name: "test", grace: .seconds(20)))
        world.simulation.advance(by: .seconds(5))
        let told = clock.monotonic
        world.stop.stop()
        world.simulation.advance(by: .seconds(60))
        #expect(cut.withLock { $0 }.map { $0 - told } == .seconds(20))
    }

    @Test func withoutTheLeaseNothingIsDoneAndLosingItEndsPasses() {
        let world = World()
        defer { world.simulation.stop() }
        world.api.apply(widgets, widget("a"))
        let (clock, held) = (world.simulation.clock, Locked(false))
        let probe = Probe { _, _ in
            do { try await clock.sleep(for: .seconds(100)) } catch { return .cancelled }
            return .settled
        }
        let controller = world.run(probe, .init(name: "test", mayAct: { _ in held.withLock { $0 } }))
        world.simulation.advance(by: .seconds(30))
        #expect(probe.names.isEmpty)
        held.withLock { $0 = true }
        controller.enqueueAll()
        world.simulation.advance(by: .seconds(10))
        #expect(probe.names == ["a"])
        held.withLock { $0 = false }
        controller.interrupt()
        world.simulation.advance(by: .seconds(200))
        #expect(probe.names == ["a"] && controller.isIdle)
    }

    @Test func aFailingObjectHoldsUpNobody() {
        let world = World()
        defer { world.simulation.stop() }
        for name in ["a", "b"] { world.api.apply(widgets, widget(name)) }
        let probe = Probe { object, _ in object.name.name == "a" ? .retry("the world is against it") : .settled }
        let controller = world.run(probe)
        for _ in 0..<600 {
            world.simulation.advance(by: .milliseconds(100))
            controller.enqueue(NamespacedName(namespace: "plant", name: "b"))
        }
        let counts = Dictionary(grouping: probe.names, by: { $0 }).mapValues(\.count)
        #expect((counts["b"] ?? 0) >= 500)
        #expect((counts["a"] ?? 0) >= 4 && (counts["a"] ?? 0) <= 10)
    }

    @Test func anInformerMirrorsTheServerWhateverGoesWrong() {
        for seed in seeds(standard: 60) {
            var rates = FaultRates.rough
            rates.crash = 0
            let world = World(seed: UInt64(seed), rates: rates)
            defer { world.simulation.stop() }
            let replayed = Locked<[NamespacedName: String]>([:])
            world.informer.onChange { change in
                replayed.withLock { replayed in
                    if replayed[change.key] != change.old?.resourceVersion { Issue.record("seed \(seed): \(change.key) doesn't follow") }
                    replayed[change.key] = change.new?.resourceVersion
                }
            }
            let informer = world.informer
            world.simulation.start { await informer.run(ready: {}) }
            for _ in 0..<60 {
                world.simulation.advance(by: .milliseconds(world.simulation.draw(in: 1...3000)))
                let name = "w\(world.simulation.draw(in: 0...5))"
                switch world.simulation.draw(in: 0...9) {
                case 0...5: world.api.apply(widgets, widget(name, size: world.simulation.draw(in: 0...9)))
                case 6...8: world.api.delete(widgets, NamespacedName(namespace: "plant", name: name))
                default: world.api.compact()
                }
            }
            world.simulation.advance(by: .seconds(300))
            let truth = Dictionary(uniqueKeysWithValues: world.api.objects(widgets).map { (Metadata(of: $0).namespacedName, Metadata(of: $0).resourceVersion) })
            #expect(replayed.withLock { $0 } == truth, "seed \(seed)")
            #expect(Dictionary(uniqueKeysWithValues: informer.objects.map { ($0.name, $0.resourceVersion) }) == truth, "seed \(seed)")
        }
    }

    @Test func aGroupStopsItInOrderAndWithoutCancellingItsWork() async throws {
        let steps = Locked<[String]>([])
        let graceful = GracefulService("work") { stop, ready in
            ready()
            await stop.wait()
            // What is done now is not cancelled.
            await Task.yield()
            steps.withLock { $0.append(Task.isCancelled ? "cut" : "finished") }
        }
        let behind = ClosureService("behind") { ready in
            ready()
            do { try await Task.sleep(for: .seconds(3600)) } catch {}
            steps.withLock { $0.append("behind ended") }
        }
        let group = ServiceGroup(graceful.services + [behind], logger: .disabled)
        try await group.run(ready: { group.stop() })
        #expect(steps.withLock { $0 } == ["behind ended", "finished"])
    }
}
