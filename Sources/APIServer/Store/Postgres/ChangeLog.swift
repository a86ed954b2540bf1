import Postgres

/// Reads what was appended to the change log.
struct ChangeLog {
    enum Page {
        /// The changes right after the revision asked for, and whether there may be more.
        case changes([WatchCache.Change], isLast: Bool)
        /// Some of them are no longer in the log.
        case gap
    }

    static let pageSize: Int64 = 500
    /// Of the values in a page; the first change comes whatever its size.
    static let pageBytes: Int64 = 8 << 20
    /// Short, so that a server that hangs is noticed.
    private static let patience = Duration.seconds(6)

    let connection: PostgresConnection
    let codec: ObjectCodec

    /// - Throws: `PostgresError`, `StoreError` for a row that can't be read.
    func page(after revision: Int64) async throws -> Page {
        // In this order: a change that isn't in the log's answer and lies below the compaction was compacted.
        let answers = try await connection.transaction(
            [
                PostgresStatement(
                    """
                    select revision, kind, resource, namespace, name, key_id, value, total from (
                        select c.*, sum(octet_length(value)) over (order by revision) as total from millwright.changes c
                        where revision > $1 order by revision limit $2) page
                    where total - octet_length(value) < $3 order by revision
                    """, [.int(revision), .int(Self.pageSize), .int(Self.pageBytes)], isPrepared: true),
                PostgresStatement("select revision from millwright.compaction", isPrepared: true),
            ], .read, timeout: Self.patience)
        guard answers.count == 2 else { throw PostgresError.malformed("PostgreSQL gave \(answers.count) answers to 2 statements") }
        let (log, compaction) = (answers[0], answers[1])
        var changes: [WatchCache.Change] = []
        changes.reserveCapacity(log.count)
        for row in log.indices {
            let found = try log.int(row, 0)
            guard found == revision + Int64(row) + 1 else { return .gap }
            let key = StoreKey(resource: log.text(row, 2) ?? "", namespace: log.text(row, 3) ?? "", name: log.text(row, 4) ?? "")
            let object = try RowReader.object(log, row, key: key, revision: found, keyID: 5, value: 6, codec: codec)
            changes.append(WatchCache.Change(object: object, isDeletion: try log.int(row, 1) == CommitFunction.Kind.delete))
        }
        if changes.isEmpty, try compaction.int(0, 0) > revision { return .gap }
        let bytes = try log.count > 0 ? log.int(log.count - 1, 7) : 0
        return .changes(changes, isLast: Int64(changes.count) < Self.pageSize && bytes < Self.pageBytes)
    }
}
