import APIServer
import APIServerCore
import HTTPMessages
import Kernel

/// The gate of the HTTP port below `up`: the embedded API server's own authenticator and RBAC.
struct EmbeddedAccess: AccessControl {
    let authenticator: Authenticator
    let authorizer: Authorizer

    func require(_ right: RequiredRight, of request: HTTPRequest) async throws(Problem) -> String {
        do throws(APIStatus) {
            guard let user = try await authenticator.authenticate(request, audience: ReviewAccess.audience) else {
                throw APIStatus(code: 401, reason: .unauthorized, message: "the request carries no credentials")
            }
            try authorizer.require(right.attributes(of: user))
            return user.name
        } catch {
            if error.code == 401 {
                throw Problem(401, "unauthorized", error.message, fix: "use a client certificate of this installation or a service account's token: kubectl create token NAME")
            }
            throw Problem(error.code, "forbidden", error.message, fix: "grant the right by a Role and RoleBinding: kubectl create role --help")
        }
    }
}

extension RequiredRight {
    func attributes(of user: UserInfo) -> RequestAttributes {
        switch self {
        case .resource(let verb, let resource, let subresource, let namespace, let name):
            RequestAttributes(
                user: user, verb: verb,
                target: .resource(
                    .init(group: MillwrightName.group, version: MillwrightName.version, resource: resource, subresource: subresource, namespace: namespace, name: name)))
        case .path(let verb, let path): RequestAttributes(user: user, verb: verb, target: .path(path))
        }
    }
}
