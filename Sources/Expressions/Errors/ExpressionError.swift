/// What is wrong with an expression's text or types: every mistake found, each with its place.
public struct ExpressionError: Error, Sendable, Equatable, CustomStringConvertible {
    public struct Issue: Sendable, Equatable {
        /// As a Kubernetes API server words it: `undeclared reference to 'x' (in container '')`.
        public let message: String
        /// For people, with what to do; empty for what only follows from another mistake.
        public let advice: String
        /// From 1; -1 for what is about the whole.
        public let line: Int
        /// From 1, in code points; 0 for what has no place.
        public let column: Int
        /// The place that people are shown, which may be nearer to what is to be mended; as the two above.
        public let shownLine: Int
        public let shownColumn: Int

        /// - Parameters:
        ///   - advice: when absent, the same as `message`.
        ///   - shown: when absent, the same place.
        public init(message: String, advice: String? = nil, line: Int, column: Int, shown: (line: Int, column: Int)? = nil) {
            self.message = message
            self.advice = advice ?? message
            self.line = line
            self.column = column
            shownLine = shown?.line ?? line
            shownColumn = shown?.column ?? column
        }
    }

    /// In the order of their places; the first 100 that were found, as Kubernetes has it. Never empty.
    public let issues: [Issue]
    /// How many more there are.
    public let untold: Int
    let lines: [String]

    init(issues: [Issue], source: String) {
        untold = max(issues.count - Self.mostIssues, 0)
        self.issues = issues.prefix(Self.mostIssues).sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        lines = SourceText.lines(of: source)
    }

    /// For people: `line 1, column 6: …`, the line and a caret under the place.
    public var description: String {
        // What only follows from another mistake is nothing to repair.
        issues.filter { !$0.advice.isEmpty }.map { issue in
            issue.shownLine < 1 ? issue.advice : "line \(issue.shownLine), column \(issue.shownColumn): \(issue.advice.withoutWrappers)\n\(picture(issue))"
        }.joined(separator: "\n")
    }

    /// As a Kubernetes API server words it, which clients and tests compare.
    public var kubernetesDescription: String {
        let told = issues.map { issue in
            "ERROR: <input>:\(issue.line):\(issue.column): \(issue.message)\(widePicture(issue))"
        }
        return (told + (untold > 0 ? ["\(untold) more errors were truncated"] : [])).joined(separator: "\n")
    }

    /// What Kubernetes tells at most, and how long a line it shows, in bytes.
    private static let mostIssues = 100
    private static let longestLine = 16_384

    /// Under what takes more than a byte stand full-width signs, as Kubernetes has it.
    private func widePicture(_ issue: Issue) -> String {
        guard lines != [""], lines.indices.contains(issue.line - 1), lines[issue.line - 1].utf8.count <= Self.longestLine else { return "" }
        let line = lines[issue.line - 1].replacingTabs
        var marks = ""
        var column = 1
        for scalar in line.unicodeScalars where column < issue.column {
            marks += scalar.isASCII ? "." : "．"
            column += 1
        }
        marks += String(repeating: ".", count: max(issue.column - column, 0))
        let under = line.unicodeScalars.dropFirst(max(issue.column - 1, 0)).first
        return "\n | \(line)\n | \(marks)\(under.map(\.isASCII) ?? true ? "^" : "＾")"
    }

    private func picture(_ issue: Issue) -> String {
        guard lines.indices.contains(issue.shownLine - 1) else { return "  | " }
        return "  | \(lines[issue.shownLine - 1].replacingTabs)\n  | \(String(repeating: " ", count: max(issue.shownColumn - 1, 0)))^"
    }
}

extension String {
    /// `wrapper(int)`, an integer or null, as `int`.
    fileprivate var withoutWrappers: String {
        var result = ""
        var rest = self[...]
        while let start = rest.firstRange(of: "wrapper("), let end = rest[start.upperBound...].firstIndex(of: ")") {
            result += rest[..<start.lowerBound] + rest[start.upperBound..<end]
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// A tab as one blank, so that the caret stands under its place.
    fileprivate var replacingTabs: String { String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\t" ? " " : $0 })) }
}
