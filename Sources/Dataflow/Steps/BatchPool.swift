import Platform
import Rows

/// The batches of a run, shared by whoever needs an empty one (the reader, steps that kept rows) and the writer, which gives them back.
public final class BatchPool: Sendable {
    private struct State {
        var pool: RowBatchPool
        /// Rows of the batches made here: others, that a step made for itself, don't come back to be read into.
        var rows: Set<Int> = []
    }
    private let state: Locked<State>
    /// Bytes of input that a batch takes before it is full.
    public let batchBytes: Int

    public init(rows: Int = 4096, bytes: Int = 256 << 10) {
        state = Locked(State(pool: RowBatchPool(rows: rows, bytes: bytes)))
        batchBytes = bytes
    }

    public func take(sourceColumns: Int) -> RowBatch {
        state.withLock { state in
            let batch = state.pool.take(sourceColumns: sourceColumns)
            state.rows.insert(batch.rowCapacity)
            return batch
        }
    }

    /// Nobody may use the batch any more.
    public func give(_ batch: RowBatch) {
        state.withLock { state in
            if state.rows.contains(batch.rowCapacity) { state.pool.give(batch) }
        }
    }
}
