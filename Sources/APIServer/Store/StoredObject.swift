import Kernel

/// One version of one object, as the store keeps it in memory and hands it out: immutable, shared, never copied.
public final class StoredObject: Sendable {
    public let key: StoreKey
    /// The revision that wrote this version; of a deleted object, the revision of the deletion.
    public let revision: Int64
    /// The compact JSON, with `metadata.resourceVersion` = `revision` as the first member of `metadata`.
    public let bytes: [UInt8]

    /// - Parameter unversioned: compact JSON whose `metadata` has no `resourceVersion`.
    /// - Returns: nil when it is no object with an object `metadata` in it.
    public init?(key: StoreKey, revision: Int64, unversioned: some RandomAccessCollection<UInt8>) {
        guard let bytes = VersionSplice.insert(revision, into: unversioned) else { return nil }
        self.key = key
        self.revision = revision
        self.bytes = bytes
    }

    /// The tree, parsed anew at each call: only the bytes are kept.
    public func json() throws(JSONError) -> JSON { try JSONParser.parse(bytes) }

    /// The JSON without `resourceVersion`, as `StoreWrite` takes it.
    public var unversionedBytes: [UInt8] { VersionSplice.remove(revision, from: bytes) }
}
