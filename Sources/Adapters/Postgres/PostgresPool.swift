import EventLoop

/// A bounded number of connections to one database, made when needed and lent out one call at a time.
///
/// A broken connection is replaced by the next call that needs one. Callers beyond the size wait in order; those beyond the bound of waiters are
/// refused at once. Close it when done.
public actor PostgresPool {
    private struct Waiter {
        let id: Int
        /// With a connection; nil when there is room to make one; an error when waiting is over.
        let continuation: CheckedContinuation<Result<PostgresConnection?, PostgresError>, Never>
    }

    private let connector: PostgresConnector
    private let size: Int
    private let waiterLimit: Int
    private var idle: [PostgresConnection] = []
    /// Lent out or being made.
    private var inUse = 0
    private var waiters: [Waiter] = []
    private var lastID = 0
    private var isClosed = false

    public nonisolated var unownedExecutor: UnownedSerialExecutor { connector.loop.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - size: connections at most.
    ///   - waiters: callers that may wait for one.
    public init(_ connector: PostgresConnector, size: Int = 4, waiters: Int = 256) {
        self.connector = connector
        self.size = max(size, 1)
        waiterLimit = max(waiters, 0)
    }

    /// Lends a connection for the time of the body.
    ///
    /// - Throws: `exhausted`, `cancelled`, what connecting throws, and what the body throws.
    public func with<Result: Sendable>(
        _ body: @Sendable (PostgresConnection) async throws(PostgresError) -> Result
    ) async throws(PostgresError) -> Result {
        let connection = try await take()
        do {
            let result = try await body(connection)
            await giveBack(connection)
            return result
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    public func query(
        _ statement: PostgresStatement, _ operation: PostgresGuards.Operation, timeout: Duration = .seconds(15)
    ) async throws(PostgresError) -> PostgresRows {
        try await with { connection throws(PostgresError) in try await connection.query(statement, operation, timeout: timeout) }
    }

    /// The statements as one transaction in one round trip.
    public func transaction(
        _ statements: [PostgresStatement], _ operation: PostgresGuards.Operation, timeout: Duration = .seconds(15)
    ) async throws(PostgresError) -> [PostgresRows] {
        try await with { connection throws(PostgresError) in try await connection.transaction(statements, operation, timeout: timeout) }
    }

    /// Callers that wait for a connection.
    public var waiterCount: Int { waiters.count }

    /// Ends what is idle; what is lent out ends when it is given back.
    public func close() async {
        isClosed = true
        for waiter in waiters { waiter.continuation.resume(returning: .failure(.connectionLost("the pool was closed", wasSent: false))) }
        waiters = []
        let ending = idle
        idle = []
        for connection in ending { await connection.close() }
    }

    private func take() async throws(PostgresError) -> PostgresConnection {
        guard !isClosed else { throw .connectionLost("the pool was closed", wasSent: false) }
        while let connection = idle.popLast() {
            inUse += 1
            if await connection.isOpen { return connection }
            inUse -= 1
        }
        if inUse >= size {
            // Whoever passes the place on has counted it as in use.
            if let lent = try await wait() { return lent }
        } else {
            inUse += 1
        }
        do {
            return try await connector.connect()
        } catch {
            inUse -= 1
            passOn(nil)
            throw error
        }
    }

    /// - Returns: nil: a place is free and reserved for the caller to make a connection.
    private func wait() async throws(PostgresError) -> PostgresConnection? {
        guard waiters.count < waiterLimit else { throw .exhausted }
        lastID += 1
        let id = lastID
        let loop = connector.loop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<PostgresConnection?, PostgresError>, Never>) in
                if Task.isCancelled { return continuation.resume(returning: .failure(.cancelled(wasSent: false))) }
                waiters.append(Waiter(id: id, continuation: continuation))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.abandon(id) } }
        }
        return try result.get()
    }

    private func abandon(_ id: Int) {
        guard let at = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: at).continuation.resume(returning: .failure(.cancelled(wasSent: false)))
    }

    private func giveBack(_ connection: PostgresConnection) async {
        let isOpen = await connection.isOpen
        inUse -= 1
        if isClosed { return await connection.close() }
        if !passOn(isOpen ? connection : nil), isOpen { idle.append(connection) }
    }

    /// Hands a place, and a connection if there is one, to the first who waits.
    @discardableResult
    private func passOn(_ connection: PostgresConnection?) -> Bool {
        guard !waiters.isEmpty else { return false }
        inUse += 1
        waiters.removeFirst().continuation.resume(returning: .success(connection))
        return true
    }
}
