import Kernel

/// What a container's process may do, as v1.SecurityContext.
public struct SecurityContext: Sendable, Equatable {
    public var runAsUser: Int64?
    public var runAsGroup: Int64?
    public var runAsNonRoot = false
    public var readOnlyRootFilesystem = false
    public var allowPrivilegeEscalation = false
    public var privileged = false
    public var addedCapabilities: [String] = []
    /// nil: nothing was said, so that the default set is kept and all else dropped.
    public var droppedCapabilities: [String]?

    public init() {}

    static let fields = [
        "runAsUser", "runAsGroup", "runAsNonRoot", "readOnlyRootFilesystem", "allowPrivilegeEscalation", "privileged", "capabilities",
    ]

    init(_ reader: FieldReader) {
        runAsUser = reader.int("runAsUser", 0...2_147_483_647)
        runAsGroup = reader.int("runAsGroup", 0...2_147_483_647)
        runAsNonRoot = reader.bool("runAsNonRoot") ?? false
        readOnlyRootFilesystem = reader.bool("readOnlyRootFilesystem") ?? false
        allowPrivilegeEscalation = reader.bool("allowPrivilegeEscalation") ?? false
        privileged = reader.bool("privileged") ?? false
        guard let capabilities = reader.object("capabilities", fields: ["add", "drop"]) else { return }
        addedCapabilities = capabilities.strings("add", count: 0...64, length: 1...64, .capability) ?? []
        droppedCapabilities = capabilities.strings("drop", count: 0...64, length: 1...64, .capability)
    }
}

/// What an instance may use, as v1.ResourceRequirements.
public struct ResourceRequirements: Sendable, Equatable {
    public var cpuLimit: Quantity?
    public var memoryLimit: Bytes?
    public var cpuRequest: Quantity?
    public var memoryRequest: Bytes?

    /// Docker takes no less.
    static let leastMemory = Bytes.mebi(6)

    public init() {}

    init(_ reader: FieldReader) {
        func pair(_ key: String) -> (cpu: Quantity?, memory: Bytes?) {
            guard let object = reader.object(key, fields: ["cpu", "memory"]) else { return (nil, nil) }
            let cpu = object.quantity("cpu"), memory = object.quantity("memory").map { Bytes($0.wholeUnits) }
            if let memory, memory < Self.leastMemory { object.fail("memory", "must be at least 6Mi; found \(memory)") }
            if let cpu, cpu.thousandths == 0 { object.fail("cpu", "must be more than 0; leave it out for no bound") }
            return (cpu, memory)
        }
        (cpuLimit, memoryLimit) = pair("limits")
        (cpuRequest, memoryRequest) = pair("requests")
        if let cpuLimit, let cpuRequest, cpuRequest > cpuLimit { reader.fail("requests.cpu", "must not be more than limits.cpu") }
        if let memoryLimit, let memoryRequest, memoryRequest > memoryLimit {
            reader.fail("requests.memory", "must not be more than limits.memory")
        }
    }
}
