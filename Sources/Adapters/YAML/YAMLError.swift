/// Why a text can't be read as YAML, and where.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    /// From 1.
    public let line: Int
    /// In bytes, from 1.
    public let column: Int
    /// The line and a caret under the place, for a terminal; empty when there is nothing to show.
    public let snippet: String

    public init(message: String, line: Int, column: Int, snippet: String = "") {
        self.message = message
        self.line = line
        self.column = column
        self.snippet = snippet
    }

    /// `line 3, column 5: did not find expected key`, without the snippet.
    public var summary: String { "line \(line), column \(column): \(message)" }

    public var description: String { snippet.isEmpty ? summary : summary + "\n" + snippet }
}

/// A key that stands twice in one mapping, at its second place.
public struct YAMLDuplicate: Sendable, Equatable {
    public let key: String
    /// `spec.ports[0].name`.
    public let path: String
    public let line: Int
    public let column: Int
    public let snippet: String

    public var error: YAMLError {
        YAMLError(message: "key \"\(key)\" stands twice in one mapping (\(path)); keep one of them", line: line, column: column, snippet: snippet)
    }
}
