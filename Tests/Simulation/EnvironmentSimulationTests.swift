import Docker
import EnvironmentPlan
import Kernel
import Kubernetes
import Platform
import SimulationKit
import Testing

/// Environments on Docker, whole, by seed: documents change, containers break, calls fail, events get lost, the program dies; when that
/// is over everything is as the documents say, nothing else was touched, and there is quiet.
struct EnvironmentSimulationTests {
    struct Run {
        var problem: String?
        var struck: [String] = []
        var trace = ""
        var steps = 0
        var starts = 0
        var changes = 0
    }

    static func run(seed: Int, rates: FaultRates = .rough, sparing: Set<String> = []) -> Run {
        let world = SimulatedInstallation(seed: seed, rates: rates, sparing: sparing)
        let (simulation, api, host) = (world.simulation, world.api, world.host)
        let foreign = Foreign(host)
        defer { simulation.stop() }
        world.start()
        var problem: String?
        for _ in 0..<20 where problem == nil {
            for _ in 0..<simulation.draw(in: 1...40) where problem == nil {
                simulation.advance(by: .milliseconds(simulation.draw(in: 10...700)))
                problem = double(host)
            }
            disturb(simulation, api, host)
        }
        // The last things that break while calls still fail: nothing comes after them that would have them looked at by chance.
        for _ in 0..<3 { breakSomething(simulation, host) }
        simulation.advance(by: .seconds(4))
        world.faults.end()
        // Every backoff is over by then, and every crash loop handed back to the engine.
        simulation.advance(by: .seconds(2400))
        problem = problem ?? double(host) ?? goal(api, host) ?? foreign.difference(host)
        if problem == nil {
            let (changes, writes) = (host.changes.count, writes(api))
            simulation.advance(by: .seconds(1200))
            if host.changes.count != changes { problem = "changes to Docker at rest: \(host.changes[changes...].map { "\($0.action) \($0.name)" })" }
            else if self.writes(api) != writes { problem = "\(self.writes(api) - writes) writes to the API at rest" }
        }
        return Run(
            problem: problem, struck: world.faults.struck, trace: problem == nil ? "" : simulation.trace.text, steps: simulation.steps,
            starts: world.starts, changes: host.changes.count)
    }

    /// Leases are renewed at rest; everything else is not written.
    private static func writes(_ api: SimulatedAPI) -> Int { api.writes() - api.writes(to: .leases) }

    // MARK: The other people

    private static func disturb(_ simulation: Simulation, _ api: SimulatedAPI, _ host: SimulatedHost) {
        let name = NamespacedName(namespace: "plant", name: "e\(simulation.draw(in: 0...2))")
        switch simulation.draw(in: 0...14) {
        case 0...5: api.apply(.environments, environment(name, simulation))
        case 6: api.delete(.environments, name)
        case 7...12: breakSomething(simulation, host)
        case 13: api.compact()
        default: api.merge(.environments, name, ["metadata": ["labels": ["touched": .string("\(simulation.draw(in: 0...9))")]]])
        }
    }

    private static func breakSomething(_ simulation: Simulation, _ host: SimulatedHost) {
        let ours = host.containers.filter { $0.labels[MillwrightName.installationLabel] == SimulatedInstallation.id }
        guard !ours.isEmpty else { return }
        let victim = ours[simulation.draw(in: 0...(ours.count - 1))].id
        switch simulation.draw(in: 0...5) {
        case 0: host.remove(victim)
        case 1: host.stop(victim)
        case 2: host.pause(victim)
        case 3: host.disconnect(victim)
        default: host.crash(victim)
        }
    }

    private static func environment(_ name: NamespacedName, _ simulation: Simulation) -> JSON {
        var spec: JSON = [
            "runtime": "Docker", "target": "local", "replicas": .int(Int64(simulation.draw(in: 0...2))),
            "image": .string("app:\(simulation.draw(in: 1...2))"), "suspend": .bool(simulation.draw(in: 0...9) == 0),
            "env": [["name": "MODE", "value": .string("\(simulation.draw(in: 0...1))")]],
            "ports": [["name": "http", "containerPort": 8080]],
            "readinessProbe": ["httpGet": ["path": "/", "port": "http"], "periodSeconds": 30],
        ]
        if name.name != "e2" {
            spec["volumeClaimTemplates"] = [["metadata": ["name": "data"], "spec": ["resources": ["requests": ["storage": "1Gi"]]]]]
            spec["volumeMounts"] = [["name": "data", "mountPath": "/data"]]
        }
        return [
            "apiVersion": .string(MillwrightName.apiVersion), "kind": "Environment",
            "metadata": ["name": .string(name.name), "namespace": .string(name.namespace)], "spec": spec,
        ]
    }

    // MARK: What must hold

    /// Never two containers for one instance.
    private static func double(_ host: SimulatedHost) -> String? {
        var seen: [String: String] = [:]
        for container in host.containers where container.labels[MillwrightName.installationLabel] == SimulatedInstallation.id {
            let instance = "\(container.labels[MillwrightName.uidLabel] ?? "")/\(container.labels[EnvironmentIdentity.ordinalLabel] ?? "")"
            if let other = seen.updateValue(container.name, forKey: instance) { return "two containers of \(instance): \(other) and \(container.name)" }
        }
        return nil
    }

