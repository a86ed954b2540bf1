import Platform
import TestSupport
import Testing

@testable import Postgres

/// Why a private server died, told from its logs.
@Suite struct LastWordsTests {
    /// A server that can't find its data complains without a severity, and what an earlier life complained of is still in its logs.
    @Test(arguments: [
        ("postgres: could not find the database system\nbut could not open file \"global/pg_control\"\n", "FATAL:  connection to client lost\n", "pg_control"),
        ("FATAL:  the port is taken\npostgres: could not find the database system\nno pg_control\n", "", "pg_control"),
        ("LOG:  redirecting log output\nHINT:  Future log output will appear in directory \"log\".\n", "LOG:  ready\nPANIC:  could not write\n", "PANIC:  could not write"),
    ]) func theNewestLogDecides(start: String, server: String, said: String) throws {
        let directory = try TemporaryDirectory("last-words")
        defer { directory.remove() }
        let layout = ServerLayout(directory: directory.path)
        try Files.makeDirectory(layout.data, mode: 0o700)
        try Files.makeDirectory(layout.data + "/log", mode: 0o700)
        try Files.write(Array(server.utf8), to: layout.data + "/log/postgresql-Fri.log", mode: 0o600)
        try Files.write(Array(start.utf8), to: layout.startLog, mode: 0o600)
        #expect(LastWords.of(layout)?.contains(said) == true)
        #expect(LastWords.of(layout)?.contains("connection to client lost") == false)
    }
}
