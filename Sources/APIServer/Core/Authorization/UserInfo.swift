import Kernel

/// Who asks: what the authenticator found out.
public struct UserInfo: Sendable, Equatable {
    public var name: String
    public var uid: String
    public var groups: [String]
    /// Each key with its values, sorted by key.
    public var extra: [(key: String, values: [String])]

    public init(name: String, uid: String = "", groups: [String] = [], extra: [(key: String, values: [String])] = []) {
        self.name = name
        self.uid = uid
        self.groups = groups
        self.extra = extra.sorted { $0.key < $1.key }
    }

    public static let anonymous = UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])

    public static func == (a: UserInfo, b: UserInfo) -> Bool {
        a.name == b.name && a.uid == b.uid && a.groups == b.groups
            && a.extra.elementsEqual(b.extra) { $0.key == $1.key && $0.values == $1.values }
    }

    /// As in the status of a TokenReview or SelfSubjectReview.
    public var json: JSON {
        var object: JSONObject = ["username": .string(name)]
        if !uid.isEmpty { object["uid"] = .string(uid) }
        if !groups.isEmpty { object["groups"] = JSON(groups) }
        if !extra.isEmpty { object["extra"] = .object(JSONObject(extra.map { ($0.key, JSON($0.values)) })) }
        return .object(object)
    }

    /// The namespace and name of a service account, from `system:serviceaccount:NAMESPACE:NAME`.
    public var serviceAccount: NamespacedName? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount", !parts[2].isEmpty, !parts[3].isEmpty else { return nil }
        return NamespacedName(namespace: String(parts[2]), name: String(parts[3]))
    }
}
