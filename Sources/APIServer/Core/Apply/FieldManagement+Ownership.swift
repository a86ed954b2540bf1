import Kernel

extension FieldManagement {
    /// Without the fields that nobody owns, because the server sees to them.
    static func ownable(_ set: FieldSet) -> FieldSet {
        var set = set
        set.isMember = false
        set.remove(.field("apiVersion"))
        set.remove(.field("kind"))
        if var metadata = set.child(.field("metadata")) {
            metadata.isMember = false
            for name in ["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion"] {
                metadata.remove(.field(name))
            }
            set.remove(.field("metadata"))
            set.add(.field("metadata"), metadata)
        }
        return set
    }

    static func conflicts(_ difference: TypedWalk.Difference, _ managed: ManagedFields) -> [(ManagedFieldsEntry, FieldSet)] {
        let changed = difference.modified.union(difference.added)
        return managed.entries.compactMap { entry in
            let contested = entry.fields.intersection(changed)
            return contested.isEmpty ? nil : (entry, contested)
        }
    }

    /// Takes from everyone what changed or went.
    static func take(_ difference: TypedWalk.Difference, from managed: inout ManagedFields) {
        if difference.isEmpty { return }
        let gone = difference.modified.union(difference.added).union(difference.removed)
        for at in managed.entries.indices {
            let rest = managed.entries[at].fields.subtracting(gone)
            if rest != managed.entries[at].fields { managed.entries[at].fields = rest }
        }
    }

    /// Conflicts with fields that `kubectl apply` set on the client's side, and that still have its values, are none: it is kubectl
    /// that moves on to the server's.
    func withoutClientSideApplied(_ conflicts: [(ManagedFieldsEntry, FieldSet)], _ live: JSON) -> [(ManagedFieldsEntry, FieldSet)] {
        guard let text = live["metadata"]?["annotations"]?[Self.lastAppliedAnnotation]?.string, let last = try? JSONParser.parse(text),
            let fields = try? TypedWalk.fields(of: last, shape)
        else { return conflicts }
        let difference = TypedWalk.difference(last, live, shape)
        let allowed = fields.subtracting(difference.modified).subtracting(difference.added).subtracting(difference.removed)
        return conflicts.compactMap { entry, contested in
            let rest = contested.subtracting(allowed)
            return rest.isEmpty ? nil : (entry, rest)
        }
    }

    static func conflictError(_ conflicts: [(ManagedFieldsEntry, FieldSet)]) -> ApplyError {
        let named = conflicts.map { (name: $0.conflictName, paths: $1.paths) }.sorted { $0.name < $1.name }
        let causes = named.flatMap { conflict in
            conflict.paths.map { StatusCause(reason: .fieldManagerConflict, message: "conflict with \(conflict.name)", field: $0) }
        }
        if causes.count == 1, let only = causes.first {
            return .conflict(message: "Apply failed with 1 conflict: \(only.message): \(only.field)", causes: causes)
        }
        let lines = named.flatMap { conflict in ["conflicts with \(conflict.name):"] + conflict.paths.map { "- \($0)" } }
        return .conflict(message: "Apply failed with \(causes.count) conflicts: \(lines.joined(separator: "\n"))", causes: causes)
    }

    // MARK: Objects

    static func withoutManagedFields(_ object: JSON) -> JSON {
        guard object["metadata"]?["managedFields"] != nil else { return object }
        var object = object
        object[path: ["metadata", "managedFields"]] = nil
        return object
    }

    static func with(_ managed: ManagedFields, _ object: JSON) -> JSON {
        var object = object
        object[path: ["metadata", "managedFields"]] = managed.json
        return object
    }

    /// Entries that were read with faults or twice are written anew.
    static func hasSameManagedFields(_ live: JSON, _ managed: ManagedFields) -> Bool {
        (live["metadata"]?["managedFields"]?.array?.count ?? 0) == managed.entries.count
    }

    /// kubectl's own annotation goes along with what it applies on the server's side, as long as it is there.
    static func renewLastApplied(_ object: inout JSON, config: JSON, live: JSON?) {
        guard let current = live?["metadata"]?["annotations"]?[lastAppliedAnnotation]?.string, !current.isEmpty else { return }
        var config = config
        config[path: ["metadata", "managedFields"]] = nil
        if config["metadata"]?["annotations"] != nil { config[path: ["metadata", "annotations", lastAppliedAnnotation]] = nil }
        let text = config.canonical.text + "\n"
        var annotations = object["metadata"]?["annotations"]?.object ?? JSONObject()
        annotations[lastAppliedAnnotation] = .string(text)
        let size = annotations.reduce(0) { $0 + $1.0.utf8.count + ($1.1.string?.utf8.count ?? 0) }
        if size > ObjectMetadata.mostAnnotationBytes { annotations[lastAppliedAnnotation] = nil }
        object[path: ["metadata", "annotations"]] = .object(annotations)
    }
}
