import Kernel

/// One thing to do on a Docker engine for an Environment. Each may be done twice without harm.
public struct EnvironmentAction: PlannedAction {
    /// A container by its name and, where it exists already, by its id: then nothing else will do.
    public struct ContainerRef: Sendable, Equatable {
        public var ordinal: Int
        public var name: String
        public var id: String?

        public init(ordinal: Int, name: String, id: String? = nil) {
            self.ordinal = ordinal
            self.name = name
            self.id = id
        }
    }

    public enum Kind: Sendable, Equatable {
        case createNetwork(name: String, labels: [String: String])
        case createVolume(name: String, labels: [String: String])
        case pullImage(String, secrets: [String])
        case createContainer(DesiredContainer)
        /// Into a container that was never started.
        case copyFiles(ContainerRef, [FileSet])
        case startContainer(ContainerRef)
        case unpauseContainer(ContainerRef)
        case connectNetwork(ContainerRef, network: String, aliases: [String])
        case setRestartPolicy(ContainerRef, EngineRestart)
        case restartContainer(ContainerRef, grace: Duration)
        case stopContainer(ContainerRef, grace: Duration)
        /// With its unnamed volumes; named ones stay.
        case removeContainer(ContainerRef)
        case removeVolume(name: String)
        case removeNetwork(name: String)
    }

    public let kind: Kind
    public let reason: String
    public let target: String

    public init(_ kind: Kind, target: String, because reason: String) {
        self.kind = kind
        self.target = target
        self.reason = reason
    }

    public var summary: String {
        switch kind {
        case .createNetwork(let name, _): "create network \(name)"
        case .createVolume(let name, _): "create volume \(name)"
        case .pullImage(let image, _): "pull image \(image)"
        case .createContainer(let container): "create container \(container.name)"
        case .copyFiles(let container, let sets): "copy \(sets.reduce(0) { $0 + $1.files.count }) files into container \(container.name)"
        case .startContainer(let container): "start container \(container.name)"
        case .unpauseContainer(let container): "unpause container \(container.name)"
        case .connectNetwork(let container, let network, _): "connect container \(container.name) to network \(network)"
        case .setRestartPolicy(let container, let policy): "set the restart policy of container \(container.name) to \(policy.rawValue)"
        case .restartContainer(let container, _): "restart container \(container.name)"
        case .stopContainer(let container, let grace): "stop container \(container.name) (within \(grace.manifest))"
        case .removeContainer(let container): "remove container \(container.name)"
        case .removeVolume(let name): "remove volume \(name) and its data"
        case .removeNetwork(let name): "remove network \(name)"
        }
    }

    public var risk: RiskClass {
        switch kind {
        case .createNetwork, .createVolume, .pullImage, .createContainer, .copyFiles, .startContainer, .unpauseContainer, .connectNetwork,
            .setRestartPolicy, .removeNetwork:
            .low
        case .restartContainer, .stopContainer, .removeContainer: .high
        case .removeVolume: .destructive
        }
    }

    public var breaker: String {
        switch kind {
        case .pullImage: "docker.\(target).Pull"
        default: "docker.\(target).Write"
        }
    }

    public var blastRadius: Int { 1 }

    /// The instance it concerns; nil for what they share.
    public var ordinal: Int? {
        switch kind {
        case .createContainer(let container): container.ordinal
        case .copyFiles(let container, _), .startContainer(let container), .unpauseContainer(let container),
            .connectNetwork(let container, _, _), .setRestartPolicy(let container, _), .restartContainer(let container, _),
            .stopContainer(let container, _), .removeContainer(let container):
            container.ordinal
        case .createNetwork, .createVolume, .pullImage, .removeVolume, .removeNetwork: nil
        }
    }
}
