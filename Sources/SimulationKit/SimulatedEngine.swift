import Docker
import Guards
import Kernel
import Platform

/// The way from one life of the program to the simulated host: each call takes time and goes wrong as the fault plan says.
public struct SimulatedEngine: ContainerEngine {
    public let target: String
    let host: SimulatedHost
    let process: SimulatedProcess

    public init(_ host: SimulatedHost, process: SimulatedProcess, target: String = "local") {
        self.host = host
        self.process = process
        self.target = target
    }

    public func within(_ deadline: Duration) -> SimulatedEngine { self }

    // MARK: Calls

    func call<Result: Sendable>(
        _ what: String, changes change: SimulatedHost.Change? = nil,
        _ body: (inout SimulatedHost.State) throws(DockerError) -> Result
    ) async throws(DockerError) -> Result {
        let fault = host.faults.call("docker \(what)", changes: change != nil)
        try await pause(.microseconds(host.simulation.draw(in: 500...20_000)))
        switch fault {
        case .none, .failAfter, .crashAfter: break
        case .conflict, .failBefore:
            host.simulation.trace.note("docker \(what) fails before")
            throw .unreachable(endpoint: "simulated", "connection refused")
        case .slow(let time): try await pause(time)
        case .crashBefore:
            host.simulation.trace.note("docker \(what) kills the process before")
            process.kill()
            throw .cancelled
        }
        guard process.isAlive else { throw .cancelled }
        let outcome = host.change { state -> Swift.Result<Result, DockerError> in
            do throws(DockerError) {
                let result = try body(&state)
                if let change { state.changes.append(change) }
                return .success(result)
            } catch { return .failure(error) }
        }
        if change != nil { host.simulation.trace.note("docker \(what)\(Self.text(outcome))") }
        if fault == .crashAfter {
            host.simulation.trace.note("docker \(what) kills the process after")
            process.kill()
            throw .cancelled
        }
        if fault == .failAfter {
            host.simulation.trace.note("docker \(what) loses its answer")
            throw change == nil ? .timeout(operation: what, .seconds(10)) : .outcomeUnknown(operation: what, "simulated: the answer is lost")
        }
        return try outcome.get()
    }

    private static func text<Result>(_ outcome: Swift.Result<Result, DockerError>) -> String {
        if case .failure(let error) = outcome { " -> \(error)" } else { "" }
    }

    func pause(_ time: Duration) async throws(DockerError) {
        do { try await host.simulation.clock.sleep(for: time) } catch { throw .cancelled }
        guard process.isAlive else { throw .cancelled }
    }

    /// A container by id or name.
    static func find(_ id: String, _ state: SimulatedHost.State) throws(DockerError) -> EngineContainer {
        if let container = state.containers[id] { return container }
        guard let container = state.containers.values.first(where: { $0.name == id }) else { throw .notFound("No such container: \(id)") }
        return container
    }

    func name(_ id: String) -> String { host.read { state in state.containers[id]?.name ?? id } }

    static func matches(_ labels: [String: String], _ filters: EngineFilters) -> Bool {
        filters.labels.allSatisfy { name, value in labels[name].map { value == nil || value == $0 } ?? false }
    }

    // MARK: Engine

    public func ping() async throws(DockerError) { try await call("ping") { _ in } }
    public func info() async throws(DockerError) -> EngineInfo { try await call("info") { _ in EngineInfo(version: "24.0.0", apiVersion: "1.43", id: "simulated") } }

    public func events(since: Timestamp?, filters: EngineFilters) async throws(DockerError) -> EngineStream<EngineEvent> {
        try await pause(.milliseconds(1))
        let (host, process) = (host, process)
        let start = host.read { state in since.map { since in state.log.firstIndex { $0.time >= since } ?? state.log.count } ?? state.log.count }
        let (position, repeated, isCancelled) = (Locked(start), Locked<EngineEvent?>(nil), Locked(false))
        return EngineStream(
            next: { () async throws(DockerError) -> EngineEvent? in
                while true {
                    let mark = host.news.mark
                    guard process.isAlive, !Task.isCancelled, !isCancelled.withLock({ $0 }) else { throw .cancelled }
                    if let event = repeated.withLock({ repeated in
                        defer { repeated = nil }
                        return repeated
                    }) { return event }
                    let at = position.withLock { $0 }
                    guard let event = host.read({ $0.log.indices.contains(at) ? $0.log[at] : nil }) else {
                        await host.news.wait(since: mark)
                        continue
                    }
                    position.withLock { $0 += 1 }
                    if host.faults.strikes(\.disconnect, at: "docker events") { throw .unreachable(endpoint: "simulated", "the event stream broke") }
                    // Events get lost together with the connection: what comes back later doesn't tell them.
                    if host.faults.strikes(\.loseEvent, at: "loss of docker events") {
                        host.forgetEvents()
                        throw .unreachable(endpoint: "simulated", "the event stream broke")
                    }
                    if host.faults.strikes(\.duplicateEvent, at: "repetition of docker events") { repeated.withLock { $0 = event } }
                    do { try await host.simulation.clock.sleep(for: .milliseconds(host.simulation.draw(in: 1...30))) } catch { throw .cancelled }
                    return event
                }
            },
            cancel: {
                isCancelled.withLock { $0 = true }
                host.news.ring()
            })
    }

    // MARK: Images, volumes, networks

    public func image(_ reference: String) async throws(DockerError) -> EngineImage {
        try await call("image \(reference)") { state throws(DockerError) in
            guard let image = state.images[reference] else { throw .notFound("No such image: \(reference)") }
            return image
        }
    }

    public func images(_ filters: EngineFilters) async throws(DockerError) -> [EngineImage] {
        try await call("images") { $0.images.values.sorted { $0.id < $1.id } }
    }

