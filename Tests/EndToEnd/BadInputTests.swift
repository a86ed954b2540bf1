import Foundation
import Kernel
import TestSupport
import Testing

/// Wrong documents: each gets a message that names the field or thing and the way out; everything else keeps running.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct BadInputTests {
    @Test func everyMistakeIsNamed() throws {
        let installation = try Installation("bad-input")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant") + Documents.environment("good", namespace: "plant"))
        try installation.waitReady("good", in: "plant")
        let good = try installation.container(of: "good", in: "plant")

        // Refused at the door, by the schema.
        let refused: [(String, [String])] = [
            (Documents.environment("x", namespace: "plant").replacing("replicas: 1", with: "replicas: many"), ["spec.replicas", "integer"]),
            (Documents.environment("x", namespace: "plant", spec: "  imgae: typo"), ["imgae", "unknown field"]),
            (Documents.environment("x", namespace: "plant").replacing("  image: millwright-demo:1\n", with: ""), ["spec.image", "Required"]),
            (Documents.environment("x", namespace: "plant").replacing("hostPort: 0", with: "hostPort: 70000"), ["hostPort", "65535"]),
            (Documents.environment("UPPER", namespace: "plant"), ["metadata.name", "lowercase"]),
            (Documents.environment("x", namespace: "nowhere"), ["nowhere", "not found"]),
        ]
        for (document, words) in refused {
            let result = try installation.kubectl(["apply", "--server-side", "-f", "-"], input: document)
            #expect(result.status != 0)
            for word in words { #expect(result.all.contains(word), "'\(word)' is missing in: \(result.all)") }
        }

        // Accepted, and said in the condition.
        let port = try Installation.freePort()
        try installation.apply(Documents.environment("holder", namespace: "plant", hostPort: port))
        try installation.waitReady("holder", in: "plant")
        let stalled: [(name: String, document: String, words: [String])] = [
            ("port", Documents.environment("port", namespace: "plant", hostPort: port), ["\(port)"]),
            ("secret", Documents.environment("secret", namespace: "plant", env: "[{name: P, valueFrom: {secretKeyRef: {name: gateway, key: password}}}]"), ["gateway", "Secret"]),
            ("image", Documents.environment("image", namespace: "plant", image: "millwright-absent:9"), ["millwright-absent:9"]),
            ("mount", Documents.environment("mount", namespace: "plant", spec: "  volumes: [{name: etc, hostPath: {path: /etc}}]")
                .replacing("- {name: data, mountPath: /data}", with: "- {name: data, mountPath: /data}\n  - {name: etc, mountPath: /host}"), ["/etc", "--allow-host-path"]),
            ("cluster", Documents.environment("cluster", namespace: "plant", spec: "  runtime: Kubernetes"), ["spec.runtime", "Docker"]),
            ("target", Documents.environment("target", namespace: "plant", spec: "  target: elsewhere"), ["elsewhere", "--target"]),
        ]
        for (_, document, _) in stalled { try installation.apply(document) }
        for (name, _, words) in stalled {
            try waitUntil("the status of '\(name)' names \(words)", seconds: 60) {
                let conditions = try installation.get("environment", name, "-n", "plant")?["status"]?["conditions"]?.array?.compactMap { Condition($0) } ?? []
                let ready = conditions["Ready"]
                return ready?.status == .false && words.allSatisfy { word in conditions.contains { $0.message.contains(word) } }
            }
        }

        // The way out works: the secret arrives, and so does the environment.
        _ = try installation.kubectl(["create", "secret", "generic", "gateway", "-n", "plant", "--from-literal=password=changeit"])
        try installation.waitReady("secret", in: "plant")
        #expect(try installation.container(of: "good", in: "plant") == good)
    }
}
