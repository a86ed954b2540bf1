import Docker
import EnvironmentPlan
import Kernel
import Kubernetes
import TestSupport
import Testing

@testable import EnvironmentEffects

/// Variables, files, volumes, probes, names and rights: what a document asks for is what the process sees.
@Suite(.enabled(if: Capability.docker), .serialized) struct ConfigurationTests {
    private static func secret(_ password: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "gateway", "namespace": "plant"],
            "data": ["password": .string(Base64.encode(Array(password.utf8)))],
        ]
    }

    private static let pages: JSON = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "pages", "namespace": "plant"],
        "data": ["StatusPing": "from a file", "deep.txt": "deep"],
    ]

    @Test func aMissingSecretIsWaitedForAndAChangedOneReachesTheProcess() async throws {
        try await Installation.with { installation in
            try await installation.apply(
                Installation.environment("line-1") {
                    $0["env"] = [
                        ["name": "PASSWORD", "valueFrom": ["secretKeyRef": ["name": "gateway", "key": "password"]]],
                        ["name": "WHO", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                        ["name": "URL", "value": "http://$(WHO)/$$(WHO)/$(NOT)"],
                    ]
                })
            let stalled = try await installation.waitFor("Stalled", "line-1", "it says what is missing") { $0.status == .true }
            #expect(stalled.reason == "ConfigMissing")
            #expect(stalled.message.contains("spec.env[0].valueFrom.secretKeyRef: Secret gateway doesn't exist in namespace plant"))
            #expect(try await installation.containers("line-1").isEmpty)

            try await installation.apply(Self.secret("first-canary"))
            try await installation.waitReady("line-1")
            let first = try await installation.container("line-1")
            #expect(first.env.contains("PASSWORD=first-canary") && first.env.contains("URL=http://line-1-0/$(WHO)/$(NOT)"))
            #expect(!first.labels.values.contains { $0.contains("canary") })

            try await installation.apply(Self.secret("second-canary"))
            try await eventually("the new value has arrived") {
                try await installation.containers("line-1").first?.env.contains("PASSWORD=second-canary") == true
            }
            try await installation.waitReady("line-1")
            let object = try await installation.client.get(.environments, NamespacedName(namespace: "plant", name: "line-1")).json()
            #expect(!object.text.contains("canary"))
        }
    }

    @Test func filesAndVolumesAreThere() async throws {
        try await Installation.with { installation in
            try await installation.apply(Self.pages)
            try await installation.apply(Self.secret("in a file"))
            try await installation.apply(
                Installation.environment("files") {
                    $0["command"] = ["httpd", "-f", "-p", "8088", "-h", "/pages"]
                    $0["volumes"] = [
                        ["name": "pages", "configMap": ["name": "pages", "items": [["key": "StatusPing", "path": "StatusPing"], ["key": "deep.txt", "path": "a/b/deep.txt", "mode": 0o600]]]],
                        ["name": "keys", "secret": ["secretName": "gateway", "defaultMode": 0o400]],
                        ["name": "tmp", "emptyDir": ["medium": "Memory", "sizeLimit": "1Mi"]], ["name": "scratch", "emptyDir": [:]],
                        ["name": "shared", "persistentVolumeClaim": ["claimName": "shared"]],
                    ]
                    $0["volumeMounts"] = [
                        ["name": "data", "mountPath": "/data"], ["name": "pages", "mountPath": "/pages"], ["name": "keys", "mountPath": "/keys"],
                        ["name": "tmp", "mountPath": "/mem"], ["name": "scratch", "mountPath": "/scratch"],
                        ["name": "shared", "mountPath": "/shared", "readOnly": true],
                    ]
                    $0["securityContext"] = ["readOnlyRootFilesystem": true]
                })
            try await installation.waitReady("files")
            #expect(try await installation.answer("files") == "from a file")
            let container = try await installation.container("files")
            #expect(try await installation.run(container, "cat", "/pages/a/b/deep.txt") == "deep")
            #expect(try await installation.run(container, "stat", "-c", "%a", "/pages/a/b/deep.txt") == "600\n")
            #expect(try await installation.run(container, "cat", "/keys/password") == "in a file")
            #expect(try await installation.run(container, "stat", "-c", "%a", "/keys/password") == "400\n")
            #expect(try await installation.run(container, "touch", "/x").contains("Read-only file system"))
            #expect(try await installation.run(container, "touch", "/shared/x").contains("Read-only file system"))
            #expect(try await installation.run(container, "touch", "/mem/x", "/scratch/x", "/data/x").isEmpty)
            #expect(try await installation.run(container, "cat", "/proc/self/status").contains("NoNewPrivs:\t1"))
            let before = try await installation.volumes()

            var changed = Self.pages
            changed["data"]?["StatusPing"] = "changed"
            try await installation.apply(changed)
            try await eventually("the new file is served") {
                do { return try await installation.answer("files") == "changed" } catch { return false }
            }
            // Those with a name of ours hold data; the others live with the container: the copied files and the emptyDir.
            func named(_ volumes: [String]) -> [String] { volumes.filter { $0.hasPrefix("millwright.") } }
            let after = try await installation.volumes()
            #expect(named(after) == named(before) && after.count == before.count, "no volume is left behind by a recreation")

            // Removed behind our back, as `docker rm -f` does, its volumes stay: with the secret on one of them.
            let secrets = after.filter { !named(after).contains($0) }
            #expect(secrets.count == 3)
            try await installation.engine.removeContainer(try await installation.container("files").id, force: true, volumes: false)
            try await eventually("the volumes of the removed container are gone") {
                let now = try await installation.volumes()
                return secrets.allSatisfy { !now.contains($0) } && now.count == before.count && named(now) == named(before)
            }
        }
    }

    @Test func environmentsOfANamespaceReachOneAnotherByName() async throws {
        try await Installation.with { installation in
            try await installation.apply(Installation.environment("line-1") { $0["replicas"] = 2 })
            try await installation.apply(Installation.environment("line-2"))
            try await installation.waitReady("line-1")
            try await installation.waitReady("line-2")
            let container = try await installation.container("line-2")
            for name in ["line-1", "line-1-0", "line-1-1", "line-2"] {
                #expect(try await installation.run(container, "wget", "-q", "-O", "-", "http://\(name):8088/StatusPing").contains("RUNNING"), "\(name)")
            }
            #expect(try await installation.networks().count == 1)
        }
    }

    @Test func probesDecide() async throws {
        try await Installation.with { installation in
            try await installation.apply(
                Installation.environment("probed") {
                    $0["startupProbe"] = ["tcpSocket": ["port": "http"], "periodSeconds": 1, "failureThreshold": 30]
                    $0["readinessProbe"] = ["exec": ["command": ["cat", "/tmp/ready"]], "periodSeconds": 1, "failureThreshold": 1]
                    $0["livenessProbe"] = ["httpGet": ["path": "/StatusPing", "port": 8088], "periodSeconds": 1, "failureThreshold": 2]
                })
            let waiting = try await installation.waitFor("Ready", "probed", "the probe says no") { $0.message.contains("readiness probe: exit code 1") }
            #expect(waiting.status == .false)
            let container = try await installation.container("probed")
            _ = try await installation.run(container, "touch", "/tmp/ready")
            try await installation.waitReady("probed")
            _ = try await installation.run(container, "rm", "/tmp/ready")
            _ = try await installation.waitFor("Ready", "probed", "it isn't ready any more") { $0.status == .false }
            _ = try await installation.run(container, "rm", "/www/StatusPing")
            try await eventually("the liveness probe has it restarted") {
                let now = try await installation.container("probed")
                return now.id == container.id && now.state.started != container.state.started && now.state.status == .running
            }
        }
    }

    @Test func whatANamespaceMayNotDoIsSaid() async throws {
        try await Installation.with(policy: { $0.hostPaths = [.init(namespace: "plant", prefix: "/tmp")] }) { installation in
            try await installation.apply(
                Installation.environment("open") {
                    $0["ports"] = [["name": "http", "containerPort": 8088, "hostIP": "0.0.0.0"]]
                })
            let forbidden = try await installation.waitFor("Stalled", "open", "it is refused") { $0.status == .true }
            #expect(forbidden.reason == "Forbidden" && forbidden.message.contains("--allow-host-ip plant"))
            try await installation.apply(
                Installation.environment("path") {
                    $0["volumes"] = [["name": "host", "hostPath": ["path": "/etc"]]]
                    $0["volumeMounts"] = [["name": "host", "mountPath": "/host"]]
                })
            let path = try await installation.waitFor("Stalled", "path", "it is refused") { $0.status == .true }
            #expect(path.message.contains("spec.volumes[0].hostPath.path: /etc is not allowed in namespace plant"))
            #expect(try await installation.containers("path").isEmpty)
        }
    }
}
