/// Which records of a packet go to which rows of its new columns.
struct PlacedRecords {
    /// nil: all of them, in order.
    var records: [Int32]?
    /// Of each its row.
    var rows: [Int32]

    @inline(__always)
    func forEach(_ body: (_ record: Int, _ row: Int) -> Void) {
        rows.withUnsafeBufferPointer { rows in
            if let records {
                for place in rows.indices { body(Int(records[place]), Int(rows[place])) }
            } else {
                for place in rows.indices { body(place, Int(rows[place])) }
            }
        }
    }
}
