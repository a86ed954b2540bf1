import APIServerCore
import Kernel
import Store

/// What must hold around an object before it is written: its namespace, its definition, the writer's own rights.
struct Admission: Sendable {
    let store: any ObjectStore
    let authorizer: Authorizer

    func admitCreate(_ object: JSON, _ resource: ServedResource, _ context: RequestContext) async throws(APIStatus) {
        let definition = resource.definition
        let name = object["metadata"]?["name"]?.string ?? object["metadata"]?["generateName"]?.string ?? ""
        if definition.isNamespaced {
            let key = StoreKey(resource: "namespaces", namespace: "", name: context.info.namespace)
            guard let namespace = store.get(key) else {
                throw .notFound(GroupResource(group: "", resource: "namespaces"), name: context.info.namespace)
            }
            if namespace.isMarkedForDeletion {
                throw .namespaceTerminating(definition.groupResource, name: name, namespace: context.info.namespace)
            }
        }
        if let custom = resource.customDefinition,
            let stored = store.get(StoreKey(resource: DefinitionService.resourceName, namespace: "", name: custom)), stored.isMarkedForDeletion
        {
            throw .forbidden(
                definition.groupResource, name: object["metadata"]?["name"]?.string ?? "", "create not allowed while custom resource definition is terminating")
        }
        try checkEscalation(object, resource, context)
    }

    func admitUpdate(_ object: JSON, _ resource: ServedResource, _ context: RequestContext) async throws(APIStatus) {
        try checkEscalation(object, resource, context)
    }

    /// Nobody gives away rights that they don't have themselves.
    func checkEscalation(_ object: JSON, _ resource: ServedResource, _ context: RequestContext) throws(APIStatus) {
        guard resource.definition.group == "rbac.authorization.k8s.io" else { return }
        try authorizer.checkEscalation(object, resource.definition, by: context.user)
    }
}
