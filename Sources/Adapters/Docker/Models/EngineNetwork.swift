import Kernel

/// A network of the engine.
public struct EngineNetwork: Sendable, Equatable {
    public var id: String
    public var name: String
    public var driver: String
    /// IPv4 only.
    public var subnets: [Subnet]
    public var labels: [String: String]
    /// Ids of the running containers in it, sorted; only an inspection tells, a list leaves it empty.
    public var containers: [String]

    public init(
        id: String, name: String, driver: String = "bridge", subnets: [Subnet] = [], labels: [String: String] = [:], containers: [String] = []
    ) {
        self.id = id
        self.name = name
        self.driver = driver
        self.subnets = subnets
        self.labels = labels
        self.containers = containers
    }
}
