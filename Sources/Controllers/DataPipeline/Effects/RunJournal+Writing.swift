import DataPipelinePlan
import Kernel
import Postgres
import Reconciliation

/// How runs begin and end in the journal.
extension RunJournal {
    /// A run and what it will run.
    struct Beginning: Sendable {
        var uid: String
        var key: NamespacedName
        var pipeline: String
        var revision: String
        /// `metadata.generation` of the pipeline.
        var generation: Int64
        /// What the worker calls the run: its uid, or for one that goes on where another failed, what that one was called.
        var runID: String
        var job: JSON
        /// The failed run it follows.
        var base: RunRecord.Base?
    }

    /// Again after a crash: nothing happens.
    func begin(_ run: Beginning, ended issue: PipelineIssue? = nil) async throws(ActionFailure) {
        let phase = issue == nil ? "Running" : issue?.reason == .cancelled ? "Cancelled" : "Failed"
        try await change(
            """
            insert into millwright_pipelines.runs (uid, namespace, name, pipeline, phase, revision, job, reason, message, ended_at, generation, run_id, base_run, base_generation, base_offset,
                base_rows, base_words)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $8 is null then null else now() end, $10, $11, $12, $13, $14, $15, $16) on conflict (uid) do nothing
            """,
            [
                .text(run.uid), .text(run.key.namespace), .text(run.key.name), .text(run.pipeline), .text(phase), .text(run.revision), .bytes(run.job.bytes),
                .text(issue?.reason.rawValue), .text(issue?.message ?? ""), .int(run.generation), .text(run.runID), .text(run.base?.run), .int(run.base?.generation),
                .int(run.base?.offset), .text(run.base?.rows.rawValue), .text(run.base?.words ?? ""),
            ])
    }

    /// A run that goes on where another failed: with a job of its own and the other's checkpoint, which the other loses, so that two never go on with it.
    ///
    /// - Returns: false: the other has none any more.
    func adopt(_ run: Beginning, from other: String) async throws(ActionFailure) -> Bool {
        try await change(
            """
            with lost as (
                update millwright_pipelines.runs as r set checkpoint = null, leaves = false
                from (select checkpoint, checkpoint_number, checkpoint_bytes, checkpoint_at from millwright_pipelines.runs where uid = $5 for update) as had
                where uid = $5 and phase = 'Failed' and r.checkpoint is not null
                returning had.checkpoint, had.checkpoint_number, had.checkpoint_bytes, had.checkpoint_at)
            insert into millwright_pipelines.runs (uid, namespace, name, pipeline, phase, revision, job, generation, run_id, base_run, base_generation, base_offset,
                base_rows, base_words, checkpoint, checkpoint_number, checkpoint_bytes, checkpoint_at)
            select $1, $2, $3, $4, 'Running', $6, $7, $8, $9, $10, $11, $12, $13, $14, checkpoint, checkpoint_number, checkpoint_bytes, checkpoint_at from lost
            """,
            [
                .text(run.uid), .text(run.key.namespace), .text(run.key.name), .text(run.pipeline), .text(other), .text(run.revision), .bytes(run.job.bytes), .int(run.generation),
                .text(run.runID), .text(run.base?.run), .int(run.base?.generation), .int(run.base?.offset), .text(run.base?.rows.rawValue), .text(run.base?.words ?? ""),
            ]) > 0
    }

    /// What an ended run ran: its job, and whether there is a checkpoint to go on from.
    func left(by uid: String) async throws(ActionFailure) -> (job: JSON, hasCheckpoint: Bool)? {
        let rows = try await query("select job, checkpoint is not null from millwright_pipelines.runs where uid = $1", [.text(uid)], .read)
        guard rows.count > 0, let job = rows.bytes(0, 0).flatMap(Self.parse) else { return nil }
        do throws(PostgresError) { return (job, try rows.bool(0, 1)) } catch { throw Self.failure(error) }
    }

