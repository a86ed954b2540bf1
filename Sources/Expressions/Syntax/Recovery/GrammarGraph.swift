/// The grammar as states with edges between them, and as instructions that read by it.
struct GrammarGraph {
    struct State {
        /// What is done where the token at hand doesn't fit; alternatives meet in a joint.
        enum Kind { case plain, choice, joint, loopEnd, ruleEnd }
        let rule: Grammar.Rule
        let kind: Kind
        var edges: [Edge] = []
    }

    enum Edge {
        /// - Parameter closing: the left-recursive rule that was left from its outermost call.
        case free(to: Int, closing: Grammar.Rule? = nil)
        case tokens(TokenSet, to: Int)
        case call(Grammar.Rule, then: Int, precedence: Int)
        /// Only where operators of this precedence may follow.
        case atLeast(Int, to: Int)
    }

    /// What is done in turn; numbers are of states, but for `to`, which are of instructions.
    enum Instruction {
        case token(Int, Token.Kind, Grammar.Label?)
        case oneOf(Int, TokenSet, Grammar.Label)
        case call(Int, Grammar.Rule, Grammar.Label?, precedence: Int)
        case synchronize(Int)
        /// Goes on elsewhere unless the token at hand is one of these.
        case skip(unless: TokenSet, to: Int)
        case predict(Int, isLoop: Bool, to: [Int])
        case select([(TokenSet, to: Int)])
        case jump(Int)
        case alternative(Grammar.Alternative)
        /// What has been read becomes the left part of a new whole.
        case wrap(Grammar.Alternative)
        case leave
    }

    var states: [State] = []
    var code: [Instruction] = []
    /// By the rules' numbers.
    var starts: [Int] = []
    var ends: [Int] = []
    var entries: [Int] = []
    /// What may come at each state, to the end of its rule.
    private(set) var firsts: [TokenSet] = []

    static let shared: GrammarGraph = {
        var compiler = GrammarCompiler()
        return compiler.compile()
    }()

    func isRuleEnd(_ state: Int) -> Bool { states[state].kind == .ruleEnd }

    /// Where the rule called at a state goes on.
    func following(_ state: Int) -> Int {
        if case .call(_, let then, _)? = states[state].edges.first { return then }
        return state
    }

    /// Where one gets by the first token of a state.
    func behind(_ state: Int) -> Int {
        switch states[state].edges.first {
        case .tokens(_, let to)?, .free(let to, _)?, .atLeast(_, let to)?: to
        default: state
        }
    }

    mutating func findFirsts() { firsts = states.indices.map { first(of: $0) } }

    private func first(of state: Int) -> TokenSet {
        var seen: Set<Int> = []
        return first(of: state, &seen)
    }

    /// No rule is empty, so that what follows a call never counts.
    private func first(of state: Int, _ seen: inout Set<Int>) -> TokenSet {
        guard seen.insert(state).inserted else { return TokenSet() }
        if states[state].kind == .ruleEnd { return .ruleMayEnd }
        var all = TokenSet()
        for edge in states[state].edges {
            switch edge {
            case .tokens(let set, _): all.formUnion(set)
            case .free(let to, _), .atLeast(_, let to): all.formUnion(first(of: to, &seen))
            case .call(let rule, _, _): all.formUnion(first(of: starts[rule.rawValue], &seen))
            }
        }
        return all
    }
}
