import Guards
import Kernel
import Kubernetes
import SimulationKit
import Telemetry
import Testing

@testable import Reconciliation

/// Events: repeats become a count, storms are thinned out, nothing ever waits for them.
struct EventTests {
    private struct World {
        let simulation = Simulation(seed: 1)
        let api: SimulatedAPI
        let recorder: EventRecorder
        let metrics = Metrics()
        let stop = StopSignal()
        let object: JSON

        init(rates: FaultRates = .calm) {
            api = SimulatedAPI(simulation, faults: FaultPlan(seed: 1, rates: rates))
            let client = KubernetesClient(transport: api.transport(for: SimulatedProcess()), guards: GuardRegistry(clocks: simulation.clock))
            recorder = EventRecorder(client, instance: "test", clocks: simulation.clock, logger: .disabled, metrics: metrics)
            object = stored("a", 7)
            let (recorder, stop) = (recorder, stop)
            simulation.start { await recorder.run(until: stop) }
        }

        func record(_ message: String) { recorder.record(EventNote(.warning, reason: "PortConflict", message: message), about: object) }
    }

    @Test func anEventSaysWhatWhoAndWhen() throws {
        let world = World()
        defer { world.simulation.stop() }
        world.record("port 80 is taken")
        world.simulation.advance(by: .seconds(1))
        let events = world.api.objects(.events)
        #expect(events.count == 1)
        let event = try #require(events.first)
        #expect(event["metadata"]?["namespace"] == "plant" && event["metadata"]?["name"]?.string?.hasPrefix("a.") == true)
        #expect(event["involvedObject"]?["kind"] == "Widget" && event["involvedObject"]?["uid"] == "uid-a")
        #expect(event["type"] == "Warning" && event["reason"] == "PortConflict" && event["message"] == "port 80 is taken" && event["count"] == 1)
        #expect(event["source"]?["component"] == "millwright" && event["reportingInstance"] == "test")
    }

    @Test func repeatsBecomeACount() {
        let world = World()
        defer { world.simulation.stop() }
        for _ in 0..<5 {
            world.record("port 80 is taken")
            world.simulation.advance(by: .seconds(20))
        }
        world.record("port 81 is taken")
        world.simulation.advance(by: .seconds(1))
        let counts = world.api.objects(.events).map { $0["count"]?.int ?? 0 }.sorted()
        #expect(counts == [1, 5])
    }

    @Test func aStormIsThinnedOut() {
        let world = World()
        defer { world.simulation.stop() }
        for number in 0..<500 { world.record("port \(number) is taken") }
        world.simulation.advance(by: .seconds(60))
        #expect(world.api.objects(.events).count == 25)
        #expect(world.metrics.value("millwright_events_dropped_total", [("why", "limit")]) == 475)
    }

    @Test func whatIsLeftIsSentAtShutdown() {
        let world = World()
        defer { world.simulation.stop() }
        world.record("one")
        world.record("two")
        world.stop.stop()
        world.simulation.advance(by: .seconds(5))
        #expect(world.api.objects(.events).count == 2)
    }

    @Test func aServerThatIsAwayHoldsUpNobody() {
        var rates = FaultRates.calm
        rates.failBefore = 1
        let world = World(rates: rates)
        defer { world.simulation.stop() }
        for number in 0..<20 { world.record("\(number)") }
        world.simulation.advance(by: .seconds(60))
        #expect(world.metrics.value("millwright_events_dropped_total", [("why", "unsent")]) == 20)
    }

    @Test func aLongMessageIsCutAtACharacter() {
        var aggregation = EventAggregation()
        let subject = EventSubject(apiVersion: "v1", kind: "X", name: NamespacedName(namespace: "", name: "x"), uid: "u", resourceVersion: "1")
        let note = EventNote(.normal, reason: "R", message: String(repeating: "ü", count: 2000))
        let isKept = aggregation.add(note, about: subject, now: Timestamp(seconds: 1), monotonic: MonotonicInstant(nanoseconds: 0))
        #expect(isKept)
        guard case .create(_, let event)? = aggregation.next() else {
            Issue.record("nothing to send")
            return
        }
        #expect(event.note.message.utf8.count <= 1024 && event.note.message.hasSuffix("ü…"))
        #expect(event.json(component: "c", instance: "i")["metadata"]?["namespace"] == "default")
    }

    @Test func memoryIsBounded() {
        var aggregation = EventAggregation()
        var kept = 0
        for number in 0..<10_000 {
            let subject = EventSubject(
                apiVersion: "v1", kind: "X", name: NamespacedName(namespace: "n", name: "x\(number)"), uid: "u\(number)", resourceVersion: "1")
            if aggregation.add(
                EventNote(.normal, reason: "R", message: "m"), about: subject, now: Timestamp(seconds: 1), monotonic: MonotonicInstant(nanoseconds: 0)) {
                kept += 1
            }
        }
        #expect(kept == EventAggregation.maximumRecords)
    }
}
