/// Makes the graph and the instructions of the grammar.
struct GrammarCompiler {
    private var graph = GrammarGraph()
    private var rule = Grammar.Rule.start
    /// Where what is decided by one token needs what comes first, which is only known in the end.
    private var skips: [(instruction: Int, state: Int)] = []
    private var selections: [(instruction: Int, states: [Int], targets: [Int])] = []

    private struct Fragment {
        let left: Int
        let right: Int
    }

    mutating func compile() -> GrammarGraph {
        for rule in Grammar.Rule.allCases {
            self.rule = rule
            graph.starts.append(state())
            graph.ends.append(state(.ruleEnd))
        }
        for rule in Grammar.Rule.allCases {
            self.rule = rule
            graph.entries.append(graph.code.count)
            let body = body(Grammar.body(of: rule))
            graph.code.append(.leave)
            free(graph.starts[rule.rawValue], body.left)
            free(body.right, graph.ends[rule.rawValue])
        }
        graph.findFirsts()
        for (at, state) in skips {
            if case .skip(_, let to) = graph.code[at] { graph.code[at] = .skip(unless: graph.firsts[state], to: to) }
        }
        for (at, states, targets) in selections { graph.code[at] = .select(zip(states, targets).map { (graph.firsts[$0], to: $1) }) }
        shortenTails()
        leaveRules()
        return graph
    }

    /// The last part of an alternative leads right to where the alternatives meet, so that ways that end in the same part become one.
    private mutating func shortenTails() {
        func short(_ state: Int) -> Int {
            guard graph.states[state].kind == .plain, graph.states[state].edges.count == 1, case .free(let to, _)? = graph.states[state].edges.first,
                graph.states[to].kind == .joint || graph.states[to].kind == .loopEnd
            else { return state }
            return to
        }
        for state in graph.states.indices where graph.states[state].kind == .plain && graph.states[state].edges.count == 1 {
            switch graph.states[state].edges[0] {
            case .tokens(let set, let to): graph.states[state].edges[0] = .tokens(set, to: short(to))
            case .call(let rule, let then, let precedence): graph.states[state].edges[0] = .call(rule, then: short(then), precedence: precedence)
            default: break
            }
        }
    }

    /// From the ends of rules one gets to wherever they were called; firsts don't count that.
    private mutating func leaveRules() {
        for state in graph.states.indices {
            guard case .call(let called, let then, let precedence)? = graph.states[state].edges.first else { continue }
            var isOutermost = false
            if case .leftRecursive = Grammar.body(of: called) { isOutermost = precedence == 0 }
            graph.states[graph.ends[called.rawValue]].edges.append(.free(to: then, closing: isOutermost ? called : nil))
        }
    }

    private mutating func state(_ kind: GrammarGraph.State.Kind = .plain) -> Int {
        graph.states.append(GrammarGraph.State(rule: rule, kind: kind))
        return graph.states.count - 1
    }

    private mutating func free(_ from: Int, _ to: Int) { graph.states[from].edges.append(.free(to: to)) }

    // MARK: Bodies

    private mutating func body(_ body: Grammar.Body) -> Fragment {
        switch body {
        case .one(let parts): return sequence(parts)
        case .choice(let alternatives, let foresight):
            let start = state(.choice)
            let end = state(.joint)
            graph.code.append(.synchronize(start))
            let decision = graph.code.count
            graph.code.append(.jump(0))
            var targets: [Int] = []
            var states: [Int] = []
            var ends: [Int] = []
            for (alternative, parts) in alternatives {
                targets.append(graph.code.count)
                graph.code.append(.alternative(alternative))
                let fragment = sequence(parts)
                states.append(fragment.left)
                free(start, fragment.left)
                free(fragment.right, end)
                ends.append(graph.code.count)
                graph.code.append(.jump(0))
            }
            if foresight {
                graph.code[decision] = .predict(start, isLoop: false, to: targets)
            } else {
                selections.append((decision, states, targets))
            }
            for end in ends { graph.code[end] = .jump(graph.code.count) }
            return Fragment(left: start, right: end)
        case .leftRecursive(let first, let continuations): return leftRecursive(first, continuations)
        }
    }

