import RegularExpressions

/// Texts and sizes.
enum StandardTexts {
    static let functions: [Function] = [
        Function("size", ["string", "bytes", "list", "map"].flatMap(size)),
        Function("contains", .receiver("contains_string", .string, .string, .bool, cost: searching) { text, part throws(EvaluationError) in
            .bool(try text.text().containsBytes(of: try part.text()))
        }),
        Function("startsWith", .receiver("starts_with_string", .string, .string, .bool, cost: affix) { text, part throws(EvaluationError) in
            .bool(try text.text().hasBytePrefix(try part.text()))
        }),
        Function("endsWith", .receiver("ends_with_string", .string, .string, .bool, cost: affix) { text, part throws(EvaluationError) in
            .bool(try text.text().hasByteSuffix(try part.text()))
        }),
        Function(
            "matches", .counted("matches_string", [.string, .string], .bool, cost: matching, matches),
            .counted("matches", isReceiver: false, [.string, .string], .bool, cost: globalMatching, matches)),
    ]

    private static func size(_ name: String) -> [Overload] {
        let type: ValueType =
            switch name {
            case "string": .string
            case "bytes": .bytes
            case "list": .list(.parameter("A"))
            default: .map(.parameter("A"), .parameter("B"))
            }
        let body: @Sendable (Value) throws(EvaluationError) -> Value = { value throws(EvaluationError) in
            switch value {
            case .string, .bytes, .list, .map: .int(Int64(clamping: value.costSize))
            default: throw .noSuchOverload
            }
        }
        return [.global("size_\(name)", type, .int, body), .receiver("\(name)_size", type, .int, body)]
    }

    /// Paid by the text; estimated by the part, as Kubernetes does.
    private static let affix = CallCost.from({ $0[0].traversalCost }) { CallEstimate($0[1].size.traversed(Limits.traversalFactor)) }

    private static let searching = CallCost.from({ arguments in
        arguments[0].traversalCost.saturatingProduct(arguments[1].traversalCost)
    }) { operands in
        CallEstimate(operands[0].size.traversed(Limits.traversalFactor) * operands[1].size.traversed(Limits.traversalFactor))
    }

    /// What a search for a pattern costs: the text's length times the pattern's.
    static let matching = CallCost.from({ arguments in
        RegularExpressionCost.search(arguments[0], for: arguments[1])
    }) { operands in
        let text = (operands[0].size + .exactly(1)).traversed(Limits.traversalFactor)
        return CallEstimate(text * operands[1].size.traversed(Limits.regularExpressionFactor))
    }

    /// Written so it is just another function to Kubernetes, and costs 1 whatever it matches.
    private static let globalMatching = CallCost.constant(1)

    private static let matches: @Sendable ([Value], inout WorkCounter) throws(EvaluationError) -> Value = { given, work throws(EvaluationError) in
        let (text, pattern) = (try given[0].text(), try given[1].text())
        try work.add(RegularExpressionCost.reading(pattern))
        let expression: RegularExpression
        do { expression = try RegularExpression(pattern) } catch { throw EvaluationError(.invalidArgument, "\(error)") }
        return .bool(try work.matches(text, expression))
    }
}

extension Value {
    func text() throws(EvaluationError) -> String {
        guard case .string(let text) = self else { throw .noSuchOverload }
        return text
    }
}
