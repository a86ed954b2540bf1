import APIServerCore
import Kernel
import Store

/// One resource in one version, with everything a request for it needs at hand.
final class ServedResource: Sendable {
    let definition: ResourceDefinition
    /// The schema of whole objects.
    var schema: StructuralSchema { definition.schema }
    /// Who owns which field.
    let fields: FieldManagement
    /// The CustomResourceDefinition it comes from; nil when built in.
    let customDefinition: String?
    /// Objects written up to this revision may lack defaults that the schema gained since.
    let defaultedSince: Int64
    /// Whether this version stands for its resource where one must: the served version that is preferred.
    let isPreferred: Bool

    init(
        _ definition: ResourceDefinition, customDefinition: String? = nil, defaultedSince: Int64 = 0,
        isPreferred: Bool = true
    ) {
        self.definition = definition
        fields = FieldManagement(schema: definition.schema, kind: definition.groupVersionKind)
        self.customDefinition = customDefinition
        self.defaultedSince = defaultedSince
        self.isPreferred = isPreferred
    }

    func key(namespace: String, name: String) -> StoreKey {
        StoreKey(resource: definition.storage.resource, namespace: definition.isNamespaced ? namespace : "", name: name)
    }

    /// The object as this version serves it: the stored bytes themselves wherever that is right.
    func bytes(_ object: StoredObject) -> [UInt8] {
        if object.revision <= defaultedSince || definition.isBuiltIn && !definition.storage.isIdentity {
            if let json = json(object) { return json.bytes }
        }
        return definition.isBuiltIn ? object.bytes : ObjectBytes.replacingAPIVersion(object.bytes, with: definition.apiVersion)
    }

    /// The object as this version serves it, as a tree. nil for bytes that aren't JSON, which the store doesn't take.
    func json(_ object: StoredObject) -> JSON? {
        guard case .success(let stored) = Result(catching: { () throws(JSONError) in try object.json() }) else { return nil }
        var json = definition.storage.served(stored)
        if object.revision <= defaultedSince { schema.applyDefaults(&json) }
        return json
    }
}
