import APIServerCore
import Kernel
import Store

/// What the server sees to in every object it stores, whoever wrote it: identity, times, generation, finalizers, and that it is valid.
enum ObjectPreparation {
    static func forCreate(_ object: inout JSON, _ resource: ServedResource, now: Timestamp) throws(APIStatus) {
        let definition = resource.definition
        var metadata = object["metadata"] ?? .object(JSONObject())
        for field in ["selfLink", "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"] { metadata[field] = nil }
        metadata["uid"] = .string(RandomNames.uid())
        metadata["creationTimestamp"] = .string(now.rfc3339)
        if definition.hasGeneration { metadata["generation"] = 1 }
        object["metadata"] = metadata
        if definition.hasStatus, !definition.isBuiltIn { object["status"] = nil }
        resource.schema.applyDefaults(&object)
        definition.strategy.prepareForCreate(&object)
        var causes = ObjectMetadata.validateCreate(object, name: definition.nameRule, isNamespaced: definition.isNamespaced)
            + resource.schema.validate(object) + definition.strategy.validateCreate(object) + ScaleSubresource.faults(in: object, definition.scale)
        causes += definition.checkRules(object, old: nil, after: causes).causes
        try refuse(causes, object, resource)
    }

    static func forUpdate(_ object: inout JSON, old: JSON, _ resource: ServedResource, part: ObjectPart, warnings: Warnings) throws(APIStatus) {
        let definition = resource.definition
        switch part {
        case .whole:
            keepIdentity(&object, old)
            if definition.hasStatus, !definition.isBuiltIn { object["status"] = old["status"] }
        case .status:
            var whole = old
            whole["status"] = object["status"]
            whole["metadata"]?["managedFields"] = object["metadata"]?["managedFields"]
            if definition.isBuiltIn { keepStatusMetadata(object, &whole) }
            object = whole
        case .finalize:
            var whole = old
            whole["spec"]?["finalizers"] = object["spec"]?["finalizers"]
            if whole["spec"] == nil { whole["spec"] = ["finalizers": object["spec"]?["finalizers"] ?? []] }
            whole["metadata"]?["managedFields"] = object["metadata"]?["managedFields"]
            object = whole
        }
        object["metadata"]?["resourceVersion"] = old["metadata"]?["resourceVersion"]
        resource.schema.applyDefaults(&object)
        if part == .whole {
            definition.strategy.prepareForUpdate(&object, old: old)
            moveGeneration(&object, old, definition)
        }
        var causes = ObjectMetadata.validateUpdate(object, old: old) + resource.schema.validate(object, old: old)
        if part == .whole { causes += definition.strategy.validateUpdate(object, old: old) }
        causes += ScaleSubresource.faults(in: object, definition.scale)
        let ruled = definition.checkRules(object, old: old, after: causes)
        causes += ruled.causes
        for text in ruled.warnings { warnings.add(text) }
        try refuse(causes, object, resource)
    }

    /// A marked object whose last finalizer went.
    static func isReleased(_ object: JSON) -> Bool {
        guard object["metadata"]?["deletionTimestamp"]?.string != nil else { return false }
        let isNamespace = object["kind"]?.string == "Namespace" && object["apiVersion"]?.string == "v1"
        let held = isNamespace && !(object["spec"]?["finalizers"]?.array ?? []).isEmpty
        return !held && (object["metadata"]?["finalizers"]?.array ?? []).isEmpty
    }

    /// In the order the store needs: apiVersion, kind, metadata without resourceVersion, the rest.
    static func storedBytes(_ object: JSON, _ resource: ServedResource) -> [UInt8] {
        var stored = resource.definition.storage.stored(object)
        stored["metadata"]?["resourceVersion"] = nil
        return ordered(stored).bytes
    }

    static func ordered(_ object: JSON) -> JSON {
        guard let members = object.object else { return object }
        let first = ["apiVersion", "kind", "metadata"]
        if members.keys.prefix(3).elementsEqual(first) { return object }
        var result = JSONObject()
        for key in first { result[key] = members[key] }
        for (key, value) in members where !first.contains(key) { result[key] = value }
        return .object(result)
    }

    // MARK: Parts

    private static func keepIdentity(_ object: inout JSON, _ old: JSON) {
        for field in ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"] {
            object["metadata"]?[field] = old["metadata"]?[field]
        }
        object["metadata"]?["selfLink"] = nil
    }

    /// A built-in kind's status update may change labels and annotations, as Kubernetes' do.
    private static func keepStatusMetadata(_ object: JSON, _ whole: inout JSON) {
        for field in ["labels", "annotations"] { whole["metadata"]?[field] = object["metadata"]?[field] }
    }

    private static func moveGeneration(_ object: inout JSON, _ old: JSON, _ definition: ResourceDefinition) {
        guard definition.hasGeneration, let generation = old["metadata"]?["generation"]?.int else { return }
        // Without a /status of its own, status is desired like anything else.
        let changes = ObjectComparison.changesDesired(object, from: old) || !definition.hasStatus && object["status"] != old["status"]
        if changes { object["metadata"]?["generation"] = .int(generation &+ 1) }
    }

    private static func refuse(_ causes: [StatusCause], _ object: JSON, _ resource: ServedResource) throws(APIStatus) {
        guard !causes.isEmpty else { return }
        throw .invalid(resource.definition.groupKind, name: object["metadata"]?["name"]?.string ?? "", causes)
    }
}
