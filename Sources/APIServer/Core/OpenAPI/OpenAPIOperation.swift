import Kernel

/// One operation on one URL, before it is written in a dialect.
struct OpenAPIOperation {
    enum Action: String {
        case get, list, post, put, patch, delete, deletecollection

        var method: String {
            switch self {
            case .get, .list: "get"
            case .deletecollection: "delete"
            default: rawValue
            }
        }

        init?(_ verb: APIVerb) {
            switch verb {
            case .get: self = .get
            case .list: self = .list
            case .create: self = .post
            case .update: self = .put
            case .patch: self = .patch
            case .delete: self = .delete
            case .deletecollection: self = .deletecollection
            case .watch: return nil
            }
        }
    }

    let action: Action
    let resource: ResourceDefinition
    let subresource: SubresourceDefinition?
    /// The collection over all namespaces of a namespaced resource.
    let isEverywhere: Bool

    /// The kind that goes in and comes out.
    var kind: GroupVersionKind { subresource?.kind ?? resource.groupVersionKind }
    private var typeName: String { subresource?.typeName ?? resource.typeName }

    private var bodyType: String? {
        switch action {
        case .post, .put: typeName
        case .patch: MetaTypes.prefix + "Patch"
        case .delete, .deletecollection: MetaTypes.deleteOptions
        case .get, .list: nil
        }
    }

    private var replyType: String {
        switch action {
        case .list: PublishedSchemas.listName(resource)
        case .delete, .deletecollection: MetaTypes.status
        default: typeName
        }
    }

    private var consumes: [String] {
        guard action == .patch else { return bodyType == nil ? [] : ["application/json", "application/yaml"] }
        let all = ["application/json-patch+json", "application/merge-patch+json"]
        return all + (resource.patches == .strategic ? ["application/strategic-merge-patch+json"] : []) + ["application/apply-patch+yaml"]
    }

    private static let produces = ["application/json", "application/yaml"]

    /// `listCoreV1NamespacedConfigMap`: unique in a document.
    var identifier: String {
        let verb =
            switch action {
            case .get: "read"
            case .post: "create"
            case .put: "replace"
            case .deletecollection: "deleteCollection"
            default: action.rawValue
            }
        let group = resource.group.isEmpty ? "Core" : resource.group.split(separator: ".").map(Self.capitalized).joined()
        let scope = resource.isNamespaced && !isEverywhere ? "Namespaced" : ""
        let part = subresource.map { Self.capitalized($0.name[...]) } ?? ""
        return verb + Self.capitalized(group[...]) + Self.capitalized(resource.version[...]) + scope + resource.kind + part
            + (isEverywhere ? "ForAllNamespaces" : "")
    }

    private static func capitalized(_ text: Substring) -> String {
        let clean = text.filter { $0 != "-" && $0 != "." }
        return clean.prefix(1).uppercased() + clean.dropFirst()
    }

    private var tag: String {
        let group = resource.group.isEmpty ? "core" : resource.group.split(separator: ".").first.map(String.init) ?? resource.group
        return "\(group)_\(resource.version)"
    }

    private var description: String {
        let what = subresource.map { "\($0.name) of the \(resource.kind)" } ?? resource.kind
        return switch action {
        case .get: "read the \(what)"
        case .list: "list or watch objects of kind \(resource.kind)"
        case .post: "create a \(subresource.map { "\($0.kind.kind) for a \(resource.kind)" } ?? resource.kind)"
        case .put: "replace the \(what)"
        case .patch: "change parts of the \(what)"
        case .delete: "delete a \(resource.kind)"
        case .deletecollection: "delete all \(resource.plural) that are selected"
        }
    }

    private var parameters: [OpenAPIParameter] {
        switch action {
        case .get: [.pretty]
        case .list: [.pretty] + OpenAPIParameter.listing
        case .post: [.pretty, .dryRun, .fieldManager, .fieldValidation]
        case .put: [.pretty, .dryRun, .fieldManager, .fieldValidation]
        case .patch: [.pretty, .dryRun, .fieldManager, .fieldValidation, .force]
        case .delete: [.pretty, .dryRun] + OpenAPIParameter.deleting
        case .deletecollection: [.pretty, .dryRun] + OpenAPIParameter.deleting + OpenAPIParameter.listing
        }
    }

    func json(_ schemas: PublishedSchemas) -> JSON {
        var out: JSONObject = ["tags": [.string(tag)], "description": .string(description), "operationId": .string(identifier)]
        let v2 = schemas.dialect == .v2
        var listed = parameters.map { $0.json(schemas.dialect) }
        if v2 {
            if !consumes.isEmpty { out["consumes"] = JSON(consumes) }
            out["produces"] = JSON(Self.produces + (action == .list ? ["application/json;stream=watch"] : []))
            out["schemes"] = ["https"]
            if let bodyType {
                listed.insert(
                    ["name": "body", "in": "body", "required": .bool(isBodyRequired), "schema": schemas.reference(bodyType)], at: 0)
            }
        } else if let bodyType {
            var body: JSONObject = [
                "content": .object(JSONObject(consumes.map { ($0, ["schema": schemas.reference(bodyType)]) }))
            ]
            if isBodyRequired { body["required"] = true }
            out["requestBody"] = .object(body)
        }
        out["parameters"] = .array(listed)
        out["responses"] = responses(schemas)
        out["x-kubernetes-action"] = .string(action.rawValue)
        out["x-kubernetes-group-version-kind"] = KindFields.value(kind)
        return .object(out)
    }

    private var isBodyRequired: Bool { action != .delete && action != .deletecollection }

    private func responses(_ schemas: PublishedSchemas) -> JSON {
        let codes: [(String, String)] =
            switch action {
            case .post: [("200", "OK"), ("201", "Created"), ("202", "Accepted")]
            case .put, .patch: [("200", "OK"), ("201", "Created")]
            case .delete: [("200", "OK"), ("202", "Accepted")]
            default: [("200", "OK")]
            }
        var out = JSONObject()
        for (code, description) in codes {
            var reply: JSONObject = ["description": .string(description)]
            let schema = schemas.reference(replyType)
            if schemas.dialect == .v2 {
                reply["schema"] = schema
            } else {
                reply["content"] = .object(JSONObject(Self.produces.map { ($0, ["schema": schema]) }))
            }
            out[code] = .object(reply)
        }
        out["401"] = ["description": "Unauthorized"]
        return .object(out)
    }
}
