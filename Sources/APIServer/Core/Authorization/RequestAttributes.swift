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

/// What is asked for, as authorisation sees it: who, the verb, and what it is about.
public struct RequestAttributes: Sendable, Equatable {
    public struct Resource: Sendable, Equatable {
        public var group: String
        public var version: String
        public var resource: String
        public var subresource: String
        /// Empty: at the cluster's scope, or in all namespaces.
        public var namespace: String
        /// Empty: a collection, or a create.
        public var name: String

        public init(
            group: String, version: String = "", resource: String, subresource: String = "", namespace: String = "", name: String = ""
        ) {
            self.group = group
            self.version = version
            self.resource = resource
            self.subresource = subresource
            self.namespace = namespace
            self.name = name
        }

        /// `pods/log`, as rules name it.
        public var qualified: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }
    }

    public enum Target: Sendable, Equatable {
        case resource(Resource)
        /// A URL that is no resource, `/metrics`; the verb is the lower-case HTTP method.
        case path(String)
    }

    public var user: UserInfo
    /// get, list, watch, create, update, patch, delete, deletecollection, or any other word that a rule may name.
    public var verb: String
    public var target: Target

    public init(user: UserInfo, verb: String, target: Target) {
        self.user = user
        self.verb = verb
        self.target = target
    }

    /// `list resource "x" in API group "g" in the namespace "n"`: what a refusal says the user can't do.
    public var action: String {
        switch target {
        case .resource(let resource):
            let place = resource.namespace.isEmpty ? "at the cluster scope" : "in the namespace \(GoQuote.quote(resource.namespace))"
            return "\(verb) resource \(GoQuote.quote(resource.qualified)) in API group \(GoQuote.quote(resource.group)) \(place)"
        case .path(let path): return "\(verb) path \(GoQuote.quote(path))"
        }
    }
}
