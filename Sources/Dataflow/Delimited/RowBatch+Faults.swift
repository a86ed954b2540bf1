import Rows

/// What a reader finds wrong with the rows of a batch.
extension RowBatch {
    /// Notes a fault in each row that has bytes which are no text, among the batch's first `count`.
    func noteInvalidText(_ count: Int) {
        guard UTF8Check.firstFault(UnsafePointer(bytes), count) != nil else { return }
        for row in 0..<rowCount {
            let start = Int(rowStarts[row])
            guard let at = UTF8Check.firstFault(UnsafePointer(bytes) + start, Int(rowEnds[row]) - start) else { continue }
            // The first fault of a row counts.
            if !faults.contains(where: { $0.row == row }) { faults.append(RowFault(row: row, reason: .invalidText, position: at)) }
        }
    }

    /// Puts the faults in the order of their rows, and these out of the selection.
    func deselectFaults() {
        guard !faults.isEmpty else { return }
        faults.sort { $0.row < $1.row }
        var next = 0
        filter { row in
            if next < faults.count, faults[next].row == row {
                next += 1
                return false
            }
            return true
        }
    }
}
