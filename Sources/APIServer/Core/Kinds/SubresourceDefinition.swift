import Kernel

/// A part of an object with a URL of its own: `/status`, `/scale`, `/token`, `/finalize`.
public struct SubresourceDefinition: Sendable {
    public let name: String
    /// The kind that is read and written there; not always the resource's own (`Scale`, `TokenRequest`).
    public let kind: GroupVersionKind
    /// The standard verbs; get, update and patch for /status and /scale.
    public let verbs: [APIVerb]
    /// The OpenAPI name of that kind's type, where it isn't the resource's own.
    public let typeName: String?

    public init(name: String, kind: GroupVersionKind, verbs: [APIVerb], typeName: String? = nil) {
        self.name = name
        self.kind = kind
        self.verbs = verbs
        self.typeName = typeName
    }
}

/// Where `/scale` finds its numbers; simple JSON paths such as `.spec.replicas`.
public struct ScaleDefinition: Sendable, Equatable {
    public let specReplicasPath: String
    public let statusReplicasPath: String
    public let labelSelectorPath: String?

    public init(specReplicasPath: String, statusReplicasPath: String, labelSelectorPath: String?) {
        self.specReplicasPath = specReplicasPath
        self.statusReplicasPath = statusReplicasPath
        self.labelSelectorPath = labelSelectorPath
    }
}
