/// A list, consistent at one revision.
public struct StoreList: Sendable {
    public let revision: Int64
    /// Sorted by namespace and name.
    public let items: [StoredObject]
}