    /// False: somebody else has the run now.
    ///
    /// - Parameters:
    ///   - bytes: empty: there is none any more.
    ///   - report: how far the run has come with it: all that is known of it should this process and the worker die together.
    func checkpoint(_ uid: String, epoch: Int64, number: Int64, bytes: [UInt8], bytesRead: Int64, report: JSON? = nil) async throws(ActionFailure) -> Bool {
        try await change(
            """
            update millwright_pipelines.runs set checkpoint = $3, checkpoint_number = checkpoint_number + 1, checkpoint_bytes = $4, checkpoint_at = now(), unproductive = 0,
                lease_until = now() + interval '\(Self.lease)', report = coalesce($6, report)
            where uid = $1 and epoch = $2 and owner = $5 and phase = 'Running'
            """, [.text(uid), .int(epoch), bytes.isEmpty ? .bytes(nil) : .bytes(bytes), .int(bytesRead), .text(owner), .bytes(report?.bytes)]) > 0
    }

    /// How a run ends.
    struct Ending: Sendable {
        var phase: RunRecord.Phase
        var issue: PipelineIssue?
        var report: JSON?
        var reportPath: String?
        var retries: Int64 = 0
        /// Hidden files or staging tables stay behind: of a failed run with a checkpoint for one that goes on from there, else to be cleared away.
        var leavesSomething = false
    }

    /// The run has ended for good. False: it isn't ours any more.
    @discardableResult
    func end(_ uid: String, epoch: Int64?, _ ending: Ending) async throws(ActionFailure) -> Bool {
        try await change(
            """
            update millwright_pipelines.runs set phase = $3, reason = $4, message = $5, report = coalesce($6, report), report_path = $7, ended_at = now(), last_end = now(), owner = null,
                claimed_by = null, retries = retries + $8, leaves = $9, checkpoint = case when $9 and $3 = 'Failed' then checkpoint else null end
            where uid = $1 and ($2 < 0 or epoch = $2) and phase in ('Running', 'Paused')
            """,
            [
                .text(uid), .int(epoch ?? -1), .text(ending.phase.rawValue), .text(ending.issue?.reason.rawValue), .text(ending.issue?.message ?? ""), .bytes(ending.report?.bytes),
                .text(ending.reportPath), .int(ending.retries), .bool(ending.leavesSomething),
            ]) > 0
    }

    /// Its worker has ended, and the run has not: drained (`phase` Paused), or dead. - Parameter passing: of something that may pass by itself.
    func workerEnded(_ uid: String, epoch: Int64, phase: RunRecord.Phase, message: String, report: JSON?, passing: Bool, retries: Int64) async throws(ActionFailure) {
        try await change(
            """
            update millwright_pipelines.runs set phase = $3, message = $4, last_end = now(), report = coalesce($5, report), passing = $6, retries = retries + $7,
                unproductive = case when $3 = 'Paused' then 0 else unproductive end
            where uid = $1 and epoch = $2 and phase = 'Running'
            """,
            [.text(uid), .int(epoch), .text(phase.rawValue), .text(message), .bytes(report?.bytes), .bool(passing), .int(retries)])
    }

    func markPaused(_ uid: String) async throws(ActionFailure) {
        try await change("update millwright_pipelines.runs set phase = 'Paused' where uid = $1 and phase = 'Running' and (owner is null or owner = $2 or lease_until < now())", [.text(uid), .text(owner)])
    }

    func markFollowed(_ uid: String) async throws(ActionFailure) {
        try await change("update millwright_pipelines.runs set followed = true where uid = $1", [.text(uid)])
    }

    /// What the run left is gone.
    func markCleared(_ uid: String) async throws(ActionFailure) {
        try await change("update millwright_pipelines.runs set leaves = false where uid = $1 and ended_at is not null", [.text(uid)])
    }

    /// A failed run that left something behind, and is being deleted: a worker shall clear it away.
    func reopen(_ uid: String) async throws(ActionFailure) {
        try await change(
            "update millwright_pipelines.runs set phase = 'Running', unproductive = 0, ended_at = null where uid = $1 and phase = 'Failed' and leaves", [.text(uid)])
    }
}