    private mutating func leftRecursive(_ first: [Grammar.Part], _ continuations: [Grammar.Continuation]) -> Fragment {
        let primary = sequence(first)
        let (entry, start, end, back, exit) = (state(.choice), state(.choice), state(.joint), state(.loopEnd), state())
        free(primary.right, entry)
        free(entry, start)
        free(entry, exit)
        free(end, back)
        free(back, entry)
        graph.code.append(.synchronize(entry))
        let decision = graph.code.count
        graph.code.append(.jump(0))
        let inner = graph.code.count
        if continuations.count > 1 {
            graph.code.append(.synchronize(start))
            graph.code.append(.jump(0))
        }
        var targets: [Int] = []
        for continuation in continuations {
            targets.append(graph.code.count)
            graph.code.append(.wrap(continuation.alternative))
            let guarded = state()
            let parts = sequence(continuation.parts)
            graph.states[guarded].edges.append(.atLeast(continuation.precedence, to: parts.left))
            free(start, guarded)
            free(parts.right, end)
            graph.code.append(.synchronize(back))
            graph.code.append(.jump(decision))
        }
        if continuations.count > 1 { graph.code[inner + 1] = .predict(start, isLoop: false, to: targets) }
        graph.code[decision] = .predict(entry, isLoop: true, to: [inner, graph.code.count])
        return Fragment(left: primary.left, right: exit)
    }

    // MARK: Parts

    private mutating func sequence(_ parts: [Grammar.Part]) -> Fragment {
        var whole: Fragment?
        for part in parts {
            let next = self.part(part)
            if let before = whole {
                free(before.right, next.left)
                whole = Fragment(left: before.left, right: next.right)
            } else {
                whole = next
            }
        }
        return whole ?? Fragment(left: graph.starts[rule.rawValue], right: graph.starts[rule.rawValue])
    }

    private mutating func part(_ part: Grammar.Part) -> Fragment {
        switch part {
        case .token(let kind, let label):
            let fragment = Fragment(left: state(), right: state())
            graph.states[fragment.left].edges.append(.tokens(TokenSet([kind]), to: fragment.right))
            graph.code.append(.token(fragment.left, kind, label))
            return fragment
        case .oneOf(let kinds, let label):
            let fragment = Fragment(left: state(), right: state())
            graph.states[fragment.left].edges.append(.tokens(TokenSet(kinds), to: fragment.right))
            graph.code.append(.oneOf(fragment.left, TokenSet(kinds), label))
            return fragment
        case .rule(let called, let label, let precedence):
            let fragment = Fragment(left: state(), right: state())
            graph.states[fragment.left].edges.append(.call(called, then: fragment.right, precedence: precedence))
            graph.code.append(.call(fragment.left, called, label, precedence: precedence))
            return fragment
        case .maybe(let parts):
            let start = state(.choice)
            let end = state(.joint)
            graph.code.append(.synchronize(start))
            let decision = graph.code.count
            graph.code.append(.jump(0))
            let body = sequence(parts)
            free(start, body.left)
            free(start, end)
            free(body.right, end)
            graph.code[decision] = .skip(unless: TokenSet(), to: graph.code.count)
            skips.append((decision, body.left))
            return Fragment(left: start, right: end)
        case .many(let parts, let foresight):
            let (entry, start, end, back, exit) = (state(.choice), state(.choice), state(.joint), state(.loopEnd), state())
            graph.code.append(.synchronize(entry))
            let decision = graph.code.count
            graph.code.append(.jump(0))
            let body = sequence(parts)
            free(entry, start)
            free(entry, exit)
            free(start, body.left)
            free(body.right, end)
            free(end, back)
            free(back, entry)
            graph.code.append(.synchronize(back))
            graph.code.append(.jump(decision))
            decide(decision, entry, body.left, foresight)
            return Fragment(left: entry, right: exit)
        case .some(let parts, let foresight):
            let (start, end, back, exit) = (state(.choice), state(.joint), state(.loopEnd), state())
            graph.code.append(.synchronize(start))
            let body0 = graph.code.count
            let body = sequence(parts)
            free(start, body.left)
            free(body.right, end)
            free(end, back)
            free(back, start)
            free(back, exit)
            graph.code.append(.synchronize(back))
            let decision = graph.code.count
            graph.code.append(.jump(0))
            if foresight {
                graph.code[decision] = .predict(back, isLoop: false, to: [body0, graph.code.count])
            } else {
                graph.code.append(.jump(body0))
                graph.code[decision] = .skip(unless: TokenSet(), to: graph.code.count)
                skips.append((decision, body.left))
            }
            return Fragment(left: start, right: exit)
        }
    }

    /// Whether a loop goes round once more.
    private mutating func decide(_ decision: Int, _ entry: Int, _ body: Int, _ foresight: Bool) {
        let out = graph.code.count
        if foresight {
            graph.code[decision] = .predict(entry, isLoop: false, to: [decision + 1, out])
        } else {
            graph.code[decision] = .skip(unless: TokenSet(), to: out)
            skips.append((decision, body))
        }
    }
}
