import Kernel

/// The standard verbs of a resource, as discovery names them.
public enum APIVerb: String, Sendable, CaseIterable {
    case create, delete, deletecollection, get, list, patch, update, watch
}

/// What a version of a resource can be patched with, besides a JSON patch and a merge patch, which all of them take.
public enum PatchSupport: Sendable {
    /// Kinds that Kubernetes has built in: strategic merge and server-side apply too.
    case strategic
    /// Custom kinds: server-side apply too; a strategic merge patch is answered with 415.
    case applyOnly
}

/// How names of objects of a resource must look.
public enum NameRule: Sendable {
    /// RFC 1123 subdomain, 253 characters.
    case subdomain
    /// RFC 1123 label, 63 characters: Namespace.
    case label
    /// Anything that can stand in a path: RBAC objects.
    case pathSegment
}
