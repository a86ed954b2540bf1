import Kernel

/// The types of rbac.authorization.k8s.io/v1.
enum RBACTypes {
    static let prefix = "io.k8s.api.rbac.v1."
    static let group = "rbac.authorization.k8s.io"

    static let all: [APIType] = [
        APIType(prefix + "Role", kinds: kind("Role"), "Rights in one namespace, as rules that only ever add.", [
            .metadata,
            .field(2, "rules", .list(.reference(prefix + "PolicyRule")), "What the role allows.").atomic,
        ]),
        APIType(prefix + "ClusterRole", kinds: kind("ClusterRole"), "Rights in the whole cluster, or in the namespace of the RoleBinding that names it.", [
            .metadata,
            .field(2, "rules", .list(.reference(prefix + "PolicyRule")), "What the role allows.").atomic,
            .field(3, "aggregationRule", .reference(prefix + "AggregationRule"), "When set, the rules are gathered from other ClusterRoles, and written by the server.").optional,
        ]),
        APIType(prefix + "AggregationRule", "Which ClusterRoles' rules are gathered into one.", [
            .field(1, "clusterRoleSelectors", .list(.reference(MetaTypes.labelSelector)), "Selects ClusterRoles by labels; one match is enough.").atomic
        ]),
        APIType(prefix + "PolicyRule", "What is allowed: verbs on resources, or on URLs.", [
            .field(1, "verbs", .list(.string), "get, list, watch, create, update, patch, delete, deletecollection and others; * is all.").required.atomic,
            .field(2, "apiGroups", .list(.string), "API groups of the resources; the empty string is the core group, * is all.").atomic,
            .field(3, "resources", .list(.string), "Resources, as `configmaps` or `pods/log`; * is all.").atomic,
            .field(4, "resourceNames", .list(.string), "Names of objects; empty allows all. Creating and listing can't be limited by name.").atomic,
            .field(5, "nonResourceURLs", .list(.string), "URLs that are no resources, as `/healthz` or `/metrics/*`; only through a ClusterRoleBinding.").atomic,
        ]),
        APIType(prefix + "RoleBinding", kinds: kind("RoleBinding"), "Gives a role's rights to subjects, in its own namespace.", [
            .metadata,
            .field(2, "subjects", .list(.reference(prefix + "Subject")), "Who gets the rights.").atomic,
            .field(3, "roleRef", .reference(prefix + "RoleRef"), "The Role or ClusterRole. Can't be changed.").required,
        ]),
        APIType(prefix + "ClusterRoleBinding", kinds: kind("ClusterRoleBinding"), "Gives a ClusterRole's rights to subjects, everywhere.", [
            .metadata,
            .field(2, "subjects", .list(.reference(prefix + "Subject")), "Who gets the rights.").atomic,
            .field(3, "roleRef", .reference(prefix + "RoleRef"), "The ClusterRole. Can't be changed.").required,
        ]),
        APIType(prefix + "RoleRef", isAtomic: true, "Names a role.", [
            .field(1, "apiGroup", .string, "rbac.authorization.k8s.io.").required,
            .field(2, "kind", .string, "Role or ClusterRole.").required,
            .field(3, "name", .string, "Name of the role.").required,
        ]),
        APIType(prefix + "Subject", isAtomic: true, "Someone who can be given rights.", [
            .field(1, "kind", .string, "User, Group or ServiceAccount.").required,
            .field(2, "apiGroup", .string, "rbac.authorization.k8s.io for User and Group, empty for ServiceAccount."),
            .field(3, "name", .string, "Name of the user, group or service account.").required,
            .field(4, "namespace", .string, "Namespace of the service account; empty for the others."),
        ]),
    ]

    private static func kind(_ kind: String) -> [GroupVersionKind] { [GroupVersionKind(group: group, version: "v1", kind: kind)] }
}
