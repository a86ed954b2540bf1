import Kernel
import Kubernetes

/// The objects of a simulated API server and the log that its watches are served from: just enough of Kubernetes for the loop
/// (revisions, uids, generations, preconditions, finalizers, status apart from the rest). A value.
struct SimulatedStore: Sendable {
    struct Refusal: Error, Sendable {
        let code: Int
        let reason: String
        let message: String

        var json: JSON {
            [
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .int(Int64(code)), "reason": .string(reason),
                "message": .string(message),
            ]
        }
    }

    struct LogEntry: Sendable {
        let revision: Int64
        let resource: String
        let type: String
        let object: JSON
    }

    private(set) var revision: Int64 = 1
    private(set) var log: [LogEntry] = []
    /// Events up to this one are forgotten.
    private(set) var compacted: Int64 = 1
    private var objects: [String: [NamespacedName: JSON]] = [:]
    private var uids: Int64 = 0
    private let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    func list(_ resource: String, namespace: String?) -> [JSON] {
        (objects[resource] ?? [:]).sorted { $0.key < $1.key }.filter { namespace == nil || $0.key.namespace == namespace }.map(\.value)
    }

    func get(_ resource: String, _ key: NamespacedName) throws(Refusal) -> JSON {
        guard let object = objects[resource]?[key] else {
            throw Refusal(code: 404, reason: "NotFound", message: "\(resource) \"\(key.name)\" not found")
        }
        return object
    }

    mutating func create(_ resource: String, _ object: JSON) throws(Refusal) -> JSON {
        var object = object
        let metadata = Metadata(of: object)
        guard objects[resource]?[metadata.namespacedName] == nil else {
            throw Refusal(code: 409, reason: "AlreadyExists", message: "\(resource) \"\(metadata.name)\" already exists")
        }
        uids += 1
        object["metadata"]?["uid"] = .string("uid-\(uids)")
        object["metadata"]?["generation"] = 1
        object["metadata"]?["creationTimestamp"] = .string(now().rfc3339)
        return store(resource, object, "ADDED")
    }

    /// Replaces all but the status, or with `isStatus` the status alone.
    mutating func update(_ resource: String, _ object: JSON, isStatus: Bool) throws(Refusal) -> JSON {
        let wanted = Metadata(of: object)
        let present = try get(resource, wanted.namespacedName)
        let current = Metadata(of: present)
        if !wanted.resourceVersion.isEmpty, wanted.resourceVersion != current.resourceVersion { throw conflict(resource, current) }
        if !wanted.uid.isEmpty, wanted.uid != current.uid { throw conflict(resource, current) }
        var result: JSON
        if isStatus {
            result = present
            result["status"] = object["status"]
        } else {
            result = object
            result["status"] = present["status"]
            for kept in ["uid", "creationTimestamp", "deletionTimestamp", "generation"] { result["metadata"]?[kept] = present["metadata"]?[kept] }
            if result["spec"] != present["spec"] { result["metadata"]?["generation"] = .int(current.generation + 1) }
        }
        result["metadata"]?["resourceVersion"] = present["metadata"]?["resourceVersion"]
        if result == present { return present }
        if current.isDeleting, Metadata(of: result).finalizers.isEmpty { return erase(resource, current.namespacedName, result) }
        return store(resource, result, "MODIFIED")
    }

    mutating func merge(_ resource: String, _ key: NamespacedName, _ patch: JSON, isStatus: Bool) throws(Refusal) -> JSON {
        var result = try get(resource, key)
        Self.apply(patch, to: &result)
        return try update(resource, result, isStatus: isStatus)
    }

    /// Server-side apply with one manager: what is applied replaces what was applied, here member by member of spec and status.
    mutating func apply(_ resource: String, _ wanted: JSON, isStatus: Bool) throws(Refusal) -> JSON {
        let metadata = Metadata(of: wanted)
        guard var result = objects[resource]?[metadata.namespacedName] else {
            if isStatus { return try get(resource, metadata.namespacedName) }
            return try create(resource, wanted)
        }
        if !metadata.uid.isEmpty, metadata.uid != Metadata(of: result).uid { throw conflict(resource, metadata) }
        if isStatus { result["status"] = wanted["status"] } else {
            for (key, value) in wanted.object ?? JSONObject() where key != "metadata" && key != "status" { result[key] = value }
            Self.apply(["labels": wanted["metadata"]?["labels"] ?? .object([:]), "annotations": wanted["metadata"]?["annotations"] ?? .object([:])], to: &result["metadata"].orEmpty)
        }
        return try update(resource, result, isStatus: isStatus)
    }

    /// nil when it is gone at once.
    mutating func delete(_ resource: String, _ key: NamespacedName, uid: String?) throws(Refusal) -> JSON? {
        var object = try get(resource, key)
        let metadata = Metadata(of: object)
        if let uid, uid != metadata.uid { throw conflict(resource, metadata) }
        if metadata.finalizers.isEmpty {
            _ = erase(resource, key, object)
            return nil
        }
        if metadata.isDeleting { return object }
        object["metadata"]?["deletionTimestamp"] = .string(now().rfc3339)
        object["metadata"]?["generation"] = .int(metadata.generation + 1)
        return store(resource, object, "MODIFIED")
    }

    /// Events that haven't been told to a watch that is at `revision`; nil when some of them are forgotten.
    func events(_ resource: String, after revision: Int64) -> [LogEntry]? {
        guard revision >= compacted else { return nil }
        guard let first = log.firstIndex(where: { $0.revision > revision }) else { return [] }
        return log[first...].filter { $0.resource == resource }
    }

    mutating func compact() {
        compacted = revision
        log = []
    }

    // MARK: Parts

    private mutating func store(_ resource: String, _ object: JSON, _ type: String) -> JSON {
        var object = object
        revision += 1
        object["metadata"]?["resourceVersion"] = .string(String(revision))
        objects[resource, default: [:]][Metadata(of: object).namespacedName] = object
        log.append(LogEntry(revision: revision, resource: resource, type: type, object: object))
        return object
    }

    private mutating func erase(_ resource: String, _ key: NamespacedName, _ object: JSON) -> JSON {
        var object = object
        revision += 1
        object["metadata"]?["resourceVersion"] = .string(String(revision))
        objects[resource]?[key] = nil
        log.append(LogEntry(revision: revision, resource: resource, type: "DELETED", object: object))
        return object
    }

    private func conflict(_ resource: String, _ metadata: Metadata) -> Refusal {
        Refusal(code: 409, reason: "Conflict", message: "Operation cannot be fulfilled on \(resource) \"\(metadata.name)\": the object has been modified")
    }

    static func apply(_ patch: JSON, to target: inout JSON) {
        guard let members = patch.object else {
            target = patch
            return
        }
        if target.object == nil { target = .object(JSONObject()) }
        for (key, value) in members {
            if value.isNull {
                target[key] = nil
            } else {
                var child = target[key] ?? .null
                apply(value, to: &child)
                target[key] = child
            }
        }
    }
}

extension JSON? {
    fileprivate var orEmpty: JSON {
        get { self ?? .object(JSONObject()) }
        set { self = newValue }
    }
}
