import Resources

/// The ConfigMaps and Secrets an Environment refers to, as they were read: by name, then by key. One that doesn't exist is absent.
public struct ConfigInputs: Sendable, Equatable {
    public var configMaps: [String: [String: Hidden<[UInt8]>]]
    public var secrets: [String: [String: Hidden<[UInt8]>]]
    /// Something that only readers of the Secrets know (their uids): mixed into every digest, so that nobody who reads a revision can
    /// try out passwords on it. Empty without Secrets.
    public var salt = Hidden("")

    public init(configMaps: [String: [String: Hidden<[UInt8]>]] = [:], secrets: [String: [String: Hidden<[UInt8]>]] = [:]) {
        self.configMaps = configMaps
        self.secrets = secrets
    }
}

/// What an Environment refers to, sorted, each once.
public struct ConfigReferences: Sendable, Equatable {
    public var configMaps: [String]
    public var secrets: [String]

    public init(_ spec: EnvironmentSpec) {
        var maps: Set<String> = [], secrets: Set<String> = []
        for variable in spec.env {
            switch variable.source {
            case .secretKey(let key): secrets.insert(key.name)
            case .configMapKey(let key): maps.insert(key.name)
            case .value, .field: break
            }
        }
        for source in spec.envFrom {
            switch source.kind {
            case .configMap: maps.insert(source.name)
            case .secret: secrets.insert(source.name)
            }
        }
        for volume in spec.volumes {
            switch volume.source {
            case .configMap(let files): maps.insert(files.name)
            case .secret(let files): secrets.insert(files.name)
            case .emptyDir, .hostPath, .persistentVolumeClaim: break
            }
        }
        configMaps = maps.sorted()
        self.secrets = secrets.sorted()
    }
}
