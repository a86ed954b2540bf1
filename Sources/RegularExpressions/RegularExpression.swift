/// A regular expression in RE2's syntax that matches in time linear in the text, whatever the pattern: safe for patterns and texts
/// from outside.
///
/// The syntax is that of Go's regexp, which Kubernetes uses in schemas and CEL, but for scripts in `\p{…}`. Matching is by Unicode
/// scalars. Patterns are bounded (`Program.largest`, `Parser.deepest`); what is beyond is refused with Go's words.
public struct RegularExpression: Sendable {
    public let pattern: String
    private let program: Program
    private let automaton: Automaton?

    public init(_ pattern: String) throws(RegularExpressionError) {
        self.pattern = pattern
        program = try Program(pattern)
        automaton = Automaton(program)
    }

    /// Whether the text contains a match; a pattern that must fit the whole text has `^` and `$`.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(utf8: $0) }
    }

    /// The same of a text's bytes, which must be UTF-8.
    public func matches(utf8 bytes: UnsafeBufferPointer<UInt8>) -> Bool { automaton?.matches(bytes) ?? Machine(program: program).matches(bytes) }

    /// A match: the ranges of the whole and of each group, as offsets in the text's UTF-8.
    public struct Match: Sendable, Equatable {
        public let range: Range<Int>
        /// By group from 1 on; nil where the group took no part.
        public let groups: [Range<Int>?]
    }

    /// The leftmost match that begins at or after a place, by Perl's preference among those.
    public func firstMatch(in text: String, from start: Int = 0) -> Match? {
        var steps = 0
        return firstMatch(in: text, from: start, steps: &steps)
    }

    /// The same, for who looks for one match after the other: each search is linear, all of them together can be quadratic.
    ///
    /// - Parameters:
    ///   - steps: moved up by how many steps were made, each 20 to 50 ns.
    ///   - most: how many steps may be made; where it takes more the result says nothing and `steps` is beyond it.
    public func firstMatch(in text: String, from start: Int, steps: inout Int, most: Int = .max) -> Match? {
        var text = text
        return text.withUTF8 { bytes in
            guard start >= 0, start <= bytes.count, let slots = Machine(program: program).firstMatch(in: bytes, from: start, steps: &steps, most: most) else { return nil }
            let ranges = stride(from: 0, to: slots.count - 1, by: 2).map { slots[$0] >= 0 && slots[$0 + 1] >= slots[$0] ? slots[$0]..<slots[$0 + 1] : nil }
            guard let whole = ranges.first ?? nil else { return nil }
            return Match(range: whole, groups: Array(ranges.dropFirst()))
        }
    }

    /// How many instructions the pattern became: what looking at one byte takes at most.
    public var instructionCount: Int { program.instructions.count }

    /// `matches` for who bounds the time: a small pattern takes a step for each byte, a large one as many as it has possibilities there.
    ///
    /// - Parameters:
    ///   - steps: moved up by how many steps were made, each 2 to 10 ns.
    ///   - most: how many steps may be made; where it takes more the result says nothing and `steps` is beyond it.
    public func matches(_ text: String, steps: inout Int, most: Int) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let automaton else { return Machine(program: program).matches(bytes, steps: &steps, most: most) }
            steps += bytes.count
            return steps > most ? false : automaton.matches(bytes)
        }
    }

    /// How many groups the pattern has.
    public var groupCount: Int { program.captures }

    /// For tests: whether matching runs on the deterministic table.
    var isDeterministic: Bool { automaton != nil }
}
