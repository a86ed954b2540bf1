import Docker
import Kernel
import Platform

/// The machine that simulated containers run on: what outlives the program under test. Names are unique, a stopped container stays, a
/// published port belongs to one running container, the restart policy is the engine's: as with the Docker Engine.
public final class SimulatedHost: Sendable {
    /// A change that somebody made to a thing on the host.
    public struct Change: Sendable, Equatable {
        public let action: String
        /// The container's, volume's or network's name.
        public let name: String
    }

    struct State: Sendable {
        var containers: [String: EngineContainer] = [:]
        var specs: [String: EngineContainerSpec] = [:]
        var volumes: [String: EngineVolume] = [:]
        var networks: [String: EngineNetwork] = [:]
        var images: [String: EngineImage] = [:]
        var log: [EngineEvent] = []
        var changes: [Change] = []
        var made = 0
    }

    let simulation: Simulation
    let faults: FaultPlan
    let news = Bell()
    private let state = Locked(State())

    public init(_ simulation: Simulation, faults: FaultPlan) {
        self.simulation = simulation
        self.faults = faults
    }

    // MARK: What tests look at

    public var containers: [EngineContainer] { state.withLock { $0.containers.values.sorted { $0.name < $1.name } } }
    public var volumes: [EngineVolume] { state.withLock { $0.volumes.values.sorted { $0.name < $1.name } } }
    public var networks: [EngineNetwork] { state.withLock { $0.networks.values.sorted { $0.name < $1.name } } }
    /// Everything the program changed, in order.
    public var changes: [Change] { state.withLock { $0.changes } }

    // MARK: Other people

    public func addImage(_ reference: String) {
        change { state in
            state.made += 1
            state.images[reference] = EngineImage(id: "sha256:image\(state.made)", tags: [reference], digests: ["\(reference)@sha256:digest\(state.made)"])
        }
    }

    /// Somebody else's container, with its network and volume.
    public func addForeign(name: String, labels: [String: String]) {
        change { state in
            state.made += 1
            let id = "foreign\(state.made)"
            state.containers[id] = EngineContainer(
                id: id, name: name, image: "other:1", state: EngineContainerState(status: .running, pid: 1, started: simulation.clock.now), labels: labels)
            state.volumes[name] = EngineVolume(name: name, labels: labels)
            state.networks[id] = EngineNetwork(id: id, name: "\(name)-net", labels: labels)
        }
    }

    /// The process in a container ends by itself; the engine restarts it as its policy says.
    public func crash(_ id: String) {
        change { state in
            guard let container = state.containers[id], container.state.status == .running else { return }
            simulation.trace.note("container \(container.name) crashes")
            stopped(id, exitCode: 1, &state)
            switch container.restartPolicy {
            case .no: break
            case .always, .unlessStopped, .onFailure:
                state.containers[id]?.restartCount += 1
                started(id, &state)
            }
        }
    }

    /// `docker rm -f`, `stop`, `pause`, `network disconnect` behind the program's back.
    public func remove(_ id: String) { change { state in note("rm -f", id, state); erase(id, &state) } }
    public func stop(_ id: String) { change { state in note("stop", id, state); stopped(id, exitCode: 143, &state) } }
    public func pause(_ id: String) {
        change { state in
            guard state.containers[id]?.state.status == .running else { return }
            note("pause", id, state)
            state.containers[id]?.state.status = .paused
            tell("pause", id, &state)
        }
    }
    public func disconnect(_ id: String) {
        change { state in
            note("disconnect", id, state)
            for name in state.containers[id]?.networks.keys.sorted() ?? [] { leave(id, name, &state) }
        }
    }

    private func note(_ what: String, _ id: String, _ state: State) {
        simulation.trace.note("somebody does docker \(what) \(state.containers[id]?.name ?? id)")
    }

    // MARK: The engine's side

    func read<Result: Sendable>(_ body: (State) -> Result) -> Result { state.withLock { state in body(state) } }

    func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let result = state.withLock { state in body(&state) }
        news.ring()
        return result
    }

    func tell(_ action: String, _ id: String, _ state: inout State) {
        guard let container = state.containers[id] else { return }
        let event = EngineEvent(
            subject: .container, action: action, id: id, attributes: container.labels.merging(["name": container.name]) { $1 }, time: simulation.clock.now)
        state.log.append(event)
    }

    /// The engine keeps only so many events.
    func forgetEvents() { state.withLock { $0.log = [] } }

    func started(_ id: String, _ state: inout State) {
        state.containers[id]?.state = EngineContainerState(status: .running, pid: 100, started: simulation.clock.now)
        tell("start", id, &state)
    }

    func stopped(_ id: String, exitCode: Int, _ state: inout State) {
        guard let status = state.containers[id]?.state.status, [.running, .paused].contains(status) else { return }
        state.containers[id]?.state.status = .exited
        state.containers[id]?.state.exitCode = exitCode
        state.containers[id]?.state.finished = simulation.clock.now
        tell("die", id, &state)
    }

    func erase(_ id: String, _ state: inout State) {
        stopped(id, exitCode: 137, &state)
        for name in state.containers[id]?.networks.keys.sorted() ?? [] { leave(id, name, &state) }
        tell("destroy", id, &state)
        state.containers[id] = nil
        state.specs[id] = nil
    }

    func join(_ id: String, _ name: String, aliases: [String], _ state: inout State) {
        guard let network = state.networks.values.first(where: { $0.name == name || $0.id == name }) else { return }
        state.containers[id]?.networks[network.name] = EngineEndpoint(networkID: network.id, address: "10.0.0.2", aliases: aliases)
        state.networks[network.id]?.containers = (network.containers + [id]).sorted()
        networkEvent("connect", network, id, &state)
    }

    func leave(_ id: String, _ name: String, _ state: inout State) {
        state.containers[id]?.networks[name] = nil
        guard let network = state.networks.values.first(where: { $0.name == name }) else { return }
        state.networks[network.id]?.containers.removeAll { $0 == id }
        networkEvent("disconnect", network, id, &state)
    }

    func networkEvent(_ action: String, _ network: EngineNetwork, _ container: String, _ state: inout State) {
        var attributes = ["name": network.name]
        if !container.isEmpty { attributes["container"] = container }
        state.log.append(EngineEvent(subject: .network, action: action, id: network.id, attributes: attributes, time: simulation.clock.now))
    }
}
