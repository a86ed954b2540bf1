import Kernel

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
