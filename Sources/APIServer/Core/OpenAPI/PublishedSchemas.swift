import Kernel

/// The schemas that OpenAPI documents carry: built-in types by their tables, custom kinds as their definitions have them.
struct PublishedSchemas {
    let dialect: OpenAPIDialect
    private(set) var schemas: [String: JSON] = [:]

    init(_ dialect: OpenAPIDialect) {
        self.dialect = dialect
        for type in SharedType.allCases { schemas[type.name] = type.schema }
        // What every document's operations name.
        for name in [MetaTypes.status, MetaTypes.deleteOptions, MetaTypes.prefix + "Patch"] { add(type: name) }
    }

    /// Sorted by name.
    var json: JSON { .object(JSONObject(schemas.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) })) }

    func reference(_ name: String) -> JSON { ["$ref": .string(dialect.prefix + name)] }

    static func listName(_ resource: ResourceDefinition) -> String {
        String(resource.typeName.dropLast(resource.kind.count)) + resource.listKind
    }

    mutating func add(_ resource: ResourceDefinition) {
        if resource.isBuiltIn {
            add(type: resource.typeName)
        } else {
            add(type: MetaTypes.objectMeta)
            schemas[resource.typeName] = custom(resource)
        }
        for part in resource.subresources { if let name = part.typeName { add(type: name) } }
        if resource.verbs.contains(.list) { addList(resource) }
    }

    private mutating func add(type name: String) {
        for name in APITypes.closure(of: name) where schemas[name] == nil { schemas[name] = TypeSchemas.schema(named: name, dialect) }
    }

    private mutating func addList(_ resource: ResourceDefinition) {
        add(type: MetaTypes.listMeta)
        let kind = GroupVersionKind(group: resource.group, version: resource.version, kind: resource.listKind)
        schemas[Self.listName(resource)] = [
            "description": .string("A list of \(resource.kind) objects."), "type": "object", "required": ["items"],
            "properties": [
                "apiVersion": KindFields.apiVersion,
                "items": ["description": "The objects.", "type": "array", "items": reference(resource.typeName)],
                "kind": KindFields.kind, "metadata": decorated(MetaTypes.listMeta, "Metadata of the list."),
            ],
            "x-kubernetes-group-version-kind": KindFields.list([kind]),
        ]
    }

    /// A reference with a description beside it: OpenAPI v3 wants it wrapped.
    private func decorated(_ name: String, _ description: String) -> JSON {
        var out: JSONObject = ["description": .string(description)]
        if dialect == .v3 { out["allOf"] = [reference(name)] } else { out["$ref"] = .string(dialect.prefix + name) }
        return .object(out)
    }

    private func custom(_ resource: ResourceDefinition) -> JSON {
        let written = resource.schema.openAPI
        var schema = dialect == .v3 ? written : SwaggerSchema.reduced(written)
        if case .object = schema["properties"] ?? .null {} else { schema["properties"] = .object(JSONObject()) }
        schema[path: ["properties", "metadata"]] = decorated(MetaTypes.objectMeta, "Name, labels and the rest of an object's metadata.")
        schema["x-kubernetes-group-version-kind"] = KindFields.list([resource.groupVersionKind])
        return schema
    }
}
