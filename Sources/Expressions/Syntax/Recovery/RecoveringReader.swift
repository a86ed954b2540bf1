/// Reads a broken text to its end and tells all that is wrong with its form as Kubernetes' parser does: one token too many is passed
/// over, one too few taken as read, and where neither helps it is gone on to what can follow.
///
/// It needs many times what `Parser` needs, and is asked where that one has found a mistake. It goes by the instructions of
/// `GrammarGraph`, without recursion, so that no text exhausts the stack. What is done where follows the rules of ANTLR 4's parsers.
struct RecoveringReader {
    /// What ends the reading of a rule.
    enum Stop: Error {
        case mismatch(Token)
        case noAlternative(from: Token, to: Token)
        /// No more is read at all.
        case final
    }

    private struct Frame {
        let back: Int
        let label: Grammar.Label?
        let rule: Grammar.Rule
        let caller: Int
        let parent: Int
    }

    let graph = GrammarGraph.shared
    var stream: TokenStream
    var predictor: Predictor
    /// Where the reading is, as a state of the graph.
    var state = -1
    /// The node that is being read.
    var node = -1
    var tree = RecoveryTree()
    var precedences: [Int] = []
    private var frames: [Frame] = []
    private var depths = Array(repeating: 0, count: Grammar.Rule.allCases.count)

    var mistakes: [SyntaxFailure] = []
    /// After a mistake, until a token fits again.
    var isRecovering = false
    var lastMistakeAt = -1
    var lastMistakeStates: Set<Int> = []
    var attempts = 0
    var reports = 0

    static let mostReports = 100
    static let mostAttempts = 30
    static let mostPassedOver = 256

    init(_ text: [UInt8]) {
        stream = TokenStream(text)
        predictor = Predictor(graph: .shared)
    }

    /// - Returns: whether the reading came to the end of the text.
    mutating func read() -> Bool {
        do throws(Stop) {
            _ = stream.current
            try tellTokens()
            try enter(.start, label: nil, precedence: 0, back: -1)
            var at = graph.entries[Grammar.Rule.start.rawValue]
            while at >= 0 {
                do throws(Stop) {
                    at = try step(at)
                } catch {
                    if case .final = error { throw error }
                    try report(error)
                    try recover()
                    at = leave()
                }
            }
            return true
        } catch {
            return false
        }
    }

    private mutating func step(_ at: Int) throws(Stop) -> Int {
        switch graph.code[at] {
        case .token(let state, let kind, let label):
            self.state = state
            let token = try match(kind)
            if let label { tree.nodes[node].tokens.append((label, token)) }
        case .oneOf(let state, let set, let label):
            self.state = state
            let token = try matchOne(of: set)
            tree.nodes[node].tokens.append((label, token))
        case .call(let state, let rule, let label, let precedence):
            self.state = state
            try enter(rule, label: label, precedence: precedence, back: at + 1)
            return graph.entries[rule.rawValue]
        case .synchronize(let state):
            self.state = state
            try synchronize()
        case .skip(let set, let to): return set.contains(stream.current.kind) ? at + 1 : to
        case .predict(let decision, let isLoop, let targets):
            let alternative = try predict(decision, isLoop: isLoop)
            return targets[alternative - 1]
        case .select(let choices):
            let kind = stream.current.kind
            guard let target = choices.first(where: { $0.0.contains(kind) })?.to else { throw .noAlternative(from: stream.current, to: stream.current) }
            return target
        case .jump(let to): return to
        case .alternative(let alternative): tree.nodes[node].alternative = alternative
        case .wrap(let alternative): wrap(alternative)
        case .leave: return leave()
        }
        return at + 1
    }

    private mutating func predict(_ decision: Int, isLoop: Bool) throws(Stop) -> Int {
        let (tree, node, graph) = (tree, node, graph)
        func calls() -> [Int] {
            var calls: [Int] = []
            var at = node
            while at >= 0, tree.nodes[at].caller >= 0 {
                calls.append(graph.following(tree.nodes[at].caller))
                at = tree.nodes[at].parent
            }
            return calls
        }
        let result = predictor.predict(decision, isLoop: isLoop, precedence: precedences.last ?? 0, calls: calls, &stream)
        try tellTokens()
        switch result {
        case .alternative(let alternative): return alternative
        case .none(let from, let to): throw .noAlternative(from: stream.token(from), to: stream.token(to))
        }
    }

    // MARK: Rules

    private mutating func enter(_ rule: Grammar.Rule, label: Grammar.Label?, precedence: Int, back: Int) throws(Stop) {
        frames.append(Frame(back: back, label: label, rule: rule, caller: state, parent: node))
        var entered = RecoveryTree.Node(rule: rule, start: stream.current)
        entered.caller = state
        entered.parent = node
        tree.nodes.append(entered)
        node = tree.nodes.count - 1
        precedences.append(precedence)
        depths[rule.rawValue] += 1
        if depths[rule.rawValue] > Limits.nesting {
            mistakes.append(SyntaxFailure("expression recursion limit exceeded: \(Limits.nesting)", plain: Parser.tooDeep, offset: SyntaxFailure.nowhere))
            throw .final
        }
    }

    private mutating func wrap(_ alternative: Grammar.Alternative) {
        guard let frame = frames.last else { return }
        var whole = RecoveryTree.Node(rule: frame.rule, alternative: alternative, start: tree.nodes[node].start)
        whole.caller = frame.caller
        whole.parent = frame.parent
        whole.parts = [(.left, node)]
        tree.nodes.append(whole)
        node = tree.nodes.count - 1
    }

    private mutating func leave() -> Int {
        guard let frame = frames.popLast() else { return -1 }
        depths[frame.rule.rawValue] -= 1
        precedences.removeLast()
        state = frame.caller
        if frame.parent >= 0, let label = frame.label { tree.nodes[frame.parent].parts.append((label, node)) }
        if frame.parent >= 0 { node = frame.parent }
        return frame.back
    }
}
