import Kernel

/// A problem of a pipeline as people read it: what, where, why, and what to do.
enum PipelineProblemText {
    static func lines(_ problem: JSON) -> String {
        let severity = problem["severity"]?.string ?? "error"
        let colour: Terminal.Colour = severity == "warning" ? .yellow : .red
        var text = Terminal.coloured(severity, colour) + ": " + Terminal.coloured(problem["what"]?.string ?? "", .bold) + Terminal.coloured("  [\(problem["category"]?.string ?? "")]", .dim)
        for (label, value) in [("where", place(problem["where"])), ("why", problem["why"]?.string ?? ""), ("fix", problem["fix"]?.string ?? "")] where !value.isEmpty {
            text += "\n  \(Help.padded(label, 6)) \(Self.trimmed(value).split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n         "))"
        }
        return text
    }

    private static func trimmed(_ text: String) -> Substring {
        var text = text[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    static func place(_ place: JSON?) -> String {
        var words: [String] = []
        for (key, word) in [("file", ""), ("row", "row "), ("byte", "byte "), ("column", "column "), ("step", "step "), ("line", "line ")] {
            if let value = place?[key] { words.append(word + (value.string ?? value.text)) }
        }
        return words.joined(separator: ", ")
    }
}
