/// A pattern as instructions of a non-deterministic machine over UTF-8 bytes.
struct Program: Sendable {
    enum Instruction: Sendable {
        case byte(low: UInt8, high: UInt8, next: Int32)
        /// Prefers the first.
        case split(Int32, Int32)
        case assertion(Assertion, next: Int32)
        case save(slot: Int32, next: Int32)
        case match
        case fail
    }

    /// Go's own limit is of the same order; a pattern beyond it is a mistake or an attack.
    static let largest = 20_000

    private(set) var instructions: [Instruction] = [.match]
    private(set) var start: Int32 = 0
    let captures: Int
    /// Every match begins at the start of the text, so that a search needs no loop before it.
    let isAnchored: Bool
    /// Which assertions stand in it, by `Assertion.rawValue`.
    private(set) var assertions: UInt8 = 0

    init(_ pattern: String) throws(RegularExpressionError) {
        let (syntax, captures) = try Parser.parse(pattern)
        self.captures = captures
        isAnchored = Self.beginsAtStart(syntax)
        start = try add(.capture(syntax, 0), then: 0, pattern)
    }

    private static func beginsAtStart(_ syntax: Syntax) -> Bool {
        switch syntax {
        case .assertion(.textStart): true
        case .sequence(let parts): parts.first.map(beginsAtStart) ?? false
        case .alternatives(let branches): branches.allSatisfy(beginsAtStart)
        case .capture(let inner, _): beginsAtStart(inner)
        case .repeated(let inner, let least, _, _): least > 0 && beginsAtStart(inner)
        default: false
        }
    }

    private mutating func emit(_ instruction: Instruction, _ pattern: String) throws(RegularExpressionError) -> Int32 {
        guard instructions.count < Self.largest else { throw RegularExpressionError("expression too large", pattern) }
        instructions.append(instruction)
        return Int32(instructions.count - 1)
    }

    /// Adds what matches `syntax` and goes on at `next`; gives where it begins.
    private mutating func add(_ syntax: Syntax, then next: Int32, _ pattern: String) throws(RegularExpressionError) -> Int32 {
        switch syntax {
        case .empty: return next
        case .set(let set): return try add(set, then: next, pattern)
        case .sequence(let parts):
            var next = next
            for part in parts.reversed() { next = try add(part, then: next, pattern) }
            return next
        case .alternatives(let branches):
            var entry: Int32? = nil
            for branch in branches.reversed() {
                let begin = try add(branch, then: next, pattern)
                if let others = entry { entry = try emit(.split(begin, others), pattern) } else { entry = begin }
            }
            return entry ?? next
        case .capture(let inner, let number):
            let close = try emit(.save(slot: Int32(number * 2 + 1), next: next), pattern)
            let body = try add(inner, then: close, pattern)
            return try emit(.save(slot: Int32(number * 2), next: body), pattern)
        case .assertion(let kind):
            assertions |= 1 << kind.rawValue
            return try emit(.assertion(kind, next: next), pattern)
        case .repeated(let inner, let least, let most, let greedy):
            var next = next
            if let most {
                let exit = next
                for _ in 0..<max(most - least, 0) {
                    let body = try add(inner, then: next, pattern)
                    next = try emit(greedy ? .split(body, exit) : .split(exit, body), pattern)
                }
            } else {
                let loop = try emit(.fail, pattern)
                let body = try add(inner, then: loop, pattern)
                instructions[Int(loop)] = greedy ? .split(body, next) : .split(next, body)
                next = loop
            }
            for _ in 0..<least { next = try add(inner, then: next, pattern) }
            return next
        }
    }

    private mutating func add(_ set: ScalarSet, then next: Int32, _ pattern: String) throws(RegularExpressionError) -> Int32 {
        var entry: Int32? = nil
        for span in set.spans {
            for sequence in UTF8Ranges.sequences(span) {
                var begin = next
                for bytes in sequence.reversed() {
                    begin = try emit(.byte(low: bytes.lowerBound, high: bytes.upperBound, next: begin), pattern)
                }
                if let others = entry { entry = try emit(.split(begin, others), pattern) } else { entry = begin }
            }
        }
        if let entry { return entry }
        return try emit(.fail, pattern)
    }
}

/// Cuts ranges of scalars into sequences of byte ranges, each of which is a rectangle of UTF-8.
enum UTF8Ranges {
    static func sequences(_ span: ScalarSet.Span) -> [[ClosedRange<UInt8>]] {
        var result: [[ClosedRange<UInt8>]] = []
        // Pieces of one encoded length; surrogates have no encoding.
        for (low, high) in [(UInt32(0), UInt32(0x7F)), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)] {
            let from = max(low, span.lowerBound)
            let to = min(high, span.upperBound)
            if from <= to { split(bytes(from), bytes(to), into: &result) }
        }
        return result
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        switch value {
        case 0...0x7F: [UInt8(value)]
        case 0x80...0x7FF: [0xC0 | UInt8(value >> 6), 0x80 | UInt8(value & 63)]
        case 0x800...0xFFFF: [0xE0 | UInt8(value >> 12), 0x80 | UInt8(value >> 6 & 63), 0x80 | UInt8(value & 63)]
        default: [0xF0 | UInt8(value >> 18), 0x80 | UInt8(value >> 12 & 63), 0x80 | UInt8(value >> 6 & 63), 0x80 | UInt8(value & 63)]
        }
    }

    private static func split(_ low: [UInt8], _ high: [UInt8], into result: inout [[ClosedRange<UInt8>]], prefix: [ClosedRange<UInt8>] = []) {
        guard let l = low.first, let h = high.first else { return result.append(prefix) }
        let (lowRest, highRest) = (Array(low.dropFirst()), Array(high.dropFirst()))
        if l == h { return split(lowRest, highRest, into: &result, prefix: prefix + [l...l]) }
        let least = [UInt8](repeating: 0x80, count: lowRest.count)
        let most = [UInt8](repeating: 0xBF, count: lowRest.count)
        var (from, to) = (l, h)
        if lowRest != least {
            split(lowRest, most, into: &result, prefix: prefix + [l...l])
            from += 1
        }
        let highIsWhole = highRest == most
        if !highIsWhole { to -= 1 }
        if from <= to { result.append(prefix + [from...to] + least.map { _ in 0x80...0xBF }) }
        if !highIsWhole { split(least, highRest, into: &result, prefix: prefix + [h...h]) }
    }
}
