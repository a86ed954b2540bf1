import Docker
import EnvironmentPlan
import Kernel
import Kubernetes
import TestSupport
import Testing

@testable import EnvironmentEffects

/// What people do to containers behind Millwright's back, and what changes of the document do: on a real engine, driven by its events.
@Suite(.enabled(if: Capability.docker), .serialized) struct DriftTests {
    @Test func everyDriftIsPutRight() async throws {
        try await Installation.with { installation in
            try await installation.apply(Installation.environment("line-1"))
            try await installation.waitReady("line-1")
            let first = try await installation.container("line-1")
            _ = try await installation.run(first, "touch", "/data/kept")
            let endpoint = try await installation.status("line-1")["endpoints"]?[0]?["address"]

            // docker rm -f
            try await installation.engine.removeContainer(first.id, force: true, volumes: true)
            _ = try await installation.waitFor("Drifted", "line-1", "the removal is noticed") { $0.message.contains("removed from outside") }
            try await installation.waitReady("line-1") { $0["instances"]?[0]?["id"] != .string(String(first.id.prefix(12))) }
            let second = try await installation.container("line-1")
            #expect(try await installation.run(second, "ls", "/data").contains("kept"), "the data volume survives")
            #expect(try await installation.status("line-1")["endpoints"]?[0]?["address"] == endpoint, "so does its port")

            // docker stop
            try await installation.engine.stopContainer(second.id, grace: .zero)
            try await eventually("it runs again") { try await installation.container("line-1").state.status == .running }
            #expect(try await installation.container("line-1").id == second.id)
            try await installation.waitReady("line-1")

            // docker pause
            try await installation.engine.pauseContainer(second.id)
            try await eventually("it goes on") { try await installation.container("line-1").state.status == .running }

            // docker network disconnect
            let network = try #require(try await installation.networks().first)
            try await installation.engine.disconnect(container: second.id, from: network, force: false)
            try await eventually("it is connected again") { try await installation.container("line-1").networks[network]?.address.isEmpty == false }
            #expect(try await installation.container("line-1").networks[network]?.aliases.contains("line-1") == true)

            // docker update --restart
            try await installation.engine.updateContainer(second.id, restartPolicy: .always)
            try await eventually("the policy is back") { try await installation.container("line-1").restartPolicy == .unlessStopped }
            #expect(try await installation.container("line-1").id == second.id)
            let drift = try await installation.waitFor("Drifted", "line-1", "it was put right") { $0.status == .false }
            #expect(drift.reason == "Repaired")
        }
    }

    @Test func changesOfTheDocumentRecreateOnce() async throws {
        try await Installation.with { installation in
            try await installation.apply(Installation.environment("line-1"))
            try await installation.waitReady("line-1")
            let first = try await installation.container("line-1")
            let revision = try await installation.status("line-1")["revision"]

            try await installation.apply(Installation.environment("line-1") { $0["env"] = [["name": "SITE", "value": "hamburg"]] })
            try await installation.waitReady("line-1") { $0["revision"] != revision }
            let second = try await installation.container("line-1")
            #expect(second.id != first.id && second.env.contains("SITE=hamburg"))
            #expect(installation.engine.writes["createContainer"] == 2)

            // Neither replicas' limits nor probes are a container's own.
            try await installation.apply(
                Installation.environment("line-1") {
                    $0["env"] = [["name": "SITE", "value": "hamburg"]]
                    $0["livenessProbe"] = ["tcpSocket": ["port": 8088], "periodSeconds": 1]
                    $0["terminationGracePeriodSeconds"] = 2
                })
            try await installation.waitReady("line-1")
            #expect(try await installation.container("line-1").id == second.id)
        }
    }

    @Test func suspendKeepsTheDataAndScalingAddsInstances() async throws {
        try await Installation.with { installation in
            try await installation.apply(Installation.environment("line-1") { $0["replicas"] = 2 })
            try await installation.waitReady("line-1") { $0["readyReplicas"] == 2 }
            #expect(try await installation.volumes().count == 2)
            let names = try await installation.containers("line-1").map(\.name)
            try await installation.apply(Installation.environment("line-1") { $0["replicas"] = 2; $0["suspend"] = true })
            try await installation.waitReady("line-1") { $0["phase"] == "Suspended" }
            #expect(try await installation.containers("line-1").isEmpty)
            #expect(try await installation.volumes().count == 2)
            try await installation.apply(Installation.environment("line-1") { $0["replicas"] = 1; $0["suspend"] = false })
            try await installation.waitReady("line-1") { $0["readyReplicas"] == 1 }
            #expect(try await installation.containers("line-1").map(\.name) == [names[0]])
        }
    }
}
