import APIServerCore
import Kernel
import Platform
import Store

/// Says what a user may do, by the RBAC objects in the store. One for all of Millwright's ports, also for virtual subresources.
///
/// A write of an RBAC object by this process counts before its writer is answered; one by another replica as soon as its event is here.
public final class Authorizer: WriteObserver {
    private struct State {
        var index = RBACIndex()
        /// What each object counts as of: an event that comes late changes nothing.
        var revisions: [StoreKey: Int64] = [:]
    }

    private static let suffix = ".rbac.authorization.k8s.io"
    static let resources = ["clusterrolebindings", "clusterroles", "rolebindings", "roles"].map { $0 + suffix }
    private static let kinds = [
        "clusterrolebindings": "ClusterRoleBinding", "clusterroles": "ClusterRole", "rolebindings": "RoleBinding", "roles": "Role",
    ]

    private let store: any ObjectStore
    private let state = Locked(State())

    init(store: any ObjectStore) {
        self.store = store
        for resource in Self.resources { for object in store.list(resource, namespace: nil).items { wrote(object, removed: false) } }
    }

    /// Whether it is allowed, and by which binding.
    public func decide(_ attributes: RequestAttributes) -> RBACDecision {
        state.withLock { $0.index.decide(attributes) }
    }

    /// - Throws: 403, worded as Kubernetes does.
    public func require(_ attributes: RequestAttributes) throws(APIStatus) {
        guard decide(attributes).isAllowed else { throw .forbidden(attributes) }
    }

    /// Everything a user may do in a namespace.
    public func rules(of user: UserInfo, namespace: String) -> [PolicyRule] {
        state.withLock { $0.index.rules(of: user, namespace: namespace) }
    }

    func checkEscalation(_ object: JSON, _ definition: ResourceDefinition, by user: UserInfo) throws(APIStatus) {
        let index = state.withLock { $0.index }
        let refusal = definition.plural.hasSuffix("bindings")
            ? Escalation.checkBinding(object, by: user, index) : Escalation.checkRole(object, by: user, index)
        if let refusal { throw refusal }
    }

    func wrote(_ object: StoredObject, removed: Bool) {
        let key = object.key
        guard key.resource.hasSuffix(Self.suffix), let kind = Self.kinds[String(key.resource.dropLast(Self.suffix.count))] else { return }
        guard case .success(let json) = Result(catching: { () throws(JSONError) in try object.json() }) else { return }
        state.withLock { state in
            if let known = state.revisions[key], known >= object.revision { return }
            if removed {
                state.revisions[key] = nil
                state.index.remove(kind: kind, namespace: key.namespace, name: key.name)
            } else if state.revisions[key] != nil || self.store.get(key) != nil {
                // Else it is an event from before its deletion, that comes late: it gives nothing back.
                state.revisions[key] = object.revision
                state.index.set(json)
            }
        }
    }

    /// Follows what other replicas write, until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for resource in Self.resources {
                group.addTask {
                    await ResourceFollower(store: self.store).follow(resource) { change in
                        switch change {
                        case .list(let items): self.replace(resource, items)
                        case .event(let event): self.wrote(event.object, removed: event.kind == .deleted)
                        }
                    }
                }
            }
        }
    }

    private func replace(_ resource: String, _ items: [StoredObject]) {
        let present = Set(items.map(\.key))
        let kind = Self.kinds[String(resource.dropLast(Self.suffix.count))] ?? ""
        state.withLock { state in
            for key in state.revisions.keys where key.resource == resource && !present.contains(key) && self.store.get(key) == nil {
                state.revisions[key] = nil
                state.index.remove(kind: kind, namespace: key.namespace, name: key.name)
            }
        }
        for item in items { wrote(item, removed: false) }
    }
}
