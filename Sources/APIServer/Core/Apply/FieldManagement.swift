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

    let schema: StructuralSchema
    let kind: GroupVersionKind
    let shape: FieldShape

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
        // What nobody can own may stand in managed fields that a client wrote by hand; it isn't given up, and so not removed.
        if let previous { after = pruned(merged, lastApplied: Self.ownable(previous.fields), applied: applied, others: managed) }

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
}
