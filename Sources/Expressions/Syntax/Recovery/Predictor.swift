/// Looks as far ahead as it takes to tell which of several alternatives is meant, as ANTLR 4's parsers do.
///
/// All alternatives are followed at once, token by token, until one is left: at first without regard to what called the rule; where
/// that leaves it open, with it.
struct Predictor {
    enum Result {
        /// From 1.
        case alternative(Int)
        /// None fits; by the tokens' numbers.
        case none(from: Int, to: Int)
    }

    let graph: GrammarGraph
    var stacks = CallStacks()
    var decision = Decision(state: 0, isLoop: false, precedence: 0)
    /// What has been found out once: where the alternatives of a decision begin, and where a token leads to from there and beyond.
    private var beginnings: [Decision: Int] = [:]
    private var steps: [Configurations] = []
    private var numbers: [[Configurations.Entry]: Int] = [:]
    private var known: [[Token.Kind: Outcome]] = []

    private enum Outcome {
        case alternative(Int)
        case further(Int)
        case conflict
        case none
    }

    struct Decision: Hashable {
        let state: Int
        /// Whether it is about going on with a left-recursive rule.
        let isLoop: Bool
        /// How tightly operators must bind.
        let precedence: Int
    }

    init(graph: GrammarGraph) { self.graph = graph }

    /// - Parameter calls: where the rules that are open go on, from the innermost.
    mutating func predict(_ state: Int, isLoop: Bool, precedence: Int, calls: () -> [Int], _ stream: inout TokenStream) -> Result {
        decision = Decision(state: state, isLoop: isLoop, precedence: precedence)
        let start = stream.position
        var kind = stream.current.kind
        var at = start
        var step = beginning()
        while true {
            switch outcome(step, kind) {
            case .alternative(let alternative): return .alternative(alternative)
            case .further(let next): step = next
            case .conflict: return predictInFull(calls(), start, &stream)
            case .none: return steps[step].finished(graph).map(Result.alternative) ?? .none(from: start, to: at)
            }
            if kind != .end {
                at += 1
                kind = stream.token(at).kind
            }
        }
    }

    private mutating func outcome(_ step: Int, _ kind: Token.Kind) -> Outcome {
        if let known = known[step][kind] { return known }
        let outcome: Outcome
        if let reached = reach(steps[step], kind, inFull: false) {
            outcome = reached.onlyAlternative.map(Outcome.alternative) ?? (reached.isConflict(graph) ? .conflict : .further(number(reached)))
        } else {
            outcome = .none
        }
        known[step][kind] = outcome
        return outcome
    }

    private mutating func number(_ step: Configurations) -> Int {
        if let number = numbers[step.entries] { return number }
        numbers[step.entries] = steps.count
        steps.append(step)
        known.append([:])
        return steps.count - 1
    }

    private mutating func predictInFull(_ calls: [Int], _ start: Int, _ stream: inout TokenStream) -> Result {
        var stack = 0
        for call in calls.reversed() { stack = stacks.push(call, on: stack) }
        var at = start
        var kind = stream.token(at).kind
        var previous = begin(stack, inFull: true)
        while true {
            guard let reached = reach(previous, kind, inFull: true) else {
                return previous.finished(graph).map(Result.alternative) ?? .none(from: start, to: start)
            }
            if let alternative = reached.onlyAlternative ?? reached.onlyViableAlternative { return .alternative(alternative) }
            previous = reached
            if kind != .end {
                at += 1
                kind = stream.token(at).kind
            }
        }
    }

    private mutating func beginning() -> Int {
        if let known = beginnings[decision] { return known }
        let all = begin(0, inFull: false)
        let number = number(decision.isLoop ? all.preferringFirst() : all)
        beginnings[decision] = number
        return number
    }

    private mutating func begin(_ stack: Int, inFull: Bool) -> Configurations {
        var all = Configurations()
        for (at, edge) in graph.states[decision.state].edges.enumerated() {
            guard case .free(let to, _) = edge else { continue }
            var seen: Set<Step> = []
            follow(Configuration(state: to, alternative: at + 1, stack: stack), into: &all, &seen, Closing(depth: 0, minds: true, inFull: inFull, endIsFree: false))
        }
        return all
    }

    /// What a token leads to; nil where it fits nowhere.
    private mutating func reach(_ from: Configurations, _ kind: Token.Kind, inFull: Bool) -> Configurations? {
        var between = Configurations()
        var finished: [Configurations.Entry] = []
        for entry in from.entries {
            if graph.isRuleEnd(entry.state) {
                if inFull || kind == .end { finished.append(entry) }
                continue
            }
            for edge in graph.states[entry.state].edges {
                guard case .tokens(let set, let to) = edge, set.contains(kind) else { continue }
                for stack in entry.stacks {
                    between.add(Configuration(state: to, alternative: entry.alternative, stack: stack, isOutside: entry.isOutside, isKept: entry.isKept), stacks, inFull)
                }
            }
        }
        var reached: Configurations
        if finished.isEmpty, kind != .end, between.onlyAlternative != nil {
            reached = between
        } else {
            reached = Configurations()
            var seen: Set<Step> = []
            let closing = Closing(depth: 0, minds: false, inFull: inFull, endIsFree: kind == .end)
            for entry in between.entries {
                for stack in entry.stacks {
                    follow(
                        Configuration(state: entry.state, alternative: entry.alternative, stack: stack, isOutside: entry.isOutside, isKept: entry.isKept),
                        into: &reached, &seen, closing)
                }
            }
        }
        if kind == .end { reached.keep { graph.isRuleEnd($0.state) } }
        if !finished.isEmpty, !inFull || !reached.entries.contains(where: { graph.isRuleEnd($0.state) }) {
            for entry in finished {
                for stack in entry.stacks {
                    reached.add(
                        Configuration(state: entry.state, alternative: entry.alternative, stack: stack, isOutside: entry.isOutside, isKept: entry.isKept), stacks, inFull)
                }
            }
        }
        return reached.entries.isEmpty ? nil : reached
    }
}
