import Kernel

/// Where a volume appears in the container.
public struct VolumeMount: Sendable, Equatable {
    public var name: String
    public var mountPath: String
    public var isReadOnly: Bool

    public init(name: String, mountPath: String, isReadOnly: Bool = false) {
        self.name = name
        self.mountPath = mountPath
        self.isReadOnly = isReadOnly
    }

    static let fields = ["name", "mountPath", "readOnly"]

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...63)
        mountPath = reader.required("mountPath", length: 1...4096, .absolutePath)
        isReadOnly = reader.bool("readOnly") ?? false
    }
}

/// A source of files or directories, as v1.Volume.
public struct Volume: Sendable, Equatable {
    public enum HostPathType: String, Sendable, CaseIterable {
        case any = "", directory = "Directory", directoryOrCreate = "DirectoryOrCreate", file = "File"
    }

    public enum Source: Sendable, Equatable {
        case configMap(FileSource)
        case secret(FileSource)
        /// `inMemory` false: on disk. `sizeLimit` counts only in memory.
        case emptyDir(inMemory: Bool, sizeLimit: Bytes?)
        case hostPath(path: String, type: HostPathType)
        case persistentVolumeClaim(name: String, isReadOnly: Bool)
    }

    private enum Medium: String, CaseIterable { case disk = "", memory = "Memory" }

    public var name: String
    public var source: Source

    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    private static let sources = ["configMap", "secret", "emptyDir", "hostPath", "persistentVolumeClaim"]
    static let fields = ["name"] + sources

    init(_ reader: FieldReader) {
        name = reader.required("name", length: 1...63, .label)
        reader.exactlyOne(of: Self.sources)
        source = .emptyDir(inMemory: false, sizeLimit: nil)
        if let from = reader.object("configMap", fields: ["name"] + FileSource.fields) { source = .configMap(FileSource(from, name: "name")) }
        if let from = reader.object("secret", fields: ["secretName"] + FileSource.fields) { source = .secret(FileSource(from, name: "secretName")) }
        if let from = reader.object("emptyDir", fields: ["medium", "sizeLimit"]) {
            let limit = from.quantity("sizeLimit").map { Bytes($0.wholeUnits) }
            source = .emptyDir(inMemory: from.choice("medium", Medium.self) == .memory, sizeLimit: limit)
        }
        if let from = reader.object("hostPath", fields: ["path", "type"]) {
            source = .hostPath(
                path: from.required("path", length: 1...4096, .absolutePath), type: from.choice("type", HostPathType.self) ?? .any)
        }
        if let from = reader.object("persistentVolumeClaim", fields: ["claimName", "readOnly"]) {
            source = .persistentVolumeClaim(name: from.required("claimName", length: 1...63, .label), isReadOnly: from.bool("readOnly") ?? false)
        }
    }
}

/// The files of a ConfigMap or Secret.
public struct FileSource: Sendable, Equatable {
    public struct Item: Sendable, Equatable {
        public var key: String
        public var path: String
        /// nil: the source's default.
        public var mode: Int?

        public init(key: String, path: String, mode: Int? = nil) {
            self.key = key
            self.path = path
            self.mode = mode
        }
    }

    public var name: String
    public var isOptional: Bool
    /// Permission bits.
    public var defaultMode: Int
    /// nil: every key, under its own name.
    public var items: [Item]?

    public init(name: String, isOptional: Bool = false, defaultMode: Int = 0o644, items: [Item]? = nil) {
        self.name = name
        self.isOptional = isOptional
        self.defaultMode = defaultMode
        self.items = items
    }

    static let fields = ["optional", "defaultMode", "items"]

    init(_ reader: FieldReader, name key: String) {
        name = reader.required(key, length: 1...253)
        isOptional = reader.bool("optional") ?? false
        defaultMode = Int(reader.int("defaultMode", 0...0o777) ?? 0o644)
        items = nil
        let listed = reader.objects("items", most: 256, fields: ["key", "path", "mode"], identity: \Item.path) { item in
            Item(
                key: item.required("key", length: 1...253), path: item.required("path", length: 1...1024, .relativePath),
                mode: item.int("mode", 0...0o777).map { Int($0) })
        }
        if !listed.isEmpty { items = listed }
    }
}

/// A data volume of each instance. Docker needs its name alone; the rest is checked and kept for Kubernetes.
enum VolumeClaimTemplate {
    private enum AccessMode: String, CaseIterable {
        case readWriteOnce = "ReadWriteOnce", readWriteMany = "ReadWriteMany", readOnlyMany = "ReadOnlyMany"
        case readWriteOncePod = "ReadWriteOncePod"
    }

    static func name(_ reader: FieldReader) -> String {
        if !reader.has("metadata") { reader.fail("metadata", "is required") }
        let name = reader.object("metadata", fields: ["name"])?.required("name", length: 1...63, .label) ?? ""
        guard let spec = reader.object("spec", fields: ["accessModes", "storageClassName", "resources"]) else { return name }
        for (index, mode) in (spec.strings("accessModes", count: 0...4, length: 0...64) ?? []).enumerated() where AccessMode(rawValue: mode) == nil {
            let modes = AccessMode.allCases.map(\.rawValue).joined(separator: ", ")
            spec.fail("accessModes[\(index)]", "must be one of \(modes); found \(mode)")
        }
        _ = spec.string("storageClassName", length: 0...253)
        _ = spec.object("resources", fields: ["requests"])?.object("requests", fields: ["storage"])?.quantity("storage")
        return name
    }
}
