import Kernel

/// Who is bound to which role, kept so that a request looks only at bindings of its own user and groups.
///
/// A value: the server keeps one behind its lock, changes it with every write of an RBAC object, and asks it for every request.
/// Cost of a question: the bindings of the user and its groups in the namespace and cluster-wide, times their roles' rules.
public struct RBACIndex: Sendable {
    /// A Role, or a ClusterRole where the namespace is empty.
    struct RoleKey: Hashable, Sendable {
        let namespace: String
        let name: String
    }

    /// A RoleBinding, or a ClusterRoleBinding where the namespace is empty.
    struct BindingKey: Hashable, Comparable, Sendable {
        let namespace: String
        let name: String
        static func < (a: BindingKey, b: BindingKey) -> Bool { (a.namespace, a.name) < (b.namespace, b.name) }
    }

    enum Subject: Hashable, Sendable {
        case user(String)
        case group(String)
    }

    private struct Binding: Sendable {
        let role: RoleKey
        let subjects: [Subject]
    }

    /// The bindings of one subject, each list sorted so that the same question always gets the same reason.
    private struct Bound: Sendable {
        var cluster: [BindingKey] = []
        var namespaces: [String: [BindingKey]] = [:]
        var isEmpty: Bool { cluster.isEmpty && namespaces.isEmpty }
    }

    /// Members of this group may do everything, whatever the roles say: nobody can lock the administrator out.
    public static let masters = "system:masters"

    private var roles: [RoleKey: [PolicyRule]] = [:]
    private var bindings: [BindingKey: Binding] = [:]
    private var bound: [Subject: Bound] = [:]

    public init() {}

    // MARK: Changes

    /// Takes in an object of rbac.authorization.k8s.io; anything else is ignored.
    public mutating func set(_ object: JSON) {
        let name = object["metadata"]?["name"]?.string ?? ""
        let namespace = object["metadata"]?["namespace"]?.string ?? ""
        switch object["kind"]?.string {
        case "Role": roles[RoleKey(namespace: namespace, name: name)] = Self.rules(object)
        case "ClusterRole": roles[RoleKey(namespace: "", name: name)] = Self.rules(object)
        case "RoleBinding": bind(BindingKey(namespace: namespace, name: name), object)
        case "ClusterRoleBinding": bind(BindingKey(namespace: "", name: name), object)
        default: break
        }
    }

    /// Forgets an object that was deleted.
    public mutating func remove(kind: String, namespace: String, name: String) {
        switch kind {
        case "Role": roles[RoleKey(namespace: namespace, name: name)] = nil
        case "ClusterRole": roles[RoleKey(namespace: "", name: name)] = nil
        case "RoleBinding": unbind(BindingKey(namespace: namespace, name: name))
        case "ClusterRoleBinding": unbind(BindingKey(namespace: "", name: name))
        default: break
        }
    }

    public static func rules(_ role: JSON) -> [PolicyRule] { (role["rules"]?.array ?? []).map { PolicyRule($0) } }

    private mutating func bind(_ key: BindingKey, _ object: JSON) {
        unbind(key)
        let reference = object["roleRef"]
        guard let name = reference?["name"]?.string else { return }
        let isLocal = reference?["kind"]?.string == "Role"
        let role = RoleKey(namespace: isLocal ? key.namespace : "", name: name)
        // A ClusterRoleBinding can't name a Role.
        if isLocal && key.namespace.isEmpty { return }
        let subjects = (object["subjects"]?.array ?? []).compactMap(Self.subject)
        bindings[key] = Binding(role: role, subjects: subjects)
        for subject in Set(subjects) {
            if key.namespace.isEmpty {
                Self.insert(key, into: &bound[subject, default: Bound()].cluster)
            } else {
                Self.insert(key, into: &bound[subject, default: Bound()].namespaces[key.namespace, default: []])
            }
        }
    }

