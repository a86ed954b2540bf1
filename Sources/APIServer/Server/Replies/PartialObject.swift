import Kernel

/// `PartialObjectMetadata`: an object without anything but its metadata.
enum PartialObject {
    static func make(_ object: JSON, version: String) -> JSON {
        [
            "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"),
            "metadata": object["metadata"] ?? .object(JSONObject()),
        ]
    }
}
