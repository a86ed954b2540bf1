/// What one evaluation carries along.
struct Frame {
    /// The variables of macros, by slot; nil is a bound value that nobody has asked for yet.
    var locals: [Value?]
    var budget: CostBudget
    /// How much of what is spent went to finding the values of variables that are in scope: they are found once, however often what reads
    /// them is evaluated.
    private(set) var spentOnce: UInt64 = 0
    private var spentOnceBySlot: [Int: UInt64] = [:]

    init(slots: Int, budget: CostBudget) {
        locals = slots == 0 ? [] : Array(repeating: nil, count: slots)
        self.budget = budget
    }

    mutating func spentOnce(_ cost: UInt64, on slot: Int) {
        spentOnce += cost
        spentOnceBySlot[slot, default: 0] += cost
    }

    /// A variable's scope ends: in its next one it is found again.
    mutating func leaveScope(of slot: Int) {
        guard !spentOnceBySlot.isEmpty, let cost = spentOnceBySlot.removeValue(forKey: slot) else { return }
        spentOnce -= cost
    }
}
