import Postgres

/// Which installation a database belongs to.
struct StoreIdentity: Sendable {
    /// `3f2a…-…`, as in labels.
    let text: String
    let bytes: [UInt8]

    /// - Parameter wanted: the id it must have, or gets when nothing was ever written to it; nil takes any.
    static func read(_ connection: PostgresConnection, wanted: String?) async throws -> StoreIdentity {
        if let wanted {
            _ = try await connection.query(
                PostgresStatement(
                    """
                    update millwright.installation set id = $1::text::uuid
                    where id <> $1::text::uuid and (select r.current from millwright.revision r) = 0
                    """, [.text(wanted)]), .write)
        }
        let rows = try await connection.query(
            PostgresStatement("select id::text, uuid_send(id) from millwright.installation"), .read)
        guard let text = rows.text(0, 0), let bytes = rows.bytes(0, 1), bytes.count == 16 else {
            throw StoreError.invalid(
                "the database has lost its installation id (table millwright.installation is empty); restore it from a backup")
        }
        if let wanted, wanted.lowercased() != text {
            throw StoreError.invalid(
                "the database belongs to the installation \(text), but this process to \(wanted); give the right --database-url, or start with the "
                    + "installation that made this database")
        }
        return StoreIdentity(text: text, bytes: bytes)
    }

    /// - Throws: `replaced` when it is another database, or an older state of it.
    func check(_ connection: PostgresConnection, known: Int64) async throws {
        let rows = try await connection.query(
            PostgresStatement("select i.id::text, r.current from millwright.installation i, millwright.revision r"), .read)
        guard rows.text(0, 0) == text, try rows.int(0, 1) >= known else { throw replaced }
    }

    var replaced: StoreError {
        .unavailable("the database was replaced or restored from a backup while Millwright was running; it starts anew from what is there")
    }
}
