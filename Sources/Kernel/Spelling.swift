/// Finds what was probably meant.
public enum Spelling {
    /// The candidate within two edits of a word, one for short words; the first of several equally near. Words of one or two letters
    /// are near to too many.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        guard word.utf8.count > 2 else { return nil }
        let limit = word.utf8.count < 4 ? 1 : 2
        var best: (String, Int)?
        for candidate in candidates {
            let edits = distance(word, candidate)
            if edits <= limit, edits < best?.1 ?? .max { best = (candidate, edits) }
        }
        return best?.0
    }

    /// The end of a sentence that names what there is: `; did you mean price?`, or nothing. What differs in case alone is meant first.
    public static func question(_ word: String, _ candidates: [String]) -> String {
        let meant = candidates.first { $0 != word && $0.lowercased() == word.lowercased() } ?? nearest(to: word, among: candidates)
        return meant.map { "; did you mean \($0)?" } ?? ""
    }

    /// Insertions, deletions, replacements and swaps of neighbours, on bytes.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count < 64, b.count < 64 else { return .max }
        var before = [Int](repeating: 0, count: b.count + 1)
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var next = [i + 1]
            for (j, y) in b.enumerated() {
                var best = min(row[j] + (x == y ? 0 : 1), min(row[j + 1], next[j]) + 1)
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { best = min(best, before[j - 1] + 1) }
                next.append(best)
            }
            (before, row) = (row, next)
        }
        return row[b.count]
    }
}
