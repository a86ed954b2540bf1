/// Why the private PostgreSQL server can't be run: what happened, where, and what to do.
public struct PrivateServerError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
