import Platform
import Rows

/// The batches of a run, shared by whoever needs an empty one (the reader, steps that kept rows) and the writer, which gives them back.
public final class BatchPool: Sendable {
    private let pool: Locked<RowBatchPool>
    /// Bytes of input that a batch takes before it is full.
    public let batchBytes: Int

    public init(rows: Int = 4096, bytes: Int = 256 << 10) {
        pool = Locked(RowBatchPool(rows: rows, bytes: bytes))
        batchBytes = bytes
    }

    public func take(sourceColumns: Int) -> RowBatch { pool.withLock { $0.take(sourceColumns: sourceColumns) } }

    /// Nobody may use the batch any more.
    public func give(_ batch: RowBatch) { pool.withLock { $0.give(batch) } }
}
