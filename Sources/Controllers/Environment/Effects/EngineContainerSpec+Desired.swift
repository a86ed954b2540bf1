import Docker
import EnvironmentPlan
import Kernel
import Resources

extension EngineContainerSpec {
    /// In the engine's words.
    init(_ desired: DesiredContainer) {
        self.init(image: desired.image)
        command = desired.command?.map(\.value)
        args = desired.args?.map(\.value)
        workingDirectory = desired.workingDir
        env = desired.env.map { "\($0.name)=\($0.value.value)" }
        labels = desired.labels
        hostname = desired.hostname
        user = desired.user
        ports = desired.ports.map { port in
            EnginePort(containerPort: port.containerPort, transport: port.transport.engine, hostIP: port.hostIP, hostPort: port.hostPort)
        }
        mounts = desired.mounts.map { mount in
            switch mount {
            case .volume(let name, let path, let readOnly): .volume(name: name, path: path, readOnly: readOnly)
            // Without a name: the engine removes it with the container. The labels are for the day when somebody else removes that.
            case .scratch(let path): .volume(name: "", path: path, readOnly: false, labels: EnvironmentIdentity.scratchLabels(of: desired.labels))
            case .memory(let path, let size): .tmpfs(path: path, size: size, mode: 0o1777)
            case .host(let source, let path, let readOnly, _): .bind(source: source, path: path, readOnly: readOnly)
            }
        }
        network = EngineAttachment(network: desired.network, aliases: desired.aliases)
        restartPolicy = EngineRestartPolicy(desired.restartPolicy)
        memory = desired.memory
        memoryReservation = desired.memoryRequest
        nanoCPUs = desired.cpu?.billionths
        // A core is 1024 shares, as the kubelet counts them; the engine takes no fewer than two.
        cpuShares = desired.cpuRequest.map { max(Int($0.thousandths * 1024 / 1000), 2) }
        isRootReadOnly = desired.isRootReadOnly
        addedCapabilities = desired.addedCapabilities
        droppedCapabilities = desired.droppedCapabilities
        allowsNewPrivileges = desired.allowsNewPrivileges
        isPrivileged = desired.isPrivileged
        stopTimeout = desired.gracePeriod
    }
}

extension EngineRestartPolicy {
    init(_ policy: EngineRestart) {
        self =
            switch policy {
            case .no: .no
            case .onFailure: .onFailure(maximumRetries: 0)
            case .unlessStopped: .unlessStopped
            case .always: .always
            }
    }
}

extension EngineRestart {
    init(_ policy: EngineRestartPolicy) {
        self =
            switch policy {
            case .no: .no
            case .onFailure: .onFailure
            case .unlessStopped: .unlessStopped
            case .always: .always
            }
    }
}

extension ContainerPort.Transport {
    var engine: String { self == .tcp ? "tcp" : "udp" }

    init?(engine: String) {
        switch engine {
        case "tcp": self = .tcp
        case "udp": self = .udp
        default: return nil
        }
    }
}
