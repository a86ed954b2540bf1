import RegularExpressions

extension Library {
    /// `find` and `findAll`, in time linear in the text.
    static let regularExpressions = Library(
        "kubernetes.regex",
        functions: [
            Function(
                "find",
                .receiver("string_find_string", .string, .string, .string, cost: .search) { text, pattern throws(EvaluationError) in
                    .string(try matches(try text.asText(), try pattern.asText(), limit: 1).first ?? "")
                }),
            Function(
                "findAll",
                .receiver("string_find_all_string", .string, .string, .list(.string), cost: .search) { text, pattern throws(EvaluationError) in
                    .texts(try matches(try text.asText(), try pattern.asText(), limit: -1))
                },
                .receiver("string_find_all_string_int", parameters: [.string, .string, .int], .list(.string), cost: .search) { arguments throws(EvaluationError) in
                    .texts(try matches(try arguments[0].asText(), try arguments[1].asText(), limit: try arguments[2].asInteger()))
                }),
        ])

    /// - Parameter limit: how many at most; all of them when negative.
    private static func matches(_ text: String, _ pattern: String, limit: Int64) throws(EvaluationError) -> [String] {
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
        // One search reads the text once, which was paid for; a search for each match may read it as often as there are matches.
        var read = 0
        let most = min(20_000_000, 2_000_000_000 / expression.instructionCount)
        while limit < 0 || found.count < limit, start <= bytes.count, let match = expression.firstMatch(in: text, from: start, read: &read) {
            guard read <= most else { throw EvaluationError(.costLimit, "operation cancelled: actual cost limit exceeded") }
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
