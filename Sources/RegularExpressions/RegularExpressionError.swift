/// Why a pattern is not a regular expression, worded as Go's regexp words it, which is what Kubernetes shows.
public struct RegularExpressionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `missing closing ]`
    public let problem: String
    /// The part of the pattern that it is about, or empty.
    public let part: String

    public init(_ problem: String, _ part: String = "") {
        self.problem = problem
        self.part = part
    }

    /// ``error parsing regexp: missing closing ]: `[a` ``
    public var description: String {
        "error parsing regexp: \(problem)" + (part.isEmpty ? "" : ": `\(part)`")
    }
}
