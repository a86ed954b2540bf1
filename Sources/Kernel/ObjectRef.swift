/// An API group and a kind in it, `Environment.millwright.dev`; the core group is the empty string.
public struct GroupKind: Sendable, Hashable, CustomStringConvertible {
    public let group: String
    public let kind: String

    public init(group: String, kind: String) {
        self.group = group
        self.kind = kind
    }

    public var description: String { group.isEmpty ? kind : "\(kind).\(group)" }
}

/// A group, version and kind: what `apiVersion` and `kind` of a document say together.
public struct GroupVersionKind: Sendable, Hashable, CustomStringConvertible {
    public let group: String
    public let version: String
    public let kind: String

    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// From `millwright.dev/v1alpha1` or `v1`.
    public init(apiVersion: String, kind: String) {
        let parts = apiVersion.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(group: parts.count > 1 ? String(parts[0]) : "", version: String(parts.last ?? ""), kind: kind)
    }

    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    public var groupKind: GroupKind { GroupKind(group: group, kind: kind) }
    public var description: String { "\(apiVersion), Kind=\(kind)" }
}

/// A group and the plural name that stands in URLs and RBAC rules, `environments.millwright.dev`.
public struct GroupResource: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let group: String
    public let resource: String

    public init(group: String, resource: String) {
        self.group = group
        self.resource = resource
    }

    public var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
    public static func < (a: GroupResource, b: GroupResource) -> Bool { (a.group, a.resource) < (b.group, b.resource) }
}

/// A namespace and a name; the namespace of what is cluster scoped is the empty string.
public struct NamespacedName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let namespace: String
    public let name: String

    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
    public static func < (a: NamespacedName, b: NamespacedName) -> Bool { (a.namespace, a.name) < (b.namespace, b.name) }
}

/// One object, by kind and name, and by uid where it must be that very one.
public struct ObjectRef: Sendable, Hashable, CustomStringConvertible {
    public let kind: GroupVersionKind
    public let name: NamespacedName
    public let uid: String?

    public init(kind: GroupVersionKind, name: NamespacedName, uid: String? = nil) {
        self.kind = kind
        self.name = name
        self.uid = uid
    }

    public var description: String { "\(kind.kind) \(name)" }
}
