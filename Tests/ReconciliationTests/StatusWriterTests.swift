import Guards
import Kernel
import Kubernetes
import SimulationKit
import Testing

@testable import Reconciliation

/// When a status is written, and when it isn't.
struct StatusWriterTests {
    private let name = NamespacedName(namespace: "plant", name: "a")

    private struct World {
        let simulation = Simulation(seed: 1)
        let api: SimulatedAPI
        let writer: StatusWriter

        init() {
            api = SimulatedAPI(simulation, faults: FaultPlan(seed: 1, rates: .calm))
            let client = KubernetesClient(transport: api.transport(for: SimulatedProcess()), guards: GuardRegistry(clocks: simulation.clock))
            writer = StatusWriter(client, widgets, clocks: simulation.clock)
            api.apply(widgets, ServerFixture.widget("a"))
        }

        func write(_ status: JSON, counters: [[String]] = []) throws -> String {
            let object = try #require(api.get(widgets, NamespacedName(namespace: "plant", name: "a")))
            let writer = writer
            let outcome = simulation.run { () async -> String in
                do throws(KubernetesError) {
                    switch try await writer.write(StatusProposal(status, counters: counters), to: object) {
                    case .unchanged: return "unchanged"
                    case .deferred(let wait): return "deferred \(wait.manifest)"
                    case .written: return "written"
                    }
                } catch { return error.name }
            }
            return try #require(outcome)
        }
    }

    @Test func onlyADifferenceIsWritten() throws {
        let world = World()
        defer { world.simulation.stop() }
        #expect(try world.write(["phase": "Running", "replicas": 1]) == "written")
        #expect(try world.write(["replicas": 1, "phase": "Running"]) == "unchanged")
        #expect(try world.write(["phase": "Running", "replicas": 2]) == "written")
        #expect(world.api.writes() == 2)
    }

    @Test func countersAloneAreWrittenEveryFiveSecondsAtMost() throws {
        let world = World()
        defer { world.simulation.stop() }
        let counters = [["instances", "*", "restarts"], ["bytes"]]
        func status(_ restarts: Int64, _ phase: String = "Running") -> JSON {
            ["phase": .string(phase), "bytes": .int(restarts), "instances": [["ordinal": 0, "restarts": .int(restarts)]]]
        }
        #expect(try world.write(status(0), counters: counters) == "written")
        world.simulation.advance(by: .seconds(2))
        let wait = try world.write(status(1), counters: counters)
        #expect(wait.hasPrefix("deferred 2s") || wait == "deferred 3s")
        #expect(try world.write(status(1, "Failed"), counters: counters) == "written", "a phase is shown at once")
        world.simulation.advance(by: .seconds(6))
        #expect(try world.write(status(2, "Failed"), counters: counters) == "written")
    }

    @Test func anotherObjectOfTheSameNameIsLeftAlone() throws {
        let world = World()
        defer { world.simulation.stop() }
        let old = try #require(world.api.get(widgets, name))
        world.api.delete(widgets, name)
        world.api.apply(widgets, ServerFixture.widget("a"))
        let writer = world.writer
        let result = world.simulation.run { () async -> String in
            do throws(KubernetesError) {
                _ = try await writer.write(StatusProposal(["phase": "Running"]), to: old)
                return "written"
            } catch { return error.name }
        }
        #expect(result == "conflict" && world.api.get(widgets, name)?["status"] == nil)
    }

    @Test func pathsTakeOutWhatTheyNameAndNothingElse() {
        let value: JSON = ["a": ["b": 1, "c": 2], "list": [["n": 1, "x": 1], ["n": 2]], "m": ["k1": ["n": 1], "k2": ["n": 2, "y": 0]]]
        #expect(StatusWriter.without([["a", "b"]], value)["a"] == ["c": 2])
        #expect(StatusWriter.without([["list", "*", "n"]], value)["list"] == [["x": 1], [:]])
        #expect(StatusWriter.without([["m", "*", "n"]], value)["m"] == ["k1": [:], "k2": ["y": 0]])
        #expect(StatusWriter.without([["none", "of", "these"]], value) == value)
    }
}
