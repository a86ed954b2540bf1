import Testing

@testable import Delimited

/// The suites of other readers and writers, each case gone through: what concerns delimited text is expressed by texts of our own with the fact it
/// is about, and with our answer where the programs disagree (a comment says so). The rest is left out by name, with the reason.
///
/// | suite | of | its cases | expressed | by tests elsewhere | left out |
/// |---|---|---|---|---|---|
/// | csv-spectrum | its files | 11 | 11 | | |
/// | Python, Lib/test/test_csv.py | methods | 129 | 82 | | 47: Python's interface, numbers' forms, guesses of another kind |
/// | Go, encoding/csv | rows of its tables, methods | 85 | 78 | | 7: delimiters beyond ASCII, bytes that are no text |
/// | DuckDB, test/sql/copy/csv | files | 308 | 106 | 16 | 186: its SQL, types, threads, volumes, delimiters of several bytes |
///
/// A method or a file is often several of our cases. `theTableIsRight` counts.
@Suite struct ConformanceTests {
    static let suites: [(name: String, total: Int, cases: [ConformanceCase], elsewhere: [String], leftOut: [String])] = [
        ("csv-spectrum", 11, SpectrumCases.all, [], []),
        (
            "Python", 129, PythonCases.reading + PythonCases.options + PythonCases.writing + PythonCases.sniffing, [], PythonCases.leftOut.flatMap(\.names)
        ),
        ("Go", 85, GoCases.reading + GoCases.writing, [], GoCases.leftOut.flatMap(\.names)),
        (
            "DuckDB", 308, DuckDBCases.reading + DuckDBCases.writing + DuckDBCases.sniffing, DuckDBCases.elsewhere.flatMap(\.names), DuckDBCases.leftOut.flatMap(\.names)
        ),
    ]

    @Test(arguments: SpectrumCases.all) func spectrum(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: PythonCases.reading + PythonCases.options) func pythonReading(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: PythonCases.writing) func pythonWriting(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: PythonCases.sniffing) func pythonSniffing(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: GoCases.reading + GoCases.writing) func go(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: DuckDBCases.reading) func duckDBReading(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: DuckDBCases.writing) func duckDBWriting(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: DuckDBCases.sniffing) func duckDBSniffing(test: ConformanceCase) throws { try test.check() }
    @Test(arguments: MoreCases.all) func more(test: ConformanceCase) throws { try test.check() }

    /// Every case of a suite is expressed here, or elsewhere, or left out: once.
    @Test func theTableIsRight() {
        for suite in Self.suites {
            let expressed = Set(suite.cases.map(\.origin))
            let named = expressed.sorted() + suite.elsewhere + suite.leftOut
            #expect(Set(named).count == named.count, "\(suite.name) names one twice")
            #expect(named.count == suite.total, "\(suite.name): \(expressed.count) expressed, \(suite.elsewhere.count) elsewhere, \(suite.leftOut.count) left out")
        }
    }
}
