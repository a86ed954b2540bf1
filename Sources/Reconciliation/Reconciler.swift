import Kernel
import Kubernetes

/// Brings the world nearer to what one object says; a `Controller` calls it.
///
/// Level-based: it is told which object, never what happened. Guarantees it may rely on: one pass per key at a time; the object is
/// no older than the last write this process made to it. What it must do: be repeatable at any point, and return soon after its
/// task is cancelled.
public protocol Reconciler: Sendable {
    func reconcile(_ object: KubernetesObject, in pass: PassContext) async -> PassResult

    /// The object is gone from the API. What was made for it should be gone already (finalizers); this is for forgetting.
    func forget(_ key: NamespacedName) async
}

extension Reconciler {
    public func forget(_ key: NamespacedName) async {}
}
