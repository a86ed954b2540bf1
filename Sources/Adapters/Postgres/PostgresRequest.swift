import EventLoop

/// Statements sent together and answered together; the server makes one transaction of them.
///
/// Lives on the connection that carries it, and moves through: queued in libpq, answered step by step, ended by the sync point.
final class PostgresRequest {
    enum Step {
        /// The statement text that is being prepared under a name.
        case prepare(sql: String)
        case execute
    }

    let id: Int
    let steps: [Step]
    /// Takes rows as they come; else they are kept.
    let sink: ((PostgresRows) throws(PostgresError) -> Void)?
    let continuation: CheckedContinuation<Result<[PostgresRows], PostgresError>, Never>
    var step = 0
    var rows: [PostgresRows] = []
    /// The first failure; what follows it is a consequence.
    var failure: PostgresError?
    var timer: EventLoopTimer?

    init(
        id: Int, steps: [Step], sink: ((PostgresRows) throws(PostgresError) -> Void)?,
        continuation: CheckedContinuation<Result<[PostgresRows], PostgresError>, Never>
    ) {
        self.id = id
        self.steps = steps
        self.sink = sink
        self.continuation = continuation
    }

    func finish(_ result: Result<[PostgresRows], PostgresError>) {
        timer?.cancel()
        timer = nil
        continuation.resume(returning: result)
    }
}