    private static func goal(_ api: SimulatedAPI, _ host: SimulatedHost) -> String? {
        var expected = 0
        for object in api.objects(.environments) {
            let metadata = Metadata(of: object)
            let (spec, status) = (object["spec"], object["status"])
            if metadata.isDeleting { return "\(metadata.namespacedName) is being deleted still; status \(status?.text ?? "none")" }
            let isSuspended = spec?["suspend"]?.bool == true
            let replicas = isSuspended ? 0 : Int(spec?["replicas"]?.int ?? 1)
            expected += replicas
            let own = host.containers.filter { $0.labels[MillwrightName.uidLabel] == metadata.uid && $0.labels[MillwrightName.installationLabel] == SimulatedInstallation.id }
            func wrong(_ what: String) -> String {
                "\(metadata.namespacedName): \(what); wanted \(replicas) of \(spec?["image"]?.string ?? ""), has \(own.map { "\($0.name) \($0.state.status) \($0.image)" }), status \(status?.text ?? "none")"
            }
            if own.count != replicas { return wrong("\(own.count) containers") }
            for container in own {
                if container.state.status != .running { return wrong("\(container.name) is \(container.state.status)") }
                if container.image != spec?["image"]?.string { return wrong("\(container.name) has the wrong image") }
                if !container.env.contains("MODE=\(spec?["env"]?[0]?["value"]?.string ?? "")") { return wrong("\(container.name) has the wrong env") }
                if container.networks.isEmpty { return wrong("\(container.name) is in no network") }
            }
            if status?["observedGeneration"]?.int != metadata.generation { return wrong("the status is of another generation") }
            let ready = (status?["conditions"]?.array ?? []).first { $0["type"] == "Ready" }
            if replicas > 0, ready?["status"] != "True" { return wrong("it is not Ready") }
            if status?["phase"]?.string != (replicas == 0 ? "Suspended" : "Running"), isSuspended || replicas > 0 { return wrong("its phase") }
        }
        let all = host.containers.filter { $0.labels[MillwrightName.installationLabel] == SimulatedInstallation.id }
        if all.count != expected { return "\(all.count - expected) containers belong to nobody" }
        // Data outlives everything, by the policy of these documents.
        let removed = host.changes.filter { $0.action == "remove volume" }
        return removed.isEmpty ? nil : "data was removed: \(removed.map(\.name))"
    }

    /// Everything on the host that isn't ours, before and after.
    private struct Foreign {
        private let containers: [EngineContainer]
        private let volumes: [EngineVolume]
        private let networks: [EngineNetwork]

        init(_ host: SimulatedHost) { (containers, volumes, networks) = (host.containers, host.volumes, host.networks) }

        func difference(_ host: SimulatedHost) -> String? {
            for container in containers where !host.containers.contains(container) { return "somebody else's container \(container.name) was touched" }
            for volume in volumes where !host.volumes.contains(volume) { return "somebody else's volume \(volume.name) was touched" }
            for network in networks where !host.networks.contains(network) { return "somebody else's network \(network.name) was touched" }
            let names = Set(containers.map(\.name) + volumes.map(\.name) + networks.map(\.name))
            return host.changes.first { names.contains($0.name) }.map { "\($0.action) of somebody else's \($0.name)" }
        }
    }

    // MARK: Tests

    @Test func environmentsAreAsWantedInTheEndWhateverGoesWrong() {
        var (steps, starts, changes) = (0, 0, 0)
        for seed in seeds(standard: 60) {
            let run = Self.run(seed: seed)
            (steps, starts, changes) = (steps + run.steps, starts + run.starts, changes + run.changes)
            guard let problem = run.problem else { continue }
            let needed = FaultPlan.shrink(run.struck) { Self.run(seed: seed, sparing: $0).problem != nil }
            let shrunk = Self.run(seed: seed, sparing: Set(run.struck).subtracting(needed))
            Issue.record("seed \(seed): \(problem)\nfaults needed: \(needed), then: \(shrunk.problem ?? "nothing wrong")\n\(shrunk.trace)")
            return
        }
        // The runs did what they are for.
        #expect(steps > 10_000 && starts > 20 && changes > 100)
    }

    @Test func withoutFaultsNothingIsDoneTwice() {
        for seed in seeds(standard: 15) {
            let run = Self.run(seed: seed, rates: .calm)
            if let problem = run.problem {
                Issue.record("seed \(seed): \(problem)\n\(run.trace)")
                return
            }
        }
    }
}

/// The seeds of a simulation test: `standard` of them, or as `MILLWRIGHT_SEEDS` says: a count, or one seed as `=17`.
func seeds(standard: Int) -> [Int] {
    guard let text = Environ["MILLWRIGHT_SEEDS"] else { return Array(0..<standard) }
    if text.hasPrefix("="), let seed = Int(text.dropFirst()) { return [seed] }
    return Array(0..<max(Int(text) ?? standard, 1))
}
