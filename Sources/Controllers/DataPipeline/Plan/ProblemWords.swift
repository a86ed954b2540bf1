import Kernel

/// A worker's problem in one line for a condition: what and why first, as tables cut the end off, then where, then what to do.
public enum ProblemWords {
    /// - Parameter base: the namespace's directory: files below it are named from there.
    public static func sentence(_ problem: JSON, base: String = "") -> String {
        var place: [String] = []
        for (key, word) in [("file", ""), ("row", "row "), ("byte", "byte "), ("column", "column "), ("step", "step "), ("line", "line ")] {
            guard let value = problem["where"]?[key] else { continue }
            let text = value.string ?? value.text
            place.append(word + (!base.isEmpty && text.hasPrefix(base + "/") ? String(text.dropFirst(base.count + 1)) : text))
        }
        return message(problem, place: place.isEmpty ? "" : " (\(place.joined(separator: ", ")))")
    }

    /// The same without the place, for where that has fields of its own.
    public static func message(_ problem: JSON, place: String = "") -> String {
        let said = [problem["what"]?.string, problem["why"]?.string].compactMap { $0.map(line) }.filter { !$0.isEmpty }.joined(separator: ": ")
        guard let fix = problem["fix"]?.string.map(line), !fix.isEmpty else { return said + place }
        let whole = without(".", said) + place
        return whole + (whole.hasSuffix("?") ? " " : ". ") + fix
    }

    /// Without the lines that show the place in an expression by a mark: they mean something only below each other.
    private static func line(_ text: String) -> String {
        text.split(separator: "\n").filter { !$0.hasPrefix("  |") }.joined(separator: " ")
    }

    private static func without(_ end: String, _ text: String) -> String { text.hasSuffix(end) ? String(text.dropLast(end.count)) : text }
}
