/// What is wrong with one field of a document: where, what was found, and what would be right.
public struct FieldError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `spec.ports[0].hostPort`.
    public let path: String
    /// A sentence part that follows the path, and says what would be right: `must be at most 65535; found 70000`.
    public let message: String

    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
