import Kernel

/// The URLs of a resource with their operations.
enum OpenAPIPaths {
    static func paths(of resource: ResourceDefinition, _ schemas: PublishedSchemas) -> [(String, JSON)] {
        let base = resource.group.isEmpty ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
        let place = resource.isNamespaced ? "\(base)/namespaces/{namespace}/\(resource.plural)" : "\(base)/\(resource.plural)"
        let namespace = resource.isNamespaced ? [OpenAPIParameter.path("namespace", "Namespace of the object.")] : []
        let named = [OpenAPIParameter.path("name", "Name of the \(resource.kind).")] + namespace
        var result: [(String, JSON)] = []
        func add(_ path: String, _ verbs: [APIVerb], _ parameters: [OpenAPIParameter], part: SubresourceDefinition? = nil, everywhere: Bool = false) {
            var item = JSONObject()
            for verb in verbs {
                guard let action = OpenAPIOperation.Action(verb) else { continue }
                let operation = OpenAPIOperation(action: action, resource: resource, subresource: part, isEverywhere: everywhere)
                item[action.method] = operation.json(schemas)
            }
            guard !item.isEmpty else { return }
            if !parameters.isEmpty { item["parameters"] = .array(parameters.map { $0.json(schemas.dialect) }) }
            result.append((path, .object(item)))
        }
        let served = Set(resource.verbs)
        add(place, [.list, .create, .deletecollection].filter(served.contains), namespace)
        add(place + "/{name}", [.get, .update, .delete, .patch].filter(served.contains), named)
        if resource.isNamespaced { add("\(base)/\(resource.plural)", [APIVerb.list].filter(served.contains), [], everywhere: true) }
        for part in resource.subresources { add("\(place)/{name}/\(part.name)", part.verbs, named, part: part) }
        return result
    }
}
