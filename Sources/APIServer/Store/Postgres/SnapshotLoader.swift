import Platform
import Postgres

/// Reads all objects as they were at one revision, row by row, into memory.
struct SnapshotLoader {
    struct Snapshot: Sendable {
        var revision: Int64
        var objects: [String: SortedObjects]
        /// Of each resource in the change log, its latest change.
        var latestChanges: [String: Int64]
        /// The log's compaction: of resources not in the log nothing changed after it.
        var compacted: Int64
    }

    /// What the rows are gathered in while they come.
    private struct Gathering {
        var objects: [String: SortedObjects] = [:]
        var current = SortedObjects()
        var resource = ""
        /// Of the last row: equal texts share their memory.
        var namespace = ""
        var failure: StoreError?
    }

    let connection: PostgresConnection
    let codec: ObjectCodec

    /// - Throws: `PostgresError`, `StoreError` for a row that can't be read.
    func load() async throws -> Snapshot {
        // One snapshot for everything in the transaction.
        _ = try await connection.transaction(
            [
                PostgresStatement("begin isolation level repeatable read read only"), PostgresStatement("set local statement_timeout = '10min'"),
            ], .read)
        let head = try await connection.query(
            PostgresStatement("select r.current, c.revision from millwright.revision r, millwright.compaction c"), .read)
        let (revision, compacted) = (try head.int(0, 0), try head.int(0, 1))

        let gathering = Locked(Gathering())
        let codec = codec
        do {
            try await connection.stream(
                PostgresStatement(
                    """
                    select resource, namespace, name, revision, key_id, value from millwright.objects
                    order by resource, namespace, name
                    """), timeout: .seconds(600)
            ) { row throws(PostgresError) in
                try gathering.withLock { state throws(PostgresError) in try Self.take(row, codec, &state) }
            }
        } catch {
            if let failure = gathering.withLock({ $0.failure }) { throw failure }
            throw error
        }
        let log = try await connection.query(
            PostgresStatement("select resource, max(revision) from millwright.changes group by resource order by resource"), .read)
        _ = try await connection.query(PostgresStatement("commit"), .read)

        var latest: [String: Int64] = [:]
        for row in log.indices { latest[log.text(row, 0) ?? ""] = try log.int(row, 1) }
        let objects = gathering.withLock { state -> [String: SortedObjects] in
            if state.current.count > 0 { state.objects[state.resource] = state.current }
            defer { state = Gathering() }
            return state.objects
        }
        return Snapshot(revision: revision, objects: objects, latestChanges: latest, compacted: compacted)
    }

    private static func take(_ row: PostgresRows, _ codec: ObjectCodec, _ state: inout Gathering) throws(PostgresError) {
        let resource = same(row, 0, as: state.resource)
        if resource != state.resource {
            if state.current.count > 0 { state.objects[state.resource] = state.current }
            state.current = SortedObjects()
            state.resource = resource
        }
        state.namespace = same(row, 1, as: state.namespace)
        let key = StoreKey(resource: state.resource, namespace: state.namespace, name: row.text(0, 2) ?? "")
        do {
            state.current.append(try RowReader.object(row, 0, key: key, revision: try row.int(0, 3), keyID: 4, value: 5, codec: codec))
        } catch let error as PostgresError {
            throw error
        } catch {
            state.failure = error as? StoreError
            throw .malformed("\(error)")
        }
    }

    private static func same(_ row: PostgresRows, _ column: Int, as known: String) -> String {
        row.withBytes(0, column) { bytes in
            guard let bytes else { return "" }
            return bytes.elementsEqual(known.utf8) ? known : String(decoding: bytes, as: UTF8.self)
        }
    }
}
