/// What the values of a column or a parameter are.
public enum ColumnType: String, Sendable, CaseIterable {
    case string, integer, decimal, float, boolean, date, timestamp
}

/// What becomes of a row whose value isn't what was declared.
public enum CellPolicy: String, Sendable, CaseIterable {
    /// Written to the dead letters, with the reason.
    case deadLetter = "DeadLetter"
    /// Left out, and counted.
    case skip = "Skip"
    /// The run ends.
    case fail = "Fail"
    /// The value becomes null and the row goes on. Not `Null`, which YAML reads as nothing at all.
    case null = "SetNull"
}
