/// Where a name stands in a script, for what is said of it and has no place of its own.
public enum ScriptLines {
    /// The first line, from 1, that has the name as a word; nil: none has.
    public static func naming(_ name: String, in text: String) -> Int? { words(name, in: text).first?.line }

    /// The first line that gives a property or variable of that name a value; else the first that has it.
    static func setting(_ name: String, in text: String) -> Int? {
        let places = words(name, in: text)
        return places.first { sets($0.rest) }?.line ?? places.first?.line
    }

    /// The only line with `return`; nil: there are several, or none.
    static func onlyReturn(in text: String) -> Int? {
        let places = words("return", in: text)
        return places.count == 1 ? places.first?.line : nil
    }

    /// Each place of the word, with what follows it on its line.
    private static func words(_ word: String, in text: String) -> [(line: Int, rest: Substring)] {
        func isPart(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" } ?? false }
        guard !word.isEmpty else { return [] }
        var places: [(line: Int, rest: Substring)] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var at = line.startIndex
            while at < line.endIndex {
                if line[at...].hasPrefix(word) {
                    let end = line.index(at, offsetBy: word.count)
                    let before = at > line.startIndex ? line[line.index(before: at)] : nil, after = end < line.endIndex ? line[end] : nil
                    if !isPart(before), !isPart(after) { places.append((number + 1, line[end...])) }
                }
                at = line.index(after: at)
            }
        }
        return places
    }

    /// `= 1`, `"] += 1`, `: 1`, and no comparison.
    private static func sets(_ rest: Substring) -> Bool {
        let rest = rest.drop { "\"'`] \t".contains($0) }
        if rest.hasPrefix(":") || rest.hasPrefix("++") || rest.hasPrefix("--") { return true }
        if rest.hasPrefix("=") { return !rest.hasPrefix("==") && !rest.hasPrefix("=>") }
        return rest.first.map { "+-*/%&|^?<>".contains($0) } == true && rest.drop { "+-*/%&|^?<>".contains($0) }.hasPrefix("=") && !rest.hasPrefix("<=") && !rest.hasPrefix(">=")
    }
}
