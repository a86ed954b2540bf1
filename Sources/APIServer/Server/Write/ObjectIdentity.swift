import APIServerCore
import Kernel
import Store

/// Whether an object is the one that the URL names.
enum ObjectIdentity {
    /// apiVersion and kind: filled in where they are missing on a built-in kind, else they must be the resource's.
    static func checkKind(_ object: inout JSON, _ resource: ServedResource) throws(APIStatus) {
        let definition = resource.definition
        guard object.object != nil else {
            throw .badRequest("the body must be one object of kind \(definition.kind); found \(object.typeName)")
        }
        let kind = object["kind"]?.string ?? ""
        let apiVersion = object["apiVersion"]?.string ?? ""
        if kind.isEmpty || apiVersion.isEmpty {
            guard definition.isBuiltIn else {
                throw .badRequest("Object '\(kind.isEmpty ? "Kind" : "apiVersion")' is missing in the body: set it to \(kind.isEmpty ? definition.kind : definition.apiVersion)")
            }
            if kind.isEmpty { object["kind"] = .string(definition.kind) }
            if apiVersion.isEmpty { object["apiVersion"] = .string(definition.apiVersion) }
        }
        if !kind.isEmpty, kind != definition.kind {
            throw .badRequest("\(kind) in version \(GoQuote.quote(apiVersion)) cannot be handled as a \(definition.kind)")
        }
        if !apiVersion.isEmpty, apiVersion != definition.apiVersion {
            throw .badRequest("the API version in the data (\(apiVersion)) does not match the expected API version (\(definition.apiVersion))")
        }
        switch object["metadata"] {
        case nil, .null?: object["metadata"] = .object(JSONObject())
        case .object?: break
        case let other?: throw .badRequest("metadata must be an object; found \(other.typeName)")
        }
        object = ObjectPreparation.ordered(object)
    }

    /// Name and namespace: those of the URL, which the object may repeat but not contradict.
    static func settle(_ object: inout JSON, _ resource: ServedResource, _ context: RequestContext, name: String?) throws(APIStatus) {
        let definition = resource.definition
        if name != nil || object["apiVersion"]?.string != definition.apiVersion { try checkKind(&object, resource) }
        if let name {
            let own = object["metadata"]?["name"]?.string ?? ""
            if own.isEmpty { object["metadata"]?["name"] = .string(name) } else if own != name {
                throw .badRequest("the name of the object (\(own)) does not match the name on the URL (\(name))")
            }
        }
        let own = object["metadata"]?["namespace"]?.string ?? ""
        if definition.isNamespaced {
            let namespace = context.info.namespace
            guard own.isEmpty || own == namespace else {
                throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
            }
            object["metadata"]?["namespace"] = .string(namespace)
        } else if object["metadata"]?["namespace"] != nil {
            // What is cluster scoped has none, whatever the client thinks.
            object["metadata"]?["namespace"] = nil
        }
    }

    /// resourceVersion and uid, where the client named them, must be those of what is stored.
    static func checkPreconditions(_ object: JSON, _ stored: StoredObject, _ old: JSON, _ resource: GroupResource) throws(APIStatus) {
        if let version = object["metadata"]?["resourceVersion"]?.string, !version.isEmpty, version != "0" {
            guard Int64(version) != nil else {
                throw .badRequest("metadata.resourceVersion: Invalid value: \(GoQuote.quote(String(version.prefix(100)))): must be a whole number, as the server gave it")
            }
            guard version == String(stored.revision) else { throw .modified(resource, name: stored.key.name) }
        }
        if let uid = object["metadata"]?["uid"]?.string, !uid.isEmpty, let actual = old["metadata"]?["uid"]?.string, uid != actual {
            throw .conflict(resource, name: stored.key.name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(actual)")
        }
    }
}
