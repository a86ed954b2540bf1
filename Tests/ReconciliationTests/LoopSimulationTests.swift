import Kernel
import Kubernetes
import SimulationKit
import Testing

@testable import Reconciliation

/// The whole loop by seed: real client, informer, queue, controller, executor and status writer over a simulated server and world, with
/// faults and crashes; afterwards everything must be as wanted, and quiet.
struct LoopSimulationTests {
    /// What is wrong at the end of a run, or nil.
    static func run(seed: Int, rates: FaultRates = .rough, sparing: Set<String> = []) -> (problem: String?, struck: [String], trace: String, steps: Int) {
        let simulation = Simulation(seed: UInt64(seed))
        let faults = FaultPlan(seed: UInt64(seed), rates: rates, sparing: sparing)
        let api = SimulatedAPI(simulation, faults: faults)
        let world = PartsWorld(simulation, faults)
        let program = WidgetOperator(simulation, api, world)
        program.start()
        defer { simulation.stop() }

        let names = (0..<4).map { NamespacedName(namespace: "plant", name: "w\($0)") }
        for _ in 0..<25 {
            simulation.advance(by: .milliseconds(simulation.draw(in: 10...9000)))
            let name = names[simulation.draw(in: 0...3)]
            switch simulation.draw(in: 0...9) {
            case 0...5:
                api.apply(
                    widgets,
                    [
                        "apiVersion": "example.org/v1", "kind": "Widget",
                        "metadata": ["name": .string(name.name), "namespace": .string(name.namespace)],
                        "spec": ["size": .int(Int64(simulation.draw(in: 0...3))), "version": .string("v\(simulation.draw(in: 1...2))")],
                    ])
            case 6...7: api.delete(widgets, name)
            case 8: world.sabotage()
            default: api.compact()
            }
        }
        faults.end()
        // Long enough for every backoff there may be, and for the world's last round.
        simulation.advance(by: .seconds(900))
        let problem = check(api, world)
        guard problem == nil else { return (problem, faults.struck, simulation.trace.text, simulation.steps) }
        let (writes, changes) = (api.writes(), world.changes)
        simulation.advance(by: .seconds(1800))
        if api.writes() != writes { return ("\(api.writes() - writes) writes to the API at rest", faults.struck, simulation.trace.text, simulation.steps) }
        if world.changes != changes { return ("\(world.changes - changes) changes to the world at rest", faults.struck, simulation.trace.text, simulation.steps) }
        return (nil, faults.struck, "", simulation.steps)
    }

    static func check(_ api: SimulatedAPI, _ world: PartsWorld) -> String? {
        var expected = 0
        for object in api.objects(widgets) {
            let metadata = Metadata(of: object)
            if metadata.isDeleting { return "\(metadata.namespacedName) is being deleted still" }
            let (size, version) = (Int(object["spec"]?["size"]?.int ?? 0), object["spec"]?["version"]?.string ?? "1")
            expected += size
            let parts = world.parts(of: metadata.uid)
            if parts != Dictionary(uniqueKeysWithValues: (0..<size).map { ($0, version) }) {
                return "\(metadata.namespacedName) wants \(size) of \(version) and has \(parts.sorted { $0.key < $1.key })"
            }
            if object["status"]?["phase"]?.string != "Ready" || object["status"]?["parts"]?.int != Int64(size)
                || object["status"]?["observedGeneration"]?.int != metadata.generation
            {
                return "\(metadata.namespacedName) shows \(object["status"]?.text ?? "no status") at generation \(metadata.generation)"
            }
        }
        return world.count == expected ? nil : "\(world.count - expected) parts belong to nobody"
    }

    @Test func reachesTheGoalAndRestsWhateverGoesWrong() {
        var steps = 0
        for seed in seeds(standard: 150) {
            let run = Self.run(seed: seed)
            steps += run.steps
            guard let problem = run.problem else { continue }
            let needed = FaultPlan.shrink(run.struck) { Self.run(seed: seed, sparing: $0).problem != nil }
            let shrunk = Self.run(seed: seed, sparing: Set(run.struck).subtracting(needed))
            Issue.record("seed \(seed): \(problem)\nfaults needed: \(needed)\n\(shrunk.trace)")
            return
        }
        #expect(steps > 10_000)
    }

    @Test func theSameSeedGivesTheSameRun() {
        let (first, second) = (Self.run(seed: 42), Self.run(seed: 42))
        #expect(first.steps == second.steps && first.struck == second.struck)
        #expect(first.steps != Self.run(seed: 43).steps)
    }
}

/// The seeds of a simulation test: `standard` of them, or as `MILLWRIGHT_SEEDS` says: a count, or one seed as `=17`.
func seeds(standard: Int) -> [Int] {
    guard let text = environment("MILLWRIGHT_SEEDS") else { return Array(0..<standard) }
    if text.hasPrefix("="), let seed = Int(text.dropFirst()) { return [seed] }
    return Array(0..<max(Int(text) ?? standard, 1))
}
