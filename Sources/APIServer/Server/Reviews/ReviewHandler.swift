import APIServerCore
import HTTPMessages
import Kernel

/// Questions that are created rather than stored: who am I, what may I do, may they, whose token is this.
struct ReviewHandler: Sendable {
    private let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    func respond(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation()
        let options = try WriteOptions(context)
        let decoded = try BodyDecoder.decode(
            context.request, tracksDuplicates: options.fieldValidation != .ignore,
            protobuf: ProtobufBody.decode(as: .object(resource.definition.groupVersionKind)))
        var review = decoded.json
        try ObjectIdentity.checkKind(&review, resource)
        try FieldChecks.check(&review, resource, options.fieldValidation, duplicates: decoded.duplicates, context.warnings)
        // Clients written in Go send the empty answer along, with nulls in it.
        review["status"] = nil
        resource.schema.applyDefaults(&review)
        let causes = resource.schema.validate(review) + resource.definition.strategy.validateCreate(review)
        guard causes.isEmpty else { throw .invalid(resource.definition.groupKind, name: "", causes) }
        review["metadata"]?["creationTimestamp"] = nil
        review["status"] = try await status(of: review, resource.definition.plural, context)
        return Reply.json(review, status: 201, as: representation, pretty: context.options.flag("pretty"))
    }

    private func status(of review: JSON, _ plural: String, _ context: RequestContext) async throws(APIStatus) -> JSON {
        let spec = review["spec"] ?? .object(JSONObject())
        switch plural {
        case "selfsubjectreviews": return ["userInfo": context.user.json]
        case "selfsubjectaccessreviews": return Self.status(parts.authorizer.decide(Self.attributes(spec, user: context.user)))
        case "subjectaccessreviews": return Self.status(parts.authorizer.decide(Self.attributes(spec, user: Self.user(spec))))
        case "localsubjectaccessreviews":
            let namespace = spec["resourceAttributes"]?["namespace"]?.string ?? ""
            guard namespace == context.info.namespace else {
                throw .badRequest("spec.resourceAttributes.namespace must match namespace: \(context.info.namespace)")
            }
            return Self.status(parts.authorizer.decide(Self.attributes(spec, user: Self.user(spec))))
        case "selfsubjectrulesreviews": return rules(spec["namespace"]?.string ?? "", context.user)
        case "tokenreviews": return try tokenStatus(spec)
        default: throw .noSuchPath
        }
    }

    private static func status(_ decision: RBACDecision) -> JSON {
        var status: JSON = ["allowed": .bool(decision.isAllowed)]
        if !decision.reason.isEmpty { status["reason"] = .string(decision.reason) }
        return status
    }

    private static func user(_ spec: JSON) -> UserInfo {
        func list(_ value: JSON?) -> [String] { (value?.array ?? []).compactMap(\.string) }
        let extra = (spec["extra"]?.object ?? JSONObject()).map { (key: $0.0, values: list($0.1)) }
        return UserInfo(name: spec["user"]?.string ?? "", uid: spec["uid"]?.string ?? "", groups: list(spec["groups"]), extra: extra)
    }

    private static func attributes(_ spec: JSON, user: UserInfo) -> RequestAttributes {
        if let path = spec["nonResourceAttributes"], !path.isNull {
            return RequestAttributes(user: user, verb: path["verb"]?.string ?? "", target: .path(path["path"]?.string ?? ""))
        }
        let asked = spec["resourceAttributes"]
        func text(_ name: String) -> String { asked?[name]?.string ?? "" }
        return RequestAttributes(
            user: user, verb: text("verb"),
            target: .resource(
                .init(
                    group: text("group"), version: text("version"), resource: text("resource"), subresource: text("subresource"),
                    namespace: text("namespace"), name: text("name"))))
    }

    private func rules(_ namespace: String, _ user: UserInfo) -> JSON {
        let all = parts.authorizer.rules(of: user, namespace: namespace)
        let resources = all.filter { !$0.resources.isEmpty }.map { rule -> JSON in
            var json: JSON = ["verbs": JSON(rule.verbs), "apiGroups": JSON(rule.apiGroups), "resources": JSON(rule.resources)]
            if !rule.resourceNames.isEmpty { json["resourceNames"] = JSON(rule.resourceNames) }
            return json
        }
        let paths = all.filter { !$0.nonResourceURLs.isEmpty }.map { rule -> JSON in
            ["verbs": JSON(rule.verbs), "nonResourceURLs": JSON(rule.nonResourceURLs)]
        }
        return ["resourceRules": .array(resources), "nonResourceRules": .array(paths), "incomplete": false]
    }

    private func tokenStatus(_ spec: JSON) throws(APIStatus) -> JSON {
        guard let token = spec["token"]?.string, !token.isEmpty else { throw .badRequest("token is required for TokenReview in authentication") }
        switch parts.tokens.review(token, audiences: (spec["audiences"]?.array ?? []).compactMap(\.string)) {
        case .success(let found): return ["authenticated": true, "user": Authenticator.authenticated(found.user).json, "audiences": JSON(found.audiences)]
        case .failure(let refusal): return ["user": [:], "error": .string(refusal.reason)]
        }
    }
}
