import Kernel

/// Nobody may hand out rights that they don't have: the check on writes of roles and bindings.
public enum Escalation {
    /// Why a user may not write this Role or ClusterRole; nil when they may.
    ///
    /// They may when they hold all of its rights, or may `escalate` roles.
    public static func checkRole(_ role: JSON, by user: UserInfo, _ index: RBACIndex) -> APIStatus? {
        let kind = role["kind"]?.string ?? ""
        let isLocal = kind == "Role"
        let namespace = isLocal ? role["metadata"]?["namespace"]?.string ?? "" : ""
        let resource = isLocal ? "roles" : "clusterroles"
        let name = role["metadata"]?["name"]?.string ?? ""
        if may("escalate", resource, namespace, name, user, index) { return nil }
        var wanted = RBACIndex.rules(role)
        // Aggregation gathers rules that aren't known yet: it takes all rights.
        if let aggregation = role["aggregationRule"], !aggregation.isNull { wanted += everything }
        return refuse(wanted, namespace, user, index, GroupResource(group: RBACTypes.group, resource: resource), name)
    }

    /// Why a user may not write this RoleBinding or ClusterRoleBinding; nil when they may.
    ///
    /// They may when they hold all rights of the role it gives, or may `bind` that role.
    public static func checkBinding(_ binding: JSON, by user: UserInfo, _ index: RBACIndex) -> APIStatus? {
        let isLocal = binding["kind"]?.string == "RoleBinding"
        let namespace = isLocal ? binding["metadata"]?["namespace"]?.string ?? "" : ""
        let kind = binding["roleRef"]?["kind"]?.string ?? ""
        let role = binding["roleRef"]?["name"]?.string ?? ""
        if may("bind", kind == "Role" ? "roles" : "clusterroles", namespace, role, user, index) { return nil }
        let name = binding["metadata"]?["name"]?.string ?? ""
        let resource = GroupResource(group: RBACTypes.group, resource: isLocal ? "rolebindings" : "clusterrolebindings")
        guard let rules = index.rules(ofRole: role, kind: kind, namespace: namespace) else {
            let missing = GroupResource(group: RBACTypes.group, resource: kind == "Role" ? "roles" : "clusterroles")
            return APIStatus.notFound(missing, name: role)
        }
        return refuse(rules, namespace, user, index, resource, name)
    }

    private static let everything = [
        PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
    ]

    private static func may(_ verb: String, _ resource: String, _ namespace: String, _ name: String, _ user: UserInfo, _ index: RBACIndex) -> Bool {
        let target = RequestAttributes.Resource(group: RBACTypes.group, version: "v1", resource: resource, namespace: namespace, name: name)
        return index.decide(RequestAttributes(user: user, verb: verb, target: .resource(target))).isAllowed
    }

    private static func refuse(
        _ wanted: [PolicyRule], _ namespace: String, _ user: UserInfo, _ index: RBACIndex, _ resource: GroupResource, _ name: String
    ) -> APIStatus? {
        if user.groups.contains(RBACIndex.masters) { return nil }
        let missing = PolicyRule.uncovered(wanted, by: index.rules(of: user, namespace: namespace))
        if missing.isEmpty { return nil }
        let groups = user.groups.isEmpty ? "" : " (groups=[\(user.groups.map(GoQuote.quote).joined(separator: " "))])"
        return .forbidden(
            resource, name: name,
            "user \(GoQuote.quote(user.name))\(groups) is attempting to grant RBAC permissions not currently held:\n"
                + merged(missing).map(\.text).joined(separator: "\n"))
    }

    /// Rights on one resource stand in one line.
    private static func merged(_ rules: [PolicyRule]) -> [PolicyRule] {
        var result: [PolicyRule] = []
        for rule in rules {
            let at = result.firstIndex {
                $0.apiGroups == rule.apiGroups && $0.resources == rule.resources && $0.resourceNames == rule.resourceNames
                    && $0.nonResourceURLs == rule.nonResourceURLs
            }
            guard let at else {
                result.append(rule)
                continue
            }
            for verb in rule.verbs where !result[at].verbs.contains(verb) { result[at].verbs.append(verb) }
        }
        return result
    }
}
