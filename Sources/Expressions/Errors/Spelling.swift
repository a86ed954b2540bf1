/// Finds what was probably meant.
enum Spelling {
    static let macros = [
        "has", "all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap", "transformMapEntry", "optMap", "optFlatMap",
    ]

    /// The candidate within two edits of a word, one for short words; the first of several equally near.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = word.utf8.count < 4 ? 1 : 2
        var best: (String, Int)?
        for candidate in candidates {
            let edits = distance(word, candidate)
            if edits <= limit, edits < best?.1 ?? .max { best = (candidate, edits) }
        }
        return best?.0
    }

    /// Levenshtein's distance, on bytes.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count < 64, b.count < 64 else { return .max }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substitution = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, min(row[j], row[j + 1]) + 1)
            }
        }
        return row[b.count]
    }
}
