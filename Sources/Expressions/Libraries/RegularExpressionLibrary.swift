import RegularExpressions

extension Library {
    /// `find` and `findAll`, in time linear in the text.
    static let regularExpressions = Library(
        "kubernetes.regex",
        functions: [
            Function(
                "find",
                .counted("string_find_string", [.string, .string], .string, cost: .search) { given, work throws(EvaluationError) in
                    .string(try matches(try given[0].asText(), try given[1].asText(), limit: 1, &work).first ?? "")
                }),
            Function(
                "findAll",
                .counted("string_find_all_string", [.string, .string], .list(.string), cost: .search) { given, work throws(EvaluationError) in
                    .texts(try matches(try given[0].asText(), try given[1].asText(), limit: -1, &work))
                },
                .counted("string_find_all_string_int", [.string, .string, .int], .list(.string), cost: .search) { given, work throws(EvaluationError) in
                    .texts(try matches(try given[0].asText(), try given[1].asText(), limit: try given[2].asInteger(), &work))
                }),
        ])

    /// - Parameter limit: how many at most; all of them when negative.
    private static func matches(_ text: String, _ pattern: String, limit: Int64, _ work: inout WorkCounter) throws(EvaluationError) -> [String] {
        try work.add(RegularExpressionCost.reading(pattern))
        let expression: RegularExpression
        do throws(RegularExpressionError) {
            expression = try RegularExpression(pattern)
        } catch {
            throw EvaluationError(.invalidArgument, "Illegal regex: \(error.description)")
        }
        let bytes = Array(text.utf8)
        var found: [String] = []
        var start = 0
        // An empty match right after a match doesn't count.
        var lastEnd = -1
        // A search for each match may read the text as often as there are matches.
        try work.add(UInt64(bytes.count))
        while limit < 0 || found.count < limit, start <= bytes.count {
            var steps = 0
            let match = expression.firstMatch(in: text, from: start, steps: &steps, most: Int(clamping: work.left >> 5))
            try work.add(UInt64(clamping: steps) &* 32)
            try work.add(400)
            guard let match else { break }
            let range = match.range
            if !(range.isEmpty && range.lowerBound == lastEnd) {
                found.append(String(decoding: bytes[range], as: UTF8.self))
                lastEnd = range.upperBound
            }
            start = range.upperBound
            guard range.isEmpty else { continue }
            // Past one character.
            start += 1
            while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
        }
        return found
    }
}

extension CallCost {
    /// A walk over the text times a part of the pattern.
    static let search = CallCost.from { arguments in
        arguments.count > 1 ? RegularExpressionCost.search(arguments[0], for: arguments[1]) : 1
    } estimate: { operands in
        guard operands.count > 1 else { return CallEstimate(.exactly(1)) }
        let walk = (operands[0].size + .exactly(1)).traversed(Limits.traversalFactor)
        return CallEstimate(walk * operands[1].size.traversed(Limits.regularExpressionFactor), resultSize: SizeEstimate(min: 0, max: operands[0].size.max))
    }
}
