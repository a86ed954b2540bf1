/// Batches for reuse. For one thread; those who share one put it behind a lock.
public struct RowBatchPool {
    private var free: [RowBatch] = []
    private let rows: Int
    private let bytes: Int

    /// - Parameters:
    ///   - rows: of a batch, at most.
    ///   - bytes: of input of a batch; one that a huge row made larger is made small again when it comes back.
    public init(rows: Int = 4096, bytes: Int = 256 << 10) {
        self.rows = rows
        self.bytes = bytes
    }

    /// An empty batch.
    public mutating func take(sourceColumns: Int) -> RowBatch {
        guard let batch = free.popLast() else { return RowBatch(sourceColumns: sourceColumns, rows: rows, bytes: bytes) }
        batch.prepare(sourceColumns: sourceColumns)
        return batch
    }

    /// Nobody may use the batch any more.
    public mutating func give(_ batch: RowBatch) {
        batch.prepare(sourceColumns: batch.sourceColumnCount)
        batch.columns.removeAll(keepingCapacity: true)
        batch.shrink(toBytes: bytes * 4)
        free.append(batch)
    }
}
