import Kernel
import Postgres
import Reconciliation

/// What the journal forgets, and when: each rule names the fact that makes the forgotten useless, never an age alone where a run could still need it.
///
/// - A **checkpoint** goes when its run succeeds or is cancelled; a failed run keeps it until another run goes on from it (it moves), until its
///   object is deleted (a worker clears away what is hidden, see `RunPlanner`), or with its record.
/// - The **job** (spec and scripts) of an ended run goes a day after its object: only an object can be started, replayed or gone on from.
/// - The **record** goes when the retention is over. Reports go with it.
/// - A **taken file** is remembered as long as the watched path finds a file of the same path, length and time of change; forgotten when
///   none was found for the whole retention, so a directory that is away for a while (a mount that is late) brings nothing back, or a day after
///   its pipeline was deleted: another pipeline of the name has another uid, and takes its own files.
/// - A **note of a load** in a target database (`millwright_loads`) answers one question, whether a run's rows are in the table, and only a run that
///   hasn't ended can ask it. So a later run of the pipeline removes those of runs that this journal knows as succeeded for an hour
///   and more, in the commit of its own rows.
extension RunJournal {
    /// What was forgotten, for what is outside the database.
    struct Forgotten: Sendable {
        var reportPaths: [String] = []
    }

    /// Ended runs older than that many days go. - Parameter live: uids of all runs whose objects are there: those stay.
    func forget(olderThanDays days: Int64, live: [String]) async throws(ActionFailure) -> Forgotten {
        let uids = PostgresValue.texts(live.map { Optional($0) })
        let rows = try await query(
            "delete from millwright_pipelines.runs where ended_at < now() - make_interval(days => $1::int) and uid <> all($2) returning report_path", [.int(days), uids], .write)
        // Whose object is gone without having been seen to its end (its finalizer was taken off, the API's database is another): nobody will end it.
        try await change(
            """
            update millwright_pipelines.runs set phase = 'Failed', reason = 'RecordMissing', message = 'its object is gone', ended_at = now(), owner = null, checkpoint = null, leaves = false
            where ended_at is null and uid <> all($1) and coalesce(lease_until, started_at) < now() - interval '1 day' and greatest(started_at, last_end, checkpoint_at) < now() - interval '1 day'
            """, [uids])
        try await change(
            """
            update millwright_pipelines.runs set job = '', checkpoint = null, leaves = false
            where ended_at < now() - interval '1 day' and uid <> all($1) and octet_length(job) > 0
            """, [uids])
        return Forgotten(reportPaths: rows.indices.compactMap { rows.text($0, 0) })
    }

    /// - Parameter pipelines: uids of all pipelines that are there.
    func forgetFiles(unseenForDays days: Int64, pipelines: [String]) async throws(ActionFailure) {
        try await change(
            """
            delete from millwright_pipelines.taken_files
            where seen_at < now() - make_interval(days => $1::int) or (seen_at < now() - interval '1 day' and pipeline_uid <> all($2))
            """, [.int(days), .texts(pipelines.map { Optional($0) })])
    }

    // MARK: Notes of loads

    /// What the worker calls runs of the pipeline that have succeeded and whose notes in target databases can go; the oldest first, at most 500.
    func settledLoads(namespace: String, pipeline: String) async throws(ActionFailure) -> [String] {
        let rows = try await query(
            """
            select coalesce(run_id, uid) from millwright_pipelines.runs
            where namespace = $1 and pipeline = $2 and phase = 'Succeeded' and loads_kept and ended_at < now() - interval '1 hour' order by ended_at limit 500
            """, [.text(namespace), .text(pipeline)], .read)
        return rows.indices.compactMap { rows.text($0, 0) }
    }

    /// They are gone: a run that removed them has succeeded.
    func noteLoadsForgotten(_ runs: [String]) async throws(ActionFailure) {
        guard !runs.isEmpty else { return }
        try await change("update millwright_pipelines.runs set loads_kept = false where coalesce(run_id, uid) = any($1)", [.texts(runs.map { Optional($0) })])
    }

    // MARK: Watched files

    /// Those of the identities that a run has taken. That they were seen is noted once a day.
    func taken(_ pipeline: String, _ identities: [String]) async throws(ActionFailure) -> Set<String> {
        guard !identities.isEmpty else { return [] }
        let parameters: [PostgresValue] = [.text(pipeline), .texts(identities.map { Optional($0) })]
        let rows = try await query(
            "select identity, seen_at < now() - interval '1 day' from millwright_pipelines.taken_files where pipeline_uid = $1 and identity = any($2)", parameters, .read)
        var taken: Set<String> = []
        var isOld = false
        do throws(PostgresError) {
            for row in rows.indices {
                if let identity = rows.text(row, 0) { taken.insert(identity) }
                if try rows.bool(row, 1) { isOld = true }
            }
        } catch { throw Self.failure(error) }
        if isOld { try await change("update millwright_pipelines.taken_files set seen_at = now() where pipeline_uid = $1 and identity = any($2)", parameters) }
        return taken
    }

    func take(_ pipeline: String, files identities: [String]) async throws(ActionFailure) {
        try await change(
            "insert into millwright_pipelines.taken_files (pipeline_uid, identity) select $1, unnest($2::text[]) on conflict do nothing", [.text(pipeline), .texts(identities.map { Optional($0) })])
    }
}
