/// Finds a text in another in linear time, whatever the two are (Knuth, Morris and Pratt).
struct TextSearch {
    private let wanted: [UInt8]
    /// For each place, how much of the beginning is matched when the next byte fails.
    private let fallback: [Int]

    /// - Parameter wanted: not empty.
    init(_ wanted: [UInt8]) {
        self.wanted = wanted
        var fallback = [Int](repeating: 0, count: max(wanted.count, 1))
        var matched = 0
        for at in wanted.indices.dropFirst() {
            while matched > 0, wanted[at] != wanted[matched] { matched = fallback[matched - 1] }
            if wanted[at] == wanted[matched] { matched += 1 }
            fallback[at] = matched
        }
        self.fallback = fallback
    }

    /// The first match that begins at or after a place.
    func first(in text: [UInt8], from start: Int = 0) -> Int? {
        var found: Int?
        walk(text, from: start) {
            found = $0
            return false
        }
        return found
    }

    /// The last match that begins at or before a place.
    func last(in text: [UInt8], upTo end: Int) -> Int? {
        var found: Int?
        walk(text, from: 0) {
            if $0 > end { return false }
            found = $0
            return true
        }
        return found
    }

    private func walk(_ text: [UInt8], from start: Int, _ body: (Int) -> Bool) {
        guard !wanted.isEmpty, start >= 0, start < text.count else { return }
        var matched = 0
        for at in start..<text.count {
            while matched > 0, text[at] != wanted[matched] { matched = fallback[matched - 1] }
            if text[at] == wanted[matched] { matched += 1 }
            guard matched == wanted.count else { continue }
            if !body(at - matched + 1) { return }
            matched = fallback[matched - 1]
        }
    }
}
