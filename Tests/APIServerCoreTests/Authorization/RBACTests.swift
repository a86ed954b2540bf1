import Kernel
import Testing

@testable import APIServerCore

struct RBACTests {
    static func role(_ name: String, namespace: String = "", _ rules: [PolicyRule]) -> JSON {
        [
            "kind": .string(namespace.isEmpty ? "ClusterRole" : "Role"), "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "rules": .array(rules.map(\.json)),
        ]
    }

    static func binding(_ name: String, namespace: String = "", to role: String, kind: String, _ subjects: [JSON]) -> JSON {
        [
            "kind": .string(namespace.isEmpty ? "ClusterRoleBinding" : "RoleBinding"),
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "subjects": .array(subjects),
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(role)],
        ]
    }

    static let jane = UserInfo(name: "jane", groups: ["staff", "system:authenticated"])
    static let robot = UserInfo(name: "system:serviceaccount:plant:robot", groups: ["system:serviceaccounts"])
    static let root = UserInfo(name: "root", groups: ["system:masters"])

    static let index: RBACIndex = {
        var index = RBACIndex()
        for object in BootstrapPolicy.objects { index.set(object) }
        index.set(role("reader", namespace: "plant", [PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["configmaps"])]))
        index.set(role("one", namespace: "plant", [PolicyRule(verbs: ["update"], apiGroups: [""], resources: ["configmaps"], resourceNames: ["a"])]))
        index.set(role("logs", [PolicyRule(verbs: ["get"], apiGroups: ["millwright.dev"], resources: ["*/log"])]))
        index.set(role("metrics", [PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics", "/debug/*"])]))
        index.set(binding("b1", namespace: "plant", to: "reader", kind: "Role", [["kind": "User", "name": "jane"]]))
        index.set(binding("b2", namespace: "plant", to: "one", kind: "Role", [["kind": "Group", "name": "staff"]]))
        index.set(binding("b3", namespace: "plant", to: "logs", kind: "ClusterRole", [["kind": "ServiceAccount", "name": "robot", "namespace": "plant"]]))
        index.set(binding("b4", to: "metrics", kind: "ClusterRole", [["kind": "Group", "name": "staff"]]))
        // Names a Role from cluster scope, which isn't possible: gives nothing.
        index.set(binding("b5", to: "reader", kind: "Role", [["kind": "User", "name": "eve"]]))
        return index
    }()

    static func ask(
        _ user: UserInfo, _ verb: String, _ resource: String, group: String = "", namespace: String = "plant", name: String = "", sub: String = ""
    ) -> RequestAttributes {
        let target = RequestAttributes.Resource(group: group, resource: resource, subresource: sub, namespace: namespace, name: name)
        return RequestAttributes(user: user, verb: verb, target: .resource(target))
    }

    static func ask(_ user: UserInfo, _ verb: String, path: String) -> RequestAttributes {
        RequestAttributes(user: user, verb: verb, target: .path(path))
    }

    @Test(arguments: [
        (ask(jane, "get", "configmaps", name: "x"), true), (ask(jane, "list", "configmaps"), true), (ask(jane, "watch", "configmaps"), false),
        (ask(jane, "get", "configmaps", namespace: "other"), false), (ask(jane, "list", "configmaps", namespace: ""), false),
        (ask(jane, "get", "secrets"), false), (ask(jane, "get", "configmaps", group: "apps"), false),
        (ask(jane, "update", "configmaps", name: "a"), true), (ask(jane, "update", "configmaps", name: "b"), false),
        (ask(jane, "update", "configmaps"), false),
        (ask(robot, "get", "environments", group: "millwright.dev", name: "x", sub: "log"), true),
        (ask(robot, "get", "environments", group: "millwright.dev", name: "x"), false),
        (ask(robot, "get", "environments", group: "millwright.dev", name: "x", sub: "blog"), false),
        (ask(jane, "get", path: "/metrics"), true), (ask(jane, "get", path: "/debug/pprof"), true), (ask(jane, "post", path: "/metrics"), false),
        (ask(robot, "get", path: "/metrics"), false), (ask(jane, "get", path: "/apis/millwright.dev"), true),
        (ask(.anonymous, "get", path: "/healthz"), true), (ask(.anonymous, "get", path: "/api"), false),
        (ask(jane, "create", "selfsubjectaccessreviews", group: "authorization.k8s.io", namespace: ""), true),
        (ask(UserInfo(name: "eve"), "get", "configmaps"), false), (ask(root, "delete", "anything", group: "any"), true),
    ] as [(RequestAttributes, Bool)])
    func decides(attributes: RequestAttributes, allowed: Bool) {
        #expect(Self.index.decide(attributes).isAllowed == allowed, "\(attributes.user.name) \(attributes.action)")
    }

    @Test func saysWhichBindingAllowed() {
        #expect(Self.index.decide(Self.ask(Self.jane, "get", "configmaps")).reason == #"RBAC: allowed by RoleBinding "b1/plant" of Role "reader" to User "jane""#)
        #expect(
            Self.index.decide(Self.ask(Self.jane, "get", path: "/metrics")).reason
                == #"RBAC: allowed by ClusterRoleBinding "b4" of ClusterRole "metrics" to Group "staff""#)
    }

    @Test func followsChanges() {
        var index = Self.index
        let janes = Self.ask(Self.jane, "get", "configmaps")
        let joes = Self.ask(UserInfo(name: "joe"), "get", "configmaps")
        let toJoe = Self.binding("b1", namespace: "plant", to: "reader", kind: "Role", [["kind": "User", "name": "joe"]])
        index.set(Self.role("reader", namespace: "plant", []))
        #expect(!index.decide(janes).isAllowed)
        index.set(Self.role("reader", namespace: "plant", [PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])]))
        #expect(index.decide(janes).isAllowed)
        index.set(toJoe)
        #expect(!index.decide(janes).isAllowed && index.decide(joes).isAllowed)
        index.remove(kind: "RoleBinding", namespace: "plant", name: "b1")
        #expect(!index.decide(joes).isAllowed)
        index.set(toJoe)
        index.remove(kind: "Role", namespace: "plant", name: "reader")
        #expect(!index.decide(joes).isAllowed)
    }

    @Test func listsRules() {
        let rules = Self.index.rules(of: Self.jane, namespace: "plant")
        #expect(rules.contains(PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["configmaps"])))
        #expect(rules.contains { $0.nonResourceURLs.contains("/metrics") })
        #expect(!Self.index.rules(of: Self.jane, namespace: "other").contains { $0.resources == ["configmaps"] })
        #expect(Self.index.rules(of: Self.root, namespace: "x").first?.verbs == ["*"])
    }

    private static func configmaps(_ verbs: String..., groups: [String] = [""], names: [String] = []) -> PolicyRule {
        PolicyRule(verbs: verbs, apiGroups: groups, resources: ["configmaps"], resourceNames: names)
    }

    @Test(arguments: [
        (configmaps("get"), true), (configmaps("get", "list", names: ["x"]), true), (configmaps("get", "watch"), false), (configmaps("*"), false),
        (configmaps("update"), false), (configmaps("update", names: ["a"]), true), (configmaps("update", names: ["a", "b"]), false),
        (configmaps("get", groups: ["*"]), false),
    ])
    func nobodyGrantsWhatTheyLack(rule: PolicyRule, allowed: Bool) {
        let refusal = Escalation.checkRole(Self.role("new", namespace: "plant", [rule]), by: Self.jane, Self.index)
        #expect((refusal == nil) == allowed, "\(refusal?.message ?? "allowed")")
        guard let refusal else { return }
        #expect(refusal.code == 403)
        #expect(
            refusal.message.hasPrefix(
                #"roles.rbac.authorization.k8s.io "new" is forbidden: user "jane" (groups=["staff" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:"#
            ))
    }

    @Test func bindingNeedsTheRightsOrTheVerbBind() {
        let binding = Self.binding("n", namespace: "plant", to: "cluster-admin", kind: "ClusterRole", [["kind": "User", "name": "jane"]])
        #expect(Escalation.checkBinding(binding, by: Self.jane, Self.index)?.code == 403)
        #expect(Escalation.checkBinding(binding, by: Self.root, Self.index) == nil)
        var index = Self.index
        let bind = PolicyRule(verbs: ["bind"], apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], resourceNames: ["cluster-admin"])
        index.set(Self.role("binder", [bind]))
        index.set(Self.binding("binder", to: "binder", kind: "ClusterRole", [["kind": "User", "name": "jane"]]))
        #expect(Escalation.checkBinding(binding, by: Self.jane, index) == nil)
        #expect(Escalation.checkBinding(Self.binding("n", namespace: "plant", to: "gone", kind: "Role", []), by: Self.jane, Self.index)?.code == 404)
        #expect(Escalation.checkBinding(Self.binding("n", namespace: "plant", to: "reader", kind: "Role", []), by: Self.jane, Self.index) == nil)
    }

    @Test func clusterRolesGatherOthersRules() throws {
        var current = BootstrapPolicy.roles
        func named(_ name: String) throws -> JSON { try #require(current.first { $0["metadata"]?["name"]?.string == name }) }
        // view first, then edit, which takes view in, then admin.
        for name in ["view", "edit", "admin"] {
            let updated = try #require(RoleAggregation.updated(try named(name), from: current))
            current = current.map { $0["metadata"]?["name"]?.string == name ? updated : $0 }
            #expect(RoleAggregation.updated(updated, from: current) == nil, "a second pass changes nothing")
        }
        let admin = RBACIndex.rules(try named("admin"))
        #expect(admin.contains { $0.resources.contains("environments") && $0.verbs.contains("get") })
        #expect(admin.contains { $0.resources.contains("rolebindings") })
        #expect(!RBACIndex.rules(try named("view")).contains { $0.resources.contains("secrets") })
        #expect(RoleAggregation.updated(try named("cluster-admin"), from: current) == nil)
    }

    @Test func decidesAmongManyBindings() {
        var index = RBACIndex()
        for number in 0..<5000 {
            let subject: JSON = ["kind": "User", "name": .string("u\(number)")]
            index.set(Self.binding("b\(number)", namespace: "ns\(number % 100)", to: "r", kind: "ClusterRole", [subject]))
        }
        index.set(Self.role("r", [Self.configmaps("get")]))
        let user = UserInfo(name: "u42", groups: ["g"])
        #expect(index.decide(Self.ask(user, "get", "configmaps", namespace: "ns42")).isAllowed)
        #expect(!index.decide(Self.ask(user, "get", "configmaps", namespace: "ns43")).isAllowed)
    }
}
