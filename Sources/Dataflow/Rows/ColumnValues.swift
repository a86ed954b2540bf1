/// The values of a typed column of one batch: memory of its own, allocated once and reused batch after batch.
///
/// Pointers, since the loops over them are where the time goes: an index is a row of the batch, 0 ..< `capacity`, and the
/// loop's bound is the batch's `rowCount`, which never exceeds the capacity the column was made with.
public final class ColumnValues<Element: BitwiseCopyable> {
    /// Rows.
    public let capacity: Int
    /// Undefined where `isValid` says false.
    public let values: UnsafeMutablePointer<Element>
    /// False: null.
    public let isValid: UnsafeMutablePointer<Bool>
    /// The reader's column these values were parsed from while nothing changed them: it is written with its original text.
    public var source: Int?
    /// What the values are written as, row by row, when a script changed some of them: its untouched cells are the input's own text.
    public var text: TextColumn?

    public init(capacity: Int, source: Int? = nil) {
        self.capacity = capacity
        self.source = source
        values = .allocate(capacity: max(capacity, 1))
        isValid = .allocate(capacity: max(capacity, 1))
        isValid.initialize(repeating: false, count: max(capacity, 1))
    }

    deinit {
        values.deallocate()
        isValid.deallocate()
    }

    /// Row must be below `capacity`.
    @inlinable public func set(_ value: Element, at row: Int) {
        values[row] = value
        isValid[row] = true
    }

    @inlinable public func setNull(at row: Int) { isValid[row] = false }

    /// nil for a null, and for a row that can't be.
    @inlinable public subscript(row: Int) -> Element? { row >= 0 && row < capacity && isValid[row] ? values[row] : nil }
}
