import Kernel
import Postgres
import Reconciliation

/// To whom a run belongs.
extension RunJournal {
    /// What a worker is started with.
    struct Taken: Sendable {
        var epoch: Int64
        var job: JSON
        var checkpoint: [UInt8]?
        /// When the run began.
        var started: Timestamp
        /// What its worker before this one reported last.
        var report: JSON?
    }

    /// Takes the run's lease under a new epoch; nil: another process has it, or it has ended.
    func take(_ uid: String) async throws(ActionFailure) -> Taken? {
        let rows = try await query(
            """
            update millwright_pipelines.runs set owner = $2, epoch = epoch + 1, lease_until = now() + interval '\(Self.lease)', attempts = attempts + 1,
                unproductive = unproductive + 1, phase = 'Running', claimed_by = null
            where uid = $1 and phase in ('Running', 'Paused') and (owner is null or owner = $2 or lease_until < now())
            returning epoch, job, checkpoint, floor(extract(epoch from started_at) * 1000)::bigint, report
            """, [.text(uid), .text(owner)], .write)
        guard rows.count > 0, let job = rows.bytes(0, 1).flatMap(Self.parse) else { return nil }
        do throws(PostgresError) {
            let started = try rows.int(0, 3)
            return Taken(
                epoch: try rows.int(0, 0), job: job, checkpoint: rows.bytes(0, 2), started: Timestamp(seconds: started / 1000, nanoseconds: Int32(started % 1000) * 1_000_000), report: rows.bytes(0, 4).flatMap(Self.parse))
        } catch { throw Self.failure(error) }
    }

    /// Asks the process that has the run to let it go: we lead, and it doesn't any more.
    func claim(_ uid: String) async throws(ActionFailure) {
        try await change("update millwright_pipelines.runs set claimed_by = $2 where uid = $1 and owner <> $2 and phase = 'Running'", [.text(uid), .text(owner)])
    }

    /// Renews the leases of these runs. - Returns: those that are ours still; `isClaimed`: another process asks for it.
    func renew(_ uids: [String]) async throws(ActionFailure) -> [(uid: String, isClaimed: Bool)] {
        guard !uids.isEmpty else { return [] }
        let rows = try await query(
            """
            update millwright_pipelines.runs set lease_until = now() + interval '\(Self.lease)' where uid = any($1) and owner = $2 and phase = 'Running'
            returning uid, coalesce(claimed_by <> $2, false)
            """, [.texts(uids.map { Optional($0) }), .text(owner)], .write)
        do throws(PostgresError) {
            var ours: [(uid: String, isClaimed: Bool)] = []
            for row in rows.indices { if let uid = rows.text(row, 0) { ours.append((uid, try rows.bool(row, 1))) } }
            return ours
        } catch { throw Self.failure(error) }
    }

    /// The worker was ended by us and the run may go on elsewhere, at once: that counts neither as a start in vain nor as a failure.
    func letGo(_ uid: String, epoch: Int64, retries: Int64) async throws(ActionFailure) {
        try await change(
            """
            update millwright_pipelines.runs set owner = null, claimed_by = null, lease_until = null, unproductive = greatest(unproductive - 1, 0), retries = retries + $4
            where uid = $1 and epoch = $2 and owner = $3 and phase = 'Running'
            """, [.text(uid), .int(epoch), .text(owner), .int(retries)])
    }
}
