/// What one evaluation carries along.
struct Frame {
    let activation: any Activation
    /// The variables of macros, by slot; nil is a bound value that nobody has asked for yet.
    var locals: [Value?]
    var budget: CostBudget

    init(_ activation: any Activation, slots: Int, budget: CostBudget) {
        self.activation = activation
        locals = slots == 0 ? [] : Array(repeating: nil, count: slots)
        self.budget = budget
    }
}
