import APIServerCore
import HTTPMessages

/// Acting as someone else, by headers, with the right to (`impersonate`).
enum Impersonation {
    struct Asked: Sendable {
        let user: UserInfo
        /// What the asker must be allowed, one by one.
        let needs: [RequestAttributes]
    }

    /// nil when the request asks for nothing of the kind.
    static func asked(_ headers: HTTPHeaders, by user: UserInfo) throws(APIStatus) -> Asked? {
        let groups = headers.all("Impersonate-Group")
        let uid = headers["Impersonate-Uid"] ?? ""
        let extra = try extra(headers)
        guard let name = headers["Impersonate-User"], !name.isEmpty else {
            if groups.isEmpty, uid.isEmpty, extra.isEmpty { return nil }
            throw .badRequest("requested impersonation of groups, uid or extra without impersonating a user: set Impersonate-User")
        }
        var target = UserInfo(name: name, uid: uid, groups: groups, extra: extra)
        var needs: [RequestAttributes] = []
        func need(_ group: String, _ resource: String, _ name: String, subresource: String = "", namespace: String = "") {
            needs.append(
                RequestAttributes(
                    user: user, verb: "impersonate",
                    target: .resource(
                        .init(group: group, version: "v1", resource: resource, subresource: subresource, namespace: namespace, name: name))))
        }
        if let account = target.serviceAccount {
            need("", "serviceaccounts", account.name, namespace: account.namespace)
            if groups.isEmpty { target.groups = ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"] }
        } else {
            need("", "users", name)
        }
        for group in groups { need("", "groups", group) }
        if !uid.isEmpty { need("authentication.k8s.io", "uids", uid) }
        for (key, values) in extra {
            for value in values { need("authentication.k8s.io", "userextras", value, subresource: key) }
        }
        if name != UserInfo.anonymous.name, !target.groups.contains("system:unauthenticated"), !target.groups.contains("system:authenticated") {
            target.groups.append("system:authenticated")
        }
        return Asked(user: target, needs: needs)
    }

    private static func extra(_ headers: HTTPHeaders) throws(APIStatus) -> [(key: String, values: [String])] {
        let prefix = "impersonate-extra-"
        var found: [String: [String]] = [:]
        for field in headers.fields {
            let name = field.name.lowercased()
            guard name.hasPrefix(prefix) else { continue }
            guard let key = PercentEncoding.decode(name.dropFirst(prefix.count)), !key.isEmpty else {
                throw .badRequest("the header \(field.name) names no extra key")
            }
            found[key, default: []].append(field.value)
        }
        return found.map { (key: $0.key, values: $0.value) }.sorted { $0.key < $1.key }
    }
}
