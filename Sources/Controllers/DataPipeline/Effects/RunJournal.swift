import DataPipelinePlan
import Kernel
import Postgres
import Reconciliation

/// The journal of pipeline runs in PostgreSQL: what was started, by whom, how far it came, how it ended.
///
/// A run belongs to the process that holds its lease; every take-over raises its epoch, and every write names the epoch it was made under:
/// who has lost a run can't write to it any more.
public struct RunJournal: Sendable {
    let pool: PostgresPool
    /// Of this process.
    let owner: String

    public init(pool: PostgresPool, owner: String) {
        self.pool = pool
        self.owner = owner
    }

    /// How long a lease holds without being renewed.
    static let lease = "30 seconds"

    // MARK: Schema

    private static let migrations: [[String]] = [
        [
            """
            create table millwright_pipelines.runs (
                uid text primary key, namespace text not null, name text not null, pipeline text not null, phase text not null, revision text not null,
                owner text, epoch bigint not null default 0, lease_until timestamptz, attempts bigint not null default 0,
                unproductive bigint not null default 0, job bytea not null, checkpoint bytea, checkpoint_number bigint not null default 0,
                checkpoint_bytes bigint not null default 0, checkpoint_at timestamptz, reason text, message text not null default '',
                report bytea, report_path text, followed boolean not null default false, started_at timestamptz not null default now(),
                last_end timestamptz, ended_at timestamptz)
            """,
            "create index runs_by_pipeline on millwright_pipelines.runs (namespace, pipeline, phase)",
            """
            create table millwright_pipelines.taken_files (
                pipeline_uid text not null, identity text collate "C" not null, taken_at timestamptz not null default now(), primary key (pipeline_uid, identity))
            """,
        ]
    ]

    /// Brings the schema to this release's; safe for several processes at once.
    public func prepare() async throws(PostgresError) {
        try await pool.with { connection throws(PostgresError) in
            // Any number, as long as every release takes the same.
            _ = try await connection.query(PostgresStatement("select pg_advisory_lock(1835626352)"), .write, timeout: .seconds(60))
            _ = try await connection.transaction(
                [
                    PostgresStatement("create schema if not exists millwright_pipelines"),
                    PostgresStatement("create table if not exists millwright_pipelines.migrations (number bigint primary key, applied_at timestamptz not null default now())"),
                ], .write)
            let done = try await connection.query(PostgresStatement("select coalesce(max(number), 0) from millwright_pipelines.migrations"), .read).int(0, 0)
            for (index, statements) in Self.migrations.enumerated() where Int64(index) >= done {
                let note = PostgresStatement("insert into millwright_pipelines.migrations (number) values ($1)", [.int(Int64(index) + 1)])
                _ = try await connection.transaction(statements.map { PostgresStatement($0) } + [note], .write, timeout: .seconds(60))
            }
            _ = try await connection.query(PostgresStatement("select pg_advisory_unlock(1835626352)"), .write)
        }
    }

    // MARK: Reading

    public func find(_ uid: String) async throws(ActionFailure) -> RunRecord? {
        let rows = try await query(
            """
            select phase, revision, attempts, unproductive, floor(extract(epoch from last_end))::bigint, checkpoint_number, checkpoint_bytes,
                floor(extract(epoch from checkpoint_at))::bigint, floor(extract(epoch from started_at))::bigint, floor(extract(epoch from ended_at))::bigint, report, reason, message,
                (owner is not null and owner <> $2 and lease_until > now()), followed, report_path
            from millwright_pipelines.runs where uid = $1
            """, [.text(uid), .text(owner)], .read)
        guard rows.count > 0 else { return nil }
        do throws(PostgresError) { return try Self.record(rows) } catch { throw Self.failure(error) }
    }

    private static func record(_ rows: PostgresRows) throws(PostgresError) -> RunRecord {
        func time(_ column: Int) throws(PostgresError) -> Timestamp? { rows.bytes(0, column) == nil ? nil : Timestamp(seconds: try rows.int(0, column)) }
        var record = RunRecord(phase: rows.text(0, 0).flatMap(RunRecord.Phase.init) ?? .failed, revision: rows.text(0, 1) ?? "", started: try time(8) ?? Timestamp(seconds: 0))
        record.attempts = Int(try rows.int(0, 2))
        record.unproductive = Int(try rows.int(0, 3))
        record.lastEnd = try time(4)
        if let at = try time(7) { record.checkpoint = .init(number: try rows.int(0, 5), bytesRead: try rows.int(0, 6), time: at) }
        record.ended = try time(9)
        record.report = rows.bytes(0, 10).flatMap(parse)
        record.reason = rows.text(0, 11).flatMap(PipelineReason.init(rawValue:))
        record.message = rows.text(0, 12) ?? ""
        record.isHeldElsewhere = try rows.bool(0, 13)
        record.isFollowed = try rows.bool(0, 14)
        record.reportPath = rows.text(0, 15)
        return record
    }

