import Kernel

/// One load of rows into a table, exactly once.
///
/// Rows come by COPY into a staging table beside the target; each checkpoint commits what has come so far there, numbered. In the end
/// one transaction moves all of it to the target and notes the load in `millwright_loads`: either both happened or neither, however
/// often and wherever the loader is killed. A resumed load first removes what came after its checkpoint.
///
/// Used by one thread at a time.
public final class TableLoad {
    public enum Mode: Sendable, Equatable {
        case append
        /// The target holds this load's rows and nothing else.
        case replace
        /// Rows equal in the keys are replaced; of several in one load the last counts. The keys are a unique index.
        case upsert(keys: [String])
    }

    public struct Target: Sendable, Equatable {
        public var schema: String
        public var table: String
        public var mode: Mode

        public init(schema: String, table: String, mode: Mode) {
            self.schema = schema
            self.table = table
            self.mode = mode
        }
    }

    private let connection: LoadConnection
    private let target: Target
    /// The same for a load and its resumption, unlike any other's.
    private let id: String
    private var columns: [String] = []
    private var isCopying = false
    /// Rows staged, also those not committed yet.
    public private(set) var staged: Int64 = 0
    /// The load was committed before: by a process that was killed before it knew.
    public private(set) var isCommitted = false

    public init(_ connection: LoadConnection, target: Target, id: String) {
        self.connection = connection
        self.target = target
        self.id = id
    }

    private var schema: String { LoadConnection.quoted(target.schema) }
    private var table: String { "\(schema).\(LoadConnection.quoted(target.table))" }
    private var ledger: String { "\(schema).millwright_loads" }
    private var stage: String { "\(schema).\(LoadConnection.quoted(Self.stageName(id)))" }
    private static let numberColumn = "millwright_row"

    /// Begins, or goes on after so many rows.
    ///
    /// - Throws: `refused` when the target lacks a column, or the staging table no longer holds the rows of the checkpoint.
    public func open(columns: [String], at position: Int64?) throws(LoadError) {
        self.columns = columns
        try connection.run("SET lock_timeout = '30s'")
        try connection.run("SET synchronous_commit = on")
        try connection.run(
            "CREATE TABLE IF NOT EXISTS \(ledger) (load_id text PRIMARY KEY, target text NOT NULL, rows bigint NOT NULL, input_offset bigint NOT NULL, committed_at timestamptz NOT NULL DEFAULT now())")
        if let row = try connection.run("SELECT rows FROM \(ledger) WHERE load_id = $1", [id]).rows.first {
            isCommitted = true
            staged = row.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
            return
        }
        if let position {
            try connection.run("DELETE FROM \(stage) WHERE \(Self.numberColumn) > $1", [String(position)])
            let count = try connection.run("SELECT count(*) FROM \(stage)").rows.first?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
            guard count == position else {
                throw LoadError(kind: .refused, message: "the staging table \(stage) holds \(count) rows of this load, \(position) were there at the checkpoint")
            }
            staged = position
        } else {
            try connection.run("DROP TABLE IF EXISTS \(stage)")
            // The target's types without its rules: what breaks one is said at the commit, by the target.
            let list = columns.map(LoadConnection.quoted).joined(separator: ", ")
            try connection.run("CREATE TABLE \(stage) AS SELECT \(list.isEmpty ? "" : list + ", ")0::bigint AS \(Self.numberColumn) FROM \(table) WITH NO DATA")
            staged = 0
        }
    }

    /// The number that the next row gets.
    public var nextNumber: Int64 { staged + 1 }

    /// - Parameters:
    ///   - bytes: rows of COPY's text format, each with its number (`nextNumber` and on) as the last column.
    ///   - rows: how many those are.
    public func write(_ bytes: UnsafeRawBufferPointer, rows: Int64) throws(LoadError) {
        if isCommitted { return }
        if !isCopying {
            let list = (columns.map(LoadConnection.quoted) + [Self.numberColumn]).joined(separator: ", ")
            try connection.beginCopy("COPY \(stage) (\(list)) FROM STDIN")
            isCopying = true
        }
        try connection.copy(bytes)
        staged += rows
    }

    /// Commits what was written so far to the staging table. - Returns: the position for `open`.
    public func flush() throws(LoadError) -> Int64 {
        if isCopying {
            isCopying = false
            _ = try connection.endCopy()
        }
        return staged
    }

    /// Moves everything to the target and notes the load, in one transaction. Called again it finds that it was done.
    ///
    /// - Parameters:
    ///   - inputOffset: how much of the input the load covers, for the note.
    ///   - settled: the parts before the slash of loads that nobody will ask about again: their notes go in the same transaction. The caller must know
    ///     that these were committed and that what loaded them has ended for good.
    public func commit(inputOffset: Int64, forgetting settled: [String] = []) throws(LoadError) {
        _ = try flush()
        if isCommitted { return }
        try connection.run("BEGIN")
        do throws(LoadError) {
            let noted = try connection.run(
                "INSERT INTO \(ledger) (load_id, target, rows, input_offset) VALUES ($1, $2, $3, $4) ON CONFLICT (load_id) DO NOTHING",
                [id, table, String(staged), String(inputOffset)])
            if noted.affected == 1 { try move() }
            let forgotten = settled.filter { $0.utf8.allSatisfy { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") } && id.split(separator: "/").first.map(String.init) != $0 }
            if !forgotten.isEmpty {
                let list = "{" + forgotten.map { "\"\($0)\"" }.joined(separator: ",") + "}"
                try connection.run("DELETE FROM \(ledger) WHERE split_part(load_id, '/', 1) = ANY($1::text[])", [list])
            }
            try connection.run("DROP TABLE IF EXISTS \(stage)")
            try connection.run("COMMIT")
        } catch {
            // On a lost connection the server rolls back, or has committed: the note tells the next one which.
            do throws(LoadError) { try connection.run("ROLLBACK") } catch { _ = error }
            throw error
        }
        isCommitted = true
    }

    private func move() throws(LoadError) {
        let list = columns.map(LoadConnection.quoted).joined(separator: ", ")
        switch target.mode {
        case .append: break
        case .replace: try connection.run("DELETE FROM \(table)")
        case .upsert(let keys):
            let keyList = keys.map(LoadConnection.quoted).joined(separator: ", ")
            let rest = columns.filter { !keys.contains($0) }.map { "\(LoadConnection.quoted($0)) = EXCLUDED.\(LoadConnection.quoted($0))" }
            try connection.run(
                "INSERT INTO \(table) (\(list)) SELECT \(list) FROM (SELECT DISTINCT ON (\(keyList)) * FROM \(stage) ORDER BY \(keyList), \(Self.numberColumn) DESC) AS latest ORDER BY \(Self.numberColumn) ON CONFLICT (\(keyList)) DO \(rest.isEmpty ? "NOTHING" : "UPDATE SET \(rest.joined(separator: ", "))")"
            )
            return
        }
        try connection.run("INSERT INTO \(table) (\(list)) SELECT \(list) FROM \(stage) ORDER BY \(Self.numberColumn)")
    }

    /// Gives up: the staging table goes away.
    public func abort() throws(LoadError) {
        if isCopying {
            // A COPY is ended by the connection's end; the table is dropped by another.
            isCopying = false
            do throws(LoadError) { _ = try connection.endCopy() } catch { _ = error }
        }
        try connection.run("DROP TABLE IF EXISTS \(stage)")
    }

    /// `millwright_stage_` and the hash of the id.
    static func stageName(_ id: String) -> String { "millwright_stage_" + SHA256.hex(id, length: 32) }
}
