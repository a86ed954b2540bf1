/// What a watch gives at once: events in revision order, and how far it is.
public struct StoreBatch: Sendable {
    /// May be empty: then `revision` alone is the news, after `StoreWatch.requestProgress()`.
    public let events: [StoreEvent]
    /// Every event of this watch up to and with this revision has been handed out, these included: what a bookmark may carry.
    public let revision: Int64
}
