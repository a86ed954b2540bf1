import Kernel

/// What to list or watch of a resource, in Kubernetes' own selector syntax.
public struct ListOptions: Sendable, Equatable {
    public var namespace: String?
    public var labelSelector: String?
    public var fieldSelector: String?

    /// - Parameter namespace: nil for all namespaces.
    public init(namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }
}

/// How a write is made.
public struct WriteOptions: Sendable, Equatable {
    /// Everything but the writing itself is done.
    public var dryRun: Bool
    /// Required by server-side apply; recorded in managedFields otherwise.
    public var fieldManager: String?
    /// `Strict`, `Warn` or `Ignore`; nil leaves it to the server.
    public var fieldValidation: String?
    public var deadline: Duration

    public init(dryRun: Bool = false, fieldManager: String? = nil, fieldValidation: String? = nil, deadline: Duration = .seconds(10)) {
        self.dryRun = dryRun
        self.fieldManager = fieldManager
        self.fieldValidation = fieldValidation
        self.deadline = deadline
    }
}

/// How an object is deleted.
public struct DeleteOptions: Sendable, Equatable {
    public enum Propagation: String, Sendable { case background = "Background", foreground = "Foreground", orphan = "Orphan" }

    public var propagation: Propagation
    /// Only this very object.
    public var uid: String?
    /// Only this very state of it.
    public var resourceVersion: String?
    public var gracePeriodSeconds: Int64?
    public var dryRun: Bool
    public var deadline: Duration

    public init(
        propagation: Propagation = .background, uid: String? = nil, resourceVersion: String? = nil, gracePeriodSeconds: Int64? = nil,
        dryRun: Bool = false, deadline: Duration = .seconds(10)
    ) {
        self.propagation = propagation
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
        self.deadline = deadline
    }
}

/// A change to an object, in one of the media types every kind takes.
public enum KubernetesPatch: Sendable, Equatable {
    /// RFC 7396: members replace, null removes.
    case merge(JSON)
    /// RFC 6902: an array of operations.
    case json([JSON])
    /// Server-side apply: the whole of what `fieldManager` wants. `force` takes fields from other managers.
    case apply(JSON, force: Bool)
}

/// All pages of a list, as of one resourceVersion.
public struct ObjectList: Sendable {
    public var resourceVersion: String
    public var items: [KubernetesObject]

    public init(resourceVersion: String, items: [KubernetesObject]) {
        self.resourceVersion = resourceVersion
        self.items = items
    }
}

/// What a watch tells.
public enum WatchEvent: Sendable {
    case added(KubernetesObject)
    case modified(KubernetesObject)
    /// With the object's last state.
    case deleted(KubernetesObject)
    /// Nothing changed, but everything up to this resourceVersion has been told.
    case bookmark(resourceVersion: String)
}