    private mutating func unbind(_ key: BindingKey) {
        guard let old = bindings.removeValue(forKey: key) else { return }
        for subject in Set(old.subjects) {
            guard var entry = bound[subject] else { continue }
            if key.namespace.isEmpty {
                entry.cluster.removeAll { $0 == key }
            } else {
                entry.namespaces[key.namespace]?.removeAll { $0 == key }
                if entry.namespaces[key.namespace]?.isEmpty == true { entry.namespaces[key.namespace] = nil }
            }
            bound[subject] = entry.isEmpty ? nil : entry
        }
    }

    private static func insert(_ key: BindingKey, into list: inout [BindingKey]) {
        list.insert(key, at: list.firstIndex { key < $0 } ?? list.endIndex)
    }

    private static func subject(_ json: JSON) -> Subject? {
        guard let name = json["name"]?.string else { return nil }
        switch json["kind"]?.string {
        case "User": return .user(name)
        case "Group": return .group(name)
        case "ServiceAccount": return .user("system:serviceaccount:\(json["namespace"]?.string ?? ""):\(name)")
        default: return nil
        }
    }

    // MARK: Questions

    public func decide(_ attributes: RequestAttributes) -> RBACDecision {
        if attributes.user.groups.contains(Self.masters) {
            return RBACDecision(isAllowed: true, reason: "the group \(GoQuote.quote(Self.masters)) may do everything")
        }
        var namespace = ""
        if case .resource(let resource) = attributes.target { namespace = resource.namespace }
        for (subject, key, binding) in applicable(to: attributes.user, namespace: namespace) {
            guard let rules = roles[binding.role], rules.contains(where: { $0.allows(verb: attributes.verb, attributes.target) }) else { continue }
            return RBACDecision(isAllowed: true, reason: Self.reason(subject, key, binding))
        }
        return RBACDecision(isAllowed: false, reason: "")
    }

    /// Everything a user may do in a namespace, rule by rule, without repetition.
    public func rules(of user: UserInfo, namespace: String) -> [PolicyRule] {
        if user.groups.contains(Self.masters) {
            return [PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), PolicyRule(verbs: ["*"], nonResourceURLs: ["*"])]
        }
        var seen: Set<PolicyRule> = []
        var result: [PolicyRule] = []
        for (_, key, binding) in applicable(to: user, namespace: namespace) {
            for rule in roles[binding.role] ?? [] {
                // URLs are given cluster-wide only.
                if !key.namespace.isEmpty && rule.resources.isEmpty { continue }
                if seen.insert(rule).inserted { result.append(rule) }
            }
        }
        return result
    }

    /// The rules of the role that a binding names; nil when there is no such role.
    public func rules(ofRole name: String, kind: String, namespace: String) -> [PolicyRule]? {
        roles[RoleKey(namespace: kind == "Role" ? namespace : "", name: name)]
    }

    private func applicable(to user: UserInfo, namespace: String) -> [(Subject, BindingKey, Binding)] {
        var result: [(Subject, BindingKey, Binding)] = []
        for subject in [Subject.user(user.name)] + user.groups.map(Subject.group) {
            guard let entry = bound[subject] else { continue }
            for key in entry.cluster { if let binding = bindings[key] { result.append((subject, key, binding)) } }
            guard !namespace.isEmpty else { continue }
            for key in entry.namespaces[namespace] ?? [] { if let binding = bindings[key] { result.append((subject, key, binding)) } }
        }
        return result
    }

    private static func reason(_ subject: Subject, _ key: BindingKey, _ binding: Binding) -> String {
        let who =
            switch subject {
            case .user(let name): "User \(GoQuote.quote(name))"
            case .group(let name): "Group \(GoQuote.quote(name))"
            }
        let what =
            key.namespace.isEmpty ? "ClusterRoleBinding \(GoQuote.quote(key.name))" : "RoleBinding \(GoQuote.quote("\(key.name)/\(key.namespace)"))"
        let role = "\(binding.role.namespace.isEmpty ? "ClusterRole" : "Role") \(GoQuote.quote(binding.role.name))"
        return "RBAC: allowed by \(what) of \(role) to \(who)"
    }
}
