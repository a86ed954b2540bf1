import Kernel

/// One rule of a role: verbs on resources, or on URLs.
public struct PolicyRule: Sendable, Hashable {
    public var verbs: [String]
    public var apiGroups: [String]
    public var resources: [String]
    /// Empty: all names.
    public var resourceNames: [String]
    public var nonResourceURLs: [String]

    public init(verbs: [String], apiGroups: [String] = [], resources: [String] = [], resourceNames: [String] = [], nonResourceURLs: [String] = []) {
        self.verbs = verbs
        self.apiGroups = apiGroups
        self.resources = resources
        self.resourceNames = resourceNames
        self.nonResourceURLs = nonResourceURLs
    }

    public init(_ json: JSON) {
        func list(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        self.init(
            verbs: list("verbs"), apiGroups: list("apiGroups"), resources: list("resources"), resourceNames: list("resourceNames"),
            nonResourceURLs: list("nonResourceURLs"))
    }

    public var json: JSON {
        var object: JSONObject = ["verbs": JSON(verbs)]
        for (name, list) in members where !list.isEmpty { object[name] = JSON(list) }
        return .object(object)
    }

    private var members: [(String, [String])] {
        [("apiGroups", apiGroups), ("resources", resources), ("resourceNames", resourceNames), ("nonResourceURLs", nonResourceURLs)]
    }

    func allows(verb: String, _ target: RequestAttributes.Target) -> Bool {
        guard Self.holds(verbs, verb) else { return false }
        switch target {
        case .resource(let resource):
            return Self.holds(apiGroups, resource.group) && names(resource.resource, resource.subresource)
                && (resourceNames.isEmpty || resourceNames.contains { sameBytes($0, resource.name) })
        case .path(let path): return nonResourceURLs.contains { Self.url($0, covers: path) }
        }
    }

    /// Whether `pods`, `pods/log`, `*/log` or `*` stand in the rule, as the resource asks for.
    private func names(_ resource: String, _ subresource: String) -> Bool {
        resources.contains { entry in
            if entry == "*" { return true }
            if subresource.isEmpty { return sameBytes(entry, resource) }
            return entry.hasSuffix(subresource)
                && (sameBytes(entry, "\(resource)/\(subresource)") || sameBytes(entry, "*/\(subresource)"))
        }
    }

    private static func holds(_ list: [String], _ value: String) -> Bool { list.contains { $0 == "*" || sameBytes($0, value) } }

    /// Whether the URL of a rule, which may end in `*`, stands for the path or for all that another one stands for.
    static func url(_ rule: String, covers path: String) -> Bool {
        if rule == "*" || sameBytes(rule, path) { return true }
        guard rule.hasSuffix("*") else { return false }
        return path.utf8.starts(with: rule.utf8.dropLast())
    }
}

extension PolicyRule {
    /// Whether these rules together allow everything that the others do; gives those parts that aren't covered.
    ///
    /// A rule is taken apart into single rights (one verb on one resource of one group), since its parts may be covered by different rules.
    public static func uncovered(_ wanted: [PolicyRule], by held: [PolicyRule]) -> [PolicyRule] {
        wanted.flatMap(\.parts).filter { part in !held.contains { $0.covers(part) } }
    }

    private var parts: [PolicyRule] {
        var result: [PolicyRule] = []
        for verb in verbs {
            for group in apiGroups {
                for resource in resources {
                    if resourceNames.isEmpty { result.append(PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource])) }
                    for name in resourceNames {
                        result.append(PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: [name]))
                    }
                }
            }
            for url in nonResourceURLs { result.append(PolicyRule(verbs: [verb], nonResourceURLs: [url])) }
        }
        return result
    }

    /// Whether this rule allows all of a single right.
    private func covers(_ part: PolicyRule) -> Bool {
        func all(_ held: [String], _ wanted: [String]) -> Bool { wanted.allSatisfy { Self.holds(held, $0) } }
        guard all(verbs, part.verbs) else { return false }
        if let url = part.nonResourceURLs.first { return nonResourceURLs.contains { Self.url($0, covers: url) } }
        let resourcesCovered = part.resources.allSatisfy { wanted in
            if resources.contains("*") || resources.contains(wanted) { return true }
            guard let slash = wanted.firstIndex(of: "/") else { return false }
            return resources.contains("*" + wanted[slash...])
        }
        let namesCovered = resourceNames.isEmpty || !part.resourceNames.isEmpty && part.resourceNames.allSatisfy(resourceNames.contains)
        return all(apiGroups, part.apiGroups) && resourcesCovered && namesCovered
    }

    /// `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`, as Kubernetes shows a rule in a message.
    public var text: String {
        func list(_ name: String, _ values: [String]) -> String? {
            values.isEmpty ? nil : "\(name):[\(values.map(GoQuote.quote).joined(separator: " "))]"
        }
        let parts = [
            list("APIGroups", apiGroups), list("Resources", resources), list("ResourceNames", resourceNames),
            list("NonResourceURLs", nonResourceURLs), list("Verbs", verbs),
        ]
        return "{" + parts.compactMap { $0 }.joined(separator: ", ") + "}"
    }
}
