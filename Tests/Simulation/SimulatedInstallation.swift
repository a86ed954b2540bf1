import Docker
import EnvironmentPlan
import Guards
import Kernel
import Kubernetes
import Platform
import Reconciliation
import Resources
import ServiceKit
import SimulationKit
import Telemetry

@testable import EnvironmentEffects

/// The Environment controller as `millwright up` puts it together, life after life, over a simulated API server and a simulated host.
final class SimulatedInstallation: Sendable {
    static let id = "installation-1"
    static let foreignID = "installation-2"

    let simulation: Simulation
    let faults: FaultPlan
    let api: SimulatedAPI
    let host: SimulatedHost
    let usesLeases: Bool
    private let lives = Locked(0)

    init(seed: Int, rates: FaultRates, sparing: Set<String>) {
        simulation = Simulation(seed: UInt64(seed))
        faults = FaultPlan(seed: UInt64(seed), rates: rates, sparing: sparing)
        api = SimulatedAPI(simulation, faults: faults)
        host = SimulatedHost(simulation, faults: faults)
        usesLeases = seed % 3 == 0
        host.addForeign(name: "somebody-else", labels: ["com.example.role": "database"])
        host.addForeign(
            name: "another-installation",
            labels: [
                MillwrightName.managedByLabel: MillwrightName.managedByValue, MillwrightName.installationLabel: Self.foreignID,
                MillwrightName.namespaceLabel: "plant", MillwrightName.nameLabel: "e0", MillwrightName.uidLabel: "uid-1",
            ])
    }

    /// How often the program has been started.
    var starts: Int { lives.withLock { $0 } }

    func start() {
        let life = lives.withLock { lives -> Int in
            lives += 1
            return lives
        }
        simulation.trace.note("life \(life) begins")
        let (simulation, clock, process) = (simulation, simulation.clock, SimulatedProcess())
        let client = KubernetesClient(transport: api.transport(for: process), guards: GuardRegistry(clocks: clock, seed: simulation.seed))
        let target = EnvironmentTarget(name: "local", engine: SimulatedEngine(host, process: process), isLocal: true)
        let task = simulation.start {
            do {
                let controller = EnvironmentController(
                    .init(
                        policy: EnvironmentPolicy(installation: Self.id), targets: [target], pool: try AddressPool(flag: AddressPool.standard),
                        leaseNamespace: self.usesLeases ? "millwright-system" : nil, identity: "life-\(life)"),
                    client: client, transport: SimulatedProbes(host: self.host, process: process), audit: LogAuditSink(.disabled), clocks: clock,
                    logger: .disabled, metrics: Metrics(), random: simulation.generator(for: "life \(life)"))
                await withTaskGroup(of: Void.self) { group in
                    for service in controller.services {
                        group.addTask {
                            do { try await service.run(ready: {}) } catch { simulation.trace.note("\(service.name) ended: \(error)") }
                        }
                    }
                }
            } catch {
                simulation.trace.note("the program can't start: \(error)")
            }
        }
        process.onKill {
            simulation.trace.note("life \(life) ends")
            task.cancel()
            simulation.start {
                do { try await clock.sleep(for: .milliseconds(simulation.draw(in: 100...5000))) } catch { return }
                self.start()
            }
        }
    }
}

/// Probes that pass for whatever runs and has the port published.
private struct SimulatedProbes: ProbeTransport {
    let host: SimulatedHost
    let process: SimulatedProcess

    func http(_ way: ProbeSubject.Way, path: String, scheme: Probe.Scheme, headers: [Probe.Header], timeout: Duration) async -> ProbeAnswer? {
        answer(way)
    }

    func connect(_ way: ProbeSubject.Way, isPublished: Bool, timeout: Duration) async -> ProbeAnswer? { answer(way) }

    private func answer(_ way: ProbeSubject.Way) -> ProbeAnswer? {
        // The container's own address can't be reached from here.
        guard way.host == "127.0.0.1" else { return nil }
        let serves = host.containers.contains { $0.state.status == .running && $0.ports.contains { $0.hostPort == way.port } }
        return serves ? .passed : .failed("connection refused")
    }
}