    static func parse(_ bytes: [UInt8]) -> JSON? {
        do throws(JSONError) { return try JSONParser.parse(bytes) } catch { return nil }
    }

    /// Of a pipeline: how many runs succeeded and failed, and when one succeeded last.
    func counts(namespace: String, pipeline: String) async throws(ActionFailure) -> (succeeded: Int64, failed: Int64, lastSuccess: Timestamp?) {
        let rows = try await query(
            """
            select count(*) filter (where phase = 'Succeeded'), count(*) filter (where phase in ('Failed', 'Cancelled')),
                floor(extract(epoch from max(ended_at) filter (where phase = 'Succeeded')))::bigint
            from millwright_pipelines.runs where namespace = $1 and pipeline = $2
            """, [.text(namespace), .text(pipeline)], .read)
        do throws(PostgresError) {
            return (try rows.int(0, 0), try rows.int(0, 1), rows.bytes(0, 2) == nil ? nil : Timestamp(seconds: try rows.int(0, 2)))
        } catch { throw Self.failure(error) }
    }

    // MARK: Writing

    /// A run and what it will run.
    struct Beginning: Sendable {
        var uid: String
        var key: NamespacedName
        var pipeline: String
        var revision: String
        var job: JSON
    }

    /// Again after a crash: nothing happens.
    func begin(_ run: Beginning, ended issue: PipelineIssue? = nil) async throws(ActionFailure) {
        let phase = issue == nil ? "Running" : issue?.reason == .cancelled ? "Cancelled" : "Failed"
        try await change(
            """
            insert into millwright_pipelines.runs (uid, namespace, name, pipeline, phase, revision, job, reason, message, ended_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $8 is null then null else now() end) on conflict (uid) do nothing
            """,
            [
                .text(run.uid), .text(run.key.namespace), .text(run.key.name), .text(run.pipeline), .text(phase), .text(run.revision), .bytes(run.job.bytes),
                .text(issue?.reason.rawValue), .text(issue?.message ?? ""),
            ])
    }

    /// A run that goes on where another one failed: its job and its checkpoint.
    func adopt(_ run: Beginning, from other: String) async throws(ActionFailure) {
        try await change(
            """
            insert into millwright_pipelines.runs (uid, namespace, name, pipeline, phase, revision, job, checkpoint, checkpoint_number, checkpoint_bytes, checkpoint_at)
            select $1, $2, $3, $4, 'Running', revision, job, checkpoint, checkpoint_number, checkpoint_bytes, checkpoint_at
            from millwright_pipelines.runs where uid = $5 and phase in ('Failed', 'Cancelled') on conflict (uid) do nothing
            """, [.text(run.uid), .text(run.key.namespace), .text(run.key.name), .text(run.pipeline), .text(other)])
    }

    /// What a worker is started with.
    struct Taken: Sendable {
        var epoch: Int64
        var job: JSON
        var checkpoint: [UInt8]?
    }

    /// Takes the run's lease under a new epoch; nil: another process has it, or it has ended.
    func take(_ uid: String) async throws(ActionFailure) -> Taken? {
        let rows = try await query(
            """
            update millwright_pipelines.runs set owner = $2, epoch = epoch + 1, lease_until = now() + interval '\(Self.lease)', attempts = attempts + 1,
                unproductive = unproductive + 1, phase = 'Running'
            where uid = $1 and phase in ('Running', 'Paused') and (owner is null or owner = $2 or lease_until < now())
            returning epoch, job, checkpoint
            """, [.text(uid), .text(owner)], .write)
        guard rows.count > 0, let job = rows.bytes(0, 1).flatMap(Self.parse) else { return nil }
        do throws(PostgresError) { return Taken(epoch: try rows.int(0, 0), job: job, checkpoint: rows.bytes(0, 2)) } catch { throw Self.failure(error) }
    }

    /// False: somebody else has the run now. - Parameter bytes: empty: there is none any more.
    func checkpoint(_ uid: String, epoch: Int64, number: Int64, bytes: [UInt8], bytesRead: Int64) async throws(ActionFailure) -> Bool {
        try await change(
            """
            update millwright_pipelines.runs set checkpoint = $3, checkpoint_number = checkpoint_number + 1, checkpoint_bytes = $4, checkpoint_at = now(), unproductive = 0,
                lease_until = now() + interval '\(Self.lease)'
            where uid = $1 and epoch = $2 and owner = $5 and phase = 'Running'
            """, [.text(uid), .int(epoch), bytes.isEmpty ? .bytes(nil) : .bytes(bytes), .int(bytesRead), .text(owner)]) > 0
    }

