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

/// A column of `kubectl get`.
public struct PrinterColumn: Sendable, Equatable {
    public enum Source: Sendable, Equatable {
        /// A JSON path into the object, as in a CRD.
        case path(String)
        /// A value that a path can't give; `BuiltInCell` computes it.
        case computed(BuiltInCell)
    }

    public let name: String
    /// integer, number, string, boolean or date.
    public let type: String
    public let format: String
    public let description: String
    /// 0 is always shown; above it only with `-o wide`.
    public let priority: Int
    public let source: Source

    public init(_ name: String, type: String = "string", format: String = "", description: String = "", priority: Int = 0, source: Source) {
        self.name = name
        self.type = type
        self.format = format
        self.description = description
        self.priority = priority
        self.source = source
    }
}

/// Everything the API server knows about one resource in one version: built-in kinds and those of a CustomResourceDefinition alike.
///
/// A value made once and shared; routes, validation, tables, discovery and OpenAPI all read it and nothing else.
public struct ResourceDefinition: Sendable {
    public let group: String
    public let version: String
    public let kind: String
    public let listKind: String
    public let plural: String
    public let singular: String
    public let shortNames: [String]
    public let categories: [String]
    public let isNamespaced: Bool
    /// The verbs that are served on the resource itself. Only create: a review, answered at once and never stored.
    public let verbs: [APIVerb]
    public let subresources: [SubresourceDefinition]
    public let scale: ScaleDefinition?
    /// The name of the kind's schema in OpenAPI: `io.k8s.api.core.v1.ConfigMap`, `dev.millwright.v1alpha1.Environment`.
    public let typeName: String
    /// What objects look like: for pruning, defaulting, validation, patches and apply.
    public let schema: StructuralSchema
    public let printerColumns: [PrinterColumn]
    /// Fields besides metadata.name and metadata.namespace that field selectors may name, as `involvedObject.name`.
    public let selectableFields: [SelectableField]
    public let nameRule: NameRule
    public let patches: PatchSupport
    /// PUT without resourceVersion is taken (ConfigMap, Secret …); else it is 422.
    public let allowsUnconditionalUpdate: Bool
    /// PUT of what doesn't exist creates it (Event, Lease, RBAC kinds).
    public let createsOnUpdate: Bool
    /// metadata.generation is kept, and moves with the spec.
    public let hasGeneration: Bool
    /// Built in, rather than made by a CustomResourceDefinition.
    public let isBuiltIn: Bool
    /// The text of a `Warning: 299` for whoever uses this version, or nil.
    public let deprecationWarning: String?
    public let strategy: any ResourceStrategy
    public let storage: StorageForm

    public init(
        group: String, version: String, kind: String, listKind: String? = nil, plural: String, singular: String? = nil,
        shortNames: [String] = [], categories: [String] = [], isNamespaced: Bool, verbs: [APIVerb] = APIVerb.allCases,
        subresources: [SubresourceDefinition] = [], scale: ScaleDefinition? = nil, typeName: String, schema: StructuralSchema,
        printerColumns: [PrinterColumn] = [],
        selectableFields: [SelectableField] = [], nameRule: NameRule = .subdomain, patches: PatchSupport = .strategic,
        allowsUnconditionalUpdate: Bool = true, createsOnUpdate: Bool = false, hasGeneration: Bool = false, isBuiltIn: Bool = true,
        deprecationWarning: String? = nil, strategy: any ResourceStrategy = PlainStrategy(), storage: StorageForm? = nil
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.listKind = listKind ?? kind + "List"
        self.plural = plural
        self.singular = singular ?? kind.lowercased()
        self.shortNames = shortNames
        self.categories = categories
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
        self.scale = scale
        self.typeName = typeName
        self.schema = schema
        self.printerColumns = printerColumns
        self.selectableFields = selectableFields
        self.nameRule = nameRule
        self.patches = patches
        self.allowsUnconditionalUpdate = allowsUnconditionalUpdate
        self.createsOnUpdate = createsOnUpdate
        self.hasGeneration = hasGeneration
        self.isBuiltIn = isBuiltIn
        self.deprecationWarning = deprecationWarning
        self.strategy = strategy
        self.storage = storage ?? StorageForm(resource: GroupResource(group: group, resource: plural).description)
    }

    public var groupResource: GroupResource { GroupResource(group: group, resource: plural) }
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    public var groupKind: GroupKind { GroupKind(group: group, kind: kind) }
    /// `millwright.dev/v1alpha1`, `v1`.
    public var apiVersion: String { groupVersionKind.apiVersion }
    /// Answered at once and never stored: the reviews.
    public var isReview: Bool { verbs == [.create] }
    public func subresource(_ name: String) -> SubresourceDefinition? { subresources.first { $0.name == name } }
    public var hasStatus: Bool { subresource("status") != nil }
}

/// A field that field selectors may name, and where it is read from.
public struct SelectableField: Sendable, Equatable {
    /// The name in the selector, `involvedObject.name`, `type`, `spec.color`.
    public let name: String
    /// Member names from the object's root.
    public let path: [String]
    /// What an absent field counts as.
    public let absent: String

    public init(_ name: String, path: [String]? = nil, absent: String = "") {
        self.name = name
        self.path = path ?? name.split(separator: ".").map(String.init)
        self.absent = absent
    }

    /// The field's value in an object, as text: what the selector's value is compared with.
    public func value(in object: JSON) -> String {
        switch object[path: path] {
        case .string(let text)?: text
        case .bool(let value)?: value ? "true" : "false"
        case .int(let value)?: String(value)
        case let value?: value.isNull ? absent : value.text
        case nil: absent
        }
    }
}
