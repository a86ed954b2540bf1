import Kernel

/// Server-side apply and the book-keeping of who owns which field, `metadata.managedFields`, for the objects of one kind.
///
/// Pure: objects in, objects out; the time is given. The flow of a write:
/// - apply: `apply` makes the new object of the stored one and the configuration; then defaults, strategy and validation as for any write;
///   where `ObjectComparison.isUnchanged` says so nothing is written.
/// - create, update, patch: after defaults and strategy, `update` books what changed.
///
/// Versions of a kind are taken to have the same fields, which is so without conversion webhooks.
public struct FieldManagement: Sendable {
    /// Which part of the object a request writes.
    public enum Scope: Sendable, Equatable {
        /// The object itself. With a `/status` of its own, `status` in a configuration is left aside.
        case object(hasStatus: Bool)
        /// `/status`: everything but `status` is left aside.
        case status

        var subresource: String { self == .status ? "status" : "" }
    }

    public static let lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration"

    private let schema: StructuralSchema
    private let kind: GroupVersionKind
    private let shape: FieldShape

    public init(schema: StructuralSchema, kind: GroupVersionKind) {
        self.schema = schema
        self.kind = kind
        shape = FieldShape(root: schema)
    }

    // MARK: Apply

    /// The object that results from applying a configuration.
    ///
    /// - Parameters:
    ///   - config: as the client sent it, pruned.
    ///   - live: as it is stored, with its defaults; nil when there is none yet.
    ///   - force: takes fields from others rather than reporting a conflict.
    /// - Returns: the object with its managedFields, before defaulting; exactly `live` when nothing changed.
    public func apply(
        _ config: JSON, to live: JSON?, manager: String, force: Bool, scope: Scope, now: Timestamp
    ) throws(ApplyError) -> JSON {
        try check(config, live: live)
        let before = live.map(Self.withoutManagedFields) ?? emptyObject
        var config = reduced(config, to: scope)
        schema.dropNulls(&config)

        let applied: FieldSet
        do throws(TypedWalk.Problem) {
            applied = Self.ownable(try TypedWalk.fields(of: config, shape))
        } catch {
            let name = NamespacedName(
                namespace: (live ?? config)["metadata"]?["namespace"]?.string ?? "", name: (live ?? config)["metadata"]?["name"]?.string ?? "")
            throw .badRequest("failed to create typed patch object (\(name); \(kind)): \(error.text)")
        }

        let merged = TypedWalk.merged(before, config, shape)
        if let live, merged == before, Self.appliedSame(applied, manager, scope, live) { return live }

        var managed = ManagedFields(live?["metadata"]?["managedFields"], isOurs: true) ?? ManagedFields()
        if live != nil, managed.entries.isEmpty {
            // What was there before anyone applied belongs to nobody in particular, and must not be taken unawares.
            let fields = Self.ownable(TypedWalk.difference(emptyObject, before, shape).added)
            managed.entries.append(
                ManagedFieldsEntry(
                    manager: "before-first-apply", operation: .update, apiVersion: kind.apiVersion, subresource: "", time: now, fields: fields))
        }
        let stored = managed

        let own = ManagedFieldsEntry(
            manager: manager, operation: .apply, apiVersion: kind.apiVersion, subresource: scope.subresource, time: nil, fields: applied)
        let previous = managed.entries.first { $0.isSame(own) }
        managed.entries.removeAll { $0.isSame(own) }
        var after = merged
        if let previous { after = pruned(merged, lastApplied: previous.fields, applied: applied, others: managed) }

        let difference = TypedWalk.difference(before, after, shape)
        let conflicts = Self.conflicts(difference, managed)
        if !conflicts.isEmpty, !force {
            let remaining = manager == "kubectl" ? withoutClientSideApplied(conflicts, before) : conflicts
            if !remaining.isEmpty { throw Self.conflictError(remaining) }
        }
        Self.take(difference, from: &managed)
        if !applied.isEmpty {
            var entry = own
            entry.time = previous?.time
            managed.entries.append(entry)
        }
        managed.dropEmpty()

        if let live, difference.isEmpty, before == after, managed.isSameApartFromTimes(stored), Self.hasSameManagedFields(live, managed) { return live }
        if let at = managed.entries.firstIndex(where: { $0.isSame(own) }) { managed.entries[at].time = now }
        if manager == "kubectl", scope != .status { Self.renewLastApplied(&after, config: config, live: live) }
        return Self.with(managed, after)
    }

