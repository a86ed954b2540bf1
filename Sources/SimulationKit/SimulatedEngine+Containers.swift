import Docker
import HTTPMessages
import Kernel
import Platform

extension SimulatedEngine {
    public func containers(_ filters: EngineFilters) async throws(DockerError) -> [EngineContainerSummary] {
        try await call("ps") { state in
            state.containers.values.filter { Self.matches($0.labels, filters) }.sorted { $0.name < $1.name }.map { container in
                EngineContainerSummary(
                    id: container.id, name: container.name, image: container.image, imageID: container.imageID, status: container.state.status,
                    labels: container.labels, created: container.created, ports: container.state.status == .running ? container.ports : [],
                    networks: container.networks)
            }
        }
    }

    public func container(_ id: String) async throws(DockerError) -> EngineContainer {
        try await call("inspect \(name(id))") { state throws(DockerError) in try Self.find(id, state) }
    }

    public func createContainer(name: String, _ spec: EngineContainerSpec) async throws(DockerError) -> EngineCreated {
        let host = host
        return try await call("create \(name)", changes: .init(action: "create", name: name)) { state throws(DockerError) in
            if let holder = state.containers.values.first(where: { $0.name == name }) {
                throw .conflict("The container name \"/\(name)\" is already in use", holder: holder.id)
            }
            guard let image = state.images[spec.image] else { throw .notFound("No such image: \(spec.image)") }
            state.made += 1
            let id = "c\(state.made)"
            var mounts: [EngineMountPoint] = []
            for case .volume(let volume, let path, let readOnly, _) in spec.mounts where !volume.isEmpty {
                if state.volumes[volume] == nil { state.volumes[volume] = EngineVolume(name: volume) }
                mounts.append(EngineMountPoint(type: "volume", name: volume, destination: path, isReadOnly: readOnly))
            }
            state.specs[id] = spec
            state.containers[id] = EngineContainer(
                id: id, name: name, image: spec.image, imageID: image.id, created: host.simulation.clock.now, labels: spec.labels, env: spec.env,
                restartPolicy: spec.restartPolicy, mounts: mounts)
            if let network = spec.network, state.networks.values.contains(where: { $0.name == network.network }) {
                state.containers[id]?.networks[network.network] = EngineEndpoint(aliases: network.aliases)
            }
            host.tell("create", id, &state)
            return EngineCreated(id: id)
        }
    }

    public func startContainer(_ id: String) async throws(DockerError) {
        let host = host
        try await call("start \(name(id))", changes: .init(action: "start", name: name(id))) { state throws(DockerError) in
            let container = try Self.find(id, state)
            if container.state.status == .running { return }
            if container.state.status == .paused { throw .conflict("cannot start a paused container, try unpause instead", holder: nil) }
            guard let spec = state.specs[container.id] else { return }
            if let network = spec.network {
                guard state.networks.values.contains(where: { $0.name == network.network }) else { throw .notFound("network \(network.network) not found") }
            }
            var taken = Set(state.containers.values.filter { $0.state.status == .running }.flatMap { $0.ports.map(\.hostPort) })
            var ports: [EnginePublishedPort] = []
            for port in spec.ports {
                var hostPort = port.hostPort
                if hostPort == 0 { hostPort = (49_000...60_000).first { !taken.contains($0) } ?? 0 }
                guard taken.insert(hostPort).inserted else {
                    throw .startFailed(.portInUse("Bind for \(port.hostIP):\(hostPort) failed: port is already allocated"))
                }
                ports.append(EnginePublishedPort(containerPort: port.containerPort, transport: port.transport, hostIP: port.hostIP, hostPort: hostPort))
            }
            state.containers[container.id]?.ports = ports
            host.started(container.id, &state)
            if let network = spec.network { host.join(container.id, network.network, aliases: network.aliases, &state) }
        }
    }

    public func stopContainer(_ id: String, grace: Duration) async throws(DockerError) {
        try await pause(.milliseconds(host.simulation.draw(in: 10...3000)))
        let host = host
        try await call("stop \(name(id))", changes: .init(action: "stop", name: name(id))) { state throws(DockerError) in
            host.stopped(try Self.find(id, state).id, exitCode: 0, &state)
        }
    }

