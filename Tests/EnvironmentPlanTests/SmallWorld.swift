import EnvironmentPlan
import Kernel
import Resources

/// An engine in a value: does actions as Docker would, refuses what Docker refuses, and counts what would be a broken promise.
struct SmallWorld {
    struct Broken: Error, CustomStringConvertible { let description: String }

    static let installation = "11111111-0000"
    static let start = Timestamp(seconds: 1_800_000_000)

    var now = start
    var containers: [ObservedContainer] = []
    var volumes: [ObservedEnvironment.Volume] = []
    var network = ObservedEnvironment.Network.absent
    var hasImage = false
    var status: JSON = .null
    /// Instances whose process never gets ready.
    var sick: Set<Int> = []
    var pulls = 0
    private var nextID = 1

    init() {}

    // MARK: What the planner sees

    func observed(_ desired: DesiredEnvironment) -> ObservedEnvironment {
        var observed = ObservedEnvironment()
        observed.containers = containers.sorted { ($0.ordinal ?? .max, $0.name) < ($1.ordinal ?? .max, $1.name) }
        observed.volumes = volumes.sorted { $0.name < $1.name }
        observed.network = network
        observed.image = hasImage ? .init(id: "sha256:1", digest: "sha256:d") : nil
        return observed
    }

    static func object(_ name: String = "line", deleting: Bool = false, status: JSON = .null, _ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var spec: JSON = [
            "image": "demo:1", "replicas": 1, "ports": [["name": "http", "containerPort": 8088]],
            "volumeMounts": [["name": "data", "mountPath": "/data"]], "volumeClaimTemplates": [["metadata": ["name": "data"]]],
            "readinessProbe": ["tcpSocket": ["port": "http"]],
        ]
        change(&spec)
        var metadata: JSON = ["name": .string(name), "namespace": "plant", "uid": "u-1", "generation": 1]
        if deleting { metadata["deletionTimestamp"] = "2026-11-20T06:00:00Z" }
        var object: JSON = ["apiVersion": .string(MillwrightName.apiVersion), "kind": "Environment", "metadata": metadata, "spec": spec]
        if !status.isNull { object["status"] = status }
        return object
    }

    static func desired(
        _ object: JSON, inputs: ConfigInputs = ConfigInputs(), policy: EnvironmentPolicy = EnvironmentPolicy(installation: installation)
    ) throws -> DesiredEnvironment {
        try DesiredEnvironment(object: object, inputs: inputs, policy: policy)
    }

    // MARK: What the engine does

    mutating func act(_ action: EnvironmentAction, _ desired: DesiredEnvironment) throws {
        switch action.kind {
        case .createNetwork(let name, _):
            guard name == desired.identity.networkName else { throw Broken(description: "a network of another name") }
            if network == .absent { network = .ours(id: "n1") }
        case .createVolume(let name, let labels):
            guard !volumes.contains(where: { $0.name == name }) else { return }
            volumes.append(
                .init(name: name, claim: labels[EnvironmentIdentity.claimLabel], ordinal: labels[EnvironmentIdentity.ordinalLabel].flatMap { Int($0) }))
        case .pullImage:
            hasImage = true
            pulls += 1
        case .createContainer(let container): try create(container, desired)
        case .copyFiles(let reference, _):
            guard containers[try index(reference)].state == .created else { throw Broken(description: "files for a container that ran already") }
        case .startContainer(let reference):
            let at = try index(reference)
            guard containers[at].state != .paused else { throw Broken(description: "starting a paused container") }
            containers[at].state = .running
            containers[at].started = now
            containers[at].probes = .init(readiness: .unready("no answer"))
        case .unpauseContainer(let reference):
            let at = try index(reference)
            guard containers[at].state == .paused else { throw Broken(description: "unpausing what isn't paused") }
            containers[at].state = .running
            containers[at].probes = .init(readiness: .unready("no answer"))  // it didn't serve while it was paused
        case .connectNetwork(let reference, let name, let aliases):
            guard network != .absent else { throw Broken(description: "connecting to no network") }
            guard aliases.contains(desired.identity.name) else { throw Broken(description: "connecting without its name") }
            containers[try index(reference)].networks.append(name)
        case .setRestartPolicy(let reference, let policy): containers[try index(reference)].restartPolicy = policy
        case .restartContainer(let reference, _):
            let at = try index(reference)
            containers[at].state = .running
            containers[at].started = now
            containers[at].probes = .init(readiness: .unready("no answer"))
        case .stopContainer(let reference, _):
            guard let at = containers.firstIndex(where: { $0.id == reference.id }) else { return }
            guard containers[at].state != .paused else { throw Broken(description: "stopping a paused container") }
            try checkStop(containers[at], desired)
            containers[at].state = .exited
            containers[at].finished = now
        case .removeContainer(let reference):
            guard let at = containers.firstIndex(where: { $0.id == reference.id }) else { return }
            guard !containers[at].isProcess else { throw Broken(description: "removing a container that runs") }
            containers.remove(at: at)
        case .removeVolume(let name):
            guard let at = volumes.firstIndex(where: { $0.name == name }) else { return }
            try checkVolume(volumes[at], desired)
            volumes.remove(at: at)
        case .removeNetwork:
            guard desired.isDeleting, containers.isEmpty else { throw Broken(description: "removing a network in use") }
            network = .absent
        }
    }