    /// Images whose name begins with `missing` are in no registry.
    public func pullImage(
        _ reference: String, credentials: RegistryCredentials?, progress: @escaping @Sendable (EnginePullProgress) -> Void
    ) async throws(DockerError) {
        try await pause(.milliseconds(host.simulation.draw(in: 500...5000)))
        let host = host
        try await call("pull \(reference)", changes: .init(action: "pull", name: reference)) { state throws(DockerError) in
            if reference.hasPrefix("missing") { throw .pullFailed(image: reference, .notFound("manifest unknown")) }
            state.made += 1
            state.images[reference] = EngineImage(id: "sha256:image\(state.made)", tags: [reference], digests: ["\(reference)@sha256:digest\(state.made)"])
            state.log.append(EngineEvent(subject: .image, action: "pull", id: reference, time: host.simulation.clock.now))
        }
    }

    public func loadImage(_ archive: EngineUpload) async throws(DockerError) -> [String] { throw .badRequest("not simulated") }
    public func importImage(_ archive: EngineUpload, reference: String, changes: [String]) async throws(DockerError) -> String { throw .badRequest("not simulated") }
    public func tagImage(_ source: String, as reference: String) async throws(DockerError) { throw .badRequest("not simulated") }
    public func removeImage(_ reference: String, force: Bool) async throws(DockerError) {
        try await call("rmi \(reference)", changes: .init(action: "remove image", name: reference)) { $0.images[reference] = nil }
    }

    public func createVolume(name: String, labels: [String: String]) async throws(DockerError) -> EngineVolume {
        try await call("volume create \(name)", changes: .init(action: "create volume", name: name)) { state in
            let volume = state.volumes[name] ?? EngineVolume(name: name, labels: labels)
            state.volumes[name] = volume
            return volume
        }
    }

    public func volume(_ name: String) async throws(DockerError) -> EngineVolume {
        try await call("volume \(name)") { state throws(DockerError) in
            guard let volume = state.volumes[name] else { throw .notFound("no such volume: \(name)") }
            return volume
        }
    }

    public func volumes(_ filters: EngineFilters) async throws(DockerError) -> [EngineVolume] {
        try await call("volumes") { state in state.volumes.values.filter { Self.matches($0.labels, filters) }.sorted { $0.name < $1.name } }
    }

    public func removeVolume(_ name: String) async throws(DockerError) {
        try await call("volume rm \(name)", changes: .init(action: "remove volume", name: name)) { state throws(DockerError) in
            guard state.volumes[name] != nil else { throw .notFound("no such volume: \(name)") }
            let isUsed = state.specs.values.contains { spec in
                spec.mounts.contains { if case .volume(name, _, _, _) = $0 { true } else { false } }
            }
            if isUsed { throw .conflict("volume is in use", holder: nil) }
            state.volumes[name] = nil
        }
    }

    public func createNetwork(name: String, subnet: Subnet?, labels: [String: String]) async throws(DockerError) -> String {
        try await call("network create \(name)", changes: .init(action: "create network", name: name)) { state throws(DockerError) in
            if state.networks.values.contains(where: { $0.name == name }) { throw .conflict("network with name \(name) already exists", holder: nil) }
            if let subnet, state.networks.values.contains(where: { $0.subnets.contains { $0.overlaps(subnet) } }) {
                throw .conflict("Pool overlaps with other one on this address space", holder: nil)
            }
            state.made += 1
            let id = "net\(state.made)"
            state.networks[id] = EngineNetwork(id: id, name: name, subnets: subnet.map { [$0] } ?? [], labels: labels)
            return id
        }
    }

    public func network(_ id: String) async throws(DockerError) -> EngineNetwork {
        try await call("network \(id)") { state throws(DockerError) in
            guard let network = state.networks[id] ?? state.networks.values.first(where: { $0.name == id }) else { throw .notFound("network \(id) not found") }
            return network
        }
    }

    public func networks(_ filters: EngineFilters) async throws(DockerError) -> [EngineNetwork] {
        try await call("networks") { state in state.networks.values.filter { Self.matches($0.labels, filters) }.sorted { $0.name < $1.name } }
    }

    public func connect(container: String, to network: EngineAttachment) async throws(DockerError) {
        let host = host
        try await call("network connect \(name(container))", changes: .init(action: "connect", name: name(container))) { state throws(DockerError) in
            let container = try Self.find(container, state)
            guard let found = state.networks.values.first(where: { $0.name == network.network || $0.id == network.network }) else {
                throw .notFound("network \(network.network) not found")
            }
            if container.networks[found.name] != nil { throw .conflict("endpoint already exists in network", holder: nil) }
            host.join(container.id, found.name, aliases: network.aliases, &state)
        }
    }

    public func disconnect(container: String, from network: String, force: Bool) async throws(DockerError) {
        let host = host
        try await call("network disconnect \(name(container))", changes: .init(action: "disconnect", name: name(container))) { state throws(DockerError) in
            host.leave(try Self.find(container, state).id, network, &state)
        }
    }

    public func removeNetwork(_ id: String) async throws(DockerError) {
        let host = host
        let name = host.read { state in state.networks[id]?.name ?? id }
        try await call("network rm \(name)", changes: .init(action: "remove network", name: name)) { state throws(DockerError) in
            guard let network = state.networks[id] ?? state.networks.values.first(where: { $0.name == id }) else { throw .notFound("network \(id) not found") }
            if !network.containers.isEmpty { throw .conflict("network has active endpoints", holder: nil) }
            state.networks[network.id] = nil
            host.networkEvent("destroy", network, "", &state)
        }
    }
}
