import PostgresLoad
import TestSupport
import Testing

/// Loads come to the table once, whole or not at all, wherever the loader or the server ends.
@Suite(.serialized, .enabled(if: PlainPostgres.isThere)) final class TableLoadTests {
    private let server: PlainPostgres
    private let other: LoadConnection

    init() throws {
        server = try PlainPostgres()
        other = try LoadConnection(url: server.url)
        try other.run("CREATE TABLE orders (id bigint PRIMARY KEY, name text, price numeric(10,2))")
    }

    deinit { server.remove() }

    private func load(_ id: String, _ mode: TableLoad.Mode = .append, table: String = "orders") throws -> TableLoad {
        TableLoad(try LoadConnection(url: server.url), target: .init(schema: "public", table: table, mode: mode), id: id)
    }

    private func write(_ load: TableLoad, _ rows: [(Int, String, String)]) throws {
        var text = ""
        for (offset, row) in rows.enumerated() { text += "\(row.0)\t\(row.1)\t\(row.2)\t\(load.nextNumber + Int64(offset))\n" }
        try text.withCString { try load.write(UnsafeRawBufferPointer(start: $0, count: text.utf8.count), rows: Int64(rows.count)) }
    }

    private func table() throws -> [String] {
        try other.run("SELECT id, name, price FROM orders ORDER BY id").rows.map { $0.map { $0 ?? "NULL" }.joined(separator: ",") }
    }

    private static let columns = ["id", "name", "price"]

    /// Notes of loads that nobody asks about any more go with a later one's commit, those of all outputs of a run; its own never.
    @Test func notesOfSettledLoadsGoWithALaterCommit() throws {
        func notes() throws -> [String] { try other.run("SELECT load_id FROM millwright_loads ORDER BY load_id").rows.compactMap { $0[0] } }
        for (number, id) in ["run-1/a", "run-1/b", "run-2/a", "run-3/a"].enumerated() {
            let load = try load(id)
            try load.open(columns: Self.columns, at: nil)
            try write(load, [(number, "x", "1")])
            try load.commit(inputOffset: 1, forgetting: id == "run-3/a" ? ["run-1", "run-3", "run\"9"] : [])
        }
        #expect(try notes() == ["run-2/a", "run-3/a"])
        // A load that is rolled back takes no notes with it.
        let failing = try load("run-4/a")
        try failing.open(columns: Self.columns, at: nil)
        try write(failing, [(0, "twice", "1")])
        #expect(throws: LoadError.self) { try failing.commit(inputOffset: 1, forgetting: ["run-2"]) }
        #expect(try notes() == ["run-2/a", "run-3/a"])
    }

    @Test func rowsAppearAtTheCommitAndNotBefore() throws {
        let load = try load("run-1")
        try load.open(columns: Self.columns, at: nil)
        try write(load, [(1, "tab\\tand\\\\", "1.50"), (2, "\\N", "2")])
        #expect(try load.flush() == 2)
        #expect(try table().isEmpty)
        try load.commit(inputOffset: 99)
        #expect(try table() == ["1,tab\tand\\,1.50", "2,NULL,2.00"])
        #expect(try other.run("SELECT load_id, target, rows, input_offset FROM millwright_loads").rows == [["run-1", "\"public\".\"orders\"", "2", "99"]])
        #expect(try other.run("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'millwright_stage%'").rows == [["0"]])
    }

    @Test func aResumedLoadForgetsWhatCameAfterItsCheckpoint() throws {
        let first = try load("run-2")
        try first.open(columns: Self.columns, at: nil)
        try write(first, [(1, "a", "1")])
        let position = try first.flush()
        try write(first, [(2, "lost", "1")])
        _ = try first.flush()
        let second = try load("run-2")
        try second.open(columns: Self.columns, at: position)
        try write(second, [(2, "b", "2")])
        try second.commit(inputOffset: 1)
        #expect(try table() == ["1,a,1.00", "2,b,2.00"])
    }

    @Test func aLoadCommittedBeforeIsNotCommittedAgain() throws {
        let first = try load("run-3")
        try first.open(columns: Self.columns, at: nil)
        try write(first, [(1, "a", "1")])
        try first.commit(inputOffset: 1)
        let again = try load("run-3")
        try again.open(columns: Self.columns, at: 1)
        #expect(again.isCommitted && again.staged == 1)
        try write(again, [(1, "b", "2")])
        try again.commit(inputOffset: 1)
        #expect(try table() == ["1,a,1.00"])
    }

    @Test func aCrashOfTheServerLosesNothingThatWasFlushed() throws {
        let first = try load("run-4")
        try first.open(columns: Self.columns, at: nil)
        try write(first, [(1, "a", "1"), (2, "b", "2")])
        let position = try first.flush()
        server.kill()
        do {
            try write(first, [(3, "c", "3")])
            _ = try first.flush()
            Issue.record("a server that is gone took rows")
        } catch let error as LoadError { #expect(error.isTransient, "\(error)") }
        do throws(LoadError) {
            _ = try LoadConnection(url: server.url)
            Issue.record("a server that is gone answered")
        } catch { #expect(error.kind == .connection && error.isTransient) }
        try server.start()
        let second = try load("run-4")
        try second.open(columns: Self.columns, at: position)
        try write(second, [(3, "c", "3")])
        try second.commit(inputOffset: 3)
        let fresh = try LoadConnection(url: server.url)
        #expect(try fresh.run("SELECT count(*) FROM orders").rows == [["3"]])
    }

    @Test func anUpsertReplacesRowsOfTheSameKeysAndTheLastOfALoadCounts() throws {
        try other.run("INSERT INTO orders VALUES (1, 'old', 1), (9, 'stays', 9)")
        let load = try load("run-5", .upsert(keys: ["id"]))
        try load.open(columns: Self.columns, at: nil)
        try write(load, [(1, "new", "2"), (2, "first", "1"), (2, "last", "3")])
        try load.commit(inputOffset: 1)
        #expect(try table() == ["1,new,2.00", "2,last,3.00", "9,stays,9.00"])
    }

    @Test func aReplaceLeavesOnlyWhatTheLoadBrought() throws {
        try other.run("INSERT INTO orders VALUES (1, 'old', 1), (9, 'goes', 9)")
        let load = try load("run-6", .replace)
        try load.open(columns: Self.columns, at: nil)
        try write(load, [(1, "new", "2")])
        try load.commit(inputOffset: 1)
        #expect(try table() == ["1,new,2.00"])
    }

    @Test func theServersRefusalSaysWhereAndIsNoReasonToTryAgain() throws {
        let load = try load("run-7")
        try load.open(columns: Self.columns, at: nil)
        try write(load, [(1, "a", "1"), (2, "b", "cheap")])
        do throws(LoadError) {
            _ = try load.flush()
            Issue.record("a price that is no number was taken")
        } catch {
            #expect(!error.isTransient && error.message.contains("cheap") && error.context?.contains("line 2, column price") == true, "\(error)")
        }
        do throws(LoadError) {
            let missing = try { () throws(LoadError) in TableLoad(try LoadConnection(url: server.url), target: .init(schema: "public", table: "nowhere", mode: .append), id: "run-8") }()
            try missing.open(columns: ["id"], at: nil)
            Issue.record("a table that isn't there was taken")
        } catch {
            #expect(error.sqlState == "42P01" && !error.isTransient, "\(error)")
        }
        // A row the target's own rules refuse: nothing of the load appears.
        try other.run("INSERT INTO orders VALUES (5, 'there', 1)")
        let double = try self.load("run-9")
        try double.open(columns: Self.columns, at: nil)
        try write(double, [(4, "x", "1"), (5, "twice", "1")])
        do throws(LoadError) {
            try double.commit(inputOffset: 1)
            Issue.record("a key that is there was taken")
        } catch { #expect(error.sqlState == "23505" && !error.isTransient, "\(error)") }
        #expect(try table() == ["5,there,1.00"])
    }

    @Test func aBadURLIsRefusedWithoutSayingIt() {
        do throws(LoadError) {
            _ = try LoadConnection(url: "postgresql://u:secret@[bad/db")
            Issue.record("taken")
        } catch { #expect(error.kind == .refused && !"\(error)".contains("secret")) }
    }
}
