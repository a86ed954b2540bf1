import Kernel

/// Role and ClusterRole: rules that make sense.
struct RoleStrategy: ResourceStrategy {
    let isNamespaced: Bool

    func validateCreate(_ object: JSON) -> [StatusCause] {
        var causes: [StatusCause] = []
        for (position, rule) in (object["rules"]?.array ?? []).enumerated() { causes += check(rule, "rules[\(position)]") }
        if let aggregation = object["aggregationRule"], !aggregation.isNull {
            let selectors = aggregation["clusterRoleSelectors"]?.array ?? []
            if selectors.isEmpty {
                causes.append(
                    .required(
                        "aggregationRule.clusterRoleSelectors",
                        "at least one clusterRoleSelector required if aggregationRule is non-nil"))
            }
        }
        return causes
    }

    private func check(_ rule: JSON, _ path: String) -> [StatusCause] {
        func list(_ name: String) -> [JSON] { rule[name]?.array ?? [] }
        var causes: [StatusCause] = []
        if list("verbs").isEmpty { causes.append(.required("\(path).verbs", "verbs must contain at least one value")) }
        let urls = list("nonResourceURLs")
        if !urls.isEmpty {
            let field = "\(path).nonResourceURLs"
            if isNamespaced { causes.append(.invalid(field, .array(urls), "namespaced rules cannot apply to non-resource URLs")) }
            if !list("apiGroups").isEmpty || !list("resources").isEmpty || !list("resourceNames").isEmpty {
                causes.append(.invalid(field, .array(urls), "rules cannot apply to both regular resources and non-resource URLs"))
            }
            return causes
        }
        if list("apiGroups").isEmpty { causes.append(.required("\(path).apiGroups", "resource rules must supply at least one api group")) }
        if list("resources").isEmpty { causes.append(.required("\(path).resources", "resource rules must supply at least one resource")) }
        return causes
    }
}
