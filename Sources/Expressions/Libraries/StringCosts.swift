extension CallCost {
    /// The walk over the text and the writing of the result.
    private static func twice(_ arguments: [Value]) -> UInt64 {
        arguments.first.map { $0.costSize.timesRoundedUp(2 * Limits.traversalFactor) } ?? 1
    }

    /// The size of the result follows from how often what is replaced fits in, and how much longer it becomes.
    static let replacement = CallCost.from(twice) { operands in
        guard operands.count > 2 else { return CallEstimate(.exactly(1)) }
        let (text, old, new) = (operands[0].size, operands[1].size, operands[2].size)
        var count = SizeEstimate(min: 0, max: 0)
        var kept = SizeEstimate(min: 0, max: 0)
        if old.min == 0 {
            (count.max, kept.max) = (text.max.saturatingSum(1), text.max)
        } else if new.max <= old.min {
            kept.max = text.max
        } else {
            count.max = (Double(text.max) / Double(old.min)).roundedUp
        }
        if old.max == 0 {
            (count.min, kept.min) = (text.min.saturatingSum(1), text.min)
        } else if old.max <= new.min {
            kept.min = text.min
        } else {
            count.min = (Double(text.min) / Double(old.max)).roundedUp
        }
        return CallEstimate(text.traversed(2 * Limits.traversalFactor), resultSize: count * new + kept)
    }

    /// At most one part a character, or as many as a literal says.
    static let division = CallCost.from(twice) { operands in
        guard let text = operands.first?.size else { return CallEstimate(.exactly(1)) }
        var most = text.max
        if operands.count > 2, case .int(let limit)? = operands[2].literal { most = UInt64(bitPattern: limit) }
        return CallEstimate(text.traversed(2 * Limits.traversalFactor), resultSize: SizeEstimate(min: 0, max: most))
    }

    /// Each character may need an escape, and there are two quotes.
    static let quoting = CallCost.from { arguments in
        arguments.first.map { $0.costSize.timesRoundedUp(Limits.traversalFactor) } ?? 1
    } estimate: { operands in
        guard let text = operands.first?.size else { return CallEstimate(.exactly(1)) }
        // Kubernetes' sum runs over where nothing bounds the text, and then nothing is left of it.
        let size = SizeEstimate(min: text.min.saturatingSum(2), max: text.max &* 2 &+ 2)
        return CallEstimate(text.traversed(Limits.traversalFactor), resultSize: size)
    }

    /// All elements, and the separators between them.
    static let joining = CallCost.withResult { _, result in
        result.costSize.timesRoundedUp(2 * Limits.traversalFactor)
    } estimate: { operands in
        guard let list = operands.first else { return CallEstimate(.exactly(1)) }
        var size = list.size * list.elementSize
        if operands.count > 1 {
            let separators = SizeEstimate(min: list.size.min > 0 ? list.size.min - 1 : 0, max: list.size.max > 0 ? list.size.max - 1 : 0)
            size = size + operands[1].size * separators
        }
        return CallEstimate(size.traversed(Limits.traversalFactor), resultSize: size)
    }
}

extension Double {
    fileprivate var roundedUp: UInt64 {
        let whole = rounded(.up)
        return whole >= 0x1p64 ? .max : UInt64(whole)
    }
}
