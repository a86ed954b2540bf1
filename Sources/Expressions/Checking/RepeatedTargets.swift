/// The targets of `optMap` and `optFlatMap`: Kubernetes' macro names its target twice, so that each mistake in it is found and told twice
/// there. For people it is told once.
enum RepeatedTargets {
    /// Beyond so many nothing is told; in targets within targets they double with each.
    private static let mostIssues = 100

    /// Issues that were found in the tree as it is written, as often as they are found in Kubernetes'.
    static func repeating(_ issues: [Checker.Issue], in tree: SyntaxTree) -> [Checker.Issue] {
        let times = issues.isEmpty ? [:] : multiplicities(tree)
        guard !times.isEmpty else { return issues }
        var result: [Checker.Issue] = []
        for issue in issues {
            result.append(issue)
            for _ in 1..<(times[issue.offset] ?? 1) where result.count <= mostIssues {
                result.append(Checker.Issue(message: issue.message, advice: "", offset: issue.offset))
            }
        }
        return result
    }

    /// How often what stands at an offset is looked at, where that is more than once.
    private static func multiplicities(_ tree: SyntaxTree) -> [Int: Int] {
        var times: [Int: Int] = [:]
        var open = [(node: tree.root, times: 1)]
        while let next = open.popLast() {
            let node = tree.nodes[next.node]
            if next.times > 1 { times[node.offset] = next.times }
            var target: Int?
            if case .optionalMap(_, let named, _, _) = node.kind { target = named }
            for child in node.kind.children { open.append((child, min(child == target ? next.times * 2 : next.times, mostIssues))) }
        }
        return times
    }
}
