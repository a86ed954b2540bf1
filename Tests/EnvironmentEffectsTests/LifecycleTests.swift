import Docker
import EnvironmentPlan
import Kernel
import Kubernetes
import TestSupport
import Testing

@testable import EnvironmentEffects

/// From a document to a container that serves, and back, on a real engine.
@Suite(.enabled(if: Capability.docker), .serialized) struct LifecycleTests {
    @Test func aDocumentBecomesAContainerThatServes() async throws {
        try await Installation.with { installation in
            try await installation.apply(Installation.environment("line-1"))
            try await installation.waitReady("line-1")
            #expect(try await installation.answer("line-1") == #"{"state":"RUNNING"}"#)
            let status = try await installation.status("line-1")
            #expect(status["phase"] == "Running" && status["readyReplicas"] == 1 && status["runtime"] == "Docker" && status["target"] == "local")
            let container = try await installation.container("line-1")
            #expect(container.restartPolicy == .unlessStopped)
            #expect(container.labels[MillwrightName.installationLabel] == installation.id)

            // At rest nothing is written, neither to the engine nor to the API.
            try await eventually("it is idle") { installation.controller.isIdle }
            let writes = installation.engine.writes
            let version = try await installation.client.get(.environments, NamespacedName(namespace: "plant", name: "line-1")).resourceVersion
            _ = try await installation.client.patch(
                .environments, NamespacedName(namespace: "plant", name: "line-1"), .merge(["metadata": ["labels": ["site": "hamburg"]]]))
            try await eventually("it is idle again") { installation.controller.isIdle }
            #expect(installation.engine.writes == writes)
            #expect(try await installation.container("line-1").id == container.id)
            let after = try await installation.client.get(.environments, NamespacedName(namespace: "plant", name: "line-1"))
            #expect(after.resourceVersion != version && after.json()["status"] == status)

            try await installation.delete("line-1")
            #expect(try await installation.containers("line-1").isEmpty)
            #expect(try await installation.networks().isEmpty)
            #expect(try await installation.volumes().count == 1, "the data stays")
        }
    }
}
