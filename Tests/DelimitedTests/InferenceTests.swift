import Rows
import Testing

@testable import Delimited

/// What a look at a file says of it.
@Suite struct InferenceTests {
    static func infer(_ text: String, _ name: String = "in") throws -> InferredTable { try infer(Array(text.utf8), name) }

    static func infer(_ bytes: [UInt8], _ name: String = "in") throws -> InferredTable {
        let scratch = try Scratch()
        return try withExtendedLifetime(scratch) { try Inference.infer(scratch.file(name, bytes)) }
    }

    static func rows(_ header: String, _ count: Int, _ row: (Int) -> String) -> String {
        header + (0..<count).map { row($0) + "\n" }.joined()
    }

    @Test func typesAndRulesOfAnOrdinaryFile() throws {
        let table = try Self.infer(
            Self.rows("id,day,qty,price,paid,status,note\n", 100) { row in
                "A-\(row),2026-\(10 + row % 3)-0\(1 + row % 9),\(row % 7 + 1),\(row).\(10 + row),\(row % 2 == 0),\(row % 3 == 0 ? "open" : "closed"),\(row % 10 == 0 ? "" : "x \(row)")"
            })
        #expect(table.dialect == .csv)
        #expect(table.columns.map(\.name) == ["id", "day", "qty", "price", "paid", "status", "note"])
        #expect(table.columns.map(\.type) == [.string, .date, .integer, .decimal, .boolean, .string, .string])
        #expect(table.columns.map(\.unique) == [true, false, false, false, false, false, false])
        #expect(table.columns.map(\.required) == [true, true, true, true, true, true, false])
        #expect(table.columns[2].constraint == "self > 0")
        #expect(table.columns[2].minimum == "1" && table.columns[2].maximum == "7")
        #expect(table.columns[5].constraint == "self in [\"closed\", \"open\"]")
        #expect(table.columns[6].nulls == 10)
        #expect(table.isWhole && table.rows == 100 && table.faults == 0)
    }

    static let dialects: [(String, Dialect)] = [
        ("a;b;c\n1,5;2,5;x\n3,0;4,0;y\n", Dialect(delimiter: 0x3B)),
        ("a\tb\n1\t2\n3\t4\n", .tsv),
        ("a|b|c\n1|2|3\n", Dialect(delimiter: 0x7C)),
        ("a,b\n\"x;y\",1\n\"z;w\",2\n", .csv),
        ("a,b\n'x,y',1\n'z',2\n", Dialect(quote: 0x27)),
        ("# made by a machine\n# on a Friday\na,b\n1,2\n", Dialect(comment: 0x23)),
        ("1,2\n3,4\n", Dialect(header: false)),
        ("name\nAnna\nBert\n", .csv),
        ("name,it's\nAnna's,1\nBert's,2\n", .csv),
        ("time:value\n12:30\n12:31\n", Dialect(delimiter: 0x3A)),
    ]

    @Test(arguments: dialects)
    func dialectsAreRecognised(text: String, dialect: Dialect) throws {
        #expect(try Self.infer(text).dialect == dialect)
    }

    static let columns: [([String], ColumnType, String?)] = [
        (["1", "-2", "0"], .integer, nil), (["007", "008"], .string, nil), (["+491", "+492"], .string, nil), (["1", "2.50"], .decimal, nil), (["1.50", "2.75"], .decimal, "0.00"),
        (["1,5", "12,0"], .decimal, "0,0"), (["1,234.50", "7.25"], .decimal, "#,##0.00"), (["1.234,50", "7,25"], .decimal, "#.##0,00"), (["1e5", "2.5"], .float, nil),
        (["true", "FALSE"], .boolean, nil), (["yes", "no"], .boolean, "yes|no"), (["2026-01-31", "2026-02-01"], .date, nil), (["31.01.2026", "01.02.2026"], .date, "dd.MM.yyyy"),
        (["31/01/2026", "01/02/2026"], .date, "dd/MM/yyyy"), (["01/31/2026", "01/02/2026"], .date, "MM/dd/yyyy"), (["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.5Z"], .timestamp, nil),
        (["2026-01-31 10:00:00", "2026-01-31 11:00:00"], .timestamp, nil), (["31.01.2026 10:00", "01.02.2026 11:30"], .timestamp, "dd.MM.yyyy HH:mm"), (["a", "1"], .string, nil),
        (["99999999999999999999", "1"], .decimal, nil),
    ]

    @Test(arguments: columns)
    func columnsGetTheNarrowestType(values: [String], type: ColumnType, format: String?) throws {
        let table = try Self.infer("first;value\n" + values.map { "x;\($0)\n" }.joined())
        #expect(table.columns.last?.type == type)
        #expect(table.columns.last?.format == format)
    }

    @Test func ambiguousDatesAreSaid() throws {
        let table = try Self.infer("a,day\n1,01/02/2026\n2,03/04/2026\n")
        #expect(table.columns[1].format == "MM/dd/yyyy")
        #expect(table.notes.contains { $0.contains("dd/MM/yyyy") })
    }

    @Test func markersAmongNumbersAreNulls() throws {
        let table = try Self.infer("a,b\n1,NA\nNA,x\n3,NULL\n4,y\n")
        #expect(table.nullMarkers == ["", "NA"])
        #expect(table.columns[0].type == .integer && !table.columns[0].required)
        #expect(table.columns[1].type == .string)
    }

    @Test func encodingsAreRecognised() throws {
        let text = Self.rows("näme,größe\n", 50) { "Jürgen,\($0)" }
        #expect(try Self.infer(text).encoding == .utf8)
        #expect(try Self.infer([0xEF, 0xBB, 0xBF] + Array(text.utf8)).columns.first?.name == "näme")
        #expect(try Self.infer(text.unicodeScalars.map { UInt8($0.value) }).encoding == .windows1252)
        let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try Self.infer(little).encoding == .utf16LittleEndian)
        #expect(try Self.infer([0xFF, 0xFE] + little).encoding == .utf16)
        #expect(try Self.infer(text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }).encoding == .utf16BigEndian)
        for encoding in [little, [0xFF, 0xFE] + little] { #expect(try Self.infer(encoding).columns.map(\.name) == ["näme", "größe"]) }
    }

    @Test func whatIsNoTableIsSaidSo() throws {
        #expect(throws: DelimitedError.self) { try Self.infer("") }
        #expect(try Self.infer("just one line of words\nand another\n").notes.contains { $0.contains("one column") })
        #expect(throws: DelimitedError.self) { try Inference.infer("/nonexistent/file.csv") }
        let ragged = try Self.infer("a,b\n1,2\n3\n4,5\n6,7\n8,9\n")
        #expect(ragged.faults == 1 && ragged.notes.contains { $0.contains("1 of 5 rows") })
    }
}
