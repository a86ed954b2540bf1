import Glibc
import RowSteps

/// What flows from stage to stage, in one order.
enum FlowItem: Sendable {
    case packet(RowPacket)
    /// Everything before it belongs to the checkpoint, nothing after it.
    case cut(Cut)
    /// The last item. The cut holds the final states so far.
    case end(Cut, paused: Bool)
    /// The last item: what the stage before met at this place of the order.
    case failed(PipelineProblem)

    var isLast: Bool {
        switch self {
        case .packet, .cut: false
        case .end, .failed: true
        }
    }
}

/// A consistent cut through the run: gathered on its way from the source to the outputs.
struct Cut: Sendable {
    var sourcePosition: [UInt8]
    var bytesRead: Int64
    /// States of the steps so far, by the step's place in the pipeline.
    var states: [(step: Int, state: [UInt8])] = []
    /// Spill files that go once the checkpoint is saved.
    var released: [String] = []
}

/// A bounded channel between two stages that keeps the order: items carry their number and leave in its order, whoever pushes first.
///
/// A producer waits while its item's number is `capacity` or more beyond the next to leave: so memory is bounded, and the item all wait
/// for always has a place.
///
/// `@unchecked Sendable`: everything mutable is touched only between lock and unlock of the one mutex.
final class FlowChannel: @unchecked Sendable {
    let name: String
    let capacity: Int
    private var slots: [FlowItem?]
    private var next: Int64 = 0
    private var depth = 0
    private var deepest = 0
    private var closed = false
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    init(name: String, capacity: Int) {
        self.name = name
        self.capacity = max(1, capacity)
        slots = Array(repeating: nil, count: self.capacity)
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(changed)
        mutex.deallocate()
        changed.deallocate()
    }

    /// False: the channel is closed and the item is gone.
    func push(_ item: FlowItem, number: Int64) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !closed, number - next >= Int64(capacity) { pthread_cond_wait(changed, mutex) }
        guard !closed, number >= next else { return false }
        slots[Int(number % Int64(capacity))] = item
        depth += 1
        deepest = max(deepest, depth)
        pthread_cond_broadcast(changed)
        return true
    }

    /// The next item in order and its number; nil once the last item left or the channel was closed.
    func pop() -> (item: FlowItem, number: Int64)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if closed { return nil }
            let slot = Int(next % Int64(capacity))
            if let item = slots[slot] {
                slots[slot] = nil
                let number = next
                next += 1
                depth -= 1
                if item.isLast { closed = true }
                pthread_cond_broadcast(changed)
                return (item, number)
            }
            pthread_cond_wait(changed, mutex)
        }
    }

    /// Lets everyone go who waits here, and whoever comes.
    func close() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        closed = true
        slots = Array(repeating: nil, count: capacity)
        depth = 0
        pthread_cond_broadcast(changed)
    }

    var figures: PipelineReport.Channel {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return PipelineReport.Channel(name: name, capacity: capacity, depth: depth, deepest: deepest)
    }
}
