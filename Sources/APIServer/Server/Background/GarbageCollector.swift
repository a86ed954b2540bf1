import APIServerCore
import Kernel
import Store
import Telemetry

/// Deletes what belongs to owners that are gone, by uid; lets owners go that wait for their dependents, or that give them up.
actor GarbageCollector {
    private struct Dependent {
        var owners: [OwnerReference]
    }

    private let store: any ObjectStore
    private let registry: ResourceRegistry
    private let deletes: DeleteHandler
    private let writer: ObjectWriter
    private let logger: Logger

    private var dependents: [StoreKey: Dependent] = [:]
    private var byOwner: [String: Set<StoreKey>] = [:]
    /// Owners that wait for their dependents to go: by uid.
    private var waiting: [String: StoreKey] = [:]

    init(_ parts: ServerParts) {
        store = parts.store
        registry = parts.registry
        deletes = parts.deletes
        writer = parts.writer
        logger = parts.logger.with(["component": "garbage-collector"])
    }

    func run() async {
        await ResourceFollower(store: store).followAll(registry) { resource, change in
            await self.handle(resource, change)
        }
    }

    private func handle(_ resource: String, _ change: ResourceFollower.Change) async {
        switch change {
        case .list(let items):
            let present = Set(items.map(\.key))
            let gone = dependents.keys.filter { $0.resource == resource && !present.contains($0) }
            for key in gone { forget(key) }
            for item in items { await saw(item) }
            for (uid, key) in waiting where key.resource == resource && !present.contains(key) { waiting[uid] = nil }
        case .event(let event):
            if event.kind == .deleted { await removed(event.object) } else { await saw(event.object) }
        }
    }

    // MARK: Observing

    private func saw(_ object: StoredObject) async {
        let mayOwn = ObjectBytes.contains(object.bytes, "\"ownerReferences\"" as StaticString)
        let mayWait = ObjectBytes.contains(object.bytes, "\"deletionTimestamp\"" as StaticString)
        guard mayOwn || mayWait || dependents[object.key] != nil else { return }
        guard let json = read(object) else { return }
        let owners = OwnerReference.all(in: json)
        remember(object.key, owners)
        if !owners.isEmpty { await collect(object.key, json, owners) }
        if mayWait, json["metadata"]?["deletionTimestamp"]?.string != nil { await release(object.key, json) }
    }

    private func removed(_ object: StoredObject) async {
        let owners = dependents[object.key]?.owners ?? []
        forget(object.key)
        for owner in owners { if let key = waiting[owner.uid] { await recheck(key) } }
        guard !byOwner.isEmpty, let uid = read(object)?["metadata"]?["uid"]?.string else { return }
        waiting[uid] = nil
        for key in sorted(byOwner[uid]) { await recheck(key) }
    }

    private func read(_ object: StoredObject) -> JSON? {
        do throws(JSONError) { return try object.json() } catch {
            logger.error("a stored object is not readable", ["key": object.key.description, "error": error.description])
            return nil
        }
    }

    private func remember(_ key: StoreKey, _ owners: [OwnerReference]) {
        forget(key)
        guard !owners.isEmpty else { return }
        dependents[key] = Dependent(owners: owners)
        for owner in owners { byOwner[owner.uid, default: []].insert(key) }
    }

    private func forget(_ key: StoreKey) {
        guard let known = dependents.removeValue(forKey: key) else { return }
        for owner in known.owners {
            byOwner[owner.uid]?.remove(key)
            if byOwner[owner.uid]?.isEmpty == true { byOwner[owner.uid] = nil }
        }
    }

    private func sorted(_ keys: Set<StoreKey>?) -> [StoreKey] { (keys ?? []).sorted() }

    /// Also those whose events are still under way: who lets an owner go on the ground of an older view would delete what should stay.
    private func allDependents(of uid: String, _ owner: StoreKey) -> [StoreKey] {
        var keys = byOwner[uid] ?? []
        let namespace = owner.namespace.isEmpty ? nil : owner.namespace
        for resource in registry.table.stored where resource.definition.isNamespaced || namespace == nil {
            for object in store.list(resource.definition.storage.resource, namespace: namespace).items where object.key != owner {
                guard ObjectBytes.contains(object.bytes, "\"ownerReferences\"" as StaticString), ObjectBytes.contains(object.bytes, uid) else { continue }
                keys.insert(object.key)
            }
        }
        return keys.sorted()
    }

    private func recheck(_ key: StoreKey) async {
        guard let object = store.get(key), let json = read(object) else { return }
        let owners = OwnerReference.all(in: json)
        if !owners.isEmpty { await collect(key, json, owners) }
        if json["metadata"]?["deletionTimestamp"]?.string != nil { await release(key, json) }
    }

    // MARK: Acting

    private enum OwnerState { case present, foreground, absent, unknown }

    private func state(of owner: OwnerReference, for key: StoreKey) -> OwnerState {
        guard let resource = registry.table.find(GroupVersionKind(apiVersion: owner.apiVersion, kind: owner.kind))
            ?? registry.table.find(GroupVersionKind(apiVersion: owner.apiVersion, kind: owner.kind).groupKind)
        else { return .unknown }
        if resource.definition.isNamespaced, key.namespace.isEmpty { return .unknown }
        guard let object = store.get(resource.key(namespace: key.namespace, name: owner.name)) else { return .absent }
        guard let json = read(object), json["metadata"]?["uid"]?.string == owner.uid else { return .absent }
        let isDeleting = json["metadata"]?["deletionTimestamp"]?.string != nil
        let isForeground = json["metadata"]?["finalizers"]?.array?.contains(.string(Deletion.foregroundFinalizer)) == true
        return isDeleting && isForeground ? .foreground : .present
    }

    /// Deletes a dependent none of whose owners is there, or drops references to those that aren't.
    private func collect(_ key: StoreKey, _ object: JSON, _ owners: [OwnerReference]) async {
        guard object["metadata"]?["deletionTimestamp"]?.string == nil else { return }
        let states = owners.map { ($0, state(of: $0, for: key)) }
        if states.contains(where: { $0.1 == .present || $0.1 == .unknown }) {
            let gone = states.filter { $0.1 == .absent || $0.1 == .foreground }.map(\.0.uid)
            if !gone.isEmpty { await drop(gone, from: key) }
            return
        }
        guard let resource = served(key) else { return }
        var options = DeleteOptions()
        options.uid = object["metadata"]?["uid"]?.string
        let finalizers = object["metadata"]?["finalizers"]?.array?.compactMap(\.string) ?? []
        let hasDependents = options.uid.map { byOwner[$0] != nil } ?? false
        if finalizers.contains(Deletion.orphanFinalizer) {
            options.propagation = .orphan
        } else if finalizers.contains(Deletion.foregroundFinalizer) || (hasDependents && states.contains { $0.1 == .foreground }) {
            options.propagation = .foreground
        } else {
            options.propagation = .background
        }
        do throws(APIStatus) {
            _ = try await deletes.delete(key, resource, options)
            logger.debug("deleted a dependent", ["key": key.description])
        } catch {
            if error.reason != .notFound, error.reason != .conflict {
                logger.warning("deleting a dependent failed", ["key": key.description, "reason": error.message])
            }
        }
    }

    /// What an owner that is marked for deletion waits for: that its dependents are given up, or gone.
    private func release(_ key: StoreKey, _ object: JSON) async {
        guard let uid = object["metadata"]?["uid"]?.string else { return }
        let finalizers = object["metadata"]?["finalizers"]?.array?.compactMap(\.string) ?? []
        if finalizers.contains(Deletion.orphanFinalizer) {
            for dependent in allDependents(of: uid, key) { await drop([uid], from: dependent) }
            await removeFinalizer(Deletion.orphanFinalizer, from: key)
        } else if finalizers.contains(Deletion.foregroundFinalizer) {
            waiting[uid] = key
            var blocking = 0
            for dependent in allDependents(of: uid, key) {
                guard let stored = store.get(dependent), let json = read(stored) else { continue }
                let owners = OwnerReference.all(in: json)
                guard let reference = owners.first(where: { $0.uid == uid }) else { continue }
                if reference.blocksOwnerDeletion { blocking += 1 }
                await collect(dependent, json, owners)
            }
            // What was deleted at once will be heard of and looked at again.
            if blocking == 0 {
                waiting[uid] = nil
                await removeFinalizer(Deletion.foregroundFinalizer, from: key)
            }
        }
    }

    private func drop(_ uids: [String], from key: StoreKey) async {
        await change(key) { object in
            let left = (object["metadata"]?["ownerReferences"]?.array ?? []).filter { !uids.contains($0["uid"]?.string ?? "") }
            object["metadata"]?["ownerReferences"] = left.isEmpty ? nil : .array(left)
        }
    }

    private func removeFinalizer(_ finalizer: String, from key: StoreKey) async {
        await change(key) { object in
            let left = (object["metadata"]?["finalizers"]?.array ?? []).filter { $0.string != finalizer }
            object["metadata"]?["finalizers"] = left.isEmpty ? nil : .array(left)
        }
    }

    private func change(_ key: StoreKey, _ change: @Sendable (inout JSON) -> Void) async {
        guard let resource = served(key) else { return }
        do throws(APIStatus) {
            _ = try await writer.update(key, resource, WriteOptions(), part: .whole, warnings: Warnings()) { old, _ throws(APIStatus) in
                var new = old
                change(&new)
                return new
            }
        } catch {
            if error.reason != .notFound { logger.warning("changing an object failed", ["key": key.description, "reason": error.message]) }
        }
    }

    private func served(_ key: StoreKey) -> ServedResource? {
        registry.table.stored.first { $0.definition.storage.resource == key.resource }
    }
}
