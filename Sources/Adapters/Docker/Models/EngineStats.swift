import Kernel

/// What a container uses, at one moment.
public struct EngineStats: Sendable, Equatable {
    public var time: Timestamp?
    /// Of one CPU, in percent: 150 is one and a half. 0 for a container that doesn't run.
    public var cpuPercent: Double
    /// Without the file cache that could be given back.
    public var memory: Bytes
    public var memoryLimit: Bytes
    public var received: Bytes
    public var sent: Bytes
    public var processes: Int

    public init(
        time: Timestamp? = nil, cpuPercent: Double = 0, memory: Bytes = Bytes(0), memoryLimit: Bytes = Bytes(0), received: Bytes = Bytes(0),
        sent: Bytes = Bytes(0), processes: Int = 0
    ) {
        self.time = time
        self.cpuPercent = cpuPercent
        self.memory = memory
        self.memoryLimit = memoryLimit
        self.received = received
        self.sent = sent
        self.processes = processes
    }
}
