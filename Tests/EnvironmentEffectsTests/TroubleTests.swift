import Docker
import EnvironmentPlan
import Glibc
import Kernel
import Kubernetes
import TestSupport
import Testing

@testable import EnvironmentEffects

/// What can be in the way: each is said with the way out, and goes on by itself when it is out of the way.
@Suite(.enabled(if: Capability.docker), .serialized) struct TroubleTests {
    @Test func anImageThatDoesNotExist() async throws {
        try await Installation.with { installation in
            let image = "mwt-environment/\(installation.id):1"
            try await installation.apply(Installation.environment("line-1") { $0["image"] = .string(image); $0["imagePullPolicy"] = "Never" })
            let stalled = try await installation.waitFor("Stalled", "line-1", "the image is missing") { $0.status == .true }
            #expect(stalled.reason == "ImageUnavailable" && stalled.message.contains(image))

            try await installation.apply(Installation.environment("line-2") { $0["image"] = .string("127.0.0.1:9/\(installation.id):1") })
            let pull = try await installation.waitFor("Stalled", "line-2", "it can't be pulled") { $0.status == .true }
            #expect(pull.reason == "ImageUnavailable" && pull.message.contains("127.0.0.1:9/\(installation.id):1"))
        }
    }

    @Test func aPortThatIsTaken() async throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 && listen(descriptor, 1) == 0
            }
        }
        #expect(isBound)
        let port = Int64(UInt16(bigEndian: address.sin_port))
        try await Installation.with { installation in
            try await installation.apply(
                Installation.environment("line-1") { $0["ports"] = [["name": "http", "containerPort": 8088, "hostPort": .int(port)]] })
            let stalled = try await installation.waitFor("Stalled", "line-1", "the port is taken") { $0.status == .true }
            #expect(stalled.reason == "PortConflict" && stalled.message.contains("spec.ports[0].hostPort: \(port) is used by another process"))
            // Another port in the document: it goes on.
            try await installation.apply(Installation.environment("line-1"))
            try await installation.waitReady("line-1")
        }
    }

    @Test func aPortOfAnotherEnvironment() async throws {
        try await Installation.with { installation in
            try await installation.apply(Installation.environment("line-1"))
            try await installation.waitReady("line-1")
            let address = try #require(try await installation.status("line-1")["endpoints"]?[0]?["address"]?.string)
            let port = try #require(Int64(address.split(separator: ":").last ?? ""))
            try await installation.apply(
                Installation.environment("line-2") { $0["ports"] = [["name": "http", "containerPort": 8088, "hostPort": .int(port)]] })
            let holder = try await installation.container("line-1").name
            let stalled = try await installation.waitFor("Stalled", "line-2", "the port is taken") { $0.status == .true }
            #expect(stalled.reason == "PortConflict" && stalled.message.contains("is used by container \(holder)"))
            try await installation.delete("line-1")
            try await installation.waitReady("line-2")
        }
    }

    @Test func aCrashLoopIsTakenOverFromTheEngine() async throws {
        try await Installation.with { installation in
            try await installation.apply(
                Installation.environment("crash") {
                    $0["command"] = ["sh", "-c", "echo the last words; sleep 0.2; exit 3"]
                    $0["readinessProbe"] = nil
                })
            let loop = try await installation.waitFor("Ready", "crash", "it is a crash loop") { $0.reason == "CrashLoopBackOff" && $0.message.contains("last words") }
            #expect(loop.message.contains("exit code 3"))
            try await eventually("the engine's policy is off") { try await installation.container("crash").restartPolicy == .no }
            // The way out is a better document.
            try await installation.apply(Installation.environment("crash"))
            try await installation.waitReady("crash")
            #expect(try await installation.container("crash").restartPolicy == .unlessStopped)
        }
    }

    @Test func aContainerRemovedWhileItsSecretIsMissingIsNotShownAsReady() async throws {
        try await Installation.with { installation in
            try await installation.apply(["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "gateway", "namespace": "plant"], "data": ["password": "Y2FuYXJ5LTE="]])
            try await installation.apply(
                Installation.environment("line-1") { $0["env"] = [["name": "PASSWORD", "valueFrom": ["secretKeyRef": ["name": "gateway", "key": "password"]]]] })
            try await installation.waitReady("line-1")
            try await installation.client.delete(.secrets, NamespacedName(namespace: "plant", name: "gateway"))
            let stalled = try await installation.waitFor("Stalled", "line-1", "the secret is missing") { $0.status == .true }
            #expect(stalled.reason == "ConfigMissing")
            #expect(try await installation.status("line-1")["readyReplicas"] == 1, "it goes on running")
            try await installation.engine.removeContainer(try await installation.container("line-1").id, force: true, volumes: false)
            try await eventually("the status has seen it go") {
                let status = try await installation.status("line-1")
                return status["readyReplicas"] == 0 && status["instances"]?[0]?["state"] == "absent" && status["instances"]?[0]?["id"] == nil
            }
        }
    }

    @Test func aCrashLoopThatPrintsItsPasswordDoesNotShowIt() async throws {
        try await Installation.with { installation in
            try await installation.apply(["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "gateway", "namespace": "plant"], "data": ["password": "Y2FuYXJ5LTE="]])
            try await installation.apply(
                Installation.environment("crash") {
                    $0["command"] = ["sh", "-c", "echo the password is $PASSWORD; sleep 0.2; exit 3"]
                    $0["readinessProbe"] = nil
                    $0["env"] = [["name": "PASSWORD", "valueFrom": ["secretKeyRef": ["name": "gateway", "key": "password"]]]]
                })
            _ = try await installation.waitFor("Ready", "crash", "its last words are shown") { $0.reason == "CrashLoopBackOff" && $0.message.contains("the password is ***") }
            let object = try await installation.client.get(.environments, NamespacedName(namespace: "plant", name: "crash")).json()
            #expect(!object.text.contains("canary-1"))
            let events = try await installation.client.list(.events).items.map { $0.json().text }
            #expect(!events.contains { $0.contains("canary-1") })
        }
    }

    @Test func aCommandThatIsNotInTheImage() async throws {
        try await Installation.with { installation in
            try await installation.apply(Installation.environment("line-1") { $0["command"] = ["/no/such/program"] })
            let stalled = try await installation.waitFor("Stalled", "line-1", "it can't be started") { $0.status == .true }
            #expect(stalled.reason == "EngineRefused" && stalled.message.contains("command"))
            try await installation.apply(Installation.environment("line-1"))
            try await installation.waitReady("line-1")
        }
    }

    @Test func aNameThatSomeoneElseHas() async throws {
        try await Installation.with { installation in
            let object = Installation.environment("line-1") { $0["suspend"] = true }
            try await installation.apply(object)
            try await installation.waitReady("line-1")
            let uid = try await installation.client.get(.environments, NamespacedName(namespace: "plant", name: "line-1")).uid
            let identity = EnvironmentIdentity(installation: installation.id, namespace: "plant", name: "line-1", uid: uid)
            var spec = EngineContainerSpec(image: Installation.image)
            spec.labels = ["millwright.test": installation.id]
            let other = try await installation.engine.createContainer(name: identity.containerName(0), spec)
            do {
                try await installation.apply(Installation.environment("line-1"))
                let stalled = try await installation.waitFor("Stalled", "line-1", "the name is taken") { $0.status == .true }
                #expect(stalled.reason == "NameConflict" && stalled.message.contains("isn't Millwright's"))
                #expect(try await installation.engine.container(other.id).state.status == .created, "it is left alone")
            } catch {
                try await installation.engine.removeContainer(other.id, force: true, volumes: true)
                throw error
            }
            try await installation.engine.removeContainer(other.id, force: true, volumes: true)
            try await installation.waitReady("line-1")
        }
    }
}
