import HTTPMessages
import Kernel
import TestSupport
import Testing

/// Who may do what: authentication, RBAC, impersonation, escalation, reviews, tokens.
@Suite struct AccessTests {
    private let rbac = "/apis/rbac.authorization.k8s.io/v1"

    private func ref(_ kind: String, _ name: String) -> JSON {
        ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(name)]
    }

    private func role(_ client: Client, _ namespace: String, _ rules: JSON) async throws -> String {
        let name = Unique.name("role")
        try await client.post("\(rbac)/namespaces/\(namespace)/roles", ["metadata": ["name": .string(name)], "rules": rules]).expect(201)
        return name
    }

    private func bind(_ client: Client, _ namespace: String, _ role: String, to subject: JSON) async throws -> String {
        let name = Unique.name("binding")
        try await client.post(
            "\(rbac)/namespaces/\(namespace)/rolebindings",
            ["metadata": ["name": .string(name)], "subjects": [subject], "roleRef": ref("Role", role)]
        ).expect(201)
        return name
    }

    @Test(arguments: Mode.all) func nobodyMayDoNothing(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        let nobody = admin.acting(as: TestIdentity.nobody)
        let refused = try await nobody.get("/api/v1/namespaces/\(namespace)/secrets").expect(403)
        #expect(refused.reason == "Forbidden")
        #expect(
            refused.message
                == #"secrets is forbidden: User "nobody" cannot list resource "secrets" in API group "" in the namespace "\#(namespace)""#)
        try await nobody.post("/api/v1/namespaces/\(namespace)/configmaps", ["metadata": ["name": "a"]]).expect(403)
        try await nobody.delete("/api/v1/namespaces/\(namespace)").expect(403)
        try await nobody.get("/api/v1/namespaces").expect(403)
        try await nobody.get("/metrics").expect(403)
        try await nobody.get("/apis").expect(200)
        try await nobody.get("/version").expect(200)
    }

    @Test(arguments: Mode.all) func wrongCredentials(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let wrong = try await admin.acting(as: "not-a-token").get("/api/v1/namespaces").expect(401)
        #expect(wrong.reason == "Unauthorized")
    }

    @Test(.ours("whom a Kubernetes lets in without a name is its own setting; ours shows health and version alone"), arguments: Mode.all)
    func withoutCredentialsOnlyHealthIsSeen(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let none = admin.acting(as: nil)
        try await none.get("/api/v1/namespaces").expect(401)
        try await none.get("/apis").expect(401)
        try await none.get("/metrics").expect(401)
        for open in ["/healthz", "/livez", "/readyz", "/version"] { try await none.get(open).expect(200) }
        try await none.with("Authorization", "Basic YTpi").get("/healthz").expect(401)
    }

    /// Before anything that must exist from the start does, and so before anyone has a role.
    @Test func healthIsSeenBeforeThereAreRoles() async throws {
        let server = try InProcessServer(isRunning: false)
        let none = Client(server: server, token: nil)
        #expect(try await none.get("/livez").expect(200).text == "ok")
        let ready = try await none.get("/readyz").expect(500)
        #expect(ready.text.contains("[-]bootstrap failed"))
        try await none.get("/apis").expect(401)
        try await none.acting(as: TestIdentity.jane).get("/apis").expect(403)
    }

    @Test(.ours("Kubernetes looks at no Host header; ours does, against a browser that is led astray"), arguments: Mode.all) func otherHostsAreRefused(_ mode: Mode) async throws {
        let admin = try await mode.client()
        var request = admin.request("GET", "/api/v1/namespaces")
        request.headers["Host"] = "evil.example.com"
        let refused = Answer(try await admin.server.send(request)).expect(400)
        #expect(refused.message.contains("evil.example.com"))
        request.headers["Host"] = "localhost:7443"
        Answer(try await admin.server.send(request)).expect(200)
    }

    @Test(arguments: Mode.all) func rightsComeAndGoWithBindings(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        let jane = admin.acting(as: TestIdentity.jane)
        let path = "/api/v1/namespaces/\(namespace)/configmaps"
        try await admin.post(path, ["metadata": ["name": "a"]]).expect(201)
        try await jane.get(path).expect(403)
        let role = try await role(admin, namespace, [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]]])
        let binding = try await bind(admin, namespace, role, to: ref("Group", "engineers"))
        try await jane.get(path).expect(200)
        try await jane.get("\(path)/a").expect(403)
        try await jane.get("\(path)?watch=true&timeoutSeconds=1").expect(403)
        try await jane.delete(path).expect(403)
        try await jane.get("/api/v1/configmaps").expect(403)
        try await admin.merge(
            "\(rbac)/namespaces/\(namespace)/roles/\(role)",
            ["rules": [["apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a"], "verbs": ["get", "list"]]]]
        ).expect(200)
        try await jane.get("\(path)/a").expect(200)
        try await jane.get("\(path)/b").expect(403)
        try await jane.get(path).expect(403)
        try await jane.get("\(path)?fieldSelector=metadata.name%3Da").expect(200)
        try await admin.delete("\(rbac)/namespaces/\(namespace)/rolebindings/\(binding)").expect(200)
        try await jane.get("\(path)/a").expect(403)
    }

    @Test(arguments: Mode.all) func nobodyGivesAwayWhatTheyLack(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        let jane = admin.acting(as: TestIdentity.jane)
        let role = try await role(
            admin, namespace,
            [["apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": ["get", "create", "update", "patch"]]])
        _ = try await bind(admin, namespace, role, to: ref("User", "jane"))
        let roles = "\(rbac)/namespaces/\(namespace)/roles"
        let refused = try await jane.post(
            roles, ["metadata": ["name": "more"], "rules": [["apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]]]]
        ).expect(403)
        #expect(refused.message.contains("is attempting to grant RBAC permissions not currently held"))
        try await jane.post(
            roles, ["metadata": ["name": "same"], "rules": [["apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["get"]]]]
        ).expect(201)
        try await jane.merge("\(roles)/same", ["rules": [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]]]).expect(403)
        try await jane.post(
            "\(rbac)/namespaces/\(namespace)/rolebindings",
            ["metadata": ["name": "up"], "subjects": [ref("User", "jane")], "roleRef": ref("ClusterRole", "cluster-admin")]
        ).expect(403)
        // With the right to bind that one role, that one role.
        let binder = try await self.role(
            admin, namespace,
            [["apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "resourceNames": ["view"], "verbs": ["bind"]]])
        _ = try await bind(admin, namespace, binder, to: ref("User", "jane"))
        try await jane.post(
            "\(rbac)/namespaces/\(namespace)/rolebindings",
            ["metadata": ["name": "view"], "subjects": [ref("User", "jane")], "roleRef": ref("ClusterRole", "view")]
        ).expect(201)
        try await jane.post(
            "\(rbac)/namespaces/\(namespace)/rolebindings",
            ["metadata": ["name": "all"], "subjects": [ref("User", "jane")], "roleRef": ref("ClusterRole", "cluster-admin")]
        ).expect(403)
    }

    @Test(arguments: Mode.all) func impersonation(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        let path = "/api/v1/namespaces/\(namespace)/configmaps"
        let asJane = admin.with("Impersonate-User", "someone").with("Impersonate-Group", "team").with("Impersonate-Extra-Scopes", "a")
        try await asJane.get(path).expect(403)
        let me = try await asJane.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", [:]).expect(201)
        #expect(me.json["status"]?["userInfo"]?["username"] == "someone")
        #expect(me.json["status"]?["userInfo"]?["groups"] == ["team", "system:authenticated"])
        #expect(me.json["status"]?["userInfo"]?["extra"]?["scopes"] == ["a"])
        try await admin.with("Impersonate-Group", "x").get(path).expect(400)
        let account = try await admin.with("Impersonate-User", "system:serviceaccount:\(namespace):default")
            .post("/apis/authentication.k8s.io/v1/selfsubjectreviews", [:]).expect(201)
        #expect(
            account.json["status"]?["userInfo"]?["groups"]
                == ["system:serviceaccounts", .string("system:serviceaccounts:\(namespace)"), "system:authenticated"])
    }

    @Test(.ours("the suite's own identities are impersonated on a given server, and who is impersonated can impersonate nobody"), arguments: Mode.all)
    func impersonationNeedsTheRight(_ mode: Mode) async throws {
        let path = "/api/v1/namespaces/default/configmaps"
        let jane = try await mode.client().acting(as: TestIdentity.jane)
        let refused = try await jane.with("Impersonate-User", "admin").get(path).expect(403)
        #expect(refused.message.contains(#"cannot impersonate resource "users" in API group """#))
        try await jane.with("Impersonate-User", "jane").with("Impersonate-Group", "system:masters").get(path).expect(403)
    }

    @Test(arguments: Mode.all) func accessReviews(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        let jane = admin.acting(as: TestIdentity.jane)
        let role = try await role(admin, namespace, [["apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]]])
        _ = try await bind(admin, namespace, role, to: ref("User", "jane"))
        func question(_ verb: String) -> JSON {
            ["resourceAttributes": ["namespace": .string(namespace), "verb": .string(verb), "resource": "secrets"]]
        }
        let authorization = "/apis/authorization.k8s.io/v1"
        let yes = try await jane.post("\(authorization)/selfsubjectaccessreviews", ["spec": question("get")]).expect(201)
        #expect(yes.json["status"]?["allowed"] == true)
        let no = try await jane.post("\(authorization)/selfsubjectaccessreviews", ["spec": question("list")]).expect(201)
        #expect(no.json["status"]?["allowed"] == false)
        var asked = question("get")
        asked["user"] = "jane"
        #expect(try await admin.post("\(authorization)/subjectaccessreviews", ["spec": asked]).expect(201).json["status"]?["allowed"] == true)
        try await jane.post("\(authorization)/subjectaccessreviews", ["spec": asked]).expect(403)
        let local = try await admin.post("\(authorization)/namespaces/\(namespace)/localsubjectaccessreviews", ["spec": asked]).expect(201)
        #expect(local.json["status"]?["allowed"] == true)
        let rules = try await jane.post("\(authorization)/selfsubjectrulesreviews", ["spec": ["namespace": .string(namespace)]]).expect(201)
        let mine = rules.json["status"]?["resourceRules"]?.array ?? []
        #expect(mine.contains { $0["resources"] == ["secrets"] && $0["verbs"] == ["get"] })
        try await admin.post("\(authorization)/selfsubjectaccessreviews", ["spec": [:]]).expect(422)
    }

    @Test(arguments: Mode.all) func serviceAccountTokens(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        let accounts = "/api/v1/namespaces/\(namespace)/serviceaccounts"
        try await admin.post(accounts, ["metadata": ["name": "robot"]]).expect(201)
        let made = try await admin.post("\(accounts)/robot/token", ["spec": ["expirationSeconds": 600]]).expect(201)
        #expect(made.json["kind"] == "TokenRequest")
        let token = try #require(made.json["status"]?["token"]?.string)
        #expect(made.json["status"]?["expirationTimestamp"]?.string.flatMap(Timestamp.init(rfc3339:)) != nil)
        let robot = admin.acting(as: token)
        let me = try await robot.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", [:]).expect(201)
        #expect(me.json["status"]?["userInfo"]?["username"]?.string == "system:serviceaccount:\(namespace):robot")
        try await robot.get(accounts).expect(403)
        let role = try await role(admin, namespace, [["apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["list"]]])
        _ = try await bind(admin, namespace, role, to: ["kind": "ServiceAccount", "name": "robot", "namespace": .string(namespace)])
        try await robot.get(accounts).expect(200)
        // A changed token, and one for someone else, are none.
        try await admin.acting(as: token + "x").get(accounts).expect(401)
        let other = try await admin.post("\(accounts)/robot/token", ["spec": ["audiences": ["elsewhere"]]]).expect(201)
        let elsewhere = try #require(other.json["status"]?["token"]?.string)
        try await admin.acting(as: elsewhere).get(accounts).expect(401)
        let reviews = "/apis/authentication.k8s.io/v1/tokenreviews"
        let here = try await admin.post(reviews, ["spec": ["token": .string(elsewhere)]]).expect(201)
        #expect(here.json["status"]?["authenticated"] == false || here.json["status"]?["authenticated"] == nil)
        let there = try await admin.post(reviews, ["spec": ["token": .string(elsewhere), "audiences": ["elsewhere", "nowhere"]]]).expect(201)
        #expect(there.json["status"]?["authenticated"] == true)
        #expect(there.json["status"]?["audiences"] == ["elsewhere"])
        try await admin.post("\(accounts)/robot/token", ["spec": ["expirationSeconds": 5]]).expect(422)
        try await admin.post("\(accounts)/nobody/token", [:]).expect(404)
        // The token dies with its account, also when one of the same name comes after it.
        try await admin.delete("\(accounts)/robot").expect(200)
        try await mode.soon("the token is none") { try await robot.get(accounts).status == 401 }
        try await admin.post(accounts, ["metadata": ["name": "robot"]]).expect(201)
        try await robot.get(accounts).expect(401)
    }

    /// The API server's own audience is one like any other: a token for somebody else is none for it, and one for it none for somebody else.
    @Test(arguments: Mode.all) func tokensAreForTheirAudiencesAlone(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        let accounts = "/api/v1/namespaces/\(namespace)/serviceaccounts"
        try await admin.post(accounts, ["metadata": ["name": "robot"]]).expect(201)
        func token(_ audiences: [String]) async throws -> (text: String, audiences: [String]) {
            let made = try await admin.post("\(accounts)/robot/token", ["spec": audiences.isEmpty ? [:] : ["audiences": JSON(audiences)]]).expect(201).json
            return (try #require(made["status"]?["token"]?.string), try #require(made["spec"]?["audiences"]?.array).compactMap(\.string))
        }
        let name = JSON.string("system:serviceaccount:\(namespace):robot")
        func review(_ token: String, _ audiences: [String], _ place: SourceLocation = #_sourceLocation) async throws -> String {
            var spec: JSON = ["token": .string(token)]
            if !audiences.isEmpty { spec["audiences"] = JSON(audiences) }
            let status = try await admin.post("/apis/authentication.k8s.io/v1/tokenreviews", ["spec": spec]).expect(201).json["status"]
            guard status?["authenticated"] == true else {
                #expect(status?["authenticated"] == nil && status?["user"] == [:] && status?["audiences"] == nil, sourceLocation: place)
                return status?["error"]?.string ?? ""
            }
            #expect(status?["user"]?["username"] == name, sourceLocation: place)
            return "for \((status?["audiences"]?.array ?? []).compactMap(\.string).joined(separator: ", "))"
        }
        func refusal(_ have: [String], _ want: [String]) -> String {
            func list(_ audiences: [String]) -> String { "[\(audiences.map { "\"\($0)\"" }.joined(separator: " "))]" }
            return "[invalid bearer token, token audiences \(list(have)) is invalid for the target audiences \(list(want))]"
        }
        let usual = try await token([])
        let server = try #require(usual.audiences.first)
        #expect(!usual.audiences.contains("millwright"))
        #expect(try await review(usual.text, []) == "for \(usual.audiences.joined(separator: ", "))")
        #expect(try await review(usual.text, ["millwright"]) == refusal(usual.audiences, ["millwright"]))
        #expect(try await review(usual.text, ["millwright", server]) == "for \(server)")
        let theirs = try await token(["millwright"])
        #expect(theirs.audiences == ["millwright"])
        #expect(try await review(theirs.text, ["millwright"]) == "for millwright")
        #expect(try await review(theirs.text, [server, "millwright"]) == "for millwright")
        #expect(try await review(theirs.text, []) == refusal(["millwright"], usual.audiences))
        try await admin.acting(as: theirs.text).get("/version").expect(401)
        let several = try await token(["a", "b"])
        #expect(try await review(several.text, ["c", "b", "a"]) == "for b, a")
        #expect(try await review(several.text, ["c"]) == refusal(["a", "b"], ["c"]))
        #expect(try await review("not-a-token", ["a"]) == "invalid bearer token")
        let none = try await admin.post("/apis/authentication.k8s.io/v1/tokenreviews", ["spec": ["token": ""]]).expect(400)
        #expect(none.message == "token is required for TokenReview in authentication")
    }

    @Test(arguments: Mode.all) func theTokenOfASecretDiesWithIt(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let namespace = try await admin.namespace()
        try await admin.post("/api/v1/namespaces/\(namespace)/serviceaccounts", ["metadata": ["name": "robot"]]).expect(201)
        let secret = try await admin.post("/api/v1/namespaces/\(namespace)/secrets", ["metadata": ["name": "s"]]).expect(201)
        let made = try await admin.post(
            "/api/v1/namespaces/\(namespace)/serviceaccounts/robot/token",
            ["spec": ["boundObjectRef": ["kind": "Secret", "apiVersion": "v1", "name": "s", "uid": .string(secret.uid)]]]
        ).expect(201)
        let robot = admin.acting(as: made.json["status"]?["token"]?.string)
        try await robot.get("/version").expect(200)
        try await admin.delete("/api/v1/namespaces/\(namespace)/secrets/s").expect(200)
        try await mode.soon("the token is none") { try await robot.get("/version").status == 401 }
    }

    @Test(.needsControllers, arguments: Mode.all) func theUsualRolesGatherTheirRules(_ mode: Mode) async throws {
        let admin = try await mode.client()
        let view = try await admin.get("\(rbac)/clusterroles/view").expect(200)
        #expect((view.json["rules"]?.array ?? []).count > 1)
        let name = Unique.name("more")
        try await admin.post(
            "\(rbac)/clusterroles",
            [
                "metadata": ["name": .string(name), "labels": ["rbac.authorization.k8s.io/aggregate-to-view": "true"]],
                "rules": [["apiGroups": [.string("\(name).example.com")], "resources": ["things"], "verbs": ["get"]]],
            ]
        ).expect(201)
        try await eventually("the rule is gathered") {
            let rules = try await admin.get("\(rbac)/clusterroles/admin").json["rules"]?.array ?? []
            return rules.contains { $0["apiGroups"] == [.string("\(name).example.com")] } ? true : nil
        }
        try await admin.delete("\(rbac)/clusterroles/\(name)").expect(200)
        try await eventually("the rule goes with its role") {
            let rules = try await admin.get("\(rbac)/clusterroles/admin").json["rules"]?.array ?? []
            return rules.contains { $0["apiGroups"] == [.string("\(name).example.com")] } ? nil : true
        }
    }
}
