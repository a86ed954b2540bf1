import APIServerCore
import Kernel

/// What a service account token says: the claims of its JWT.
struct ServiceAccountToken: Sendable, Equatable {
    /// Something whose deletion ends the token's life with it.
    struct Bound: Sendable, Equatable {
        /// `Secret`.
        let kind: String
        let name: String
        let uid: String
    }

    var issuer: String
    var audiences: [String]
    var issuedAt: Int64
    var expires: Int64
    var id: String
    var account: NamespacedName
    var accountUID: String
    var bound: Bound?

    var user: UserInfo {
        UserInfo(
            name: "system:serviceaccount:\(account.namespace):\(account.name)", uid: accountUID,
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"],
            extra: [(key: "authentication.kubernetes.io/credential-id", values: ["JTI=\(id)"])])
    }

    var claims: JSON {
        var kubernetes: JSON = [
            "namespace": .string(account.namespace), "serviceaccount": ["name": .string(account.name), "uid": .string(accountUID)],
        ]
        if let bound { kubernetes[bound.kind.lowercased()] = ["name": .string(bound.name), "uid": .string(bound.uid)] }
        return [
            "aud": JSON(audiences), "exp": .int(expires), "iat": .int(issuedAt), "iss": .string(issuer), "jti": .string(id),
            "kubernetes.io": kubernetes, "nbf": .int(issuedAt), "sub": .string(user.name),
        ]
    }

    /// nil when the claims aren't those of a service account token.
    init?(claims: JSON) {
        let kubernetes = claims["kubernetes.io"]
        let audiences = claims["aud"]?.array?.compactMap(\.string) ?? claims["aud"]?.string.map { [$0] }
        guard let issuer = claims["iss"]?.string, let audiences, let expires = claims["exp"]?.int, let issuedAt = claims["iat"]?.int,
            let namespace = kubernetes?["namespace"]?.string, let name = kubernetes?["serviceaccount"]?["name"]?.string,
            let uid = kubernetes?["serviceaccount"]?["uid"]?.string, !namespace.isEmpty, !name.isEmpty, !uid.isEmpty
        else { return nil }
        self.issuer = issuer
        self.audiences = audiences
        self.issuedAt = issuedAt
        self.expires = expires
        id = claims["jti"]?.string ?? ""
        account = NamespacedName(namespace: namespace, name: name)
        accountUID = uid
        for kind in ["Secret"] {
            if let entry = kubernetes?[kind.lowercased()], let name = entry["name"]?.string, let uid = entry["uid"]?.string {
                bound = Bound(kind: kind, name: name, uid: uid)
            }
        }
        guard claims["sub"]?.string == user.name else { return nil }
    }

    init(
        issuer: String, audiences: [String], issuedAt: Int64, expires: Int64, id: String, account: NamespacedName, accountUID: String, bound: Bound?
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.issuedAt = issuedAt
        self.expires = expires
        self.id = id
        self.account = account
        self.accountUID = accountUID
        self.bound = bound
    }
}