    /// Whether the manager's entry says just this already: then an apply that leaves the object as it is does nothing at all.
    private static func appliedSame(_ applied: FieldSet, _ manager: String, _ scope: Scope, _ live: JSON) -> Bool {
        var found = 0
        for entry in live["metadata"]?["managedFields"]?.array ?? [] {
            guard entry["operation"] == "Apply", entry["manager"]?.string == manager, entry["subresource"]?.string ?? "" == scope.subresource else { continue }
            guard entry["fieldsV1"] == applied.fieldsV1 else { return false }
            found += 1
        }
        return found == 1
    }

    private func check(_ config: JSON, live: JSON?) throws(ApplyError) {
        guard case .object = config else { throw .badRequest("an apply configuration must be an object; found: \(config.typeName)") }
        if let fields = config["metadata"]?["managedFields"]?.array, !fields.isEmpty { throw .badRequest("metadata.managedFields must be nil") }
        if let version = config["apiVersion"]?.string, version != kind.apiVersion {
            throw .badRequest("Incorrect version specified in apply patch. Specified patch version: \(version), expected: \(kind.apiVersion)")
        }
    }

    private var emptyObject: JSON { ["apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind), "metadata": .object(JSONObject())] }

    /// The part of a configuration that its endpoint writes.
    private func reduced(_ config: JSON, to scope: Scope) -> JSON {
        var config = config
        switch scope {
        case .object(let hasStatus): if hasStatus { config["status"] = nil }
        case .status:
            var kept: JSON = ["apiVersion": config["apiVersion"] ?? .null, "kind": config["kind"] ?? .null]
            var metadata = JSONObject()
            for member in ["name", "namespace", "uid", "resourceVersion"] { metadata[member] = config["metadata"]?[member] }
            kept["metadata"] = .object(metadata)
            kept["status"] = config["status"]
            config = kept
        }
        config["apiVersion"] = .string(kind.apiVersion)
        config["kind"] = .string(kind.kind)
        return config
    }

    /// Takes out what this manager applied the last time but not now and nobody else holds, with the defaults that came along below
    /// it. An object or list that nothing is left of goes.
    private func pruned(_ merged: JSON, lastApplied: FieldSet, applied: FieldSet, others: ManagedFields) -> JSON {
        if lastApplied == applied { return merged }
        var held = applied
        for entry in others.entries { held = held.union(entry.fields) }
        // Who holds a part of a named field holds the field, too.
        let gone = lastApplied.withNamedFields(shape).subtracting(held.withNamedFields(shape))
        return TypedWalk.removing(gone, from: merged, shape, keeping: held) ?? emptyObject
    }

    // MARK: Update

    /// Books a create, update or patch: what changed from `live` to `new` is the manager's from now on.
    ///
    /// - Parameters:
    ///   - new: the object as it will be stored, with defaults; its `managedFields` as the client sent them.
    ///   - live: as it is stored; nil on create.
    ///   - subresource: the one that was written through, or empty.
    /// - Returns: `new` with its managedFields.
    public func update(_ new: JSON, from live: JSON?, manager: String, subresource: String = "", now: Timestamp) -> JSON {
        let sent = new["metadata"]?["managedFields"]
        let stored = live?["metadata"]?["managedFields"]
        var managed: ManagedFields
        if !subresource.isEmpty {
            managed = ManagedFields(stored, isOurs: true) ?? ManagedFields()
        } else if case .array(let list)? = sent, list.count == 1, list.first?.isEmptyContainer == true {
            managed = ManagedFields()  // `[{}]` asks for a clean slate
        } else if let given = ManagedFields(sent, isOurs: sent == stored), !given.entries.isEmpty {
            managed = given
        } else {
            managed = ManagedFields(stored, isOurs: true) ?? ManagedFields()
        }
        let after = Self.withoutManagedFields(new)
        // Objects that were never tracked stay so until someone applies.
        if live != nil, managed.entries.isEmpty { return after }

        let before = live.map(Self.withoutManagedFields) ?? emptyObject
        let difference = TypedWalk.difference(before, after, shape)
        Self.take(difference, from: &managed)
        let gained = Self.ownable(difference.added.union(difference.modified))
        if !gained.isEmpty {
            var entry = ManagedFieldsEntry(
                manager: manager, operation: .update, apiVersion: kind.apiVersion, subresource: subresource, time: now, fields: gained)
            if let existing = managed.entries.firstIndex(where: { $0.isSame(entry) }) {
                entry.fields = managed.entries[existing].fields.union(gained)
                managed.entries[existing] = entry
            } else {
                managed.entries.append(entry)
            }
        }
        managed.dropEmpty()
        managed.cap()
        return Self.with(managed, after)
    }

    // MARK: Ownership

    /// Without the fields that nobody owns, because the server sees to them.
    private static func ownable(_ set: FieldSet) -> FieldSet {
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

    private static func conflicts(_ difference: TypedWalk.Difference, _ managed: ManagedFields) -> [(ManagedFieldsEntry, FieldSet)] {
        let changed = difference.modified.union(difference.added)
        return managed.entries.compactMap { entry in
            let contested = entry.fields.intersection(changed)
            return contested.isEmpty ? nil : (entry, contested)
        }
    }

    /// Takes from everyone what changed or went.
    private static func take(_ difference: TypedWalk.Difference, from managed: inout ManagedFields) {
        if difference.isEmpty { return }
        let gone = difference.modified.union(difference.added).union(difference.removed)
        for at in managed.entries.indices {
            let rest = managed.entries[at].fields.subtracting(gone)
            if rest != managed.entries[at].fields { managed.entries[at].fields = rest }
        }
    }

    /// Conflicts with fields that `kubectl apply` set on the client's side, and that still have its values, are none: it is kubectl
    /// that moves on to the server's.
    private func withoutClientSideApplied(_ conflicts: [(ManagedFieldsEntry, FieldSet)], _ live: JSON) -> [(ManagedFieldsEntry, FieldSet)] {
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

    private static func conflictError(_ conflicts: [(ManagedFieldsEntry, FieldSet)]) -> ApplyError {
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

    private static func withoutManagedFields(_ object: JSON) -> JSON {
        guard object["metadata"]?["managedFields"] != nil else { return object }
        var object = object
        object[path: ["metadata", "managedFields"]] = nil
        return object
    }

    private static func with(_ managed: ManagedFields, _ object: JSON) -> JSON {
        var object = object
        object[path: ["metadata", "managedFields"]] = managed.json
        return object
    }

    /// Entries that were read with faults or twice are written anew.
    private static func hasSameManagedFields(_ live: JSON, _ managed: ManagedFields) -> Bool {
        (live["metadata"]?["managedFields"]?.array?.count ?? 0) == managed.entries.count
    }

    /// kubectl's own annotation goes along with what it applies on the server's side, as long as it is there.
    private static func renewLastApplied(_ object: inout JSON, config: JSON, live: JSON?) {
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

extension TypedWalk {
    /// The fields of an object as `fields` names them, passing over what has no key or stands twice.
    static func leavesAndItems(_ value: JSON, _ shape: FieldShape) -> FieldSet {
        var set = FieldSet()
        switch value {
        case .object(let object) where !shape.isAtomicMap:
            for position in object.keys.indices {
                let name = object.keys[position]
                let member = object.values[position]
                var below = leavesAndItems(member, shape.member(name))
                if member.isEmptyContainer || member.isNull || !shape.isNamed(name) { below.isMember = true }
                set.add(.field(name), below)
            }
        case .array(let elements) where shape.listType != .atomic:
            for element in elements {
                guard let identity = shape.identity(element) else { continue }
                var below = leavesAndItems(element, shape.items)
                below.isMember = true
                set.add(identity, below)
            }
        default: return .leaf
        }
        return set
    }
}