    /// Renews the leases of these runs. - Returns: those that are ours still.
    func renew(_ uids: [String]) async throws(ActionFailure) -> Set<String> {
        guard !uids.isEmpty else { return [] }
        let rows = try await query(
            "update millwright_pipelines.runs set lease_until = now() + interval '\(Self.lease)' where uid = any($1) and owner = $2 and phase = 'Running' returning uid",
            [.texts(uids.map { Optional($0) }), .text(owner)], .write)
        return Set(rows.indices.compactMap { rows.text($0, 0) })
    }

    /// The run has ended for good. False: it isn't ours any more.
    @discardableResult
    func end(_ uid: String, epoch: Int64?, phase: RunRecord.Phase, issue: PipelineIssue?, report: JSON?, reportPath: String?) async throws(ActionFailure) -> Bool {
        try await change(
            """
            update millwright_pipelines.runs set phase = $3, reason = $4, message = $5, report = coalesce($6, report), report_path = $7, ended_at = now(), last_end = now(), owner = null,
                checkpoint = case when $3 = 'Failed' then checkpoint else null end
            where uid = $1 and ($2 < 0 or epoch = $2) and phase in ('Running', 'Paused')
            """,
            [
                .text(uid), .int(epoch ?? -1), .text(phase.rawValue), .text(issue?.reason.rawValue), .text(issue?.message ?? ""), .bytes(report?.bytes),
                .text(reportPath),
            ]) > 0
    }

    /// Its worker has ended, and the run has not: drained (`phase` Paused), or dead.
    func workerEnded(_ uid: String, epoch: Int64, phase: RunRecord.Phase, message: String, report: JSON?) async throws(ActionFailure) {
        try await change(
            "update millwright_pipelines.runs set phase = $3, message = $4, last_end = now(), report = coalesce($5, report), unproductive = case when $3 = 'Paused' then 0 else unproductive end where uid = $1 and epoch = $2",
            [.text(uid), .int(epoch), .text(phase.rawValue), .text(message), .bytes(report?.bytes)])
    }

    func markPaused(_ uid: String) async throws(ActionFailure) {
        try await change("update millwright_pipelines.runs set phase = 'Paused' where uid = $1 and phase = 'Running' and (owner is null or owner = $2 or lease_until < now())", [.text(uid), .text(owner)])
    }

    func markFollowed(_ uid: String) async throws(ActionFailure) {
        try await change("update millwright_pipelines.runs set followed = true where uid = $1", [.text(uid)])
    }

    // MARK: Watched files

    /// Those of the identities that a run has taken.
    func taken(_ pipeline: String, _ identities: [String]) async throws(ActionFailure) -> Set<String> {
        guard !identities.isEmpty else { return [] }
        let rows = try await query(
            "select identity from millwright_pipelines.taken_files where pipeline_uid = $1 and identity = any($2)", [.text(pipeline), .texts(identities.map { Optional($0) })], .read)
        return Set(rows.indices.compactMap { rows.text($0, 0) })
    }

    func take(_ pipeline: String, files identities: [String]) async throws(ActionFailure) {
        try await change(
            "insert into millwright_pipelines.taken_files (pipeline_uid, identity) select $1, unnest($2::text[]) on conflict do nothing", [.text(pipeline), .texts(identities.map { Optional($0) })])
    }

    // MARK: Retention

    /// Ended runs older than that many days go, and what pipelines took before.
    func forget(olderThanDays days: Int64) async throws(ActionFailure) {
        try await change("delete from millwright_pipelines.runs where ended_at < now() - make_interval(days => $1::int)", [.int(days)])
    }

    // MARK: Parts

    private func query(_ sql: String, _ parameters: [PostgresValue], _ operation: PostgresGuards.Operation) async throws(ActionFailure) -> PostgresRows {
        do throws(PostgresError) { return try await pool.query(PostgresStatement(sql, parameters), operation) } catch { throw Self.failure(error) }
    }

    @discardableResult
    private func change(_ sql: String, _ parameters: [PostgresValue]) async throws(ActionFailure) -> Int { try await query(sql, parameters, .write).affected }

    static func failure(_ error: PostgresError) -> ActionFailure {
        if let wait = error.retryAfter { return .refused(dependency: "postgres.store.Write", "\(error)", retryAfter: wait) }
        if case .cancelled = error { return .cancelled }
        return .transient("the database: \(error)")
    }
}
