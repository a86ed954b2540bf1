/// One change that happened, as a watch sees it.
public struct StoreEvent: Sendable {
    public enum Kind: Sendable, Equatable { case added, modified, deleted }

    public let kind: Kind
    /// The new state; of a deletion the last state, with the deletion's revision in it.
    public let object: StoredObject
    /// The state before: nil of `added` alone.
    public let previous: StoredObject?

    public var revision: Int64 { object.revision }
}

/// What a watch gives at once: events in revision order, and how far it is.
public struct StoreBatch: Sendable {
    /// May be empty: then `revision` alone is the news, after `StoreWatch.requestProgress()`.
    public let events: [StoreEvent]
    /// Every event of this watch up to and with this revision has been handed out, these included: what a bookmark may carry.
    public let revision: Int64
}

/// A list, consistent at one revision.
public struct StoreList: Sendable {
    public let revision: Int64
    /// Sorted by namespace and name.
    public let items: [StoredObject]
}
