/// How much of the past each resource keeps in memory for watches that resume and lists that continue.
public struct WindowLimits: Sendable {
    public var events: Int
    /// Of the events' objects.
    public var bytes: Int

    /// 10,000 events hold a whole `deletecollection` of the largest list that clients page through; 8 MiB keep a resource whose objects
    /// change over and over from filling the memory.
    public init(events: Int = 10_000, bytes: Int = 8 << 20) {
        self.events = max(events, 1)
        self.bytes = max(bytes, 1)
    }
}
