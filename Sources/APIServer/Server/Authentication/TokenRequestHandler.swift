import APIServerCore
import HTTPMessages
import Kernel
import Store

/// `serviceaccounts/NAME/token`: makes a token for a service account.
struct TokenRequestHandler: Sendable {
    let store: any ObjectStore
    let tokens: TokenAuthenticator
    let clocks: any Clocks
    /// Seconds: Kubernetes' own bounds.
    private static let shortest: Int64 = 600
    private static let longest: Int64 = 1 << 32
    private static let usual: Int64 = 3600
    private static let kind = GroupVersionKind(group: "authentication.k8s.io", version: "v1", kind: "TokenRequest")

    func create(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation()
        let name = context.info.name
        let key = resource.key(namespace: context.info.namespace, name: name)
        guard let object = store.get(key), let account = resource.json(object), let uid = account["metadata"]?["uid"]?.string else {
            throw .notFound(resource.definition.groupResource, name: name)
        }
        guard account["metadata"]?["deletionTimestamp"]?.string == nil else {
            throw .conflict(resource.definition.groupResource, name: name, "the service account is being deleted")
        }
        guard tokens.canSign else {
            throw .internalError("this server has no key to sign service account tokens with: start it with one")
        }
        var request = context.request.body.isEmpty ? JSON.object(JSONObject())
            : try BodyDecoder.decode(context.request, tracksDuplicates: false, protobuf: ProtobufBody.decode(as: .object(Self.kind))).json
        guard request.object != nil else { throw .badRequest("the body must be a TokenRequest; found \(request.typeName)") }
        if let kind = request["kind"]?.string, !kind.isEmpty, kind != Self.kind.kind {
            throw .badRequest("\(kind) cannot be handled as a TokenRequest")
        }
        let bound = try bound(request["spec"]?["boundObjectRef"], namespace: key.namespace)
        let seconds = try seconds(request["spec"]?["expirationSeconds"], name)
        let asked = (request["spec"]?["audiences"]?.array ?? []).compactMap(\.string).filter { !$0.isEmpty }
        let audiences = asked.isEmpty ? tokens.audiences : asked
        let now = clocks.now
        let token = try tokens.issue(
            ServiceAccountToken(
                issuer: tokens.issuer, audiences: audiences, issuedAt: now.seconds, expires: now.seconds + seconds, id: RandomNames.uid(),
                account: NamespacedName(namespace: key.namespace, name: name), accountUID: uid, bound: bound))
        request["kind"] = .string(Self.kind.kind)
        request["apiVersion"] = .string(Self.kind.apiVersion)
        request["metadata"] = ["name": .string(name), "namespace": .string(key.namespace), "creationTimestamp": .string(now.rfc3339)]
        request[path: ["spec", "audiences"]] = JSON(audiences)
        request[path: ["spec", "expirationSeconds"]] = .int(seconds)
        request["status"] = [
            "token": .string(token), "expirationTimestamp": .string(Timestamp(seconds: now.seconds + seconds).rfc3339),
        ]
        return Reply.json(ObjectPreparation.ordered(request), status: 201, as: representation)
    }

    private func seconds(_ asked: JSON?, _ name: String) throws(APIStatus) -> Int64 {
        guard let asked, !asked.isNull else { return Self.usual }
        let field = "spec.expirationSeconds"
        guard let seconds = asked.int else {
            throw .badRequest("TokenRequest.\(field) must be an integer; found \(asked.typeName)")
        }
        let fault: StatusCause? =
            if seconds < Self.shortest { .invalid(field, asked, "may not specify a duration less than 10 minutes") }
            else if seconds > Self.longest { .invalid(field, asked, "may not specify a duration larger than 2^32 seconds") }
            else { nil }
        if let fault { throw .invalid(GroupKind(group: Self.kind.group, kind: Self.kind.kind), name: name, [fault]) }
        return seconds
    }

    private func bound(_ reference: JSON?, namespace: String) throws(APIStatus) -> ServiceAccountToken.Bound? {
        guard let reference, !reference.isNull else { return nil }
        let kind = reference["kind"]?.string ?? ""
        let name = reference["name"]?.string ?? ""
        guard kind == "Secret", ["", "v1"].contains(reference["apiVersion"]?.string ?? "") else {
            throw .badRequest("cannot bind token to object of type \(kind): only v1 Secret can be named here")
        }
        let secrets = GroupResource(group: "", resource: "secrets")
        guard let object = store.get(StoreKey(resource: "secrets", namespace: namespace, name: name)),
            case .success(let json) = Result(catching: { () throws(JSONError) in try object.json() }), let uid = json["metadata"]?["uid"]?.string
        else { throw .notFound(secrets, name: name) }
        if let asked = reference["uid"]?.string, !asked.isEmpty, asked != uid {
            throw .conflict(secrets, name: name, "the UID in the bound object reference (\(asked)) does not match the UID in record (\(uid)). The object might have been deleted and then recreated")
        }
        return ServiceAccountToken.Bound(kind: kind, name: name, uid: uid)
    }
}
