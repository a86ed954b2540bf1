import Kernel
import Postgres

extension StoreEngine {
    /// Keeps the change log short, until the task is cancelled.
    func runCompaction() async throws {
        while !Task.isCancelled {
            do { try await loop.sleep(for: settings.compaction.every) } catch { return }
            guard case .current = freshness.withLock({ $0 }) else { continue }
            do {
                let connection = try await connector.connect()
                try await compact(over: connection)
                await connection.close()
            } catch {
                logger.warning("the change log was not compacted; trying again in \(settings.compaction.every.manifest)", ["error": "\(error)"])
            }
        }
    }

    private func compact(over connection: PostgresConnection) async throws {
        let rule = settings.compaction
        let target = try await connection.query(
            PostgresStatement(
                """
                select coalesce(greatest(
                    (select r.current from millwright.revision r) - $1,
                    (select max(c.revision) from millwright.changes c
                        where c.revision <= (select r.current from millwright.revision r) - $2 and c.made_at < now() - $3 * interval '1 millisecond')), 0)
                """, [.int(rule.most), .int(rule.changes), .int(rule.age.wholeMilliseconds)]), .read)
        try await remove(through: try target.int(0, 0), over: connection)
        _ = try await connection.query(PostgresStatement("delete from millwright.writers where seen_at < now() - interval '1 day'"), .write)
    }

    /// Removes changes from the log, in small transactions, so that nobody waits long. Several processes may do it at once.
    func remove(through revision: Int64, over connection: PostgresConnection) async throws {
        guard revision > 0 else { return }
        while true {
            // The mark first: whoever misses a change finds it at or below the mark.
            let answers = try await connection.transaction(
                [
                    PostgresStatement("update millwright.compaction set revision = $1 where revision < $1", [.int(revision)]),
                    PostgresStatement(
                        """
                        delete from millwright.changes where revision in
                            (select revision from millwright.changes where revision <= $1 order by revision limit 2000)
                        """, [.int(revision)]),
                ], .write)
            guard let removed = answers.last?.affected, removed > 0 else { return }
        }
    }

    /// Compacts the log up to a revision now.
    func compact(through revision: Int64) async throws(StoreError) {
        let limit = min(revision, cache.revision)
        do {
            let connection = try await connector.connect()
            try await remove(through: limit, over: connection)
            await connection.close()
        } catch {
            throw .unavailable("the change log was not compacted: \(error)")
        }
        cache.compact(through: limit)
    }
}
