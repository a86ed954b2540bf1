import Kernel
import Resources

/// What a container's identity is made of: name and value of everything whose change means another container.
///
/// A setting that has its default is left out, so that a newer version which knows more settings doesn't recreate anything. Values that
/// may be secret stand as a short digest, keyed by the installation.
public struct ContainerFacts: Sendable, Equatable {
    public private(set) var values: [String: String]

    public init(_ values: [String: String] = [:]) { self.values = values }

    /// From a label; nil when it isn't one of ours.
    init?(label: String) {
        guard let parsed = Self.parsed(label), let object = parsed.object else { return nil }
        values = [:]
        for (name, value) in object { values[name] = value.string }
    }

    private static func parsed(_ label: String) -> JSON? {
        do { return try JSONParser.parse(label) } catch { return nil }
    }

    var label: String {
        JSON.object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) })).text
    }

    /// The first digits of the hash over all of them.
    public var revision: String { Self.revision(ofLabel: label) }

    static func revision(ofLabel label: String) -> String { SHA256.hex(label, length: 10) }

    /// What differs, for a person; nil when nothing does.
    ///
    ///     image changed from demo:1 to demo:2; env GREETING changed
    public func difference(from old: ContainerFacts) -> String? {
        let names = Set(values.keys).union(old.values.keys).sorted()
        let parts = names.compactMap { name -> String? in
            switch (old.values[name], values[name]) {
            case (let before?, let after?) where before != after:
                Self.isDigest(before) || Self.isDigest(after) ? "\(name) changed" : "\(name) changed from \(before) to \(after)"
            case (nil, let after?): Self.isDigest(after) ? "\(name) added" : "\(name) set to \(after)"
            case (_?, nil): "\(name) removed"
            default: nil
            }
        }
        guard !parts.isEmpty else { return nil }
        return parts.count > 6 ? parts.prefix(6).joined(separator: "; ") + "; and \(parts.count - 6) more" : parts.joined(separator: "; ")
    }

    private static func isDigest(_ text: String) -> Bool { text.hasPrefix("#") }

    mutating func set(_ name: String, _ value: String?) {
        if let value { values[name] = value }
    }

    /// - Parameter salt: see `ConfigInputs`.
    init(
        _ spec: EnvironmentSpec, variables: [DesiredContainer.Variable], files: [FileSet], salt: Hidden<String>, identity: EnvironmentIdentity
    ) {
        self.init()
        let key = Array("\(identity.installation)/\(salt.value)/\(identity.namespace)/\(identity.name)/".utf8)
        func digest(_ bytes: some Sequence<UInt8>) -> String { "#" + SHA256.hex(key + bytes, length: 16) }
        set("image", spec.image)
        // People put passwords into arguments.
        set("command", spec.command.map { digest(JSON($0).bytes) })
        set("args", spec.args.map { digest(JSON($0).bytes) })
        set("workingDir", spec.workingDir)
        set("hostname", spec.hostname)
        for variable in variables { set("env \(variable.name)", digest(variable.value.value.utf8)) }
        for port in spec.ports {
            let host = port.hostPort == 0 ? "a free port" : String(port.hostPort)
            set("port \(port.containerPort)/\(port.transport.rawValue)", "\(port.hostIP ?? "127.0.0.1"):\(host)")
        }
        for mount in spec.volumeMounts {
            let name = "mount \(mount.mountPath)"
            let suffix = mount.isReadOnly ? " read-only" : ""
            switch spec.volumes.first(where: { $0.name == mount.name })?.source {
            case .configMap(let source)?: set(name, "configMap \(source.name)")
            case .secret(let source)?: set(name, "secret \(source.name)")
            case .emptyDir(true, let limit)?: set(name, "memory\(limit.map { " \($0)" } ?? "")")
            case .emptyDir(false, _)?: set(name, "emptyDir")
            case .hostPath(let path, _)?: set(name, "hostPath \(path)\(suffix)")
            case .persistentVolumeClaim(let claim, let readOnly)?: set(name, "claim \(claim)\(readOnly ? " read-only" : suffix)")
            case nil: set(name, "volume \(mount.name)\(suffix)")
            }
        }
        for set in files {
            let content = set.files.flatMap { Array("\($0.path)\u{0}\($0.mode)\u{0}\($0.bytes.value.count)\u{0}".utf8) + $0.bytes.value }
            self.set("files of \(set.mountPath)", digest(content))
        }
        let security = spec.securityContext
        set("runAsUser", security.runAsUser.map(String.init))
        set("runAsGroup", security.runAsGroup.map(String.init))
        set("readOnlyRootFilesystem", security.readOnlyRootFilesystem ? "true" : nil)
        set("allowPrivilegeEscalation", security.allowPrivilegeEscalation ? "true" : nil)
        set("privileged", security.privileged ? "true" : nil)
        set("capabilities added", security.addedCapabilities.isEmpty ? nil : security.addedCapabilities.sorted().joined(separator: ","))
        set("capabilities dropped", security.droppedCapabilities.map { $0.sorted().joined(separator: ",") })
        set("cpu limit", spec.resources.cpuLimit.map { "\($0.thousandths)m" })
        set("memory limit", spec.resources.memoryLimit.map { "\($0.count)" })
        set("cpu request", spec.resources.cpuRequest.map { "\($0.thousandths)m" })
        set("memory request", spec.resources.memoryRequest.map { "\($0.count)" })
    }
}
