import Guards
import Kernel
import Kubernetes
import Platform
import SimulationKit
import Telemetry
import Testing

@testable import Reconciliation

/// The flow around a plan: finalizer, pause, deletion, letting go, order and audit of actions.
struct PlanningReconcilerTests {
    private final class Audit: AuditSink {
        let entries = Locked<[AuditEntry]>([])
        func record(_ entry: AuditEntry) { entries.withLock { $0.append(entry) } }
        var lines: [String] { entries.withLock { $0.map { "\($0.action): \($0.outcome == .done ? "done" : "failed")" } } }
    }

    private final class World {
        let simulation: Simulation
        let faults: FaultPlan
        let api: SimulatedAPI
        let parts: PartsWorld
        let controller: Controller<PlanningReconciler<WidgetFlow>>
        let audit = Audit()
        let name = NamespacedName(namespace: "plant", name: "a")

        init(rates: FaultRates = .calm) {
            simulation = Simulation(seed: 5)
            faults = FaultPlan(seed: 5, rates: .calm)
            let partFaults = FaultPlan(seed: 5, rates: rates)
            api = SimulatedAPI(simulation, faults: faults)
            parts = PartsWorld(simulation, partFaults)
            let (clock, process, metrics) = (simulation.clock, SimulatedProcess(), Metrics())
            let client = KubernetesClient(transport: api.transport(for: process), guards: GuardRegistry(clocks: clock))
            let informer = Informer(client, widgets, clocks: clock, logger: .disabled, metrics: metrics)
            let events = EventRecorder(client, instance: "test", clocks: clock, logger: .disabled, metrics: metrics)
            let controller = Controller(
                .init(name: "widget"), informer: informer,
                reconciler: PlanningReconciler(
                    WidgetFlow(world: parts, process: process), informer: informer, statuses: StatusWriter(client, widgets, clocks: clock),
                    executor: GuardedExecutor(audit: audit, metrics: metrics), events: events),
                clocks: clock, logger: .disabled, metrics: metrics, random: simulation.generator(for: "controller"))
            self.controller = controller
            simulation.start { await informer.run(ready: {}) }
            simulation.start { await events.run(until: StopSignal()) }
            simulation.start { await controller.run(until: StopSignal()) }
        }

        deinit { simulation.stop() }

        var object: JSON { api.get(widgets, name) ?? .null }
        var uid: String { Metadata(of: object).uid }
        func apply(size: Int) { api.apply(widgets, ServerFixture.widget("a", size: size)) }
        func pass(_ seconds: Int = 30) { simulation.advance(by: .seconds(seconds)) }
    }

    @Test func theFinalizerIsThereBeforeTheFirstPart() {
        let world = World()
        world.apply(size: 0)
        world.pass()
        #expect(Metadata(of: world.object).finalizers.isEmpty, "what owns nothing needs no finalizer")
        world.apply(size: 2)
        let hasBoth = world.simulation.advance(atMost: .seconds(30)) { world.parts.count > 0 }
        #expect(hasBoth && Metadata(of: world.object).finalizers == [MillwrightName.finalizer])
    }

    @Test func actionsAreDoneInOrderAndAudited() {
        let world = World()
        world.apply(size: 3)
        world.pass()
        #expect(world.audit.lines == (0..<3).map { "make part \($0) of version v1: done" })
        let entries = world.audit.entries.withLock { $0 }
        #expect(entries.allSatisfy { $0.reason == "the widget wants it so" && $0.breaker == "parts.local.Write" && $0.object.uid == world.uid })
        #expect(Set(entries.map(\.correlation)).count == 1 && entries.first?.correlation.isEmpty == false)
    }

    @Test func aPausedObjectIsShownAndNotTouched() {
        let world = World()
        world.apply(size: 2)
        world.pass()
        world.api.merge(widgets, world.name, ["metadata": ["annotations": [MillwrightName.pausedAnnotation: "true"]], "spec": ["size": 0]])
        world.pass()
        #expect(world.parts.count == 2 && world.object["status"]?["phase"] == "Paused")
        world.api.delete(widgets, world.name)
        world.pass(120)
        #expect(world.parts.count == 2 && Metadata(of: world.object).isDeleting)
        world.api.merge(widgets, world.name, ["metadata": ["annotations": [MillwrightName.pausedAnnotation: JSON.null]]])
        world.pass()
        #expect(world.parts.count == 0 && world.object.isNull)
    }

