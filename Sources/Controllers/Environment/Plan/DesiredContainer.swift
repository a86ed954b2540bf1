import Kernel
import Resources

/// One container as it should be created, in every detail that matters.
public struct DesiredContainer: Sendable, Equatable {
    public enum Mount: Sendable, Equatable {
        /// A named volume that outlives the container.
        case volume(name: String, path: String, isReadOnly: Bool)
        /// A volume without a name that goes with the container.
        case scratch(path: String)
        case memory(path: String, size: Bytes?)
        case host(source: String, path: String, isReadOnly: Bool, type: Volume.HostPathType)
    }

    public struct Port: Sendable, Equatable {
        public var containerPort: Int
        public var transport: ContainerPort.Transport
        public var hostIP: String
        public var hostPort: Int

        public init(containerPort: Int, transport: ContainerPort.Transport, hostIP: String, hostPort: Int) {
            self.containerPort = containerPort
            self.transport = transport
            self.hostIP = hostIP
            self.hostPort = hostPort
        }
    }

    public var ordinal: Int
    public var name: String
    public var image: String
    public var command: [Hidden<String>]?
    public var args: [Hidden<String>]?
    public var workingDir: String?
    public var env: [Variable]
    public var labels: [String: String]
    public var hostname: String
    public var user: String?
    public var ports: [Port]
    public var mounts: [Mount]
    public var files: [FileSet]
    public var network: String
    public var aliases: [String]
    public var restartPolicy: EngineRestart
    public var memory: Bytes?
    public var memoryRequest: Bytes?
    public var cpu: Quantity?
    public var cpuRequest: Quantity?
    public var isRootReadOnly: Bool
    public var addedCapabilities: [String]
    public var droppedCapabilities: [String]
    public var allowsNewPrivileges: Bool
    public var isPrivileged: Bool
    public var gracePeriod: Duration

    public struct Variable: Sendable, Equatable {
        public var name: String
        public var value: Hidden<String>

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = Hidden(value)
        }
    }
}

/// Files to be put below one path of a container before it starts.
public struct FileSet: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        /// Relative.
        public var path: String
        /// Permission bits.
        public var mode: Int
        public var bytes: Hidden<[UInt8]>

        public init(path: String, mode: Int, bytes: Hidden<[UInt8]>) {
            self.path = path
            self.mode = mode
            self.bytes = bytes
        }
    }

    public var mountPath: String
    /// Sorted by path.
    public var files: [File]

    public init(mountPath: String, files: [File]) {
        self.mountPath = mountPath
        self.files = files
    }
}

/// When the engine restarts a container by itself.
public enum EngineRestart: String, Sendable, Equatable {
    case no
    case onFailure = "on-failure"
    case unlessStopped = "unless-stopped"
    /// Nothing Millwright sets.
    case always

    public init(_ policy: EnvironmentSpec.RestartPolicy) {
        switch policy {
        case .always: self = .unlessStopped
        case .onFailure: self = .onFailure
        case .never: self = .no
        }
    }
}
