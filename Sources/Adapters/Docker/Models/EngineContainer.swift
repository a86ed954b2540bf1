import Kernel

/// What a container is doing.
public enum EngineStatus: String, Sendable, CaseIterable {
    case created, running, paused, restarting, removing, exited, dead
    /// A word this version of Millwright doesn't know.
    case unknown
}

/// A container as a list shows it.
public struct EngineContainerSummary: Sendable, Equatable {
    public var id: String
    /// Without the leading slash.
    public var name: String
    /// As it was asked for when the container was made.
    public var image: String
    public var imageID: String
    public var status: EngineStatus
    /// For people: `Up 3 hours`.
    public var statusText: String
    public var labels: [String: String]
    public var created: Timestamp
    public var ports: [EnginePublishedPort]
    /// By network name.
    public var networks: [String: EngineEndpoint]

    public init(
        id: String, name: String, image: String = "", imageID: String = "", status: EngineStatus = .created, statusText: String = "",
        labels: [String: String] = [:], created: Timestamp = Timestamp(seconds: 0), ports: [EnginePublishedPort] = [],
        networks: [String: EngineEndpoint] = [:]
    ) {
        self.id = id
        self.name = name
        self.image = image
        self.imageID = imageID
        self.status = status
        self.statusText = statusText
        self.labels = labels
        self.created = created
        self.ports = ports
        self.networks = networks
    }
}

/// A container as an inspection shows it.
public struct EngineContainer: Sendable, Equatable {
    public var id: String
    /// Without the leading slash.
    public var name: String
    /// As it was asked for when the container was made.
    public var image: String
    public var imageID: String
    public var created: Timestamp
    public var state: EngineContainerState
    /// How often the engine restarted it by itself.
    public var restartCount: Int
    public var labels: [String: String]
    public var env: [String]
    public var restartPolicy: EngineRestartPolicy
    public var ports: [EnginePublishedPort]
    /// By network name.
    public var networks: [String: EngineEndpoint]
    public var mounts: [EngineMountPoint]
    public var isTTY: Bool

    public init(
        id: String, name: String, image: String = "", imageID: String = "", created: Timestamp = Timestamp(seconds: 0),
        state: EngineContainerState = EngineContainerState(), restartCount: Int = 0, labels: [String: String] = [:], env: [String] = [],
        restartPolicy: EngineRestartPolicy = .no, ports: [EnginePublishedPort] = [], networks: [String: EngineEndpoint] = [:],
        mounts: [EngineMountPoint] = [], isTTY: Bool = false
    ) {
        self.id = id
        self.name = name
        self.image = image
        self.imageID = imageID
        self.created = created
        self.state = state
        self.restartCount = restartCount
        self.labels = labels
        self.env = env
        self.restartPolicy = restartPolicy
        self.ports = ports
        self.networks = networks
        self.mounts = mounts
        self.isTTY = isTTY
    }
}

/// How a container's process is or ended.
public struct EngineContainerState: Sendable, Equatable {
    public var status: EngineStatus
    public var pid: Int
    /// Of the last run; 0 while it runs.
    public var exitCode: Int
    /// Why it couldn't be started; empty when it could.
    public var error: String
    public var oomKilled: Bool
    /// nil when it never was.
    public var started: Timestamp?
    public var finished: Timestamp?

    public init(
        status: EngineStatus = .created, pid: Int = 0, exitCode: Int = 0, error: String = "", oomKilled: Bool = false,
        started: Timestamp? = nil, finished: Timestamp? = nil
    ) {
        self.status = status
        self.pid = pid
        self.exitCode = exitCode
        self.error = error
        self.oomKilled = oomKilled
        self.started = started
        self.finished = finished
    }
}

/// A container's place in one network.
public struct EngineEndpoint: Sendable, Equatable {
    public var networkID: String
    /// Empty while the container doesn't run.
    public var address: String
    public var aliases: [String]

    public init(networkID: String = "", address: String = "", aliases: [String] = []) {
        self.networkID = networkID
        self.address = address
        self.aliases = aliases
    }
}

/// Something mounted in a container, as the engine reports it.
public struct EngineMountPoint: Sendable, Equatable {
    /// `volume`, `bind`, `tmpfs`.
    public var type: String
    /// Of a volume; else empty.
    public var name: String
    /// On the host.
    public var source: String
    /// In the container.
    public var destination: String
    public var isReadOnly: Bool

    public init(type: String, name: String = "", source: String = "", destination: String, isReadOnly: Bool = false) {
        self.type = type
        self.name = name
        self.source = source
        self.destination = destination
        self.isReadOnly = isReadOnly
    }
}
