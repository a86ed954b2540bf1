import Kernel

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
    /// The highest number of a rejected row: the count of them when every row up to there was rejected.
    private var highest: Int64 = 0
    /// By step how many rows reached it and how many of them it rejected; the source is the first.
    private var passages: [(rows: Int64, rejected: Int64)] = []

    public init(_ budget: ErrorBudget) { self.budget = budget }

    /// What was exceeded.
    public enum Exceeded: Sendable, Equatable {
        case rows(allowed: Int64)
        case window(allowed: Int64, window: Int64)
        /// At the end: `rejected` of `read` rows is over the percentage.
        case percent(rejected: Int64, read: Int64)
        /// At the end: that step (0: the source) rejected each of the rows that reached it.
        case nothingPassed(step: Int, rows: Int64)
        /// Each of so many first rows was rejected.
        case nothingPassedYet(rows: Int64)
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
        highest = max(highest, row)
        if let rows = budget.rows, rejected > rows { return .rows(allowed: rows) }
        if budget.endsWhenNothingPasses, rejected >= budget.window, rejected == highest { return .nothingPassedYet(rows: rejected) }
        guard let allowed = windowAllowance else { return nil }
        recent.append(row)
        while recentStart < recent.count, recent[recentStart] <= row - budget.window { recentStart += 1 }
        if recentStart > 1024, recentStart * 2 > recent.count {
            recent.removeFirst(recentStart)
            recentStart = 0
        }
        return Int64(recent.count - recentStart) > allowed ? .window(allowed: allowed, window: budget.window) : nil
    }

    /// Notes what steps did with a packet.
    public mutating func note(_ packet: [StepPassage]) {
        guard budget.endsWhenNothingPasses else { return }
        for passage in packet {
            while passages.count <= passage.step { passages.append((0, 0)) }
            passages[passage.step].rows += passage.rows
            passages[passage.step].rejected += passage.rejected
        }
    }

    /// The last word, before anything is committed.
    public func atEnd(rowsRead: Int64) -> Exceeded? {
        if let barren = passages.firstIndex(where: { $0.rows > 0 && $0.rejected >= $0.rows }) { return .nothingPassed(step: barren, rows: passages[barren].rows) }
        guard let share = budget.hundredthsOfPercent, rejected > 0 else { return nil }
        return rejected > Self.allowance(of: rowsRead, hundredthsOfPercent: share) ? .percent(rejected: rejected, read: rowsRead) : nil
    }

    public func snapshot() -> [UInt8] {
        var writer = StateWriter()
        writer.put(rejected)
        writer.put(recent.count - recentStart)
        for row in recent[recentStart...] { writer.put(row) }
        writer.put(highest)
        writer.put(passages.count)
        for passage in passages {
            writer.put(passage.rows)
            writer.put(passage.rejected)
        }
        return writer.bytes
    }

    public mutating func restore(_ bytes: [UInt8]) throws(StateReader.Malformed) {
        var reader = StateReader(bytes)
        rejected = try reader.int64()
        let count = try reader.count()
        recent = []
        recentStart = 0
        for _ in 0..<count { recent.append(try reader.int64()) }
        highest = try reader.int64()
        passages = []
        for _ in 0..<(try reader.count()) { passages.append((try reader.int64(), try reader.int64())) }
    }
}

extension BudgetLedger.Exceeded {
    /// As the problem that ends the run.
    ///
    /// - Parameters:
    ///   - example: the problem of a row to show: the last one, or of those that a step rejected the first.
    ///   - place: what let nothing through, `step total`; nil: the source.
    public func problem(_ example: PipelineProblem?, at place: String? = nil) -> PipelineProblem {
        let reason = example.map { " because \($0.what): \($0.why)" } ?? ""
        func spent(_ why: String) -> PipelineProblem {
            PipelineProblem(
                .fatal, .budget, what: "the error budget is spent", at: example?.place ?? .init(), why: why + (reason.isEmpty ? "" : "; the last" + reason),
                fix: "Nothing was committed. Look at the dead letters, mend the data or the rule, and run again; or raise errors.budget if so many bad rows are expected")
        }
        func barren(_ why: String, isOne: Bool = false) -> PipelineProblem {
            PipelineProblem(
                .fatal, .budget, what: "every row was rejected", at: example?.place ?? .init(), why: why + (reason.isEmpty ? "" : (isOne ? "," : "; the first") + reason),
                fix: (example.map { "\($0.fix). " } ?? "") + "Nothing was committed; the rejected rows are kept as errors says. Mend the step or the data and run again; where bad rows may be all there are, say so with errors.budget: {percent: 100}")
        }
        switch self {
        case .rows(let allowed): return spent("more than \(Counted.text(allowed, "row was", "rows were")) rejected")
        case .window(let allowed, let window): return spent("more than \(Counted.grouped(allowed)) of \(Counted.text(window, "row")) one after the other were rejected")
        case .percent(let rejected, let read): return spent("\(Counted.grouped(rejected)) of \(Counted.text(read, "row")) \(Counted.noun(rejected, "was", "were")) rejected")
        case .nothingPassed(_, let rows):
            let which = place.map { "that reached \($0)" }
            if rows == 1 { return barren("the only row \(which ?? "there is") was rejected", isOne: true) }
            return barren("each of the \(Counted.text(rows, "row")) \(which ?? "that were read") was rejected")
        case .nothingPassedYet(let rows): return barren("each of the first \(Counted.text(rows, "row")) was rejected")
        }
    }
}
