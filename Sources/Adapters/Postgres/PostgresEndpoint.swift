import CPostgres

/// Which database, and as whom. Says itself without the password.
public struct PostgresEndpoint: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// libpq's connection keywords, in order, with their values.
    let parameters: [(keyword: String, value: String)]

    /// A server's unix socket.
    ///
    /// - Parameter socketDirectory: an absolute path.
    public init(socketDirectory: String, port: UInt16 = 5432, user: String, password: String?, database: String) {
        var parameters = [("host", socketDirectory), ("port", String(port)), ("user", user), ("dbname", database)]
        if let password { parameters.append(("password", password)) }
        self.parameters = parameters
    }

    /// `postgresql://user:password@host:port/database?sslmode=verify-full`, or libpq's `keyword=value` form.
    ///
    /// - Throws: `PostgresError.invalid`, which never repeats the text, as it may hold a password.
    public init(url: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            PQfreemem(message)
            throw .invalid("the database URL is not of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…; check --database-url")
        }
        defer { PQconninfoFree(options) }
        var parameters: [(String, String)] = []
        var at = options
        while let keyword = at.pointee.keyword {
            if let value = at.pointee.val { parameters.append((String(cString: keyword), String(cString: value))) }
            at += 1
        }
        self.parameters = parameters
    }

    public var host: String { self["host"] ?? self["hostaddr"] ?? "the local socket" }
    public var database: String { self["dbname"] ?? self["user"] ?? "" }

    /// For messages: where and which, never the password.
    public var description: String {
        let port = self["port"].map { ":" + $0 } ?? ""
        return host.hasPrefix("/") ? "PostgreSQL at socket \(host), database \(database)" : "PostgreSQL at \(host)\(port), database \(database)"
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    private subscript(keyword: String) -> String? {
        parameters.last { $0.keyword == keyword && !$0.value.isEmpty }?.value
    }

    /// The same server and user, with something else in place of one of libpq's connection keywords, such as `dbname`.
    public func with(_ keyword: String, _ value: String) -> PostgresEndpoint {
        PostgresEndpoint(parameters: parameters.filter { $0.keyword != keyword } + [(keyword, value)])
    }

    private init(parameters: [(keyword: String, value: String)]) { self.parameters = parameters }
}
