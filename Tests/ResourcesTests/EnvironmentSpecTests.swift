import Kernel
import Resources
import Testing

@Suite struct EnvironmentSpecTests {
    private func messages(_ document: JSON) -> [String] {
        do throws(InvalidResource) {
            _ = try EnvironmentSpec(document)
            return []
        } catch { return error.errors.map(\.description) }
    }

    @Test(arguments: [
        (["image": 3], "spec.image: must be a text, so put it in quotes; found 3"),
        ([:], "spec.image: is required"),
        (["image": "a b"], "spec.image: must be the name of an image"),
        (["image": "a", "replica": 2], "spec.replica: is not a field of this kind"),
        (["image": "a", "replicas": "2"], "spec.replicas: must be a whole number; found \"2\""),
        (["image": "a", "runtime": "Podman"], "spec.runtime: must be Docker or Kubernetes; found \"Podman\""),
        (["image": "a", "replicas": 2, "ports": [["containerPort": 80, "hostPort": 8080]]], "spec.ports[0].hostPort: is fixed to 8080 with 2 replicas"),
        (["image": "a", "ports": [["containerPort": 80], ["containerPort": 80]]], "spec.ports[1]: stands twice in ports"),
        (["image": "a", "ports": [["containerPort": 80, "name": "x"], ["containerPort": 81, "name": "x"]]], "spec.ports[1].name: x names another port already"),
        (["image": "a", "env": [["name": "A"], ["name": "A"]]], "spec.env[1]: stands twice in env"),
        (["image": "a", "env": [["name": "A", "value": "Y", "valueFrom": ["fieldRef": ["fieldPath": "metadata.uid"]]]]], "spec.env[0]: value and valueFrom exclude each other"),
        (["image": "a", "env": [["name": "A", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]]]], "spec.env[0].valueFrom.fieldRef.fieldPath: must be metadata.name"),
        (["image": "a", "env": [["name": "A", "value": true]]], "spec.env[0].value: must be a text, so put it in quotes; found true"),
        (["image": "a", "volumeMounts": [["name": "x", "mountPath": "/x"]]], "spec.volumeMounts[0].name: \"x\" must name an entry of volumes or of volumeClaimTemplates"),
        (["image": "a", "volumes": [["name": "x"]]], "spec.volumes[0]: exactly one of configMap, secret, emptyDir, hostPath, persistentVolumeClaim must be set; found none"),
        (["image": "a", "volumes": [["name": "x", "configMap": ["name": "c", "items": [["key": "k", "path": "../up"]]]]]], "spec.volumes[0].configMap.items[0].path: must be a relative path without '..'"),
        (["image": "a", "readinessProbe": ["httpGet": ["port": "web"]]], "spec.readinessProbe.httpGet.port: web must be a TCP containerPort of ports or its name"),
        (["image": "a", "securityContext": ["runAsNonRoot": true]], "spec.securityContext.runAsUser: must be set and not 0"),
        (["image": "a", "resources": ["limits": ["memory": "1Mi"]]], "spec.resources.limits.memory: must be at least 6Mi; found 1 MiB"),
        (["image": "a", "resources": ["limits": ["memory": "lots"]]], "spec.resources.limits.memory: must be a quantity like 2, 500m or 1Gi; found \"lots\""),
        (["image": "a", "resources": ["limits": ["memory": "100000Ti"]]], "spec.resources.limits.memory: must be a smaller quantity, at most 8Pi; found \"100000Ti\""),
        (["image": "a", "livenessProbe": ["exec": ["command": ["x"]], "successThreshold": 2]], "spec.livenessProbe.successThreshold: must be at most 1; found 2"),
    ] as [(JSON, String)]) func aBadDocumentSaysWhereAndWhatWouldBeRight(_ document: JSON, _ message: String) {
        let messages = messages(document)
        #expect(messages.contains { $0.hasPrefix(message) }, "\(messages)")
    }

    @Test func allThatIsWrongIsSaidAtOnce() {
        #expect(messages(["image": "", "replicas": -1, "hostname": "A_B"]).count == 3)
    }

    @Test(arguments: [
        ("demo", EnvironmentSpec.ImagePullPolicy.always), ("demo:latest", .always), ("demo:1", .ifNotPresent), ("host:5000/demo", .always),
        ("host:5000/demo:2", .ifNotPresent), ("demo@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", .ifNotPresent),
    ]) func thePullPolicyFollowsTheTag(_ image: String, _ policy: EnvironmentSpec.ImagePullPolicy) throws {
        #expect(try EnvironmentSpec(["image": .string(image)]).imagePullPolicy == policy)
    }

    @Test(arguments: [
        "UPPER/Case:::x", "../../etc", "a//b", "/a", "a/", "a:", "a:b c", "a@sha256:00", "a@", "A", "a..b", "a___b", "-a", "a-", "a:.x", "host:port/a", "registry.example.com/A",
        "a:" + String(repeating: "t", count: 129), "[::1/a", "a\u{e9}", "a?b=c", "a%2fb",
    ]) func anImageNameNoEngineCanParseIsNotTriedForEver(_ image: String) {
        #expect(messages(["image": .string(image)]).first?.hasPrefix("spec.image: must be the name of an image") == true)
    }

    @Test(arguments: [
        "a", "a.b_c__d---e/f:1.2-x_Y", "localhost/a", "localhost:5000/a", "registry.example.com/team/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "127.0.0.1:5000/a:t", "[::1]:5000/a", "Host/a", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "inductiveautomation/ignition:8.1.48",
    ]) func anImageNameThatEnginesTakeIsTaken(_ image: String) {
        #expect(messages(["image": .string(image)]).isEmpty)
    }

    @Test(arguments: [
        ("$(A)", "1"), ("x$(A)y$(B)", "x1y2"), ("$$(A)", "$(A)"), ("$(C)", "$(C)"), ("$", "$"), ("$(A", "$(A"), ("$x", "$x"), ("$$$(A)", "$1"),
        ("$()", "$()"), ("€$(A)", "€1"), ("$(A)$$", "1$"),
    ]) func variablesExpandAsInKubernetes(_ text: String, _ expanded: String) {
        #expect(VariableExpansion.expand(text) { ["A": "1", "B": "2"][$0] } == expanded)
    }
}
