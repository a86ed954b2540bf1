/// The parts of an object's `metadata` that Millwright reads.
public struct Metadata: Sendable, Equatable {
    public var name: String
    public var namespace: String
    public var uid: String
    public var resourceVersion: String
    public var generation: Int64
    public var labels: [String: String]
    public var annotations: [String: String]
    public var finalizers: [String]
    public var creation: Timestamp?
    public var deletion: Timestamp?

    public init(name: String, namespace: String = "", uid: String = "", generation: Int64 = 1) {
        self.name = name
        self.namespace = namespace
        self.uid = uid
        self.generation = generation
        resourceVersion = ""
        labels = [:]
        annotations = [:]
        finalizers = []
        creation = nil
        deletion = nil
    }

    /// From a whole object; what is missing or of another type is left empty.
    public init(of object: JSON) {
        let metadata = object["metadata"]
        func map(_ key: String) -> [String: String] {
            var result: [String: String] = [:]
            for (name, value) in metadata?[key]?.object ?? JSONObject() { result[name] = value.string }
            return result
        }
        name = metadata?["name"]?.string ?? ""
        namespace = metadata?["namespace"]?.string ?? ""
        uid = metadata?["uid"]?.string ?? ""
        resourceVersion = metadata?["resourceVersion"]?.string ?? ""
        generation = metadata?["generation"]?.int ?? 0
        labels = map("labels")
        annotations = map("annotations")
        finalizers = metadata?["finalizers"]?.array?.compactMap(\.string) ?? []
        creation = metadata?["creationTimestamp"]?.string.flatMap(Timestamp.init(rfc3339:))
        deletion = metadata?["deletionTimestamp"]?.string.flatMap(Timestamp.init(rfc3339:))
    }

    public var namespacedName: NamespacedName { NamespacedName(namespace: namespace, name: name) }
    public var isDeleting: Bool { deletion != nil }
}

/// The names Millwright puts on what it makes and reads on what people make.
public enum MillwrightName {
    public static let group = "millwright.dev"
    public static let version = "v1alpha1"
    public static let apiVersion = "millwright.dev/v1alpha1"
    /// Held by an object until everything made for it is gone.
    public static let finalizer = "millwright.dev/cleanup"

    // Labels on everything made, on Docker as on Kubernetes.
    public static let managedByLabel = "app.kubernetes.io/managed-by"
    public static let managedByValue = "millwright"
    public static let installationLabel = "millwright.dev/installation"
    public static let kindLabel = "millwright.dev/kind"
    public static let namespaceLabel = "millwright.dev/namespace"
    public static let nameLabel = "millwright.dev/name"
    public static let uidLabel = "millwright.dev/uid"
    public static let revisionLabel = "millwright.dev/revision"

    // Annotations people set.
    public static let pausedAnnotation = "millwright.dev/paused"
    public static let reconcileAtAnnotation = "millwright.dev/reconcile-at"
    public static let forceDeleteAnnotation = "millwright.dev/force-delete"
}
