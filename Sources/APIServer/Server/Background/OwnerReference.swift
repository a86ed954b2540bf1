import Kernel

/// An entry of `metadata.ownerReferences`.
struct OwnerReference: Sendable, Equatable {
    let apiVersion: String
    let kind: String
    let name: String
    let uid: String
    let blocksOwnerDeletion: Bool

    static func all(in object: JSON) -> [OwnerReference] {
        (object["metadata"]?["ownerReferences"]?.array ?? []).compactMap { entry in
            guard let uid = entry["uid"]?.string, !uid.isEmpty else { return nil }
            return OwnerReference(
                apiVersion: entry["apiVersion"]?.string ?? "", kind: entry["kind"]?.string ?? "", name: entry["name"]?.string ?? "", uid: uid,
                blocksOwnerDeletion: entry["blockOwnerDeletion"]?.bool ?? false)
        }
    }
}
