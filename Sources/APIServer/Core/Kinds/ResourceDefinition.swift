import Kernel

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
    public internal(set) var strategy: any ResourceStrategy
    public let storage: StorageForm
    /// CEL rules of a custom resource's schema, compiled; nil where there are none.
    let rules: RuleTree?

    public init(
        group: String, version: String, kind: String, listKind: String? = nil, plural: String, singular: String? = nil,
        shortNames: [String] = [], categories: [String] = [], isNamespaced: Bool, verbs: [APIVerb] = APIVerb.allCases,
        subresources: [SubresourceDefinition] = [], scale: ScaleDefinition? = nil, typeName: String, schema: StructuralSchema,
        printerColumns: [PrinterColumn] = [],
        selectableFields: [SelectableField] = [], nameRule: NameRule = .subdomain, patches: PatchSupport = .strategic,
        allowsUnconditionalUpdate: Bool = true, createsOnUpdate: Bool = false, hasGeneration: Bool = false, isBuiltIn: Bool = true,
        deprecationWarning: String? = nil, strategy: any ResourceStrategy = PlainStrategy(), storage: StorageForm? = nil,
        rules language: RuleLanguage = .plain
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
        rules = isBuiltIn ? nil : RuleTree.of(schema, isResource: true, language)
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
