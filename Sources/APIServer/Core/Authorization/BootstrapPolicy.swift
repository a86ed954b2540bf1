import Kernel

/// The roles and bindings that are there from the start, as Kubernetes has them for the kinds that are served here.
///
/// The server creates what is missing at every start, and adds missing rules and subjects where the annotation
/// `rbac.authorization.kubernetes.io/autoupdate` still says so.
public enum BootstrapPolicy {
    public static let autoupdate = "rbac.authorization.kubernetes.io/autoupdate"

    /// ClusterRoles first, then ClusterRoleBindings, each whole but for what the server sets.
    public static var objects: [JSON] { roles + bindings }

    private static let read = ["get", "list", "watch"]
    private static let write = ["create", "delete", "deletecollection", "patch", "update"]
    private static let aggregate = "rbac.authorization.k8s.io/aggregate-to-"

    public static var roles: [JSON] {
        [
            role("cluster-admin", [
                PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
            ]),
            gathering("admin"), gathering("edit", into: "admin"), gathering("view", into: "edit"),
            role("system:aggregate-to-admin", into: "admin", [
                PolicyRule(verbs: ["create"], apiGroups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"]),
                PolicyRule(verbs: write + read, apiGroups: [RBACTypes.group], resources: ["rolebindings", "roles"]),
            ]),
            role("system:aggregate-to-edit", into: "edit", [
                PolicyRule(verbs: read, apiGroups: [""], resources: ["secrets"]),
                PolicyRule(verbs: write, apiGroups: [""], resources: ["configmaps", "events", "secrets", "serviceaccounts"]),
                PolicyRule(verbs: ["impersonate"], apiGroups: [""], resources: ["serviceaccounts"]),
                PolicyRule(verbs: ["create"], apiGroups: [""], resources: ["serviceaccounts/token"]),
                PolicyRule(verbs: write + read, apiGroups: ["coordination.k8s.io"], resources: ["leases"]),
            ]),
            role("system:aggregate-to-view", into: "view", [
                PolicyRule(verbs: read, apiGroups: [""], resources: ["configmaps", "events", "namespaces", "serviceaccounts"]),
                PolicyRule(verbs: read, apiGroups: ["events.k8s.io"], resources: ["events"]),
            ]),
            role("millwright:aggregate-to-edit", into: "edit", [
                PolicyRule(verbs: write, apiGroups: ["millwright.dev"], resources: ["environments"]),
                PolicyRule(verbs: ["get", "patch", "update"], apiGroups: ["millwright.dev"], resources: ["environments/scale"]),
                PolicyRule(verbs: ["create"], apiGroups: ["millwright.dev"], resources: ["environments/exec"]),
            ]),
            role("millwright:aggregate-to-view", into: "view", [
                PolicyRule(verbs: read, apiGroups: ["millwright.dev"], resources: ["environments"]),
                PolicyRule(verbs: ["get"], apiGroups: ["millwright.dev"], resources: ["environments/log", "environments/scale", "environments/status"]),
            ]),
            role("system:basic-user", [
                PolicyRule(verbs: ["create"], apiGroups: ["authorization.k8s.io"], resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
                PolicyRule(verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"]),
            ]),
            role("system:discovery", [
                PolicyRule(
                    verbs: ["get"],
                    nonResourceURLs: [
                        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/",
                    ])
            ]),
            role("system:public-info-viewer", [
                PolicyRule(verbs: ["get"], nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"])
            ]),
        ]
    }

    public static var bindings: [JSON] {
        [
            binding("cluster-admin", [RBACIndex.masters]), binding("system:basic-user", ["system:authenticated"]),
            binding("system:discovery", ["system:authenticated"]),
            binding("system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]),
        ]
    }

    private static func role(_ name: String, into target: String? = nil, _ rules: [PolicyRule]) -> JSON {
        var object = object("ClusterRole", name)
        if let target { object[path: ["metadata", "labels", aggregate + target]] = "true" }
        object["rules"] = .array(rules.map(\.json))
        return object
    }

    /// A role whose rules are gathered from those that are labelled for it.
    private static func gathering(_ name: String, into target: String? = nil) -> JSON {
        var object = role(name, into: target, [])
        object["aggregationRule"] = ["clusterRoleSelectors": [["matchLabels": .object(JSONObject([(aggregate + name, JSON.string("true"))] as [(String, JSON)]))]]]
        return object
    }

    private static func binding(_ role: String, _ groups: [String]) -> JSON {
        var object = object("ClusterRoleBinding", role)
        object["subjects"] = .array(groups.map { ["apiGroup": .string(RBACTypes.group), "kind": "Group", "name": .string($0)] })
        object["roleRef"] = ["apiGroup": .string(RBACTypes.group), "kind": "ClusterRole", "name": .string(role)]
        return object
    }

    private static func object(_ kind: String, _ name: String) -> JSON {
        [
            "apiVersion": .string(RBACTypes.group + "/v1"), "kind": .string(kind),
            "metadata": [
                "name": .string(name), "labels": ["kubernetes.io/bootstrapping": "rbac-defaults"],
                "annotations": .object(JSONObject([(autoupdate, JSON.string("true"))] as [(String, JSON)])),
            ],
        ]
    }
}
