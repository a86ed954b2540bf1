/// The latest events of one resource, in revision order, bounded by their number and their bytes.
struct EventWindow {
    private var events: [StoreEvent] = []
    /// Before this place `events` is spent; the front is cut off in bulk.
    private var start = 0
    private var bytes = 0
    /// Events up to this revision may be gone; all later ones are here.
    private(set) var evictedThrough: Int64

    init(evictedThrough: Int64) { self.evictedThrough = evictedThrough }

    var count: Int { events.count - start }

    mutating func append(_ event: StoreEvent, limits: WindowLimits) {
        events.append(event)
        bytes += event.object.bytes.count
        while count > limits.events || (bytes > limits.bytes && count > 1) { evictFirst() }
        trim()
    }

    /// Forgets events up to and with the revision. A watch from before it that misses none of them goes on.
    mutating func evict(through revision: Int64) {
        while start < events.count, events[start].revision <= revision { evictFirst() }
        trim()
    }

    /// The events after a revision, all of which are kept: ask `evictedThrough` first.
    func events(after revision: Int64) -> ArraySlice<StoreEvent> {
        var low = start
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return events[low...]
    }

    private mutating func evictFirst() {
        let event = events[start]
        bytes -= event.object.bytes.count
        evictedThrough = max(evictedThrough, event.revision)
        start += 1
    }

    /// Spent events are let go once they are a quarter of the array (at least 32), which costs a constant amount each.
    private mutating func trim() {
        guard start >= 32, start * 4 >= events.count else { return }
        events.removeFirst(start)
        start = 0
    }
}
