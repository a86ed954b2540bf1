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

    /// How long a lease holds without being renewed, in seconds: as a Lease of the API does, so that a run is free when its leader is gone.
    static let leaseSeconds: Int64 = 15
    static let lease = "\(leaseSeconds) seconds"

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
        ],
        [
            """
            alter table millwright_pipelines.runs
                add column claimed_by text, add column generation bigint not null default 0, add column run_id text, add column retries bigint not null default 0,
                add column passing boolean not null default false, add column leaves boolean not null default false, add column loads_kept boolean not null default true,
                add column base_run text, add column base_generation bigint, add column base_offset bigint
            """,
            "alter table millwright_pipelines.taken_files add column seen_at timestamptz not null default now()",
            "create index taken_files_by_age on millwright_pipelines.taken_files (seen_at)",
        ],
        ["alter table millwright_pipelines.runs add column base_rows text, add column base_words text not null default ''"],
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
                (owner is not null and owner <> $2 and lease_until > now()), followed, report_path, coalesce(claimed_by = $2, false), generation, retries, passing, leaves,
                base_run, base_generation, base_offset, base_rows, base_words, checkpoint is not null
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
        record.isClaimed = try rows.bool(0, 16)
        record.generation = try rows.int(0, 17)
        record.retries = try rows.int(0, 18)
        record.endedPassingly = try rows.bool(0, 19)
        record.leavesSomething = try rows.bool(0, 20)
        if let run = rows.text(0, 21) { 
            record.base = .init(
                run: run, generation: try rows.int(0, 22), offset: try rows.int(0, 23), rows: rows.text(0, 24).flatMap(RunRecord.Base.Rows.init) ?? .all, words: rows.text(0, 25) ?? "")
        }
        record.hasCheckpoint = try rows.bool(0, 26)
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

    // MARK: Parts

    func query(_ sql: String, _ parameters: [PostgresValue], _ operation: PostgresGuards.Operation) async throws(ActionFailure) -> PostgresRows {
        do throws(PostgresError) { return try await pool.query(PostgresStatement(sql, parameters), operation) } catch { throw Self.failure(error) }
    }

    /// - Returns: how many rows it changed.
    @discardableResult
    func change(_ sql: String, _ parameters: [PostgresValue]) async throws(ActionFailure) -> Int { try await query(sql, parameters, .write).affected }

    static func failure(_ error: PostgresError) -> ActionFailure {
        if let wait = error.retryAfter { return .refused(dependency: "postgres.store.Write", "\(error)", retryAfter: wait) }
        if case .cancelled = error { return .cancelled }
        return .transient("the database: \(error)")
    }
}
