import Kernel

/// Values by the time they are due, the earliest first; equal times in the order they were put in.
struct TimerHeap<Value: Sendable>: Sendable {
    struct Item: Sendable {
        let due: MonotonicInstant
        let sequence: UInt64
        let value: Value

        func isBefore(_ other: Item) -> Bool { due != other.due ? due < other.due : sequence < other.sequence }
    }

    private var items: [Item] = []
    private var sequence: UInt64 = 0

    var count: Int { items.count }
    var first: Item? { items.first }

    mutating func insert(_ value: Value, due: MonotonicInstant) {
        sequence += 1
        items.append(Item(due: due, sequence: sequence, value: value))
        var at = items.count - 1
        while at > 0, items[at].isBefore(items[(at - 1) / 2]) {
            items.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    @discardableResult
    mutating func removeFirst() -> Value? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        if !items.isEmpty {
            items[0] = last
            sink()
        }
        return first.value
    }

    /// Drops every value the condition doesn't hold for.
    mutating func keep(where condition: (Value) -> Bool) {
        // A sorted array is a heap.
        items = items.filter { condition($0.value) }.sorted { $0.isBefore($1) }
    }

    private mutating func sink() {
        var at = 0
        while true {
            var smallest = at
            for child in [2 * at + 1, 2 * at + 2] where child < items.count && items[child].isBefore(items[smallest]) { smallest = child }
            if smallest == at { return }
            items.swapAt(at, smallest)
            at = smallest
        }
    }
}
