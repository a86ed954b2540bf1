import Kernel
import Kubernetes

/// Puts a finalizer on an object and takes it off: only on the very state that was read, so that no other's finalizer is ever lost.
public struct Finalizers: Sendable {
    private let client: KubernetesClient
    private let type: ResourceType
    private let fieldManager: String

    public init(_ client: KubernetesClient, _ type: ResourceType, fieldManager: String = "millwright") {
        self.client = client
        self.type = type
        self.fieldManager = fieldManager
    }

    /// Does nothing when it is there. Throws `conflict` when the object has changed since it was read: read again.
    public func add(_ finalizer: String, to object: JSON, deadline: Duration = .seconds(10)) async throws(KubernetesError) -> KubernetesObject {
        let metadata = Metadata(of: object)
        if metadata.finalizers.contains(finalizer) { return KubernetesObject(object) }
        return try await set(metadata.finalizers + [finalizer], metadata, deadline)
    }

    /// nil when the object is gone with it. Does nothing when it isn't there.
    public func remove(_ finalizer: String, from object: JSON, deadline: Duration = .seconds(10)) async throws(KubernetesError) -> KubernetesObject? {
        let metadata = Metadata(of: object)
        guard metadata.finalizers.contains(finalizer) else { return KubernetesObject(object) }
        do { return try await set(metadata.finalizers.filter { $0 != finalizer }, metadata, deadline) } catch .notFound { return nil }
    }

    /// A merge patch replaces the list whole; the resourceVersion in it makes that safe.
    private func set(_ finalizers: [String], _ metadata: Metadata, _ deadline: Duration) async throws(KubernetesError) -> KubernetesObject {
        let change: JSON = [
            "metadata": [
                "uid": .string(metadata.uid), "resourceVersion": .string(metadata.resourceVersion),
                "finalizers": .array(finalizers.map { .string($0) }),
            ]
        ]
        return try await client.patch(
            type, metadata.namespacedName, .merge(change), WriteOptions(fieldManager: fieldManager, deadline: deadline))
    }
}

extension Metadata {
    /// The annotation that keeps Millwright's hands off the world for this object.
    public var isPaused: Bool { annotations[MillwrightName.pausedAnnotation] == "true" }
    /// The annotation that lets go of an object whose target is gone for good.
    public var isForceDelete: Bool { isDeleting && annotations[MillwrightName.forceDeleteAnnotation].map { $0 != "false" } == true }
}
