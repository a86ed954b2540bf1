/// A parsed pattern.
indirect enum Syntax: Sendable {
    case empty
    /// One character of a set.
    case set(ScalarSet)
    case sequence([Syntax])
    case alternatives([Syntax])
    /// `most` nil is without bound.
    case repeated(Syntax, least: Int, most: Int?, greedy: Bool)
    /// Captures under the number; 0 is the whole match.
    case capture(Syntax, Int)
    case assertion(Assertion)
}

/// What can be asked of a place between two characters.
enum Assertion: UInt8, Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary
}

/// A set of Unicode scalars, as sorted ranges that neither touch nor overlap.
struct ScalarSet: Sendable, Equatable {
    typealias Span = ClosedRange<UInt32>
    private(set) var spans: [Span]

    static let last: UInt32 = 0x10FFFF
    static let all = ScalarSet([0...last])

    init(_ unordered: [Span]) {
        var merged: [Span] = []
        for span in unordered.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let previous = merged.last, span.lowerBound <= previous.upperBound &+ 1 {
                merged[merged.count - 1] = previous.lowerBound...max(previous.upperBound, span.upperBound)
            } else {
                merged.append(span)
            }
        }
        spans = merged
    }

    init(_ scalar: UnicodeScalar) { spans = [scalar.value...scalar.value] }

    init(_ ranges: [ClosedRange<Character>]) {
        self.init(ranges.compactMap { range in
            guard let low = range.lowerBound.unicodeScalars.first, let high = range.upperBound.unicodeScalars.first else { return nil }
            return low.value...high.value
        })
    }

    var inverted: ScalarSet {
        var gaps: [Span] = []
        var next: UInt32 = 0
        for span in spans {
            if span.lowerBound > next { gaps.append(next...(span.lowerBound - 1)) }
            next = span.upperBound + 1
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return ScalarSet(gaps)
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(spans + other.spans) }

    /// With the other case of every letter: for `(?i)`.
    var foldingCase: ScalarSet {
        var more: [Span] = []
        for span in spans {
            if span.upperBound - span.lowerBound > 0x3000 {
                // A set this large has both cases of nearly everything; the ASCII letters are what is left to see to.
                more += Self.asciiFolds(span)
                continue
            }
            for value in span {
                guard let scalar = UnicodeScalar(value) else { continue }
                for mapping in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    let scalars = mapping.unicodeScalars
                    if scalars.count == 1, let other = scalars.first, other != scalar { more.append(other.value...other.value) }
                }
                switch scalar {
                case "k", "K": more.append(0x212A...0x212A)
                case "s", "S": more.append(0x17F...0x17F)
                default: break
                }
            }
        }
        return ScalarSet(spans + more)
    }

    private static func asciiFolds(_ span: Span) -> [Span] {
        (UInt32(0x41)...0x5A).flatMap { upper -> [Span] in
            let lower = upper + 32
            if span.contains(upper) { return [lower...lower] }
            return span.contains(lower) ? [upper...upper] : []
        }
    }

    static let digit = ScalarSet(["0"..."9"])
    static let word = ScalarSet(["0"..."9", "A"..."Z", "_"..."_", "a"..."z"])
    static let space = ScalarSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let newline = ScalarSet([0x0A...0x0A])
}
