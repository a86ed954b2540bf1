import Kernel

/// Reads CustomResourceDefinitions into `ResourceDefinition`s, so that a user's kinds and the built-in ones are served by the same code.
public enum CustomResources {
    /// The served versions of a definition, the preferred one first.
    ///
    /// The definition has passed `DefinitionStrategy`; what is missing in one that hasn't is left empty, never trapped over.
    ///
    /// - Parameter rules: the language of `x-kubernetes-validations`.
    public static func resources(of definition: JSON, rules: RuleLanguage = .plain) -> [ResourceDefinition] {
        let spec = definition["spec"]
        let versions = spec?["versions"]?.array ?? []
        let storage = DefinitionStrategy.storageVersion(definition) ?? ""
        let stored = (definition["status"]?["storedVersions"]?.array ?? []).compactMap(\.string)
        return versions.filter { $0["served"]?.bool == true }
            .sorted { VersionPriority($0["name"]?.string ?? "") > VersionPriority($1["name"]?.string ?? "") }
            .map { resource(definition, $0, storage: storage, onlyStored: stored.allSatisfy { $0 == storage }, rules) }
    }

    private static func resource(_ definition: JSON, _ version: JSON, storage: String, onlyStored: Bool, _ rules: RuleLanguage) -> ResourceDefinition {
        let spec = definition["spec"]
        let accepted = definition["status"]?["acceptedNames"]
        // Names a definition lost to another one aren't served; before the first decision there are none but the wanted ones.
        let names = (accepted?["plural"]?.string ?? "").isEmpty ? spec?["names"] : accepted
        func list(_ field: String) -> [String] { (names?[field]?.array ?? []).compactMap(\.string) }
        let group = spec?["group"]?.string ?? ""
        let name = version["name"]?.string ?? ""
        let kind = names?["kind"]?.string ?? ""
        let plural = names?["plural"]?.string ?? ""
        let isNamespaced = spec?["scope"]?.string != "Cluster"
        let gvk = GroupVersionKind(group: group, version: name, kind: kind)
        let scale = version["subresources"]?["scale"].flatMap { $0.isNull ? nil : scaleDefinition($0) }
        var subresources: [SubresourceDefinition] = []
        if version["subresources"]?["status"].map({ !$0.isNull }) ?? false {
            subresources.append(SubresourceDefinition(name: "status", kind: gvk, verbs: [.get, .patch, .update]))
        }
        if scale != nil {
            subresources.append(
                SubresourceDefinition(
                    name: "scale", kind: AutoscalingTypes.scale, verbs: [.get, .patch, .update], typeName: AutoscalingTypes.prefix + "Scale"))
        }
        return ResourceDefinition(
            group: group, version: name, kind: kind, listKind: names?["listKind"]?.string, plural: plural, singular: names?["singular"]?.string,
            shortNames: list("shortNames"), categories: list("categories"), isNamespaced: isNamespaced, subresources: subresources,
            scale: scale, typeName: typeName(gvk), schema: schema(version["schema"]?["openAPIV3Schema"] ?? .object(JSONObject())),
            printerColumns: columns(version["additionalPrinterColumns"]?.array ?? []),
            selectableFields: (version["selectableFields"]?.array ?? []).compactMap { $0["jsonPath"]?.string }
                .map { SelectableField(String($0.drop { $0 == "." })) },
            patches: .applyOnly, allowsUnconditionalUpdate: false, hasGeneration: true, isBuiltIn: false,
            deprecationWarning: deprecation(version, gvk),
            storage: storageForm(plural: plural, group: group, version: name, storage: storage, onlyStored: onlyStored), rules: rules)
    }

    /// `dev.millwright.v1alpha1.Environment`: the group backwards, as in Kubernetes' OpenAPI.
    static func typeName(_ kind: GroupVersionKind) -> String {
        (kind.group.split(separator: ".").reversed().map(String.init) + [kind.version, kind.kind]).joined(separator: ".")
    }

    /// The definition's schema, with apiVersion, kind and the whole of metadata, which every object has.
    static func schema(_ openAPI: JSON) -> StructuralSchema {
        let own = StructuralSchema(openAPI: openAPI)
        let metadata = own.properties["metadata"]
        let shared = APITypes.structuralSchema(MetaTypes.objectMeta)
        let merged = shared.with { fields in
            // A definition may narrow metadata.name and metadata.generateName, and nothing else in there.
            let narrowed = ["name", "generateName"].compactMap { name in metadata?.properties[name].map { (name, $0) } }
            if !narrowed.isEmpty { fields.properties = fields.properties.merging(SchemaProperties(narrowed)) }
        }
        let common: SchemaProperties = [
            "apiVersion": StructuralSchema(openAPI: KindFields.apiVersion), "kind": StructuralSchema(openAPI: KindFields.kind), "metadata": merged,
        ]
        return own.with { fields in
            fields.type = .object
            fields.properties = fields.properties.merging(common)
        }
    }

    private static func columns(_ columns: [JSON]) -> [PrinterColumn] {
        let name = PrinterColumn("Name", format: "name", description: "Name of the object.", source: .path(".metadata.name"))
        guard !columns.isEmpty else {
            return [name, PrinterColumn("Age", type: "date", description: "How long ago it was made.", source: .path(".metadata.creationTimestamp"))]
        }
        return [name]
            + columns.map { column in
                PrinterColumn(
                    column["name"]?.string ?? "", type: column["type"]?.string ?? "string", format: column["format"]?.string ?? "",
                    description: column["description"]?.string ?? "", priority: Int(clamping: column["priority"]?.int ?? 0),
                    source: .path(column["jsonPath"]?.string ?? ""))
            }
    }

    private static func scaleDefinition(_ scale: JSON) -> ScaleDefinition {
        ScaleDefinition(
            specReplicasPath: scale["specReplicasPath"]?.string ?? "", statusReplicasPath: scale["statusReplicasPath"]?.string ?? "",
            labelSelectorPath: scale["labelSelectorPath"]?.string)
    }

    private static func deprecation(_ version: JSON, _ kind: GroupVersionKind) -> String? {
        guard version["deprecated"]?.bool == true else { return nil }
        return version["deprecationWarning"]?.string ?? "\(kind.apiVersion) \(kind.kind) is deprecated"
    }

    /// Versions of one kind differ in nothing but apiVersion (conversion strategy None).
    private static func storageForm(plural: String, group: String, version: String, storage: String, onlyStored: Bool) -> StorageForm {
        let resource = GroupResource(group: group, resource: plural).description
        if version == storage && onlyStored { return StorageForm(resource: resource) }
        let storedVersion = JSON.string("\(group)/\(storage)")
        let servedVersion = JSON.string("\(group)/\(version)")
        return StorageForm(
            resource: resource,
            encode: { object in
                var object = object
                object["apiVersion"] = storedVersion
                return object
            },
            decode: { object in
                var object = object
                object["apiVersion"] = servedVersion
                return object
            })
    }
}
