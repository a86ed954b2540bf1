/// What the cells of a column mean, as a document declares it.
public enum ColumnType: String, Sendable, Hashable, CaseIterable {
    case string
    /// 64 bits, signed.
    case integer
    /// Exact, at most 35 digits: see `Decimal`.
    case decimal
    /// 64 bits, binary.
    case float
    case boolean
    /// A day of the proleptic Gregorian calendar.
    case date
    /// A moment, to the microsecond.
    case timestamp
}
