import CPostgres
import EventLoop
import Guards
import Kernel

/// One connection to PostgreSQL, on the event loop, in pipeline mode: requests may overlap, and are answered in order.
///
/// Flow: a request's statements and a sync point go into libpq's buffer; the socket's events move bytes; answers are taken off the front
/// until libpq has no whole one; the sync point ends the request. Everything between two sync points is one transaction.
///
/// Guarantees: each call ends with a result, or with an error that says whether the statement may have been carried out. Once
/// the connection broke it stays broken (`isOpen` false): get another from the connector. Close it when done.
public actor PostgresConnection {
    /// Beyond this many, statements are sent whole each time: the server keeps prepared ones for the life of the connection.
    private static let preparedLimit = 128

    private let loop: EventLoop
    private let guards: PostgresGuards
    private var handle: OpaquePointer?
    private var watch: SocketWatch?
    private var requests: [PostgresRequest] = []
    private var prepared: [String: String] = [:]
    private var lastID = 0
    private var lostBecause = "the connection is closed"
    private var onNotification: (@Sendable (_ channel: String, _ payload: String) -> Void)?
    private var onLoss: (@Sendable () -> Void)?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(connector: PostgresConnector) {
        loop = connector.loop
        guards = connector.guards
    }

    isolated deinit { close() }

    // MARK: Calls

    /// Runs one statement, as a transaction of its own.
    ///
    /// - Parameter timeout: the last resort, when not even the server's own limit is answered: the connection is dropped then.
    public func query(
        _ statement: PostgresStatement, _ operation: PostgresGuards.Operation, timeout: Duration = .seconds(15)
    ) async throws(PostgresError) -> PostgresRows {
        let all = try await transaction([statement], operation, timeout: timeout)
        guard let rows = all.first else { throw .malformed("PostgreSQL gave no answer to a statement") }
        return rows
    }

    /// Runs the statements as one transaction, in one round trip: all of them, or none.
    ///
    /// - Returns: the rows of each.
    public func transaction(
        _ statements: [PostgresStatement], _ operation: PostgresGuards.Operation, timeout: Duration = .seconds(15)
    ) async throws(PostgresError) -> [PostgresRows] {
        try await PostgresGuards.run(guards[operation]) { () async throws(PostgresError) -> [PostgresRows] in
            try await perform(statements, timeout: timeout, sink: nil)
        }
    }

    /// Runs one statement and hands its rows to `row` one after another, as they come, so that a large result is never held whole.
    ///
    /// - Parameters:
    ///   - timeout: of the whole.
    ///   - row: called on the loop with one row at index 0; what it throws ends the call, and the connection.
    public func stream(
        _ statement: PostgresStatement, timeout: Duration, row: @escaping @Sendable (PostgresRows) throws(PostgresError) -> Void
    ) async throws(PostgresError) {
        try await PostgresGuards.run(guards.read) { () async throws(PostgresError) -> Void in
            guard requests.isEmpty else { throw .invalid("rows can only be streamed over a connection that does nothing else") }
            _ = try await perform([statement], timeout: timeout, sink: row)
        }
    }

    /// Listens to a channel from now on.
    ///
    /// - Parameters:
    ///   - channel: a lower-case identifier.
    ///   - onLoss: called on the loop, once, when the connection is gone and nothing will be heard any more.
    public func listen(
        _ channel: String, onNotification: @escaping @Sendable (_ channel: String, _ payload: String) -> Void,
        onLoss: @escaping @Sendable () -> Void
    ) async throws(PostgresError) {
        guard !channel.isEmpty, channel.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F }) else {
            throw .invalid("a channel's name has the letters a to z and _ only")
        }
        self.onNotification = onNotification
        self.onLoss = onLoss
        _ = try await query(PostgresStatement("listen " + channel), .read)
    }

    public var isOpen: Bool { handle != nil }

    /// Ends the connection; requests under way end as lost.
    public func close() { lose("the connection was closed on this side") }

    // MARK: Life

    func adopt(_ fresh: PostgresHandle) throws(PostgresError) {
        PQsetNoticeProcessor(fresh.raw, { _, _ in }, nil)
        guard PQsetnonblocking(fresh.raw, 1) == 0, PQenterPipelineMode(fresh.raw) == 1,
            let watch = SocketWatch(loop: loop, socket: PQsocket(fresh.raw), connection: self)
        else {
            let message = PostgresHandle.message(of: fresh.raw)
            fresh.close()
            throw .unreachable(message)
        }
        handle = fresh.raw
        self.watch = watch
    }

    private func lose(_ reason: String) {
        guard let handle else { return }
        self.handle = nil
        lostBecause = reason
        watch?.close()
        watch = nil
        PQfinish(handle)
        let orphans = requests
        requests = []
        for request in orphans { request.finish(.failure(request.failure ?? .connectionLost(reason, wasSent: true))) }
        onLoss?()
        onLoss = nil
        onNotification = nil
    }

    // MARK: Sending

    private func perform(
        _ statements: [PostgresStatement], timeout: Duration, sink: (@Sendable (PostgresRows) throws(PostgresError) -> Void)?
    ) async throws(PostgresError) -> [PostgresRows] {
        lastID += 1
        let id = lastID
        let loop = loop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(statements, id: id, timeout: timeout, sink: sink, continuation: continuation)
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.end(id, .cancelled(wasSent: true)) } }
        }
        return try result.get()
    }

    private func submit(
        _ statements: [PostgresStatement], id: Int, timeout: Duration, sink: (@Sendable (PostgresRows) throws(PostgresError) -> Void)?,
        continuation: CheckedContinuation<Result<[PostgresRows], PostgresError>, Never>
    ) {
        guard let handle else { return continuation.resume(returning: .failure(.connectionLost(lostBecause, wasSent: false))) }
        guard !Task.isCancelled else { return continuation.resume(returning: .failure(.cancelled(wasSent: false))) }
        var steps: [PostgresRequest.Step] = []
        var isQueued = true
        for statement in statements {
            let name = statement.isPrepared ? preparedName(statement, handle, &steps, &isQueued) : nil
            steps.append(.execute)
            isQueued = isQueued && PostgresSending.send(statement, preparedAs: name, over: handle)
            if sink != nil { isQueued = isQueued && PQsetSingleRowMode(handle) == 1 }
        }
        isQueued = isQueued && PQpipelineSync(handle) == 1
        let request = PostgresRequest(id: id, steps: steps, sink: sink, continuation: continuation)
        requests.append(request)
        guard isQueued else { return lose(PostgresHandle.message(of: handle)) }
        request.timer = loop.schedule(after: timeout) { [weak self] in
            self?.assumeIsolated { $0.end(id, .timeout(timeout)) }
        }
        flush()
    }

    /// The name of the prepared form, having it prepared first where this connection has not done so; nil when there are too many.
    private func preparedName(
        _ statement: PostgresStatement, _ handle: OpaquePointer, _ steps: inout [PostgresRequest.Step], _ isQueued: inout Bool
    ) -> String? {
        if let name = prepared[statement.sql] { return name }
        guard prepared.count < Self.preparedLimit else { return nil }
        let name = "s\(prepared.count + 1)"
        prepared[statement.sql] = name
        steps.append(.prepare(sql: statement.sql))
        isQueued = isQueued && PostgresSending.prepare(statement, as: name, over: handle)
        return name
    }

    private func flush() {
        guard let handle else { return }
        switch PQflush(handle) {
        case 0: watch?.setWriting(false)
        case 1: watch?.setWriting(true)
        default: lose(PostgresHandle.message(of: handle))
        }
    }

    func becameWritable() { flush() }

    /// Gives up a request that is under way: with it the connection, as its answer could come at any time.
    private func end(_ id: Int, _ error: PostgresError) {
        guard let request = requests.first(where: { $0.id == id }) else { return }
        request.failure = error
        lose("\(error)")
    }

    // MARK: Receiving

    func becameReadable() {
        guard let handle else { return }
        let isAlive = PQconsumeInput(handle) == 1
        takeResults()
        takeNotifications()
        guard self.handle != nil else { return }
        if !isAlive || PQstatus(handle) != CONNECTION_OK { return lose(PostgresHandle.message(of: handle)) }
        flush()
    }

    private func takeResults() {
        while let handle, let request = requests.first, PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                request.step += 1
                continue
            }
            let status = PQresultStatus(result)
            switch status {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                requests.removeFirst()
                request.finish(request.failure.map { .failure($0) } ?? .success(request.rows))
            case PGRES_SINGLE_TUPLE: deliver(PostgresRows(taking: result), to: request)
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                if request.isExecuting { request.rows.append(PostgresRows(taking: result)) } else { PQclear(result) }
            case PGRES_PIPELINE_ABORTED:
                forgetPreparation(request)
                PQclear(result)
            default:
                if request.failure == nil { request.failure = Self.serverError(result, handle) }
                forgetPreparation(request)
                PQclear(result)
                // The connection is gone and libpq repeats itself: the reading side notices next.
                if PQstatus(handle) != CONNECTION_OK { return }
            }
        }
    }

    private func deliver(_ row: PostgresRows, to request: PostgresRequest) {
        do {
            try request.sink?(row)
        } catch {
            end(request.id, error)
        }
    }

    /// A statement whose preparation failed or was skipped is prepared anew the next time; its number is not used again.
    private func forgetPreparation(_ request: PostgresRequest) {
        guard request.steps.indices.contains(request.step), case .prepare(let sql) = request.steps[request.step] else { return }
        if let name = prepared.removeValue(forKey: sql) { prepared["\u{0}" + name] = name }
    }

    private static func serverError(_ result: OpaquePointer, _ handle: OpaquePointer) -> PostgresError {
        func field(_ code: Character) -> String? {
            code.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
        }
        // PG_DIAG_SEVERITY_NONLOCALIZED, PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY; without a state it is libpq that speaks.
        guard let state = field("C") else { return .connectionLost(PostgresHandle.message(of: handle), wasSent: true) }
        return .server(PostgresServerError(severity: field("V") ?? "ERROR", sqlState: state, message: field("M") ?? "no message"))
    }

    private func takeNotifications() {
        while let handle, let notification = PQnotifies(handle) {
            let channel = String(cString: notification.pointee.relname)
            let payload = String(cString: notification.pointee.extra)
            PQfreemem(notification)
            onNotification?(channel, payload)
        }
    }
}

extension PostgresRequest {
    /// Whether the answer at the front belongs to a statement's execution, and not to its preparation.
    var isExecuting: Bool {
        guard steps.indices.contains(step) else { return false }
        if case .execute = steps[step] { return true }
        return false
    }
}
