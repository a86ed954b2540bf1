import Kernel

/// One object as a server gave it, kept as compact text: a cache of a thousand of them costs a few megabytes, the trees would
/// cost several times that. `json()` parses on demand.
public final class KubernetesObject: Sendable {
    public let name: NamespacedName
    public let uid: String
    public let resourceVersion: String
    public let generation: Int64
    public let isDeleting: Bool
    /// The compact text.
    public let bytes: [UInt8]

    /// - Parameter keepingManagedFields: `metadata.managedFields` is often larger than the object and read by nobody here, so it
    ///   is dropped unless asked for.
    public init(_ json: JSON, keepingManagedFields: Bool = false) {
        var json = json
        if !keepingManagedFields, json["metadata"]?["managedFields"] != nil { json["metadata"]?["managedFields"] = nil }
        let metadata = json["metadata"]
        name = NamespacedName(namespace: metadata?["namespace"]?.string ?? "", name: metadata?["name"]?.string ?? "")
        uid = metadata?["uid"]?.string ?? ""
        resourceVersion = metadata?["resourceVersion"]?.string ?? ""
        generation = metadata?["generation"]?.int ?? 0
        isDeleting = metadata?["deletionTimestamp"]?.string != nil
        bytes = json.bytes
    }

    /// The tree; made anew on each call, so call it once per pass.
    public func json() -> JSON {
        // The text was written by our own writer from a tree: it always parses.
        do { return try JSONParser.parse(bytes) } catch { return .null }
    }

    public var metadata: Metadata { Metadata(of: json()) }

    /// The resourceVersion as a number. Kubernetes documents it as opaque, but every server there is uses one decimal counter
    /// and since 1.35 promises it; nil for anything else, and then nothing is concluded from it.
    public var revision: Int64? { Int64(resourceVersion) }
}

extension KubernetesObject: CustomStringConvertible {
    public var description: String { "\(name)@\(resourceVersion)" }
}