    private mutating func create(_ container: DesiredContainer, _ desired: DesiredEnvironment) throws {
        guard hasImage else { throw Broken(description: "creating without the image") }
        guard network != .absent else { throw Broken(description: "creating without the network") }
        guard !containers.contains(where: { $0.name == container.name }) else { throw Broken(description: "the name \(container.name) is taken") }
        guard !containers.contains(where: { $0.ordinal == container.ordinal }) else {
            throw Broken(description: "a second container for instance \(container.ordinal)")
        }
        for mount in container.mounts {
            guard case .volume(let name, _, _) = mount else { continue }
            guard volumes.contains(where: { $0.name == name }) else { throw Broken(description: "creating without volume \(name)") }
        }
        for port in container.ports {
            guard !containers.contains(where: { $0.ports.contains { $0.hostPort == port.hostPort } }) else {
                throw Broken(description: "port \(port.hostPort) was given twice")
            }
        }
        let labels = ObservedContainer.labels(container.labels)
        containers.append(
            ObservedContainer(
                id: makeID(), name: container.name, ordinal: labels.ordinal, revision: labels.revision, facts: labels.facts, state: .created,
                restartPolicy: container.restartPolicy, ports: labels.ports, networks: [container.network]))
    }

    mutating func makeID() -> String {
        defer { nextID += 1 }
        return "id-\(nextID)"
    }

    private func index(_ reference: EnvironmentAction.ContainerRef) throws -> Int {
        guard let at = containers.firstIndex(where: { reference.id == nil ? $0.name == reference.name : $0.id == reference.id }) else {
            throw Broken(description: "no container \(reference.name)")
        }
        return at
    }

    /// A good instance stops only when it is unwanted, or as the one that is replaced while all that are new are ready.
    private func checkStop(_ container: ObservedContainer, _ desired: DesiredEnvironment) throws {
        guard let ordinal = container.ordinal, ordinal < desired.replicas, container.state == .running else { return }
        if containers.contains(where: { $0.ordinal == ordinal && $0.id != container.id }) { return }
        if container.revision == desired.revision {
            guard container.probes.failed != nil else { throw Broken(description: "stopping instance \(ordinal), which is as wanted") }
            return
        }
        for other in 0..<desired.replicas where other != ordinal {
            let fellow = containers.first { $0.ordinal == other }
            let serves = fellow.map { $0.state == .running && $0.probes.readiness == .ready } ?? false
            let isNew = fellow.map { $0.revision == desired.revision } ?? true
            // One that doesn't serve has nothing to lose, but a bad revision must not spread.
            guard serves || (container.probes.readiness != .ready && !isNew) else { throw Broken(description: "stopping instance \(ordinal) while instance \(other) isn't ready") }
        }
    }

    private func checkVolume(_ volume: ObservedEnvironment.Volume, _ desired: DesiredEnvironment) throws {
        guard let ordinal = volume.ordinal else { throw Broken(description: "removing a volume that isn't an instance's") }
        if containers.contains(where: { $0.ordinal == ordinal }) { throw Broken(description: "removing a volume in use") }
        if desired.isDeleting, desired.whenDeleted == .delete { return }
        if let spec = desired.spec, spec.whenScaled == .delete, !spec.suspend, ordinal >= spec.replicas { return }
        throw Broken(description: "removing volume \(volume.name), which is to be kept")
    }

    // MARK: What happens by itself

    /// Time goes by: processes get ready, what was being removed is gone.
    mutating func settle() {
        now = now + .seconds(30)
        containers.removeAll { $0.state == .removing }
        for at in containers.indices {
            if containers[at].state == .restarting {
                containers[at].state = .running
                containers[at].started = now
            }
            if containers[at].state == .running, !sick.contains(containers[at].ordinal ?? -1) { containers[at].probes = .init() }
        }
    }
}

extension ObservedContainer {
    var isProcess: Bool { state == .running || state == .restarting || state == .paused }
}
