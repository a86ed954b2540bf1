import Kernel

/// The kinds that are always there, as data.
public enum BuiltInResources {
    /// In the order that discovery lists them: by group, version and plural.
    public static let all: [ResourceDefinition] = (core + coordination + events + authentication + authorization + rbac + extensions)
        .sorted { ($0.group, $0.version, $0.plural) < ($1.group, $1.version, $1.plural) }

    /// All of them.
    ///
    /// - Parameter rules: the language of definitions' CEL rules.
    public static func all(rules: RuleLanguage) -> [ResourceDefinition] {
        all.map { resource in
            guard resource.strategy is DefinitionStrategy else { return resource }
            var resource = resource
            resource.strategy = DefinitionStrategy(rules: rules)
            return resource
        }
    }

    /// The API groups that are the server's own.
    public static let groups: Set<String> = Set(all.map(\.group))

    public static func named(_ plural: String, group: String, version: String) -> ResourceDefinition? {
        all.first { $0.plural == plural && $0.group == group && $0.version == version }
    }

    private static let age = PrinterColumn("Age", type: "date", description: "How long ago it was made.", source: .path(".metadata.creationTimestamp"))
    private static let name = PrinterColumn("Name", format: "name", description: "Name of the object.", source: .path(".metadata.name"))
    private static let created = PrinterColumn("Created At", type: "date", description: "When it was made.", source: .computed(.createdAt))

    private static func make(
        _ group: String, _ kind: String, _ plural: String, type: String, namespaced: Bool = true, shortNames: [String] = [],
        verbs: [APIVerb] = APIVerb.allCases, subresources: [SubresourceDefinition] = [], columns: [PrinterColumn] = [name, age],
        fields: [SelectableField] = [], nameRule: NameRule = .subdomain, unconditional: Bool = true, createsOnUpdate: Bool = false,
        hasGeneration: Bool = false, strategy: any ResourceStrategy = PlainStrategy(), storage: StorageForm? = nil
    ) -> ResourceDefinition {
        ResourceDefinition(
            group: group, version: "v1", kind: kind, plural: plural, shortNames: shortNames, isNamespaced: namespaced, verbs: verbs,
            subresources: subresources, typeName: type, schema: APITypes.structuralSchema(type), printerColumns: columns,
            selectableFields: fields, nameRule: nameRule, allowsUnconditionalUpdate: unconditional, createsOnUpdate: createsOnUpdate,
            hasGeneration: hasGeneration, strategy: strategy, storage: storage)
    }

    private static func status(_ group: String, _ kind: String) -> SubresourceDefinition {
        SubresourceDefinition(name: "status", kind: .init(group: group, version: "v1", kind: kind), verbs: [.get, .patch, .update])
    }

    private static let core: [ResourceDefinition] = [
        make(
            "", "Namespace", "namespaces", type: CoreTypes.prefix + "Namespace", namespaced: false, shortNames: ["ns"],
            verbs: [.create, .delete, .get, .list, .patch, .update, .watch],
            subresources: [
                SubresourceDefinition(name: "finalize", kind: .init(group: "", version: "v1", kind: "Namespace"), verbs: [.update]),
                status("", "Namespace"),
            ],
            columns: [name, PrinterColumn("Status", description: "Active or Terminating.", source: .path(".status.phase")), age],
            fields: [SelectableField("status.phase")], nameRule: .label, strategy: NamespaceStrategy()),
        make(
            "", "ConfigMap", "configmaps", type: CoreTypes.prefix + "ConfigMap", shortNames: ["cm"],
            columns: [name, PrinterColumn("Data", description: "How many keys it has.", source: .computed(.dataCount)), age],
            strategy: ConfigMapStrategy()),
        make(
            "", "Secret", "secrets", type: CoreTypes.prefix + "Secret",
            columns: [
                name, PrinterColumn("Type", description: "What its keys mean to programs.", source: .path(".type")),
                PrinterColumn("Data", description: "How many keys it has.", source: .computed(.dataCount)), age,
            ],
            fields: [SelectableField("type")], strategy: SecretStrategy()),
        make(
            "", "ServiceAccount", "serviceaccounts", type: CoreTypes.prefix + "ServiceAccount", shortNames: ["sa"],
            subresources: [
                SubresourceDefinition(
                    name: "token", kind: .init(group: "authentication.k8s.io", version: "v1", kind: "TokenRequest"), verbs: [.create],
                    typeName: ReviewTypes.authentication + "TokenRequest")
            ],
            columns: [name, PrinterColumn("Secrets", description: "How many secrets it lists.", source: .computed(.secretCount)), age]),
        make(
            "", "Event", "events", type: CoreTypes.prefix + "Event", shortNames: ["ev"], columns: eventColumns, fields: eventFields,
            createsOnUpdate: true, strategy: EventStrategy(isStrict: false), storage: EventForms.core),
    ]

    private static let coordination = [
        make(
            "coordination.k8s.io", "Lease", "leases", type: GroupTypes.coordination + "Lease",
            columns: [name, PrinterColumn("Holder", description: "Who holds it.", source: .path(".spec.holderIdentity")), age],
            unconditional: false, createsOnUpdate: true, strategy: LeaseStrategy())
    ]

