import Kernel
import Kubernetes

/// What Millwright itself needs on an API server: its namespace, its service account, and exactly the rights its controllers use.
///
/// No wildcard: what a controller isn't meant to touch it can't touch.
enum SystemObjects {
    static let namespace = "millwright-system"
    static let serviceAccount = "millwright-manager"
    /// Tells clients where Millwright's own HTTP port is.
    static let endpointConfigMap = "millwright-endpoint"

    /// Applied by the administrator's identity below `up`; on a cluster by whoever installs the manager.
    static var all: [JSON] {
        [
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
            ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(serviceAccount), "namespace": .string(namespace)]],
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "millwright-manager"],
                "rules": [
                    rule("millwright.dev", ["environments"], ["get", "list", "watch", "update", "patch"]),
                    rule("millwright.dev", ["environments/status", "environments/finalizers"], ["get", "update", "patch"]),
                    rule("millwright.dev", ["datapipelines", "runschedules"], ["get", "list", "watch"]),
                    rule("millwright.dev", ["datapipelineruns"], ["get", "list", "watch", "create", "update", "patch", "delete"]),
                    rule(
                        "millwright.dev",
                        ["datapipelines/status", "datapipelineruns/status", "datapipelineruns/finalizers", "runschedules/status", "runschedules/finalizers"],
                        ["get", "update", "patch"]),
                    rule("", ["configmaps", "secrets"], ["get", "list", "watch"]),
                    rule("", ["namespaces"], ["get", "list", "watch"]),
                    rule("", ["serviceaccounts"], ["get"]),
                    rule("", ["events"], ["create", "update", "patch", "get", "list", "watch"]),
                    rule("authentication.k8s.io", ["tokenreviews"], ["create"]),
                    rule("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
                ],
            ],
            binding("ClusterRoleBinding", nil, role: "ClusterRole"),
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                "metadata": ["name": "millwright-manager", "namespace": .string(namespace)],
                "rules": [
                    rule("coordination.k8s.io", ["leases"], ["get", "list", "watch", "create", "update", "patch"]),
                    rule("", ["configmaps"], ["get", "create", "update", "patch"]),
                ],
            ],
            binding("RoleBinding", namespace, role: "Role"),
            // Where the port is may be known by whoever is known; what is done there is asked for there (environments/log, environments/exec).
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                "metadata": ["name": .string(endpointConfigMap), "namespace": .string(namespace)],
                "rules": [["apiGroups": [""], "resources": ["configmaps"], "resourceNames": [.string(endpointConfigMap)], "verbs": ["get"]]],
            ],
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": ["name": .string(endpointConfigMap), "namespace": .string(namespace)],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": .string(endpointConfigMap)],
                "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:authenticated"]],
            ],
        ]
    }

    /// Brings them to the server by an identity that may grant these rights.
    static func apply(by client: KubernetesClient) async throws(KubernetesError) {
        for object in all {
            guard let type = type(of: object) else { continue }
            _ = try await client.apply(type, object, fieldManager: "millwright-setup")
        }
    }

    /// Returns when the API serves our own kinds: whoever follows them before that is told that there are none.
    ///
    /// - Parameter definitions: names of CustomResourceDefinitions.
    static func waitForKinds(_ definitions: [String], by client: KubernetesClient) async throws(KubernetesError) {
        for name in definitions {
            while true {
                let object = try await client.get(.customResourceDefinitions, NamespacedName(namespace: "", name: name)).json()
                if object["status"]?["conditions"]?.array?.contains(where: { $0["type"] == "Established" && $0["status"] == "True" }) == true { break }
                do { try await Task.sleep(for: .milliseconds(20)) } catch { throw .cancelled }
            }
        }
    }

    /// Says where Millwright's own port is. The kubeconfig's credentials open it as well.
    static func announce(url: String, authority: String, installation: String, by client: KubernetesClient) async throws(KubernetesError) {
        let object: JSON = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(endpointConfigMap), "namespace": .string(namespace)],
            "data": ["url": .string(url), "ca": .string(authority), "installation": .string(installation)],
        ]
        do throws(KubernetesError) {
            _ = try await client.apply(.configMaps, object, fieldManager: "millwright")
        } catch .notFound {
            // A cluster on which nobody has made our namespace yet; `up` makes it itself.
            _ = try await client.create(.namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
            _ = try await client.apply(.configMaps, object, fieldManager: "millwright")
        }
    }

    private static func type(of object: JSON) -> ResourceType? {
        let rbac = "rbac.authorization.k8s.io"
        switch object["kind"]?.string {
        case "Namespace": return .namespaces
        case "ServiceAccount": return .serviceAccounts
        case "ClusterRole": return ResourceType(group: rbac, version: "v1", kind: "ClusterRole", plural: "clusterroles", isNamespaced: false)
        case "ClusterRoleBinding": return ResourceType(group: rbac, version: "v1", kind: "ClusterRoleBinding", plural: "clusterrolebindings", isNamespaced: false)
        case "Role": return ResourceType(group: rbac, version: "v1", kind: "Role", plural: "roles")
        case "RoleBinding": return ResourceType(group: rbac, version: "v1", kind: "RoleBinding", plural: "rolebindings")
        default: return nil
        }
    }

    private static func rule(_ group: String, _ resources: [String], _ verbs: [String]) -> JSON {
        ["apiGroups": [.string(group)], "resources": JSON(resources), "verbs": JSON(verbs)]
    }

    private static func binding(_ kind: String, _ namespace: String?, role: String) -> JSON {
        var metadata: JSON = ["name": "millwright-manager"]
        if let namespace { metadata["namespace"] = .string(namespace) }
        return [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(kind), "metadata": metadata,
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(role), "name": "millwright-manager"],
            "subjects": [["kind": "ServiceAccount", "name": .string(serviceAccount), "namespace": .string(Self.namespace)]],
        ]
    }
}
