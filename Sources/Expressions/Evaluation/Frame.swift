/// What one evaluation carries along.
struct Frame {
    /// The variables of macros, by slot; nil is a bound value that nobody has asked for yet.
    var locals: [Value?]
    var budget: CostBudget

    init(slots: Int, budget: CostBudget) {
        locals = slots == 0 ? [] : Array(repeating: nil, count: slots)
        self.budget = budget
    }
}
