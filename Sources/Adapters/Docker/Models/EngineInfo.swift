import Kernel

/// What the engine says about itself and its host.
public struct EngineInfo: Sendable, Equatable {
    /// `20.10.24`.
    public var version: String
    /// The version of the Engine API in use, `1.41`.
    public var apiVersion: String
    public var operatingSystem: String
    public var architecture: String
    public var cpus: Int
    public var memory: Bytes
    /// Identifies the engine, also after a restart.
    public var id: String
    public var name: String
    /// The engine's clock.
    public var time: Timestamp?
    /// What the engine warns about, for people.
    public var warnings: [String]

    public init(
        version: String = "", apiVersion: String = "", operatingSystem: String = "", architecture: String = "", cpus: Int = 0,
        memory: Bytes = Bytes(0), id: String = "", name: String = "", time: Timestamp? = nil, warnings: [String] = []
    ) {
        self.version = version
        self.apiVersion = apiVersion
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        self.cpus = cpus
        self.memory = memory
        self.id = id
        self.name = name
        self.time = time
        self.warnings = warnings
    }
}
