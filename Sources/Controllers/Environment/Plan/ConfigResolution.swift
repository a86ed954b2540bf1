import Kernel
import Resources

/// Puts values in the place of references: a container's variables and files.
struct ConfigResolution {
    let spec: EnvironmentSpec
    let inputs: ConfigInputs
    let identity: EnvironmentIdentity
    let metadata: Metadata

    /// The variables of one instance, in order, each once. nil ordinal: without what differs between instances.
    func variables(ordinal: Int?) throws(EnvironmentIssue) -> [DesiredContainer.Variable] {
        var names: [String] = []
        var values: [String: String] = [:]
        func put(_ name: String, _ value: String) {
            if values.updateValue(value, forKey: name) == nil { names.append(name) }
        }
        for (index, source) in spec.envFrom.enumerated() {
            let found = source.kind == .secret ? inputs.secrets[source.name] : inputs.configMaps[source.name]
            guard let found else {
                if source.isOptional { continue }
                throw missing(source.kind == .secret ? "Secret" : "ConfigMap", source.name, "spec.envFrom[\(index)]")
            }
            for (key, value) in found.sorted(by: { $0.key < $1.key }) {
                let name = source.prefix + key
                // What can't be a variable's name is left out, as Kubernetes does.
                if Self.isName(name) { put(name, String(decoding: value.value, as: UTF8.self)) }
            }
        }
        for (index, variable) in spec.env.enumerated() {
            let path = "spec.env[\(index)].valueFrom"
            switch variable.source {
            case .value(let text): put(variable.name, VariableExpansion.expand(text) { values[$0] })
            case .secretKey(let key):
                if let value = try self.value(key, of: inputs.secrets[key.name], "Secret", "\(path).secretKeyRef") { put(variable.name, value) }
            case .configMapKey(let key):
                if let value = try self.value(key, of: inputs.configMaps[key.name], "ConfigMap", "\(path).configMapKeyRef") {
                    put(variable.name, value)
                }
            case .field(let field): put(variable.name, value(field, ordinal: ordinal))
            }
        }
        return names.map { DesiredContainer.Variable($0, values[$0] ?? "") }
    }

    /// What configMap and secret volumes put into the container, by mount path.
    func files() throws(EnvironmentIssue) -> [FileSet] {
        var sets: [FileSet] = []
        for mount in spec.volumeMounts {
            guard let at = spec.volumes.firstIndex(where: { $0.name == mount.name }) else { continue }
            switch spec.volumes[at].source {
            case .configMap(let source):
                sets.append(try fileSet(mount, source, inputs.configMaps[source.name], "ConfigMap", "spec.volumes[\(at)].configMap"))
            case .secret(let source):
                sets.append(try fileSet(mount, source, inputs.secrets[source.name], "Secret", "spec.volumes[\(at)].secret"))
            case .emptyDir, .hostPath, .persistentVolumeClaim: continue
            }
        }
        return sets.sorted { $0.mountPath < $1.mountPath }
    }

    private func fileSet(
        _ mount: VolumeMount, _ source: FileSource, _ found: [String: Hidden<[UInt8]>]?, _ kind: String, _ path: String
    ) throws(EnvironmentIssue) -> FileSet {
        guard let found else {
            if source.isOptional { return FileSet(mountPath: mount.mountPath, files: []) }
            throw missing(kind, source.name, path)
        }
        var files: [FileSet.File] = []
        guard let items = source.items else {
            for (key, value) in found.sorted(by: { $0.key < $1.key }) { files.append(.init(path: key, mode: source.defaultMode, bytes: value)) }
            return FileSet(mountPath: mount.mountPath, files: files)
        }
        for (index, item) in items.enumerated() {
            guard let value = found[item.key] else {
                if source.isOptional { continue }
                throw missingKey(item.key, kind, source.name, "\(path).items[\(index)].key")
            }
            files.append(.init(path: item.path, mode: item.mode ?? source.defaultMode, bytes: value))
        }
        return FileSet(mountPath: mount.mountPath, files: files.sorted { $0.path < $1.path })
    }

    private func value(
        _ key: KeyReference, of found: [String: Hidden<[UInt8]>]?, _ kind: String, _ path: String
    ) throws(EnvironmentIssue) -> String? {
        if let bytes = found?[key.key] { return String(decoding: bytes.value, as: UTF8.self) }
        if key.isOptional { return nil }
        throw found == nil ? missing(kind, key.name, path) : missingKey(key.key, kind, key.name, path)
    }

    private func value(_ field: MetadataField, ordinal: Int?) -> String {
        switch field {
        case .name: ordinal.map(identity.instanceName) ?? identity.name
        case .namespace: identity.namespace
        case .uid: identity.uid
        case .label(let key): metadata.labels[key] ?? ""
        case .annotation(let key): metadata.annotations[key] ?? ""
        }
    }

    private func missing(_ kind: String, _ name: String, _ path: String) -> EnvironmentIssue {
        EnvironmentIssue(
            .configMissing,
            "\(path): \(kind) \(name) doesn't exist in namespace \(identity.namespace); create it (the environment goes on by itself then), or set optional: true")
    }

    private func missingKey(_ key: String, _ kind: String, _ name: String, _ path: String) -> EnvironmentIssue {
        EnvironmentIssue(
            .configMissing,
            "\(path): \(kind) \(name) in namespace \(identity.namespace) has no key \(key); add it (the environment goes on by itself then), or set optional: true")
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") }
    }
}
