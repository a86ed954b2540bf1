/// What happens to a row (or a cell) that breaks a rule.
public enum ErrorPolicy: String, Sendable, CaseIterable {
    /// The row leaves the run and is kept in the dead letters with its original bytes.
    case deadLetter = "DeadLetter"
    /// The row leaves the run; it is counted and not kept.
    case skip = "Skip"
    /// The run ends.
    case fail = "Fail"
    /// The cell becomes null and the row goes on; counted as a warning.
    case null = "SetNull"
}

/// How many rejected rows a run bears, decided before it commits anything.
public struct ErrorBudget: Sendable, Equatable {
    /// At most so many rejected rows in the whole run; nil: no bound.
    public var rows: Int64?
    /// At most so many percent (of the last `window` rows while the run goes, of all rows at its end), in hundredths of a percent; nil: no bound.
    public var hundredthsOfPercent: Int64?
    /// The rows `hundredthsOfPercent` looks back at, 1...10,000,000.
    public var window: Int64
    /// A run in which a step rejects every row that reaches it is a failure: far more likely the document is wrong than every row. Without
    /// it a script that throws on each row succeeds, empties a table that is replaced, and says so only in its dead letters.
    public var endsWhenNothingPasses = false

    public init(rows: Int64? = nil, hundredthsOfPercent: Int64? = nil, window: Int64 = 10_000) {
        self.rows = rows
        self.hundredthsOfPercent = hundredthsOfPercent
        self.window = max(1, min(window, 10_000_000))
    }

    public init(rows: Int64? = nil, percent: Int64, window: Int64 = 10_000) {
        self.init(rows: rows, hundredthsOfPercent: percent * 100, window: window)
    }
}
