import APIServerCore
import Kernel

/// `/scale`: the replicas of an object in autoscaling/v1's own form, wherever its schema keeps them.
enum ScaleSubresource {
    static func scale(of object: JSON, _ definition: ScaleDefinition) -> JSON {
        let source = object["metadata"]
        var metadata = JSONObject()
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] { metadata[field] = source?[field] }
        var status: JSON = ["replicas": .int(object[path: path(definition.statusReplicasPath)]?.int ?? 0)]
        if let selectorPath = definition.labelSelectorPath, let selector = object[path: path(selectorPath)]?.string {
            status["selector"] = .string(selector)
        }
        var spec = JSONObject()
        if let replicas = object[path: path(definition.specReplicasPath)]?.int { spec["replicas"] = .int(replicas) }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata), "spec": .object(spec), "status": status,
        ]
    }

    /// The object with the replicas that the scale asks for.
    static func apply(_ scale: JSON, to object: JSON, _ definition: ScaleDefinition, name: String) throws(APIStatus) -> JSON {
        let asked = scale["spec"]?["replicas"] ?? 0
        guard let replicas = asked.int else {
            throw .badRequest("Scale.spec.replicas must be an integer; found \(asked.typeName)")
        }
        guard (0...Int64(Int32.max)).contains(replicas) else {
            throw .invalid(
                GroupKind(group: "autoscaling", kind: "Scale"), name: name,
                [.invalid("spec.replicas", asked, "must be greater than or equal to 0")])
        }
        var changed = object
        changed[path: path(definition.specReplicasPath)] = .int(replicas)
        return changed
    }

    /// What an object keeps where `/scale` looks must be something `/scale` can show.
    static func faults(in object: JSON, _ definition: ScaleDefinition?) -> [StatusCause] {
        guard let definition else { return [] }
        return [definition.specReplicasPath, definition.statusReplicasPath].compactMap { text in
            guard let value = object[path: path(text)], let replicas = value.int else { return nil }
            if replicas < 0 { return .invalid(text, value, "should be a non-negative integer") }
            return replicas > Int64(Int32.max) ? .invalid(text, value, "should be less than or equal to \(Int32.max)") : nil
        }
    }

    /// `.spec.replicas` as member names.
    static func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }
}
