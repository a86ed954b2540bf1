import HTTPMessages
import Kernel
import Kubernetes

/// The gate of the HTTP port on somebody else's cluster: its TokenReview says who asks, its SubjectAccessReview whether they may.
struct ReviewAccess: AccessControl {
    static let audience = "millwright"
    private static let fix =
        "add --service-account NAME, a service account with the right to this (kubectl create rolebinding --help), to the command; or make a token by 'kubectl create token NAME --audience \(audience)' and give it by --token-file FILE or as Authorization: Bearer"
    let client: KubernetesClient

    func require(_ right: RequiredRight, of request: HTTPRequest) async throws(Problem) -> String {
        guard let header = request.headers["Authorization"], header.lowercased().hasPrefix("bearer ") else {
            throw Problem(401, "unauthorized", "the request carries no bearer token, and this port takes no client certificates", fix: Self.fix)
        }
        let token = String(header.dropFirst("bearer ".count)).filter { $0 != " " }
        let user = try await user(of: token)
        var spec: JSON = ["user": user["username"] ?? "", "groups": user["groups"] ?? []]
        if let uid = user["uid"] { spec["uid"] = uid }
        if let extra = user["extra"] { spec["extra"] = extra }
        switch right {
        case .resource(let verb, let resource, let subresource, let namespace, let name):
            spec["resourceAttributes"] = [
                "verb": .string(verb), "group": .string(MillwrightName.group), "resource": .string(resource), "subresource": .string(subresource),
                "namespace": .string(namespace), "name": .string(name),
            ]
        case .path(let verb, let path): spec["nonResourceAttributes"] = ["verb": .string(verb), "path": .string(path)]
        }
        let review = try await review("/apis/authorization.k8s.io/v1/subjectaccessreviews", "authorization.k8s.io/v1", "SubjectAccessReview", spec)
        let name = user["username"]?.string ?? ""
        guard review["status"]?["allowed"] == true else {
            throw Problem(403, "forbidden", "user \(name) may not do this: \(review["status"]?["reason"]?.string ?? "no rule allows it")", fix: "grant the right by a Role and RoleBinding")
        }
        return name
    }

    private func user(of token: String) async throws(Problem) -> JSON {
        let review = try await review(
            "/apis/authentication.k8s.io/v1/tokenreviews", "authentication.k8s.io/v1", "TokenReview", ["token": .string(token), "audiences": [.string(Self.audience)]])
        guard review["status"]?["authenticated"] == true, let user = review["status"]?["user"] else {
            throw Problem(401, "unauthorized", "the cluster does not accept this token for audience '\(Self.audience)'", fix: Self.fix)
        }
        return user
    }

    private func review(_ path: String, _ apiVersion: String, _ kind: String, _ spec: JSON) async throws(Problem) -> JSON {
        do { return try await client.raw("POST", path, body: ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": [:], "spec": spec]) } catch {
            throw Problem(503, "API server unavailable", "\(error)", fix: "try again")
        }
    }
}