    @Test func deletionEndsWithAnEmptyWorldAndOnlyThen() {
        let world = World()
        world.apply(size: 3)
        world.pass()
        world.api.delete(widgets, world.name)
        while !world.object.isNull {
            let isEmptyFirst = world.simulation.advance(atMost: .seconds(60)) { world.object.isNull || world.parts.count == 0 }
            #expect(isEmptyFirst && world.parts.count == 0)
            world.pass(5)
        }
    }

    @Test func anInvalidDocumentIsToldAndWaitedFor() {
        let world = World()
        world.apply(size: 50)
        world.pass(600)
        #expect(world.object["status"]?["phase"] == "Stalled" && world.object["status"]?["message"]?.string?.contains("spec.size") == true)
        let events = world.api.objects(.events)
        #expect(events.count == 1 && events.first?["reason"] == "InvalidSpec" && events.first?["count"] == 1)
        let writes = world.api.writes()
        world.pass(3600)
        #expect(world.api.writes() == writes)
        world.apply(size: 1)
        world.pass()
        #expect(world.parts.count == 1 && world.object["status"]?["phase"] == "Ready")
    }

    @Test func aTargetThatIsGoneForGoodCanBeLetGo() {
        var rates = FaultRates.calm
        rates.failBefore = 1
        let world = World(rates: rates)
        world.api.apply(
            widgets,
            [
                "apiVersion": "example.org/v1", "kind": "Widget",
                "metadata": ["name": "a", "namespace": "plant", "finalizers": [.string(MillwrightName.finalizer)]], "spec": ["size": 1],
            ])
        world.pass()
        world.api.delete(widgets, world.name)
        world.pass(600)
        #expect(Metadata(of: world.object).isDeleting, "without the annotation it stays")
        world.api.merge(widgets, world.name, ["metadata": ["annotations": [MillwrightName.forceDeleteAnnotation: "true"]]])
        world.pass(60)
        #expect(world.object.isNull)
        #expect(world.api.objects(.events).contains { $0["reason"] == "ForceDeleted" && $0["type"] == "Warning" })
    }

    @Test func anotherFinalizerOutlivesOurs() {
        let world = World()
        world.apply(size: 1)
        world.pass()
        world.api.merge(widgets, world.name, ["metadata": ["finalizers": [.string(MillwrightName.finalizer), "example.org/hold"]]])
        world.pass()
        world.api.delete(widgets, world.name)
        world.pass(60)
        #expect(world.parts.count == 0 && Metadata(of: world.object).finalizers == ["example.org/hold"])
        let (writes, changes) = (world.api.writes(), world.parts.changes)
        world.pass(600)
        #expect(world.api.writes() == writes && world.parts.changes == changes, "released, it is none of our business")
    }

    @Test(arguments: [false, true]) func aFinalizerThatWasPatchedAwayComesBackWhileSomethingRuns(isPaused: Bool) {
        let world = World()
        world.apply(size: 2)
        world.pass()
        if isPaused { world.api.merge(widgets, world.name, ["metadata": ["annotations": [MillwrightName.pausedAnnotation: "true"]]]) }
        world.api.merge(widgets, world.name, ["metadata": ["finalizers": JSON.null]])
        #expect(Metadata(of: world.object).finalizers.isEmpty)
        world.pass()
        #expect(Metadata(of: world.object).finalizers == [MillwrightName.finalizer])
        if isPaused { world.api.merge(widgets, world.name, ["metadata": ["annotations": [MillwrightName.pausedAnnotation: JSON.null]]]) }
        world.api.delete(widgets, world.name)
        world.pass(60)
        #expect(world.parts.count == 0 && world.object.isNull, "nothing is left behind")
    }

    @Test func theWorldIsPutRightWhileTheServerIsAway() {
        let world = World()
        world.apply(size: 1)
        world.pass()
        var away = FaultRates.calm
        away.failBefore = 1
        world.faults.use(away)
        while world.parts.count > 0 { world.parts.sabotage() }
        world.controller.enqueue(world.name)
        world.pass(60)
        #expect(world.parts.count == 1, "a store that is away keeps nothing from being repaired")
        world.faults.end()
        world.pass(300)
        #expect(world.object["status"]?["phase"] == "Ready")
    }
}
