import Kernel
import Kubernetes

/// One change of a cached collection.
public struct CacheChange: Sendable {
    public let key: NamespacedName
    /// nil: it was not there before.
    public let old: KubernetesObject?
    /// nil: it is gone.
    public let new: KubernetesObject?
    /// Part of the first snapshot: the object was there before we were.
    public let isInitial: Bool
    /// The state that our own last write to the object made.
    public let isOwnWrite: Bool

    /// Whether anything but the status and the bookkeeping of the server differs.
    public var changesMoreThanStatus: Bool {
        guard let old, let new, old.uid == new.uid else { return true }
        if old.generation != new.generation || old.isDeleting != new.isDeleting { return true }
        return Self.essence(old.json()) != Self.essence(new.json())
    }

    private static func essence(_ json: JSON) -> JSON {
        var json = json
        json["status"] = nil
        json["metadata"]?["resourceVersion"] = nil
        json["metadata"]?["managedFields"] = nil
        return json
    }
}

/// What is known of one collection, kept as the compact objects a reflector tells of. A value; `Informer` is its shell.
///
/// Guarantees: never goes back: an event older than what is cached changes nothing; a snapshot says all, so what isn't in it is
/// reported as gone.
struct ObjectCache: Sendable {
    private var objects: [NamespacedName: KubernetesObject] = [:]
    private var indexed: [[String: Set<NamespacedName>]]
    private let indexes: [Informer.Index]
    /// Own writes that the watch hasn't brought yet, by revision.
    private var floors: [NamespacedName: Int64] = [:]
    private(set) var hasSynced = false
    /// Every event up to this revision has been applied.
    private(set) var progress: Int64 = 0

    init(indexes: [Informer.Index]) {
        self.indexes = indexes
        indexed = indexes.map { _ in [:] }
    }

    var count: Int { objects.count }
    subscript(key: NamespacedName) -> KubernetesObject? { objects[key] }
    var keys: [NamespacedName] { objects.keys.sorted() }

    func keys(index: String, value: String) -> [NamespacedName] {
        guard let at = indexes.firstIndex(where: { $0.name == index }) else { return [] }
        return (indexed[at][value] ?? []).sorted()
    }

    /// Changes in the order of their keys.
    mutating func apply(snapshot list: ObjectList) -> [CacheChange] {
        let isInitial = !hasSynced
        hasSynced = true
        var changes: [CacheChange] = []
        var present = Set<NamespacedName>(minimumCapacity: list.items.count)
        for object in list.items {
            present.insert(object.name)
            let old = objects[object.name]
            if old?.resourceVersion == object.resourceVersion, old?.uid == object.uid { continue }
            changes.append(store(object, isInitial: isInitial))
        }
        for key in keys where !present.contains(key) {
            if let change = remove(key) { changes.append(change) }
        }
        // A server restored from a backup may have gone back: what it says now is what counts.
        progress = Int64(list.resourceVersion) ?? progress
        floors = floors.filter { $0.value > progress }
        return changes
    }

    mutating func apply(changed object: KubernetesObject) -> CacheChange? {
        if let old = objects[object.name], let oldRevision = old.revision, let revision = object.revision, revision <= oldRevision { return nil }
        let change = store(object, isInitial: false)
        advance(to: object.revision)
        return change
    }

    mutating func apply(deleted object: KubernetesObject) -> CacheChange? {
        defer { advance(to: object.revision) }
        // The event carries the revision of the deletion; what is cached with a later one was made anew since.
        if let old = objects[object.name], let oldRevision = old.revision, let revision = object.revision, oldRevision > revision { return nil }
        return remove(object.name)
    }

    mutating func advance(to revision: Int64?) {
        guard let revision, revision > progress else { return }
        progress = revision
        floors = floors.filter { $0.value > revision }
    }

    // MARK: Read your own writes

    /// A write of ours to the object ended in this state.
    mutating func note(ownWrite object: KubernetesObject) {
        guard let revision = object.revision, revision > progress, revision > (objects[object.name]?.revision ?? 0) else { return }
        floors[object.name] = max(floors[object.name] ?? 0, revision)
    }

    /// Whether what is cached of the key is no older than our own last write to it.
    func isCurrent(_ key: NamespacedName) -> Bool {
        guard let floor = floors[key] else { return true }
        return objects[key]?.revision.map { $0 >= floor } ?? false
    }

    // MARK: Parts

    private mutating func store(_ object: KubernetesObject, isInitial: Bool) -> CacheChange {
        let old = objects.updateValue(object, forKey: object.name)
        let isOwn = object.revision != nil && floors[object.name] == object.revision
        if !indexes.isEmpty {
            if let old { unindex(old) }
            let json = object.json()
            for (at, index) in indexes.enumerated() {
                for value in index.values(json) { indexed[at][value, default: []].insert(object.name) }
            }
        }
        return CacheChange(key: object.name, old: old, new: object, isInitial: isInitial, isOwnWrite: isOwn)
    }

    private mutating func remove(_ key: NamespacedName) -> CacheChange? {
        guard let old = objects.removeValue(forKey: key) else { return nil }
        unindex(old)
        return CacheChange(key: key, old: old, new: nil, isInitial: false, isOwnWrite: false)
    }

    private mutating func unindex(_ object: KubernetesObject) {
        guard !indexes.isEmpty else { return }
        let json = object.json()
        for (at, index) in indexes.enumerated() {
            for value in index.values(json) {
                indexed[at][value]?.remove(object.name)
                if indexed[at][value]?.isEmpty == true { indexed[at][value] = nil }
            }
        }
    }
}
