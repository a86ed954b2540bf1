/// The selection: which rows are still in. Filtering moves no data.
extension RowBatch {
    /// Every row is in: loop over `0 ..< rowCount`.
    @inlinable @inline(__always) public var isDense: Bool { dense }

    /// Rows in.
    @inlinable @inline(__always) public var selectedCount: Int { dense ? rowCount : selected }

    /// The row at a place of the selection; `place` must be below `selectedCount`.
    @inlinable @inline(__always) public func selectedRow(_ place: Int) -> Int { dense ? place : Int(indices[place]) }

    /// The rows in, ascending; nil while all are. Valid until the selection changes.
    @inlinable @inline(__always) public var selectedRows: UnsafeBufferPointer<UInt32>? {
        dense ? nil : UnsafeBufferPointer(start: indices, count: selected)
    }

    /// All rows are in again.
    public func selectAll() { dense = true }

    /// Keeps the rows of which `keep[row]` is true. - Parameter keep: `rowCount` entries, by row.
    public func filter(by keep: UnsafePointer<Bool>) {
        var kept = 0
        if dense {
            for row in 0..<rowCount {
                indices[kept] = UInt32(truncatingIfNeeded: row)
                kept &+= keep[row] ? 1 : 0
            }
        } else {
            for place in 0..<selected {
                let row = indices[place]
                indices[kept] = row
                kept &+= keep[Int(row)] ? 1 : 0
            }
        }
        selected = kept
        dense = kept == rowCount
    }

    /// Keeps the rows the test is true for. For hot loops fill an array of Bool and use `filter(by:)`.
    public func filter<Failure: Error>(_ test: (Int) throws(Failure) -> Bool) throws(Failure) {
        var kept = 0
        for place in 0..<selectedCount {
            let row = selectedRow(place)
            let isIn = try test(row)
            indices[kept] = UInt32(truncatingIfNeeded: row)
            kept += isIn ? 1 : 0
        }
        selected = kept
        dense = kept == rowCount
    }

    /// Takes one row out.
    public func deselect(_ row: Int) {
        filter { $0 != row }
    }
}
