import DataPipelinePlan
import Kernel
import Kubernetes
import PipelineJobs
import Reconciliation
import Resources

/// Reads what a pipeline refers to: ConfigMaps with scripts, Secrets with connections.
struct PipelineReader: Sendable {
    let client: KubernetesClient

    /// Texts by `name/key`.
    func texts(_ spec: DataPipelineSpec, namespace: String) async throws(ActionFailure) -> [String: String] {
        var wanted: [(name: String, key: String)] = []
        func note(_ source: JavaScriptStep.Source) { if case .configMap(let name, let key) = source { wanted.append((name, key)) } }
        for step in spec.steps {
            guard case .javascript(let script) = step.operation else { continue }
            note(script.source)
            for module in script.modules { note(module.source) }
        }
        var texts: [String: String] = [:]
        for (name, key) in wanted where texts["\(name)/\(key)"] == nil {
            guard let text = try await object(.configMaps, namespace, name)?["data"]?[key]?.string else {
                throw Self.missing("ConfigMap \(name) with key \(key), which a script refers to, is not there; apply it")
            }
            texts["\(name)/\(key)"] = text
        }
        return texts
    }

    /// Database URLs by Secret.
    func connections(_ spec: DataPipelineSpec, namespace: String) async throws(ActionFailure) -> [String: String] {
        var connections: [String: String] = [:]
        for output in spec.outputs {
            guard case .postgresql(let table) = output.sink, connections[table.connectionSecret] == nil else { continue }
            guard let data = try await object(.secrets, namespace, table.connectionSecret)?["data"]?["url"]?.string.flatMap({ Base64.decode($0) }) else {
                throw Self.missing(
                    "Secret \(table.connectionSecret) with key url, which output \(output.name) refers to, is not there; apply it with stringData: {url: postgresql://user:password@host/database}")
            }
            connections[table.connectionSecret] = String(decoding: data, as: UTF8.self)
        }
        return connections
    }

    /// What is looked for again, as nobody tells when it comes.
    static let missingDependency = "config"

    private static func missing(_ message: String) -> ActionFailure { .refused(dependency: missingDependency, message, retryAfter: .seconds(5)) }

    private func object(_ type: ResourceType, _ namespace: String, _ name: String) async throws(ActionFailure) -> JSON? {
        do throws(KubernetesError) { return try await client.get(type, NamespacedName(namespace: namespace, name: name)).json() } catch {
            if error.isNotFound { return nil }
            throw ActionFailure(error, breaker: "kubernetes.\(client.target).Read")
        }
    }
}