    private static let events = [
        make(
            "events.k8s.io", "Event", "events", type: GroupTypes.events + "Event", shortNames: ["ev"], columns: eventColumns,
            fields: eventFields.map { SelectableField($0.name.replacingPrefix("involvedObject.", with: "regarding."), path: $0.path) }
                + [SelectableField("reportingController", path: ["reportingComponent"])],
            createsOnUpdate: true, strategy: EventStrategy(isStrict: true), storage: EventForms.events)
    ]

    private static let eventColumns = [
        PrinterColumn("Last Seen", description: "When it was last seen.", source: .computed(.eventLastSeen)),
        PrinterColumn("Type", description: "Normal or Warning.", source: .path(".type")),
        PrinterColumn("Reason", description: "Why, in one word.", source: .path(".reason")),
        PrinterColumn("Object", description: "What it is about.", source: .computed(.eventObject)),
        PrinterColumn("Subobject", description: "Part of the object.", priority: 1, source: .computed(.eventSubobject)),
        PrinterColumn("Source", description: "Who reports.", priority: 1, source: .computed(.eventSource)),
        PrinterColumn("Message", description: "What happened.", source: .computed(.eventMessage)),
        PrinterColumn("First Seen", description: "When it was first seen.", priority: 1, source: .computed(.eventFirstSeen)),
        PrinterColumn("Count", description: "How often it was seen.", priority: 1, source: .computed(.eventCount)),
        PrinterColumn("Name", format: "name", description: "Name of the object.", priority: 1, source: .path(".metadata.name")),
    ]

    /// Read from the stored form, which is v1's.
    private static let eventFields =
        ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map { SelectableField("involvedObject.\($0)") }
        + ["reason", "reportingComponent", "type"].map { SelectableField($0) } + [SelectableField("source", path: ["source", "component"])]

    private static let authentication = [
        review("authentication.k8s.io", "TokenReview", "tokenreviews", ReviewTypes.authentication, PlainStrategy()),
        review("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", ReviewTypes.authentication, PlainStrategy()),
    ]

    private static let authorization = [
        review("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews", ReviewTypes.authorization, AccessReviewStrategy(isSelf: false)),
        review(
            "authorization.k8s.io", "LocalSubjectAccessReview", "localsubjectaccessreviews", ReviewTypes.authorization,
            AccessReviewStrategy(isSelf: false), namespaced: true),
        review(
            "authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", ReviewTypes.authorization, AccessReviewStrategy(isSelf: true)),
        review("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews", ReviewTypes.authorization, PlainStrategy()),
    ]

    private static func review(
        _ group: String, _ kind: String, _ plural: String, _ prefix: String, _ strategy: any ResourceStrategy, namespaced: Bool = false
    ) -> ResourceDefinition {
        make(group, kind, plural, type: prefix + kind, namespaced: namespaced, verbs: [.create], columns: [], strategy: strategy)
    }

    private static let rbac = [
        role("Role", "roles", namespaced: true), role("ClusterRole", "clusterroles", namespaced: false),
        binding("RoleBinding", "rolebindings", namespaced: true), binding("ClusterRoleBinding", "clusterrolebindings", namespaced: false),
    ]

    private static func role(_ kind: String, _ plural: String, namespaced: Bool) -> ResourceDefinition {
        make(
            RBACTypes.group, kind, plural, type: RBACTypes.prefix + kind, namespaced: namespaced, columns: [name, created],
            nameRule: .pathSegment, createsOnUpdate: true, strategy: RoleStrategy(isNamespaced: namespaced))
    }

    private static func binding(_ kind: String, _ plural: String, namespaced: Bool) -> ResourceDefinition {
        make(
            RBACTypes.group, kind, plural, type: RBACTypes.prefix + kind, namespaced: namespaced,
            columns: [
                name, PrinterColumn("Role", description: "The role it gives.", source: .computed(.roleReference)), age,
                PrinterColumn("Users", description: "Users it gives the role to.", priority: 1, source: .computed(.bindingUsers)),
                PrinterColumn("Groups", description: "Groups it gives the role to.", priority: 1, source: .computed(.bindingGroups)),
                PrinterColumn(
                    "ServiceAccounts", description: "Service accounts it gives the role to.", priority: 1, source: .computed(.bindingServiceAccounts)),
            ],
            nameRule: .pathSegment, createsOnUpdate: true, strategy: RoleBindingStrategy(isNamespaced: namespaced))
    }

    private static let extensions = [
        make(
            DefinitionTypes.group, "CustomResourceDefinition", "customresourcedefinitions", type: DefinitionTypes.prefix + "CustomResourceDefinition",
            namespaced: false, shortNames: ["crd", "crds"], subresources: [status(DefinitionTypes.group, "CustomResourceDefinition")],
            columns: [name, created], unconditional: false, hasGeneration: true, strategy: DefinitionStrategy())
    ]
}

extension String {
    /// The text with another beginning, where it begins so.
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
