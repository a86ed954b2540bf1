import DataPipelinePlan
import Kernel
import Kubernetes
import Reconciliation

/// Makes DataPipelineRuns on behalf of what triggers them.
public struct RunMaker: Sendable {
    let client: KubernetesClient

    public init(client: KubernetesClient) { self.client = client }

    /// On runs that Millwright makes: what made it, `schedule/nightly`, `watch`, `run/orders-1a2b`.
    public static let causeAnnotation = "millwright.dev/cause"
    /// On the same: history limits hold for them.
    public static let pipelineLabel = "millwright.dev/pipeline"
    /// The time a run that nobody set one for stays after its end.
    static let standardTTL: Int64 = 86400

    /// Again for the same cause: there is one already, and nothing happens.
    ///
    /// - Parameter owner: whose deletion takes the run with it; nil: nobody's.
    public func make(
        name: String, namespace: String, pipeline: String, parameters: JSON, cause: String, files: [String] = [], labels: [String: String] = [:],
        annotations: [String: String] = [:], ttl: Int64? = nil, owner: JSON? = nil
    ) async throws(ActionFailure) {
        var labelJSON: JSON = [:]
        for key in labels.keys.sorted() { labelJSON[key] = .string(labels[key] ?? "") }
        labelJSON[MillwrightName.managedByLabel] = .string(MillwrightName.managedByValue)
        labelJSON[Self.pipelineLabel] = .string(pipeline)
        var annotationJSON: JSON = [:]
        for key in annotations.keys.sorted() { annotationJSON[key] = .string(annotations[key] ?? "") }
        annotationJSON[Self.causeAnnotation] = .string(cause)
        if !files.isEmpty { annotationJSON[DesiredRun.inputsAnnotation] = .string(JSON(files).text) }
        var metadata: JSON = ["name": .string(name), "namespace": .string(namespace), "labels": labelJSON, "annotations": annotationJSON]
        if let owner { metadata["ownerReferences"] = [owner] }
        var spec: JSON = ["pipelineRef": ["name": .string(pipeline)], "ttlSecondsAfterFinished": .int(ttl ?? Self.standardTTL)]
        if parameters.object?.isEmpty == false { spec["parameters"] = parameters }
        let document: JSON = ["apiVersion": .string(MillwrightName.apiVersion), "kind": "DataPipelineRun", "metadata": metadata, "spec": spec]
        do throws(KubernetesError) { _ = try await client.create(.dataPipelineRuns, document, WriteOptions(fieldManager: "millwright")) } catch {
            if case .alreadyExists = error { return }
            throw ActionFailure(error, breaker: "kubernetes.\(client.target).Write")
        }
    }
}
