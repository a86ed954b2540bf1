/// One step of the schema, done once, in one transaction.
struct Migration: Sendable {
    let number: Int64
    /// The release of Millwright that brought it. A step only ever expands the schema; what it made unneeded is taken away by a step of the
    /// next release, so that the release before works on beside this one.
    let release: Int64
    let name: String
    let statements: [String]
}

/// The schema, step by step. A step that was released is never changed.
enum Migrations {
    /// The release whose schema this is. A database one release ahead is worked with, two ahead is refused.
    static let release: Int64 = 1

    static let all: [Migration] = [
        Migration(
            number: 1, release: 1, name: "objects, change log and revision counter",
            statements: [
                // One row: which installation this is. Made once, checked ever after.
                """
                create table millwright.installation (
                    singleton boolean primary key default true check (singleton),
                    id uuid not null default gen_random_uuid(),
                    made_at timestamptz not null default now())
                """,
                "insert into millwright.installation default values",
                // One row: the counter of all revisions. Locked by every writing transaction until it ends.
                """
                create table millwright.revision (
                    singleton boolean primary key default true check (singleton),
                    current bigint not null) with (fillfactor = 10)
                """,
                "insert into millwright.revision (current) values (0)",
                // One row: changes up to this revision are no longer in the log.
                """
                create table millwright.compaction (
                    singleton boolean primary key default true check (singleton),
                    revision bigint not null) with (fillfactor = 10)
                """,
                "insert into millwright.compaction (revision) values (0)",
                // bytea: text and jsonb refuse NUL or lone surrogates, and jsonb drops what stands twice. Compared by bytes, as in memory.
                """
                create table millwright.objects (
                    resource text collate "C" not null,
                    namespace text collate "C" not null,
                    name text collate "C" not null,
                    revision bigint not null,
                    key_id text,
                    value bytea not null,
                    primary key (resource, namespace, name)) with (fillfactor = 80)
                """,
                // kind: 1 added, 2 modified, 3 deleted.
                """
                create table millwright.changes (
                    revision bigint primary key,
                    kind smallint not null check (kind between 1 and 3),
                    resource text collate "C" not null,
                    namespace text collate "C" not null,
                    name text collate "C" not null,
                    key_id text,
                    value bytea not null,
                    writer uuid not null,
                    batch bigint not null,
                    made_at timestamptz not null default now())
                """,
                // The last batch of each writing process with its outcome: what a lost answer is read back from.
                """
                create table millwright.writers (
                    writer uuid primary key,
                    batch bigint not null,
                    outcomes bigint[] not null,
                    seen_at timestamptz not null default now()) with (fillfactor = 20)
                """,
                CommitFunction.definition,
            ]),
        // As the first step makes it for a new database; here for one that was made before it knew these writes.
        Migration(number: 2, release: 1, name: "writes under the condition that nothing of their kind has changed", statements: [CommitFunction.definition]),
    ]
}
