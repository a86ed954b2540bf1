import Kernel

/// A named volume.
public struct EngineVolume: Sendable, Equatable {
    public var name: String
    public var driver: String
    /// On the engine's host.
    public var mountpoint: String
    public var labels: [String: String]
    public var created: Timestamp?

    public init(name: String, driver: String = "local", mountpoint: String = "", labels: [String: String] = [:], created: Timestamp? = nil) {
        self.name = name
        self.driver = driver
        self.mountpoint = mountpoint
        self.labels = labels
        self.created = created
    }
}
