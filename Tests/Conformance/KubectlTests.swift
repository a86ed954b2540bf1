import Kernel
import TestSupport
import Testing
import YAML

/// A real kubectl does everyday work against the server over its socket; once with each version that is there.
@Suite(.serialized) struct KubectlTests {
    static let programs = Capability.postgres || GivenServer.path != nil ? Capability.kubectls : []

    /// Runs a body with a kubectl, in a namespace of its own, with a custom kind of its own.
    private func with(_ program: String, _ body: (Kubectl, Definition) async throws -> Void) async throws {
        let client = try await Mode.kubectl.client()
        var kubectl = try await Kubectl(program, kubeconfig: try await Servers.shared.kubeconfig())
        kubectl.namespace = try await client.namespace()
        let plural = Unique.name("w").filter { $0 != "-" } + "s"
        let widgets = try await client.definition(plural: plural)
        do { try await body(kubectl, widgets) } catch {
            try await kubectl.remove()
            throw error
        }
        try await kubectl.remove()
        // The namespace takes everything with it; the test of that is `namespaces`.
        try await client.delete(widgets.path).expect(200)
        try await client.delete("/api/v1/namespaces/\(kubectl.namespace ?? "")").expect(200)
    }

    private func manifest(_ widgets: Definition, _ spec: String, name: String = "a") -> String {
        "apiVersion: \(widgets.apiVersion)\nkind: Widget\nmetadata:\n  name: \(name)\nspec: \(spec)\n"
    }

