/// What a recovering reader made of a broken text: wholes with their parts, of which some may be missing.
struct RecoveryTree {
    struct Node {
        let rule: Grammar.Rule
        var alternative = Grammar.Alternative.none
        let start: Token
        var tokens: [(label: Grammar.Label, token: RecoveredToken)] = []
        var parts: [(label: Grammar.Label, node: Int)] = []
        /// Where the rule was called, and within what; -1 for the outermost.
        var caller = -1
        var parent = -1

        func token(_ label: Grammar.Label) -> RecoveredToken? { tokens.last { $0.label == label }?.token }
        func part(_ label: Grammar.Label) -> Int? { parts.last { $0.label == label }?.node }
        func parts(_ label: Grammar.Label) -> [Int] { parts.compactMap { $0.label == label ? $0.node : nil } }
        func count(_ label: Grammar.Label) -> Int { tokens.count { $0.label == label } }
    }

    var nodes: [Node] = []
}

/// A token, or one taken as read.
struct RecoveredToken {
    let token: Token
    /// What stands for one that isn't there.
    let standIn: String?
}
