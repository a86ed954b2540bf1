import Kernel

/// All types of the built-in APIs, by name.
public enum APITypes {
    public static let all: [APIType] =
        MetaTypes.all + CoreTypes.all + GroupTypes.all + RBACTypes.all + ReviewTypes.all + DefinitionTypes.all + AutoscalingTypes.all

    private static let byName: [String: APIType] = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    private static let byKind: [GroupVersionKind: APIType] = Dictionary(
        all.flatMap { type in type.kinds.map { ($0, type) } }, uniquingKeysWith: { first, _ in first })

    public static func named(_ name: String) -> APIType? { byName[name] }

    /// The type of documents of a kind. DeleteOptions and Status are the same in every group.
    public static func type(of kind: GroupVersionKind) -> APIType? {
        if let type = byKind[kind] { return type }
        switch kind.kind {
        case "DeleteOptions": return byName[MetaTypes.deleteOptions]
        case "Status": return byName[MetaTypes.status]
        default: return nil
        }
    }

    /// The structural schema of a type, everything it refers to included; made once, and what types share is shared.
    ///
    /// Of a name that isn't in the tables, a schema that takes anything.
    public static func structuralSchema(_ name: String) -> StructuralSchema { structural.properties[name] ?? .anything() }

    /// All kinds, and what else is asked for by name, read in one go: ObjectMeta stands in the memory once.
    private static let structural: StructuralSchema = {
        let roots = all.filter { !$0.kinds.isEmpty || $0.name == MetaTypes.objectMeta }.map(\.name)
        let members = roots.map { name -> (String, JSON) in (name, ["$ref": .string(OpenAPIDialect.structural.prefix + name)]) }
        return StructuralSchema(openAPI: ["type": "object", "properties": .object(JSONObject(members))]) {
            TypeSchemas.schema(named: $0, .structural)
        }
    }()

    /// The names of a type and of all types it refers to, itself first, each once.
    static func closure(of name: String) -> [String] {
        var seen: Set<String> = [name]
        var order = [name]
        var next = 0
        while next < order.count {
            let fields = byName[order[next]]?.fields ?? []
            next += 1
            for field in fields {
                guard let reference = field.type.referenced, seen.insert(reference).inserted else { continue }
                order.append(reference)
            }
        }
        return order
    }
}

extension APIFieldType {
    /// The type that is referred to here or in the elements.
    var referenced: String? {
        switch self {
        case .reference(let name): name
        case .list(let element), .map(let element): element.referenced
        default: nil
        }
    }
}
