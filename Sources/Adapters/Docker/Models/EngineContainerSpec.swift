import Kernel

/// Everything a container is created with. Absent means the image's or the engine's own default.
public struct EngineContainerSpec: Sendable, Equatable {
    public var image: String
    /// Replaces the image's entry point.
    public var command: [String]?
    /// Replaces the image's arguments.
    public var args: [String]?
    public var workingDirectory: String?
    /// `NAME=value`, in order.
    public var env: [String] = []
    public var labels: [String: String] = [:]
    public var hostname: String?
    /// `2003`, `2003:2003`.
    public var user: String?
    public var ports: [EnginePort] = []
    public var mounts: [EngineMount] = []
    /// The network it is in from the start; nil: the engine's default bridge.
    public var network: EngineAttachment?
    public var restartPolicy: EngineRestartPolicy = .no
    public var memory: Bytes?
    /// What it should have when the host is short of memory.
    public var memoryReservation: Bytes?
    /// In billionths of a CPU.
    public var nanoCPUs: Int64?
    /// Its weight while CPUs are busy; 1024 is the engine's default.
    public var cpuShares: Int?
    public var pidsLimit: Int?
    public var isRootReadOnly = false
    /// As `NET_BIND_SERVICE`, or `ALL`.
    public var addedCapabilities: [String] = []
    public var droppedCapabilities: [String] = []
    public var allowsNewPrivileges = true
    public var isPrivileged = false
    public var supplementalGroups: [String] = []
    /// `host`, or nil for its own.
    public var networkMode: String?
    public var pidMode: String?
    public var ipcMode: String?
    /// How long a stop by the engine itself waits.
    public var stopTimeout: Duration?
    public var stopSignal: String?
    /// A small init process of the engine's as process 1, which reaps zombies.
    public var usesInit = false
    public var isTTY = false
    public var opensStandardInput = false
    /// `name:address`.
    public var extraHosts: [String] = []
    /// Kept of the container's log, in one file; nil: the engine's setting.
    public var logLimit: Bytes?

    public init(image: String) { self.image = image }
}

/// A port published on the engine's host.
public struct EnginePort: Sendable, Hashable {
    public var containerPort: Int
    /// `tcp`, `udp`, `sctp`.
    public var transport: String
    public var hostIP: String
    /// 0: any free one.
    public var hostPort: Int

    public init(containerPort: Int, transport: String = "tcp", hostIP: String = "127.0.0.1", hostPort: Int = 0) {
        self.containerPort = containerPort
        self.transport = transport
        self.hostIP = hostIP
        self.hostPort = hostPort
    }
}

/// A port as the engine really published it.
public struct EnginePublishedPort: Sendable, Hashable, Comparable {
    public var containerPort: Int
    public var transport: String
    /// Empty when it isn't published.
    public var hostIP: String
    /// 0 when it isn't published.
    public var hostPort: Int

    public init(containerPort: Int, transport: String = "tcp", hostIP: String = "", hostPort: Int = 0) {
        self.containerPort = containerPort
        self.transport = transport
        self.hostIP = hostIP
        self.hostPort = hostPort
    }

    public static func < (a: EnginePublishedPort, b: EnginePublishedPort) -> Bool {
        (a.containerPort, a.transport, a.hostIP, a.hostPort) < (b.containerPort, b.transport, b.hostIP, b.hostPort)
    }
}

/// Something to be mounted into a container.
public enum EngineMount: Sendable, Hashable {
    /// A named volume, made with those labels when it doesn't exist; without a name the engine chooses one and removes it with the container.
    case volume(name: String, path: String, readOnly: Bool, labels: [String: String] = [:])
    /// A path of the engine's host, which must exist.
    case bind(source: String, path: String, readOnly: Bool)
    /// In memory; empty at each start.
    case tmpfs(path: String, size: Bytes?, mode: Int?)
}

/// A network to be in, and under which further names.
public struct EngineAttachment: Sendable, Hashable {
    /// Name or id.
    public var network: String
    public var aliases: [String]

    public init(network: String, aliases: [String] = []) {
        self.network = network
        self.aliases = aliases
    }
}

/// When the engine starts a container again by itself.
public enum EngineRestartPolicy: Sendable, Hashable {
    case no
    case always
    case unlessStopped
    /// 0: without an end.
    case onFailure(maximumRetries: Int)
}

/// What creating a container gives.
public struct EngineCreated: Sendable, Equatable {
    public var id: String
    /// What the engine warns about, for people.
    public var warnings: [String]

    public init(id: String, warnings: [String] = []) {
        self.id = id
        self.warnings = warnings
    }
}
