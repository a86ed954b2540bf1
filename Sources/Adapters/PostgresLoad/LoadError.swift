/// Why a load failed, and whether trying again may help.
public struct LoadError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// Not reached, or lost: the server may be back soon.
        case connection
        /// The server is there and can't now: it starts, it is full of connections, a lock is held, two transactions collided.
        case busy
        /// The server refused, and would again.
        case refused
    }

    public let kind: Kind
    /// SQLSTATE; empty when the server said nothing.
    public let sqlState: String
    /// The server's or the library's words.
    public let message: String
    /// Where in the data: `COPY t, line 3, column qty: "x"`.
    public let context: String?

    public init(kind: Kind, sqlState: String = "", message: String, context: String? = nil) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
        self.context = context
    }

    public var isTransient: Bool { kind != .refused }
    public var description: String { context.map { "\(message) (\($0))" } ?? message }

    /// By SQLSTATE, as the server's manual lists them: 08 connection, 53 resources, 57P shutdown and start, 40 rollback, 55P03 lock.
    static func kind(ofState state: String) -> Kind {
        // Without a state the server said nothing: the words are libpq's, about a connection that broke (it may still call it open then).
        if state.isEmpty || state.hasPrefix("08") || state == "57P01" || state == "57P02" || state == "57P03" { return .connection }
        // 53100 is a full disk: only a person helps, but they may do so while we wait.
        if state.hasPrefix("53") || state.hasPrefix("40") || state == "55P03" { return .busy }
        return .refused
    }
}
