/// Keeps the books of an error budget: fed with rejected rows in input order, it says when the budget is spent.
///
/// Guarantees: the answer depends only on the row numbers, never on batches or threads, so a resumed run decides the same.
/// State is bounded: at most as many row numbers as the percentage allows within one window, and one.
public struct BudgetLedger: Sendable {
    public let budget: ErrorBudget
    public private(set) var rejected: Int64 = 0
    /// Row numbers of the rejected rows that the window can still see, ascending.
    private var recent: [Int64] = []
    private var recentStart = 0

    public init(_ budget: ErrorBudget) { self.budget = budget }

    /// What was exceeded.
    public enum Exceeded: Sendable, Equatable {
        case rows(allowed: Int64)
        case window(allowed: Int64, window: Int64)
        /// At the end: `rejected` of `read` rows is over the percentage.
        case percent(rejected: Int64, read: Int64)
    }

    /// The most rejected rows one window may hold.
    private var windowAllowance: Int64? {
        guard let share = budget.hundredthsOfPercent else { return nil }
        return Self.allowance(of: budget.window, hundredthsOfPercent: share)
    }

    private static func allowance(of rows: Int64, hundredthsOfPercent: Int64) -> Int64 {
        // rows * share / 10,000 without overflow: the quotient and the remainder apart.
        let share = max(0, min(hundredthsOfPercent, 10_000))
        return rows / 10_000 * share + rows % 10_000 * share / 10_000
    }

    /// Notes one rejected row.
    /// - Parameter row: its number in the input; numbers never go down.
    /// - Returns: what it exceeds, nil while the budget holds.
    public mutating func reject(row: Int64) -> Exceeded? {
        rejected += 1
        if let rows = budget.rows, rejected > rows { return .rows(allowed: rows) }
        guard let allowed = windowAllowance else { return nil }
        recent.append(row)
        while recentStart < recent.count, recent[recentStart] <= row - budget.window { recentStart += 1 }
        if recentStart > 1024, recentStart * 2 > recent.count {
            recent.removeFirst(recentStart)
            recentStart = 0
        }
        return Int64(recent.count - recentStart) > allowed ? .window(allowed: allowed, window: budget.window) : nil
    }

    /// The last word, before anything is committed.
    public func atEnd(rowsRead: Int64) -> Exceeded? {
        guard let share = budget.hundredthsOfPercent, rejected > 0 else { return nil }
        return rejected > Self.allowance(of: rowsRead, hundredthsOfPercent: share) ? .percent(rejected: rejected, read: rowsRead) : nil
    }

    public func snapshot() -> [UInt8] {
        var writer = StateWriter()
        writer.put(rejected)
        writer.put(recent.count - recentStart)
        for row in recent[recentStart...] { writer.put(row) }
        return writer.bytes
    }

    public mutating func restore(_ bytes: [UInt8]) throws(StateReader.Malformed) {
        var reader = StateReader(bytes)
        rejected = try reader.int64()
        let count = try reader.count()
        recent = []
        recentStart = 0
        for _ in 0..<count { recent.append(try reader.int64()) }
    }
}

extension BudgetLedger.Exceeded {
    /// As the problem that ends the run.
    public func problem(last: PipelineProblem?) -> PipelineProblem {
        let why: String
        switch self {
        case .rows(let allowed): why = "more than \(allowed) rows were rejected"
        case .window(let allowed, let window): why = "more than \(allowed) of \(window) rows in a row were rejected"
        case .percent(let rejected, let read): why = "\(rejected) of \(read) rows were rejected"
        }
        return PipelineProblem(
            .fatal, .budget, what: "the error budget is spent", at: last?.place ?? .init(),
            why: why + (last.map { "; the last because \($0.what): \($0.why)" } ?? ""),
            fix: "Nothing was committed. Look at the dead letters, mend the data or the rule, and run again; or raise errors.budget if so many bad rows are expected")
    }
}
