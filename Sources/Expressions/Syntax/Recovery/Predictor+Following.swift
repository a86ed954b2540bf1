/// Which states are reached without a token.
extension Predictor {
    struct Closing: Hashable {
        /// How many rules deep below the one that is decided about; negative above it.
        var depth: Int
        /// Whether precedences count.
        let minds: Bool
        /// Whether what called the rule is known.
        let inFull: Bool
        /// Whether the end is passed like nothing.
        let endIsFree: Bool
    }

    struct Step: Hashable {
        let configuration: Configuration
        let isAtDepth: Bool
    }

    mutating func follow(_ configuration: Configuration, into all: inout Configurations, _ seen: inout Set<Step>, _ closing: Closing) {
        var at = configuration
        while graph.isRuleEnd(at.state) {
            if at.stack != 0 {
                at = Configuration(state: stacks.top(at.stack), alternative: at.alternative, stack: stacks.below(at.stack), isOutside: at.isOutside)
            } else if closing.inFull {
                return all.add(at, stacks, true)
            } else {
                break
            }
        }
        let isEnd = graph.isRuleEnd(at.state)
        if isEnd ? graph.states[at.state].edges.isEmpty : graph.states[at.state].hasTokens { all.add(at, stacks, closing.inFull) }
        for edge in graph.states[at.state].edges {
            var next = at
            var inner = closing
            switch edge {
            case .free(let to, let closed):
                next.state = to
                if isEnd {
                    if decision.isLoop, closed == graph.states[decision.state].rule { next.isKept = true }
                    next.isOutside = true
                    inner.depth -= 1
                    guard seen.insert(Step(configuration: next, isAtDepth: inner.depth == 0)).inserted else { continue }
                }
            case .call(let rule, let then, _):
                next.state = graph.starts[rule.rawValue]
                next.stack = stacks.push(then, on: at.stack)
                if inner.depth >= 0 { inner.depth += 1 }
            case .atLeast(let precedence, let to):
                if closing.minds, closing.depth == 0, precedence < decision.precedence { continue }
                next.state = to
            case .tokens(let set, let to):
                guard closing.endIsFree, set.contains(.end) else { continue }
                next.state = to
                guard seen.insert(Step(configuration: next, isAtDepth: inner.depth == 0)).inserted else { continue }
            }
            follow(next, into: &all, &seen, inner)
        }
    }
}

extension GrammarGraph.State {
    var hasTokens: Bool {
        edges.contains { edge in
            if case .tokens = edge { return true }
            return false
        }
    }
}
