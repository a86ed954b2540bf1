extension Library {
    /// Formats by name, `format.dns1123Label()`, and `validate`, which gives the problems of a text or nothing.
    static let formats = Library(
        "kubernetes.format",
        functions: NamedFormat.all.map { format in
            Function("format." + format.name, .global("format.\(format.name)", parameters: [], NamedFormat.valueType) { _ in .opaque(format) })
        } + [
            Function(
                "format.named",
                .global("format-named", .string, .optional(NamedFormat.valueType)) { name throws(EvaluationError) in
                    .optional(NamedFormat.named(try name.asText()).map { .opaque($0) })
                }),
            Function(
                "validate",
                .receiver("format-validate", NamedFormat.valueType, .string, .optional(.list(.string)), cost: .formatCheck) {
                    format, text throws(EvaluationError) in
                    let problems = try format.asOpaque(NamedFormat.self).problems(try text.asText())
                    return .optional(problems.isEmpty ? nil : .texts(problems))
                }),
        ])
}

extension CallCost {
    /// As a regular expression of the format's size.
    fileprivate static let formatCheck = CallCost.from { arguments in
        guard arguments.count > 1, case .opaque(let value) = arguments[0], let format = value as? NamedFormat else { return 1 }
        let walk = arguments[1].costSize.saturatingSum(1).timesRoundedUp(Limits.traversalFactor)
        return walk.saturatingProduct(format.patternSize.timesRoundedUp(Limits.regularExpressionFactor))
    } estimate: { operands in
        guard operands.count > 1 else { return CallEstimate(.exactly(1)) }
        // The largest a format's pattern is taken to be.
        return CallEstimate(operands[1].size.traversed(Limits.traversalFactor).multiplied(128 * Limits.regularExpressionFactor))
    }
}
