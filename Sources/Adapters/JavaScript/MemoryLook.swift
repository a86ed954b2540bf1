/// When to ask the engine how much a script holds: asking walks the engine's whole heap, which every 32 chunks was a quarter of a run.
///
/// What is held can hardly have grown by more than the process's resident memory did. So the engine is asked when that grew by a quarter
/// of what is still allowed; and, for memory that is reserved and never touched or was someone else's before, after 1, 2, 4 ... 64 turns.
struct MemoryLook {
    private let limit: Int
    /// At the last look: what the script held, and what the process did.
    private var held = 0
    private var resident: Int
    private var turns = 0
    private var turnsUntilLook = 1

    private static let longestWait = 64

    init(limit: Int, resident: Int) {
        self.limit = limit
        self.resident = resident
    }

    /// Whether to ask now. Called in turns of about as many rows each.
    mutating func isDue(resident now: Int) -> Bool {
        turns += 1
        return turns >= turnsUntilLook || now - resident > (limit - held) / 4
    }

    mutating func looked(held: Int, resident now: Int) {
        self.held = min(held, limit)
        resident = now
        if turns >= turnsUntilLook { turnsUntilLook = min(turnsUntilLook * 2, Self.longestWait) }
        turns = 0
    }
}
