import Docker
import EnvironmentPlan
import Kernel
import Kubernetes

/// Finds the container of an environment that a request is about.
struct EnvironmentContainers: Sendable {
    let client: KubernetesClient
    let engines: [String: any ContainerEngine]
    let installation: String

    /// - Parameter ordinal: of the replica.
    func find(_ name: NamespacedName, ordinal: Int) async throws(Problem) -> (engine: any ContainerEngine, id: String) {
        let object: JSON
        do { object = try await client.get(.environments, name).json() } catch {
            if case .notFound = error {
                throw Problem(404, "not found", "there is no environment \(name)", fix: "kubectl get environments -A lists those there are")
            }
            throw Problem(503, "API unavailable", "\(error)", fix: "try again; 'millwright doctor' says what is wrong")
        }
        let target = object["spec"]?["target"]?.string ?? "local"
        guard let engine = engines[target] else {
            throw Problem(409, "unknown target", "environment \(name) is on target '\(target)', which this process doesn't serve", fix: "start Millwright with --target \(target)=docker:URL")
        }
        let uid = object["metadata"]?["uid"]?.string ?? ""
        let found: [EngineContainerSummary]
        do {
            let identity = EnvironmentIdentity(installation: installation, namespace: name.namespace, name: name.name, uid: uid)
            found = try await engine.containers(EngineFilters(labels: identity.labels.merging([EnvironmentIdentity.ordinalLabel: "\(ordinal)"]) { $1 }))
        } catch {
            throw Problem(503, "engine unavailable", "\(error)", fix: "see the environment's conditions: kubectl describe environment \(name.name) -n \(name.namespace)")
        }
        guard let container = found.first else {
            throw Problem(
                409, "no container", "environment \(name) has no container of ordinal \(ordinal) now",
                fix: "kubectl describe environment \(name.name) -n \(name.namespace) says why; --ordinal chooses another replica")
        }
        return (engine, container.id)
    }
}
