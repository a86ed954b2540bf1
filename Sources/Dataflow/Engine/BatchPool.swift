import Platform
import Rows

/// The batches of a run, shared by the reader, which takes them, and the writer, which gives them back.
final class BatchPool: Sendable {
    private let pool: Locked<RowBatchPool>

    init(rows: Int, bytes: Int) { pool = Locked(RowBatchPool(rows: rows, bytes: bytes)) }

    func take(sourceColumns: Int) -> RowBatch { pool.withLock { $0.take(sourceColumns: sourceColumns) } }

    /// Nobody may use the batch any more.
    func give(_ batch: RowBatch) { pool.withLock { $0.give(batch) } }
}
