import Docker
import Kernel

/// A Docker engine that environments can be placed on.
public struct EnvironmentTarget: Sendable {
    /// As in `--target NAME=docker:URL`.
    public let name: String
    public let engine: any ContainerEngine
    /// On this machine: its containers' addresses may be reached, and its host's files are ours.
    public let isLocal: Bool

    public init(name: String, engine: any ContainerEngine, isLocal: Bool) {
        self.name = name
        self.engine = engine
        self.isLocal = isLocal
    }
}