    @Test(arguments: programs) func applyOnTheClientsSide(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            let file = try kubectl.file("w.yaml", manifest(widgets, "{color: green, text: one, ports: [{name: http, port: 80}]}"))
            #expect(try await kubectl.run("apply", "-f", file).expect().output == "widget.\(widgets.group)/a created\n")
            #expect(try await kubectl.run("apply", "-f", file).expect().output == "widget.\(widgets.group)/a unchanged\n")
            #expect(try await kubectl.run("diff", "-f", file).expect().output.isEmpty)
            let changed = try kubectl.file("w.yaml", manifest(widgets, "{color: blue}"))
            let diff = try await kubectl.run("diff", "-f", changed).expect(1)
            #expect(diff.output.contains("+  color: blue") && diff.output.contains("-  text: one"))
            #expect(try await kubectl.run("apply", "-f", changed).expect().output == "widget.\(widgets.group)/a configured\n")
            let got = try await kubectl.run("get", widgets.plural, "a", "-o", "json").expect()
            #expect(try JSONParser.parse(got.output)["spec"] == ["color": "blue"])
            let wrong = try kubectl.file("x.yaml", manifest(widgets, "{colour: red}", name: "x"))
            let refused = try await kubectl.run("apply", "-f", wrong).expect(1)
            #expect(refused.errors.contains("unknown field") && refused.errors.contains("colour"))
            let invalid = try kubectl.file("y.yaml", manifest(widgets, "{color: pink}", name: "pink"))
            let pink = try await kubectl.run("apply", "-f", invalid).expect(1)
            #expect(pink.errors.contains(#"Unsupported value: "pink""#))
        }
    }

    @Test(arguments: programs) func applyOnTheServersSide(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            let file = try kubectl.file("w.yaml", manifest(widgets, "{color: green, text: one}"))
            #expect(try await kubectl.run("apply", "--server-side", "-f", file).expect().output.contains("serverside-applied"))
            let other = try kubectl.file("v.yaml", manifest(widgets, "{text: two}"))
            let refused = try await kubectl.run("apply", "--server-side", "--field-manager", "other", "-f", other).expect(1)
            #expect(refused.errors.contains(#"conflict with "kubectl": .spec.text"#))
            try await kubectl.run("apply", "--server-side", "--force-conflicts", "--field-manager", "other", "-f", other).expect()
            #expect(try await kubectl.run("get", widgets.plural, "a", "-o", "jsonpath={.spec.text}").expect().output == "two")
            // What was applied on the client's side goes over to the server's.
            let moved = try kubectl.file("m.yaml", manifest(widgets, "{text: one}", name: "m"))
            try await kubectl.run("apply", "-f", moved).expect()
            let again = try kubectl.file("m.yaml", manifest(widgets, "{text: two}", name: "m"))
            try await kubectl.run("apply", "--server-side", "-f", again).expect()
            #expect(try await kubectl.run("get", widgets.plural, "m", "-o", "jsonpath={.spec.text}").expect().output == "two")
        }
    }

    @Test(arguments: programs) func createAndGet(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            try await kubectl.run("create", "configmap", "c", "--from-literal=k=v").expect()
            try await kubectl.run("create", "secret", "generic", "s", "--from-literal=password=hunter2").expect()
            try await kubectl.run("create", "serviceaccount", "robot").expect()
            #expect(try await kubectl.run("get", "secret", "s", "-o", "jsonpath={.data.password}").expect().output == "aHVudGVyMg==")
            let again = try await kubectl.run("create", "configmap", "c").expect(1)
            #expect(again.errors.contains(#"configmaps "c" already exists"#))
            let table = try await kubectl.run("get", "configmaps").expect().output.split(separator: "\n")
            #expect(table.first?.split(separator: " ") == ["NAME", "DATA", "AGE"])
            #expect(table.contains { $0.hasPrefix("c ") && $0.contains(" 1 ") })
            try await kubectl.run("create", "-f", kubectl.file("w.yaml", manifest(widgets, "{color: green}"))).expect()
            let rows = try await kubectl.run("get", widgets.plural).expect().output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(rows == [["NAME", "COLOR"], ["a", "green"]])
            let yaml = try await kubectl.run("get", widgets.plural, "a", "-o", "yaml").expect().output
            #expect(try YAML.parse(yaml).first?["spec"] == ["color": "green"])
            let none = try await kubectl.run("get", widgets.plural, "missing").expect(1)
            #expect(none.errors.contains(#"Error from server (NotFound): \#(widgets.name) "missing" not found"#))
            if kubectl.minor >= 24 {
                let token = try await kubectl.run("create", "token", "robot").expect().output
                #expect(token.split(separator: ".").count == 3)
            }
            try await kubectl.run("create", "role", "reader", "--verb=get,list", "--resource=configmaps").expect()
            try await kubectl.run("create", "rolebinding", "reads", "--role=reader", "--serviceaccount=\(kubectl.namespace ?? ""):robot").expect()
            let account = "system:serviceaccount:\(kubectl.namespace ?? ""):robot"
            #expect(try await kubectl.run("auth", "can-i", "get", "configmaps", "--as", account).expect().output == "yes\n")
            #expect(try await kubectl.run("auth", "can-i", "delete", "configmaps", "--as", account).expect(1).output == "no\n")
            let listed = try await kubectl.run("auth", "can-i", "--list", "--as", account).expect().output
            #expect(listed.contains("configmaps"))
            if kubectl.minor >= 28 {
                #expect(try await kubectl.run("auth", "whoami").expect().output.contains("admin"))
            }
        }
    }

    @Test(arguments: programs) func pages(_ program: String) async throws {
        try await with(program) { kubectl, _ in
            let client = try await Mode.kubectl.client()
            for number in 0..<12 {
                try await client.post("/api/v1/namespaces/\(kubectl.namespace ?? "")/secrets", ["metadata": ["name": .string("c\(number)")]]).expect(201)
            }
            let names = try await kubectl.run("get", "secrets", "--chunk-size=5", "-o", "name").expect().output.split(separator: "\n")
            #expect(names.count == 12)
            #expect(try await kubectl.run("get", "secrets", "--chunk-size=5", "--sort-by=.metadata.name").expect().output.split(separator: "\n").count == 13)
        }
    }

    @Test(arguments: programs) func watches(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            let client = try await Mode.kubectl.client()
            let namespace = kubectl.namespace ?? ""
            try await client.post(widgets.collection(namespace), widgets.object("a")).expect(201)
            let watching = try kubectl.start(["get", widgets.plural, "-w"])
            try await eventually("the first row") { try watching.text().contains("a ") ? true : nil }
            try await client.merge(widgets.item(namespace, "a"), ["spec": ["color": "blue"]]).expect(200)
            try await eventually("the change") { try watching.text().contains("blue") ? true : nil }
            watching.stop()
            _ = try await watching.wait()
        }
    }

    @Test(arguments: programs) func changes(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            let file = try kubectl.file("w.yaml", manifest(widgets, "{color: green, text: one, replicas: 1}"))
            try await kubectl.run("apply", "-f", file).expect()
            try await kubectl.run("label", widgets.plural, "a", "tier=front").expect()
            try await kubectl.run("annotate", widgets.plural, "a", "note=hello").expect()
            try await kubectl.run("patch", widgets.plural, "a", "--type=merge", "-p", #"{"spec":{"text":"two"}}"#).expect()
            try await kubectl.run("patch", widgets.plural, "a", "--type=json", "-p", #"[{"op":"remove","path":"/spec/color"}]"#).expect()
            try await kubectl.run("scale", widgets.plural, "a", "--replicas=4").expect()
            try await kubectl.run("create", "configmap", "c", "--from-literal=k=v").expect()
            try await kubectl.run("patch", "configmap", "c", "-p", #"{"data":{"l":"w"}}"#).expect()
            let strategic = try await kubectl.run("patch", widgets.plural, "a", "-p", #"{"spec":{}}"#).expect(1)
            #expect(strategic.errors.contains("application/merge-patch+json"))
            let edited = try await kubectl.run(["edit", widgets.plural, "a"], environment: ["KUBE_EDITOR=sed -i s/two/three/"])
            edited.expect()
            let object = try JSONParser.parse(try await kubectl.run("get", widgets.plural, "a", "-o", "json").expect().output)
            #expect(object["spec"] == ["color": "red", "text": "three", "replicas": 4])
            #expect(object["metadata"]?["labels"] == ["tier": "front"])
            #expect(object["metadata"]?["annotations"]?["note"] == "hello")
            let whole = try kubectl.file("r.yaml", try await kubectl.run("get", widgets.plural, "a", "-o", "yaml").expect().output)
            try await kubectl.run("replace", "-f", whole).expect()
            try await kubectl.run("label", widgets.plural, "a", "tier-").expect()
            let bad = try await kubectl.run("patch", widgets.plural, "a", "--type=merge", "-p", #"{"spec":{"replicas":-1}}"#).expect(1)
            #expect(bad.errors.contains("spec.replicas in body should be greater than or equal to 0"))
            let chosen = try await kubectl.run("get", "configmaps", "-l", "none=x", "-o", "name").expect()
            #expect(chosen.output.isEmpty)
        }
    }

    @Test(arguments: programs) func explainDescribeAndDiscover(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            if GivenServer.path != nil {
                // Kubernetes describes a new definition some time after it serves it.
                try await eventually("the kind is described") { try await kubectl.run("explain", widgets.plural).status == 0 ? true : nil }
            }
            let explained = try await kubectl.run("explain", "\(widgets.plural).spec.ports").expect().output
            #expect(explained.contains("name") && explained.contains("-required-"))
            #expect(try await kubectl.run("explain", "configmap.data").expect().output.contains("data"))
            try await kubectl.run("create", "-f", kubectl.file("w.yaml", manifest(widgets, "{color: green}"))).expect()
            let client = try await Mode.kubectl.client()
            let uid = try await client.get(widgets.item(kubectl.namespace ?? "", "a")).uid
            try await client.post(
                "/api/v1/namespaces/\(kubectl.namespace ?? "")/events",
                [
                    "metadata": ["name": "a.1"], "reason": "Painted", "message": "it is green now", "type": "Normal", "count": 1,
                    "firstTimestamp": .string(Timestamp(seconds: 1_795_000_000).rfc3339), "lastTimestamp": .string(Timestamp(seconds: 1_795_000_000).rfc3339),
                    "source": ["component": "painter"],
                    "involvedObject": [
                        "apiVersion": .string(widgets.apiVersion), "kind": "Widget", "name": "a", "namespace": .string(kubectl.namespace ?? ""),
                        "uid": .string(uid),
                    ],
                ]
            ).expect(201)
            let described = try await kubectl.run("describe", widgets.plural, "a").expect().output
            #expect(described.contains("Color:") && described.contains("Painted") && described.contains("it is green now"))
            let events = try await kubectl.run("get", "events").expect().output
            #expect(events.contains("LAST SEEN") && events.contains("widget/a"))
            // Definitions of other tests come and go while it asks for one after another.
            try await eventually("api-resources finds everything") { () -> Bool? in
                let resources = try await kubectl.run("api-resources", "--api-group=\(widgets.group)")
                return resources.status == 0 && resources.output.contains(widgets.plural) && resources.output.contains("Widget") ? true : nil
            }
            #expect(try await kubectl.run("api-versions").expect().output.contains("\(widgets.apiVersion)\n"))
            // kubectl takes the version of a Kubernetes built by hand for a mistake.
            let version = try await kubectl.run("version")
            #expect(version.output.contains("Server Version") && (version.status == 0 || GivenServer.path != nil))
        }
    }

    @Test(arguments: programs) func waitsAndDeletes(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            let client = try await Mode.kubectl.client()
            let namespace = kubectl.namespace ?? ""
            try await client.post(widgets.collection(namespace), widgets.object("a", metadata: ["finalizers": ["example.com/hold"]])).expect(201)
            let deleting = try kubectl.start(["delete", widgets.plural, "a", "--wait=true", "--timeout=60s"])
            try await eventually("the mark") {
                try await client.get(widgets.item(namespace, "a")).json["metadata"]?["deletionTimestamp"]?.string != nil ? true : nil
            }
            try await client.merge(widgets.item(namespace, "a"), ["metadata": ["finalizers": .null]]).expect(200)
            try await deleting.wait().expect()
            if kubectl.minor >= 23 {
                try await client.post(widgets.collection(namespace), widgets.object("w", spec: ["color": "blue"])).expect(201)
                try await kubectl.run("wait", "--for=jsonpath={.spec.color}=blue", "\(widgets.plural)/w", "--timeout=30s").expect()
            }
            try await kubectl.run("delete", widgets.plural, "--all").expect()
            #expect(try await client.get(widgets.collection(namespace)).items.isEmpty)
        }
    }

    /// An owner and what it owns, held by a finalizer where asked.
    private func family(_ client: Client, _ widgets: Definition, _ namespace: String, _ owner: String, isHeld: Bool = false) async throws {
        let made = try await client.post(widgets.collection(namespace), widgets.object(owner)).expect(201)
        let reference: JSON = ["apiVersion": .string(widgets.apiVersion), "kind": "Widget", "name": .string(owner), "uid": .string(made.uid), "blockOwnerDeletion": true]
        try await client.post(
            widgets.collection(namespace),
            widgets.object("\(owner)-child", metadata: ["ownerReferences": [reference], "finalizers": isHeld ? ["example.com/hold"] : []])
        ).expect(201)
    }

    @Test(.needsControllers, arguments: programs) func cascades(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            let client = try await Mode.kubectl.client()
            let namespace = kubectl.namespace ?? ""
            @Sendable func status(_ name: String) async throws -> Int { try await client.get(widgets.item(namespace, name)).status }
            // By default in the background.
            try await family(client, widgets, namespace, "b")
            try await kubectl.run("delete", widgets.plural, "b").expect()
            if kubectl.minor >= 23 {
                try await kubectl.run("wait", "--for=delete", "\(widgets.plural).\(widgets.group)/b-child", "--timeout=30s").expect()
            } else {
                // Older ones take what is gone already for a mistake.
                try await eventually("the child goes") { try await status("b-child") == 404 ? true : nil }
            }
            // In the foreground the owner stays until its dependents are gone, and kubectl waits for it.
            try await family(client, widgets, namespace, "f", isHeld: true)
            let deleting = try kubectl.start(["delete", widgets.plural, "f", "--cascade=foreground", "--timeout=60s"])
            try await eventually("the child is marked") {
                try await client.get(widgets.item(namespace, "f-child")).json["metadata"]?["deletionTimestamp"]?.string != nil ? true : nil
            }
            let owner = try await client.get(widgets.item(namespace, "f")).expect(200)
            #expect(owner.json["metadata"]?["finalizers"] == ["foregroundDeletion"])
            try await client.merge(widgets.item(namespace, "f-child"), ["metadata": ["finalizers": .null]]).expect(200)
            try await deleting.wait().expect()
            #expect(try await [status("f"), status("f-child")] == [404, 404])
            // Orphans stay, and know of no owner any more.
            try await family(client, widgets, namespace, "o")
            try await kubectl.run("delete", widgets.plural, "o", "--cascade=orphan", "--timeout=60s").expect()
            #expect(try await status("o") == 404)
            let child = try await client.get(widgets.item(namespace, "o-child")).expect(200)
            #expect(child.json["metadata"]?["ownerReferences"] == nil && child.json["metadata"]?["deletionTimestamp"] == nil)
        }
    }

    @Test(.needsControllers, arguments: programs) func namespaces(_ program: String) async throws {
        try await with(program) { kubectl, _ in
            let name = Unique.name("ns")
            try await kubectl.run("create", "namespace", name).expect()
            try await kubectl.run("create", "configmap", "c", "-n", name).expect()
            #expect(try await kubectl.run("get", "namespace", name).expect().output.contains("Active"))
            try await kubectl.run("delete", "namespace", name, "--timeout=60s").expect()
            try await kubectl.run("get", "namespace", name).expect(1)
        }
    }

    @Test(arguments: programs) func withoutRights(_ program: String) async throws {
        try await with(program) { kubectl, widgets in
            var nobody = kubectl
            nobody.context = "nobody"
            let refused = try await nobody.run("get", "secrets").expect(1)
            #expect(refused.errors.contains(#"User "nobody" cannot list resource "secrets" in API group """#))
            try await nobody.run("create", "configmap", "c").expect(1)
            #expect(try await nobody.run("auth", "can-i", "get", "secrets").expect(1).output == "no\n")
        }
    }
}
