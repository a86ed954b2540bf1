/// Keeps the number of calls under way at the same time bounded, so that one slow dependency can't take everything.
///
/// Who doesn't get in at once waits in line, first come first served, and the line is bounded too.
public struct Bulkhead: Sendable, Equatable {
    /// One who waits, by a number the shell chose.
    public typealias Ticket = UInt64

    public enum Entry: Sendable, Equatable {
        case entered
        /// Its turn comes with a later `leave`.
        case waiting
        /// No room in the line either.
        case full
    }

    public private(set) var maxConcurrent: Int
    public let maxWaiting: Int
    public private(set) var running = 0
    private var line: [Ticket] = []

    public init(maxConcurrent: Int, maxWaiting: Int) {
        self.maxConcurrent = max(maxConcurrent, 1)
        self.maxWaiting = max(maxWaiting, 0)
    }

    public var waiting: Int { line.count }

    public mutating func enter(_ ticket: Ticket) -> Entry {
        if running < maxConcurrent, line.isEmpty {
            running += 1
            return .entered
        }
        guard line.count < maxWaiting else { return .full }
        line.append(ticket)
        return .waiting
    }

    /// One call ended; the tickets whose turn it is now count as entered.
    public mutating func leave() -> [Ticket] {
        running = max(running - 1, 0)
        return admitWaiting()
    }

    /// Takes one out of the line; false when it isn't there, because its turn came or it was sent away.
    public mutating func abandon(_ ticket: Ticket) -> Bool {
        guard let at = line.firstIndex(of: ticket) else { return false }
        line.remove(at: at)
        return true
    }

    /// Sends everyone in the line away, in their order.
    public mutating func clearLine() -> [Ticket] {
        defer { line = [] }
        return line
    }

    /// Takes another bound at once; the tickets whose turn it is now count as entered.
    public mutating func resize(maxConcurrent new: Int) -> [Ticket] {
        maxConcurrent = max(new, 1)
        return admitWaiting()
    }

    private mutating func admitWaiting() -> [Ticket] {
        let count = min(max(maxConcurrent - running, 0), line.count)
        let turn = Array(line.prefix(count))
        line.removeFirst(count)
        running += count
        return turn
    }
}
