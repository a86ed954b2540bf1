import Postgres
import Telemetry

/// Brings a database to this release's schema, also when several processes start at once.
struct SchemaMigrator {
    /// Any number, as long as every release takes the same.
    private static let lockID: Int64 = 0x6D69_6C6C
    private static let patience = Duration.seconds(660)
    private static let oldestServer: Int64 = 130_000

    let connection: PostgresConnection
    let logger: Logger
    var migrations = Migrations.all
    var release = Migrations.release

    /// - Throws: `StoreError.invalid` for a database that this release can't work with; `PostgresError`.
    func run() async throws {
        let server = try await connection.query(PostgresStatement("select current_setting('server_version_num')::int8"), .read).int(0, 0)
        guard server >= Self.oldestServer else {
            throw StoreError.invalid(
                "the database server is PostgreSQL \(server / 10000); Millwright needs version 13 or later: upgrade the server")
        }
        // Held by the session, so let go of also when this process dies.
        // A migration of a large database takes its time, and so does waiting for one that another process does.
        _ = try await connection.transaction(
            [PostgresStatement("set lock_timeout = '10min'"), PostgresStatement("set statement_timeout = '10min'")], .write)
        _ = try await connection.query(
            PostgresStatement("select pg_advisory_lock($1)", [.int(Self.lockID)]), .write, timeout: Self.patience)
        try await migrate()
        _ = try await connection.transaction(
            [
                PostgresStatement("select pg_advisory_unlock($1)", [.int(Self.lockID)]), PostgresStatement("reset lock_timeout"),
                PostgresStatement("reset statement_timeout"),
            ], .write)
    }

    private func migrate() async throws {
        let isNew = try await connection.query(
            PostgresStatement("select to_regclass('millwright.migrations') is null"), .read
        ).bool(0, 0)
        if isNew {
            _ = try await connection.transaction(
                [
                    PostgresStatement("create schema if not exists millwright"),
                    PostgresStatement(
                        """
                        create table millwright.migrations (
                            number bigint primary key, release bigint not null, name text not null, applied_at timestamptz not null default now())
                        """),
                ], .write)
        }
        let rows = try await connection.query(
            PostgresStatement("select coalesce(max(number), 0), coalesce(max(release), 0) from millwright.migrations"), .read)
        let (number, theirs) = (try rows.int(0, 0), try rows.int(0, 1))
        guard theirs <= release + 1 else {
            throw StoreError.invalid(
                "the database's schema is of release \(theirs), this Millwright is of release \(release) and works with \(release + 1) at most; "
                    + "start the newer Millwright, or restore a backup made by this one")
        }
        for migration in migrations where migration.number > number {
            logger.info("migrating the database", ["step": "\(migration.number)", "name": migration.name])
            let record = PostgresStatement(
                "insert into millwright.migrations (number, release, name) values ($1, $2, $3)",
                [.int(migration.number), .int(migration.release), .text(migration.name)])
            _ = try await connection.transaction(migration.statements.map { PostgresStatement($0) } + [record], .write, timeout: Self.patience)
        }
    }
}
