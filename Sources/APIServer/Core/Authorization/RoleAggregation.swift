import Kernel

/// The rules of ClusterRoles that gather others' rules by labels.
public enum RoleAggregation {
    /// The role with the rules it should have, or nil when it has them or gathers none.
    ///
    /// - Parameter all: every ClusterRole; the order doesn't matter.
    public static func updated(_ role: JSON, from all: [JSON]) -> JSON? {
        guard let selectors = role["aggregationRule"]?["clusterRoleSelectors"]?.array else { return nil }
        let name = role["metadata"]?["name"]?.string
        var seen: Set<PolicyRule> = []
        var rules: [JSON] = []
        let sources = all.filter { $0["metadata"]?["name"]?.string != name }
            .sorted { ($0["metadata"]?["name"]?.string ?? "") < ($1["metadata"]?["name"]?.string ?? "") }
        // Selector by selector, and by name within each: the order that Kubernetes' own controller gives.
        for selector in selectors {
            for source in sources where matches(selector, source["metadata"]?["labels"]) {
                for rule in RBACIndex.rules(source) where seen.insert(rule).inserted { rules.append(rule.json) }
            }
        }
        if (role["rules"]?.array ?? []).map({ PolicyRule($0) }) == rules.map({ PolicyRule($0) }) { return nil }
        var result = role
        result["rules"] = .array(rules)
        return result
    }

    private static func matches(_ selector: JSON, _ labels: JSON?) -> Bool {
        do throws(SelectorError) {
            return try LabelSelector(object: selector).matches(labels)
        } catch {
            // A selector that validation would refuse selects nothing.
            return false
        }
    }
}