    public func restartContainer(_ id: String, grace: Duration) async throws(DockerError) {
        let host = host
        try await call("restart \(name(id))", changes: .init(action: "restart", name: name(id))) { state throws(DockerError) in
            let id = try Self.find(id, state).id
            host.stopped(id, exitCode: 0, &state)
            host.started(id, &state)
        }
    }

    public func killContainer(_ id: String, signal: String) async throws(DockerError) {
        let host = host
        try await call("kill \(name(id))", changes: .init(action: "kill", name: name(id))) { state throws(DockerError) in
            host.stopped(try Self.find(id, state).id, exitCode: 137, &state)
        }
    }

    public func pauseContainer(_ id: String) async throws(DockerError) {
        try await call("pause \(name(id))", changes: .init(action: "pause", name: name(id))) { state throws(DockerError) in
            state.containers[try Self.find(id, state).id]?.state.status = .paused
        }
    }

    public func unpauseContainer(_ id: String) async throws(DockerError) {
        let host = host
        try await call("unpause \(name(id))", changes: .init(action: "unpause", name: name(id))) { state throws(DockerError) in
            let container = try Self.find(id, state)
            guard container.state.status == .paused else { throw .conflict("Container is not paused", holder: nil) }
            state.containers[container.id]?.state.status = .running
            host.tell("unpause", container.id, &state)
        }
    }

    public func renameContainer(_ id: String, to name: String) async throws(DockerError) {
        try await call("rename \(self.name(id))", changes: .init(action: "rename", name: self.name(id))) { state throws(DockerError) in
            state.containers[try Self.find(id, state).id]?.name = name
        }
    }

    public func updateContainer(_ id: String, restartPolicy: EngineRestartPolicy) async throws(DockerError) {
        try await call("update \(name(id))", changes: .init(action: "update", name: name(id))) { state throws(DockerError) in
            state.containers[try Self.find(id, state).id]?.restartPolicy = restartPolicy
        }
    }

    public func removeContainer(_ id: String, force: Bool, volumes: Bool) async throws(DockerError) {
        let host = host
        try await call("rm \(name(id))", changes: .init(action: "remove", name: name(id))) { state throws(DockerError) in
            let container = try Self.find(id, state)
            if !force, [.running, .paused].contains(container.state.status) {
                throw .conflict("You cannot remove a running container", holder: nil)
            }
            host.erase(container.id, &state)
        }
    }

    public func waitContainer(_ id: String) async throws(DockerError) -> Int {
        while true {
            let mark = host.news.mark
            let container = try await container(id)
            if ![.running, .paused].contains(container.state.status) { return container.state.exitCode }
            await host.news.wait(since: mark)
            if Task.isCancelled { throw .cancelled }
        }
    }

    public func logs(_ id: String, _ options: EngineLogOptions) async throws(DockerError) -> EngineStream<EngineLogEntry> {
        _ = try await container(id)
        let isTold = Locked(false)
        return EngineStream(
            next: { () async throws(DockerError) -> EngineLogEntry? in
                let wasTold = isTold.withLock { isTold in
                    defer { isTold = true }
                    return isTold
                }
                return wasTold ? nil : EngineLogEntry(source: .output, line: "simulated")
            }, cancel: {})
    }

    public func stats(_ id: String) async throws(DockerError) -> EngineStats {
        _ = try await container(id)
        return EngineStats()
    }

    public func execute(_ id: String, _ spec: EngineExecSpec, limit: Int) async throws(DockerError) -> EngineExecResult {
        try await call("exec \(name(id))") { state throws(DockerError) in
            guard try Self.find(id, state).state.status == .running else { throw .conflict("Container is not running", holder: nil) }
            return EngineExecResult(exitCode: 0)
        }
    }

    public func startExec(_ id: String, _ spec: EngineExecSpec) async throws(DockerError) -> EngineExecSession { throw .badRequest("not simulated") }

    public func putArchive(_ id: String, path: String, tar: [UInt8]) async throws(DockerError) {
        try await call("cp to \(name(id))", changes: .init(action: "copy", name: name(id))) { state throws(DockerError) in _ = try Self.find(id, state) }
    }

    public func getArchive(_ id: String, path: String, limit: Int) async throws(DockerError) -> [UInt8] { throw .badRequest("not simulated") }
}
