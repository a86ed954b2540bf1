/// The function that carries out a batch of writes in one round trip, and what it guarantees.
///
/// **Order.** The first thing it does is to lock the one row of `millwright.revision`, and PostgreSQL keeps that lock until the transaction
/// has committed or rolled back. So of two writing transactions one gets its revisions after the other has ended: revisions are
/// handed out in the order of the commits. PostgreSQL lets go of a transaction's locks only after it has marked the transaction as
/// committed, so whoever gets the lock next, and every snapshot that sees a revision, sees all revisions before it.
///
/// **No gaps.** The counter is advanced in the same transaction, by as many as there are changes: a rollback takes both back. A sequence
/// would do neither.
///
/// So the changes after any revision R, read in one statement, are R+1, R+2, … without a hole, and what is appended later comes later.
///
/// **Exactly once.** A batch carries its writer's id and a number that grows by one. The outcome is stored with the effect. Sent again under the
/// same number, it isn't carried out again, its outcome is returned; a number that was overtaken is refused. That holds also for a
/// batch that is still on its way in a session whose client has given up on it: whichever of the two comes first does the work.
///
/// **Right database.** The caller says which installation it writes to and which revision it has seen; a database that was replaced or
/// restored from a backup under a running process is refused before anything is written.
enum CommitFunction {
    /// Class MW is ours: SQL leaves classes that begin with I to Z to implementations.
    static let superseded = "MW001"
    static let wrongDatabase = "MW002"

    /// Of one write: what stands in `p_kinds`. Zero is a write that nobody waits for any more.
    enum Kind {
        static let nothing: Int64 = 0, create: Int64 = 1, update: Int64 = 2, delete: Int64 = 3
        /// Under the condition that no object of the resource was written after the expected revision.
        static let createAmongUnchanged: Int64 = 4, updateAmongUnchanged: Int64 = 5
    }

    /// Returns the counter before the batch, then for each write: its revision; or 0: there is no such object; or minus the revision that the object has.
    static let definition = """
        create or replace function millwright.commit_batch(
            p_installation uuid, p_known bigint, p_writer uuid, p_batch bigint,
            p_kinds bigint[], p_resources text[], p_namespaces text[], p_names text[], p_expected bigint[],
            p_key_ids text[], p_values bytea[]) returns bigint[]
        language plpgsql as $function$
        declare
            v_base bigint;
            v_next bigint;
            v_done boolean;
            v_current bigint;
            v_last record;
            v_write record;
            v_outcomes bigint[];
        begin
            select r.current into strict v_base from millwright.revision r for update;
            if v_base < p_known or not exists (select from millwright.installation i where i.id = p_installation) then
                raise exception 'the database was replaced or restored while in use' using errcode = '\(wrongDatabase)';
            end if;
            select w.batch, w.outcomes into v_last from millwright.writers w where w.writer = p_writer;
            if found and v_last.batch = p_batch then
                return v_last.outcomes;
            elsif found and v_last.batch > p_batch then
                raise exception 'batch % came after batch %', p_batch, v_last.batch using errcode = '\(superseded)';
            end if;
            v_next := v_base;
            v_outcomes := array[v_base];
            for v_write in
                select * from unnest(p_kinds, p_resources, p_namespaces, p_names, p_expected, p_key_ids, p_values)
                    as t(kind, resource, namespace, name, expected, key_id, value)
            loop
                v_done := false;
                if v_write.kind = 1 then
                    insert into millwright.objects (resource, namespace, name, revision, key_id, value)
                        values (v_write.resource, v_write.namespace, v_write.name, v_next + 1, v_write.key_id, v_write.value)
                        on conflict do nothing;
                    v_done := found;
                elsif v_write.kind = 2 then
                    update millwright.objects o set revision = v_next + 1, key_id = v_write.key_id, value = v_write.value
                        where o.resource = v_write.resource and o.namespace = v_write.namespace and o.name = v_write.name
                            and o.revision = v_write.expected;
                    v_done := found;
                elsif v_write.kind in (4, 5) and exists (select from millwright.objects o
                        where o.resource = v_write.resource and o.revision > v_write.expected) then
                    v_done := false;
                elsif v_write.kind = 4 then
                    insert into millwright.objects (resource, namespace, name, revision, key_id, value)
                        values (v_write.resource, v_write.namespace, v_write.name, v_next + 1, v_write.key_id, v_write.value)
                        on conflict do nothing;
                    v_done := found;
                elsif v_write.kind = 5 then
                    update millwright.objects o set revision = v_next + 1, key_id = v_write.key_id, value = v_write.value
                        where o.resource = v_write.resource and o.namespace = v_write.namespace and o.name = v_write.name;
                    v_done := found;
                elsif v_write.kind = 3 then
                    delete from millwright.objects o
                        where o.resource = v_write.resource and o.namespace = v_write.namespace and o.name = v_write.name
                            and o.revision = v_write.expected;
                    v_done := found;
                end if;
                if v_done then
                    v_next := v_next + 1;
                    insert into millwright.changes (revision, kind, resource, namespace, name, key_id, value, writer, batch)
                        values (v_next, case v_write.kind when 4 then 1 when 5 then 2 else v_write.kind end, v_write.resource, v_write.namespace, v_write.name, v_write.key_id, v_write.value,
                            p_writer, p_batch);
                    v_outcomes := v_outcomes || v_next;
                else
                    select o.revision into v_current from millwright.objects o
                        where o.resource = v_write.resource and o.namespace = v_write.namespace and o.name = v_write.name;
                    v_outcomes := v_outcomes || coalesce(-v_current, 0);
                end if;
            end loop;
            if v_next > v_base then
                update millwright.revision set current = v_next;
                perform pg_notify('millwright_changes', v_next::text);
            end if;
            insert into millwright.writers (writer, batch, outcomes) values (p_writer, p_batch, v_outcomes)
                on conflict (writer) do update set batch = excluded.batch, outcomes = excluded.outcomes, seen_at = now();
            return v_outcomes;
        end
        $function$
        """

    static let call = "select millwright.commit_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
}
