import CPostgres
import EventLoop
import Glibc
import Kernel
import Platform

/// Makes connections to one database.
public struct PostgresConnector: Sendable {
    /// How long things may take.
    public struct Limits: Sendable {
        /// To connect and log in.
        public var connect: Duration
        /// The server ends a statement that takes longer, which tells for certain that it did nothing.
        public var statement: Duration
        /// The same for waiting for one lock.
        public var lock: Duration

        public init(connect: Duration = .seconds(5), statement: Duration = .seconds(10), lock: Duration = .seconds(5)) {
            self.connect = connect
            self.statement = statement
            self.lock = lock
        }
    }

    public let endpoint: PostgresEndpoint
    let loop: EventLoop
    let guards: PostgresGuards
    let limits: Limits

    public init(endpoint: PostgresEndpoint, loop: EventLoop, guards: PostgresGuards, limits: Limits = Limits()) {
        self.endpoint = endpoint
        self.loop = loop
        self.guards = guards
        self.limits = limits
    }

    /// Connects and logs in, behind the guard.
    ///
    /// The handshake runs on a thread of its own and not on the loop: name resolution blocks, and the password's key derivation
    /// takes some milliseconds of computing.
    ///
    /// - Throws: `unreachable`, `refused`, `cancelled`.
    public func connect() async throws(PostgresError) -> PostgresConnection {
        try await PostgresGuards.run(guards.connect) { () async throws(PostgresError) -> PostgresConnection in
            let handle = try await handshake().get()
            let connection = PostgresConnection(connector: self)
            try await connection.adopt(handle)
            return connection
        }
    }

    private func handshake() async -> Result<PostgresHandle, PostgresError> {
        let arrival = Arrival()
        let limit = limits.connect
        let keywords = keywordValues()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard arrival.wait(continuation) else { return }
                let timer = loop.schedule(after: limit) {
                    arrival.settle(
                        .failure(.unreachable("no answer within \(limit.manifest) from \(endpoint); is the server running and not overloaded?")))
                }
                Threads.start(name: "pg-connect") {
                    let result = Self.connectBlocking(keywords)
                    timer.cancel()
                    // Too late to be of use: closed here.
                    if !arrival.settle(result), case .success(let handle) = result { handle.close() }
                }
            }
        } onCancel: {
            arrival.settle(.failure(.cancelled(wasSent: false)))
        }
    }

    private func keywordValues() -> [(String, String)] {
        func milliseconds(_ span: Duration) -> String { String(max(span.wholeMilliseconds, 1)) }
        let settings = "-c statement_timeout=\(milliseconds(limits.statement)) -c lock_timeout=\(milliseconds(limits.lock))"
        let own: [(String, String)] = [
            ("application_name", "millwright"), ("client_encoding", "UTF8"), ("gssencmode", "disable"),
            // Whole seconds, at least 2; the exact limit is the loop's timer.
            ("connect_timeout", String(max(limits.connect.components.seconds + 1, 2))),
            ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
            // Of several hosts, the one that takes writes; a standby alone is refused and not believed to be up to date.
            ("target_session_attrs", "read-write"),
        ]
        let given = endpoint.parameters
        let options = (given.last { $0.keyword == "options" }?.value).map { $0 + " " + settings } ?? settings
        return given.filter { $0.keyword != "options" } + own.filter { own in !given.contains { $0.keyword == own.0 } } + [("options", options)]
    }

    private static func connectBlocking(_ parameters: [(String, String)]) -> Result<PostgresHandle, PostgresError> {
        var keywords: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.0)) } + [nil]
        var values: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer { for pointer in keywords + values { free(UnsafeMutablePointer(mutating: pointer)) } }
        guard let connection = PQconnectdbParams(&keywords, &values, 0) else {
            return .failure(.unreachable("libpq has no memory for a connection"))
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            let message = PostgresHandle.message(of: connection)
            PQfinish(connection)
            return .failure(.unreachable(message))
        }
        return .success(PostgresHandle(raw: connection))
    }
}

/// The one answer to an attempt to connect: from the thread, the timer or the cancellation, whichever is first.
private final class Arrival: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Result<PostgresHandle, PostgresError>, Never>?
        var early: PostgresError?
        var isSettled = false
    }

    private let state = Locked(State())

    /// False when it was settled before; the continuation is resumed then.
    func wait(_ continuation: CheckedContinuation<Result<PostgresHandle, PostgresError>, Never>) -> Bool {
        let early = state.withLock { state -> PostgresError? in
            if !state.isSettled { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: .failure(early)) }
        return early == nil
    }

    @discardableResult
    func settle(_ result: Result<PostgresHandle, PostgresError>) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Result<PostgresHandle, PostgresError>, Never>?) in
            guard !state.isSettled else { return (false, nil) }
            state.isSettled = true
            if case .failure(let error) = result { state.early = error }
            defer { state.continuation = nil }
            return (true, state.continuation)
        }
        continuation?.resume(returning: result)
        return isFirst
    }
}
