import HTTPMessages
import Kernel
import Kubernetes
import Reconciliation
import YAML

/// `POST /v1/namespaces/{namespace}/plan`: documents in, what would be done for each out. Writes nothing.
struct PlanRoute {
    /// Plans one document of a kind.
    typealias Preview = @Sendable (JSON) async throws(ActionFailure) -> PlanPreview

    static let maximumDocuments = 200
    /// By kind.
    let previews: [String: Preview]
    let access: any AccessControl

    var routes: [HTTPPort.Route] {
        [
            HTTPPort.Route(
                "POST", "/v1/namespaces/:namespace/plan", media: ["application/json", "application/yaml"], bodyLimit: 3 << 20,
                // At least something in this namespace must be readable before a body is parsed; each document is asked for below.
                right: { names in .resource(verb: "get", resource: "environments", subresource: "", namespace: names["namespace"] ?? "", name: "") }
            ) { request, names in try await plan(request, namespace: names["namespace"] ?? "") }
        ]
    }

    private func plan(_ request: HTTPRequest, namespace: String) async throws(Problem) -> HTTPReply {
        var results: [JSON] = []
        for document in try documents(request) {
            let (kind, metadata) = (document["kind"]?.string ?? "", Metadata(of: document))
            guard metadata.namespace == namespace else {
                throw Problem(400, "other namespace", "\(kind) \(metadata.namespacedName) is not in namespace \(namespace)", fix: "plan each namespace by itself")
            }
            guard document["apiVersion"]?.string == MillwrightName.apiVersion, let preview = previews[kind] else {
                throw Problem(400, "nothing to plan", "documents of kind '\(kind)' are not acted on by Millwright", fix: "plan \(previews.keys.sorted().joined(separator: ", "))")
            }
            _ = try await access.require(.resource(verb: "get", resource: "environments", subresource: "", namespace: namespace, name: metadata.name), of: request)
            var result: JSON = ["kind": .string(kind), "namespace": .string(namespace), "name": .string(metadata.name)]
            do throws(ActionFailure) {
                for (key, value) in try await preview(document).json.object ?? [:] { result[key] = value }
            } catch {
                result["problem"] = .string(error.message)
            }
            results.append(result)
        }
        return HTTPReply(status: 200, contentType: "application/json", JSON.object(["items": .array(results)]).bytes)
    }

    private func documents(_ request: HTTPRequest) throws(Problem) -> [JSON] {
        let parsed: [JSON]
        do {
            if request.headers["Content-Type"]?.hasPrefix("application/yaml") == true {
                parsed = try YAML.parse(request.body)
            } else {
                parsed = [try JSONParser.parse(request.body)]
            }
        } catch {
            throw Problem(400, "unreadable document", "\(error)", fix: "send YAML documents, or one JSON document or List")
        }
        let documents = parsed.flatMap { $0["kind"] == "List" ? $0["items"]?.array ?? [] : [$0] }
        guard documents.count <= Self.maximumDocuments else {
            throw Problem(413, "too many documents", "\(documents.count) documents, at most \(Self.maximumDocuments) at once", fix: "send fewer")
        }
        return documents
    }
}
