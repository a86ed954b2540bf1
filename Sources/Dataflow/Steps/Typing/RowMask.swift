import Rows

/// The rows of a packet that stay while a step looks at them: rejected ones leave together at the end.
struct RowMask {
    private var keep: [Bool] = []
    private(set) var dropped = 0

    /// All selected rows stay, for now.
    mutating func begin(_ batch: RowBatch) {
        dropped = 0
        if keep.count < batch.rowCount { keep = Array(repeating: true, count: batch.rowCount) }
    }

    func isKept(_ row: Int) -> Bool { row < keep.count && keep[row] }

    mutating func drop(_ row: Int) {
        guard keep[row] else { return }
        keep[row] = false
        dropped += 1
    }

    /// Deselects the dropped rows.
    mutating func apply(to batch: RowBatch) {
        guard dropped > 0 else { return }
        keep.withUnsafeBufferPointer { keep in
            if let start = keep.baseAddress { batch.filter(by: start) }
        }
        keep = []
        dropped = 0
    }
}
